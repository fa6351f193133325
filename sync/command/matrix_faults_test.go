package command_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// matrixStride thins out the faults on the rows of the matrix: one of so many cases is tried. All of them take half an hour.
var matrixStride = flag.Int("matrix.stride", 1009, "try one of `N` faults on each row of the matrix")

// singleFaults are what can go wrong with one call. What a zone would have to lie for is not among them: a refusal of
// something that it has done.
var singleFaults = []string{
	"kind=status,status=500", "kind=status,status=503,body=html,retry-after=7", "kind=status,status=502,body=empty",
	"kind=status,status=429,body=plain", "kind=status,status=429,retry-after=3", "kind=status,status=408", "kind=status,status=418,body=plain",
	"kind=status,status=400", "kind=status,status=401", "kind=status,status=402", "kind=status,status=403", "kind=status,status=404",
	"kind=status,status=406", "kind=status,status=409,body=html", "kind=status,status=413,body=plain", "kind=status,status=200,body=html",
	"kind=status-after,status=500", "kind=status-after,status=504,body=plain", "kind=status-after,status=408",
	"kind=drop-before", "kind=drop-after", "kind=delay,delay=20s", "kind=delay,delay=90s", "kind=hang", "kind=hang-after",
	"kind=truncate", "kind=malformed", "kind=redirect", "kind=lag",
}

// TestEveryFaultIsSurvived: one fault at one call of a run, for every fault and every call. What the run then
// reports is true, and another run leads to the same end as if nothing had happened.
func TestEveryFaultIsSurvived(t *testing.T) {
	t.Parallel()
	stride := 1
	if raceDetector || testing.Short() {
		stride = 61
	}
	faultsOn(t, &matrixRow{name: "value-check", value: "lenient"}, stride, 0)
}

// TestEveryFaultOnEveryRow does the same under every answer to the open questions, with some of the cases.
func TestEveryFaultOnEveryRow(t *testing.T) {
	t.Parallel()
	stride := *matrixStride
	if raceDetector {
		stride *= 13
	}
	for i := range matrixRows {
		t.Run(matrixRows[i].String(), func(t *testing.T) {
			t.Parallel()
			faultsOn(t, &matrixRows[i], stride, 97*i)
		})
	}
}

// faultsOn tries one of stride cases on a row, the kinds of faults side by side.
func faultsOn(t *testing.T, row *matrixRow, stride, offset int) {
	calls := row.calls(t)
	for kind, fault := range singleFaults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			for nth := 1; nth <= calls; nth++ {
				if (nth*len(singleFaults)+kind+offset)%stride == 0 {
					faultOn(t, row, fmt.Sprintf("op=*,nth=%d,%s", nth, fault))
				}
			}
		})
	}
}

func faultOn(t *testing.T, row *matrixRow, fault string) {
	synctest.Test(t, func(t *testing.T) {
		for _, wrong := range row.playWith(t, fault) {
			t.Errorf("%s: %s", fault, wrong)
		}
	})
}

// calls is the number of calls of a run that nothing disturbs.
func (row *matrixRow) calls(t *testing.T) (n int) {
	synctest.Test(t, func(t *testing.T) {
		e := row.stage(t)
		e.apply()
		for _, times := range e.world.Calls() {
			n += times
		}
	})
	if n < 50 {
		t.Fatalf("a run of %d calls is none of everything", n)
	}
	return n
}

// stage sets the row up.
func (row *matrixRow) stage(t *testing.T) *everything {
	t.Helper()
	e := newEverything(t, row.secret, row.seed)
	if err := e.world.SetSwitch(row.name, row.value); err != nil {
		t.Fatal(err)
	}
	e.end, e.open, e.rest = e.end.with(row.end), row.open, row.rest
	e.happens(row.meanwhile)
	return e
}

// playWith runs the row with a fault and lists what is not as it should be.
func (row *matrixRow) playWith(t *testing.T, fault string) (wrong []string) {
	t.Helper()
	e := row.stage(t)
	e.between(row, nil)
	e.fault(fault)
	report, wrong := e.applyTruly()
	wrong = append(wrong, row.blamesLicence(report, fault)...)
	if err := e.world.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	e.forgetRefusals()
	if row.final {
		wrong = append(wrong, e.harmless()...)
	} else {
		wrong = append(wrong, e.converge()...)
	}
	if len(wrong) > 0 {
		wrong = append(wrong, "the first run: "+stepsOf(report))
	}
	return wrong
}

// forgetRefusals forgets what the zone blamed on the licence: a fault that answers 402 says that a plan of Make does not
// offer the change, which is then believed for days.
func (s *stage) forgetRefusals() {
	s.Helper()
	err := os.Remove(filepath.Join(s.home, ".local", "state", "makesync", "refusals.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Fatal(err)
	}
}

// TestFaultsOnASecret: what became of a value that may not be shown is found out all the same.
func TestFaultsOnASecret(t *testing.T) {
	t.Parallel()
	row := &matrixRow{name: "value-check", value: "strict", secret: true}
	for _, kind := range []string{"drop-before", "drop-after", "truncate", "hang-after", "status"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			faultOn(t, row, "op=PATCH /organizations/{organizationId}/variables/{variableName},organization=11,nth=5,kind="+kind)
		})
	}
}

// TestANewOrganizationOfARunThatWasCutOff: the zone learns of it only when it is asked to wait, and the run that made
// it could not ask any more.
func TestANewOrganizationOfARunThatWasCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := (&matrixRow{name: "create-lag", value: "wait"}).stage(t)
		e.fault("op=GET /organizations/{organizationId},organization=22,kind=hang")
		report, wrong := e.applyTruly("--max-runtime", "20s")
		if report.Exit != exit.Partial || len(wrong) > 0 {
			t.Fatalf("%v %s", wrong, stepsOf(report))
		}
		if err := e.world.ClearFaults(); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range e.converge() {
			t.Error(wrong)
		}
	})
}

// TestALostLicenceProvesNoDeletion: without the licence the list of variables is good, and empty.
func TestALostLicenceProvesNoDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEverything(t, false, nil)
		e.happens(event{"DELETE /organizations/{organizationId}/variables/{variableName}", "/LEFTOVER", func(e *everything) {
			e.alter(func(s *sandbox.State) { find(s, 11, "").Plan = "Core" })
		}})
		e.fault("op=DELETE /organizations/{organizationId}/variables/{variableName},nth=1,kind=drop-before")
		r, wrong := e.applyTruly()
		for _, s := range r.Steps {
			if s.Address == "acme/variable/LEFTOVER" && s.Outcome != report.OutcomeUnknown {
				wrong = append(wrong, fmt.Sprintf("the deletion %s %s", s.Outcome, s.Reason))
			}
		}
		for _, words := range wrong {
			t.Error(words)
		}
	})
}

// harmless applies again where that cannot lead to the end: nothing is made twice, and what the documents do
// not speak of stays.
func (e *everything) harmless() (wrong []string) {
	_, wrong = e.applyTruly()
	for _, difference := range e.differences() {
		if id := difference[:2]; id == "15" || id == "16" || id == "21" {
			wrong = append(wrong, difference)
		}
	}
	return slices.Concat(wrong, doubles(everythingKeys, e.world, e.ours()), e.unheardOf())
}

// blamesLicence lists steps that are said to lack a licence and do not. A zone that says so itself is believed: with
// 402, and with 400 for TFA.
func (row *matrixRow) blamesLicence(r *report.Report, fault string) (wrong []string) {
	for i := range r.Steps {
		s := &r.Steps[i]
		lacks := strings.HasPrefix(toldAlways[s.Address]+row.told[s.Address], "skipped licence")
		said := strings.Contains(fault, "status=402") || strings.Contains(fault, "status=400") && s.Kind == spec.KindTFA
		if s.Reason.Code == report.ReasonLicence && !lacks && !said {
			wrong = append(wrong, fmt.Sprintf("%s %s: %s, which is not so", s.Op, s.Address, s.Reason))
		}
	}
	return wrong
}

// fault adds a rule by which calls go wrong.
func (s *stage) fault(text string) {
	s.Helper()
	fault, err := sandbox.ParseFault(text)
	if err == nil {
		err = s.world.AddFault(fault)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// lateFaults are answers that come before the deed is done, or seen.
var lateFaults = []string{
	"kind=status-late,status=500,delay=2s", "kind=status-late,status=504,delay=50s", "kind=status-late,status=524,delay=50s", "kind=status-late,status=408,delay=20s",
	"kind=drop-late,delay=2s", "kind=unlisted-after,delay=5s", "kind=unlisted-after,delay=2m",
}

// TestNothingIsMadeTwice: an answer that is lost while the zone is still at work, or while its list is behind, leads to
// no second organization and no second invitation, in this run or in one that follows at once.
func TestNothingIsMadeTwice(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"POST /organizations", "POST /organizations/{organizationId}/invite", "POST /users/{userId}/user-organization-roles/{organizationId}"} {
		for _, kind := range lateFaults {
			for nth := 1; nth <= 3; nth++ {
				fault := fmt.Sprintf("op=%s,nth=%d,%s", op, nth, kind)
				t.Run(fault, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { doneLate(t, fault) })
				})
			}
		}
	}
}

func doneLate(t *testing.T, fault string) {
	e := (&matrixRow{name: "value-check", value: "lenient"}).stage(t)
	e.fault(fault)
	first, wrong := e.applyTruly()
	wrong = append(wrong, e.harmless()...)
	time.Sleep(2 * time.Minute)
	wrong = append(wrong, e.converge()...)
	for _, words := range wrong {
		t.Errorf("%s: %s; the first run: %s", fault, words, stepsOf(first))
	}
}

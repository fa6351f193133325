package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/spec"
	"makesync/sync/history"
)

// TestAnUnknownOutcomeIsSettledByTheNextRun: a run that ends not knowing what became of a request leaves it to the
// next one, which looks before it plans, and says what it found.
func TestAnUnknownOutcomeIsSettledByTheNextRun(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{"drop-after": "1 had happened, 0 had not, 0 are unknown", "drop-before": "0 had happened, 1 had not, 0 are unknown"} {
		synctest.Test(t, func(t *testing.T) {
			e := newEverything(t, false, nil)
			e.fault("op=PATCH /organizations/{organizationId}/variables/{variableName},organization=11,nth=1,kind=" + fault)
			e.fault("op=GET /organizations/{organizationId}/variables,organization=11,nth=2,times=1000,kind=status,status=500")
			if report, wrong := e.applyTruly(); report.Unknown != 1 || len(wrong) > 0 {
				t.Fatalf("%s: %s %v", fault, stepsOf(report), wrong)
			}
			if runs := e.runs(); len(runs) != 1 || runs[0].Open != 1 || runs[0].Status != "finished" {
				t.Errorf("%s: %+v", fault, runs)
			}
			if err := e.world.ClearFaults(); err != nil {
				t.Fatal(err)
			}
			report, wrong := e.applyTruly()
			found := slices.IndexFunc(report.Problems, func(p spec.Problem) bool { return p.Rule == "unfinished-run" })
			if found < 0 || !strings.Contains(report.Problems[found].Message, " ended with an unknown outcome; of its open requests "+want) {
				t.Errorf("%s: %+v %v", fault, report.Problems, wrong)
			}
			if runs := e.runs(); runs[0].Open != 0 || runs[0].Status != "resolved" {
				t.Errorf("%s: %+v", fault, runs)
			}
			for _, words := range e.converge() {
				t.Errorf("%s: %s", fault, words)
			}
		})
	}
}

// TestZonesByAnyNameAreSettled: documents call a zone otherwise in which a run has left something open, or by two
// names, of which each may have a token of its own.
func TestZonesByAnyNameAreSettled(t *testing.T) {
	t.Parallel()
	const renamed = "zone: main\nzones: {main: {url: \"https://eu1.make.com\"}}"
	for what, zones := range map[string]struct{ before, after string }{
		"another name": {"zone: eu1", renamed},
		"two names":    {renamed, renamed},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := newEverything(t, false, nil)
			url := []string{"--zone-url", "main=https://eu1.make.com"}
			e.flags = append(e.flags, "--allow", "create:organization@*")
			e.handlers = map[string]string{"main": "eu1"}
			e.edit("zone: eu1", zones.before)
			if what == "two names" {
				e.edit("\norganizations:\n", "\norganizations:\n  second: {zone: eu1, name: Second, region: eu, country: CZ, timezone: Europe/Prague}\n")
			}
			e.fault("op=PATCH /organizations/{organizationId}/variables/{variableName},organization=11,nth=1,kind=drop-after")
			e.fault("op=GET /organizations/{organizationId}/variables,organization=11,nth=2,times=1000,kind=status,status=500")
			if zones.before == renamed {
				e.flags = append(e.flags, url...)
			}
			if report := e.apply(); report.Unknown != 1 {
				t.Fatalf("%s: %s %+v", what, stepsOf(report), report.Problems)
			}
			if err := e.world.ClearFaults(); err != nil {
				t.Fatal(err)
			}
			if e.edit(zones.before, zones.after); zones.before != renamed {
				e.flags = append(e.flags, url...)
			}
			report := e.apply()
			if !slices.ContainsFunc(report.Problems, func(p spec.Problem) bool {
				return p.Rule == "unfinished-run" && strings.Contains(p.Message, "1 had happened, 0 had not, 0 are unknown")
			}) {
				t.Errorf("%s: %+v", what, report.Problems)
			}
		})
	}
}

// edit changes the documents, in one place.
func (s *stage) edit(old, new string) {
	s.Helper()
	text, err := os.ReadFile(s.documents)
	if err == nil {
		err = os.WriteFile(s.documents, []byte(strings.Replace(string(text), old, new, 1)), 0o600)
	}
	if err != nil || !strings.Contains(string(text), old) {
		s.Fatalf("%q: %v", old, err)
	}
}

// TestWhatStaysUnknownIsWrittenOnce: a request that no run can look into is asked about by every later one, and told;
// the journal does not grow by what it says already, until nobody could read it.
func TestWhatStaysUnknownIsWrittenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEverything(t, false, nil)
		e.fault("op=PATCH /organizations/{organizationId}/variables/{variableName},organization=11,nth=1,kind=drop-after")
		e.fault("op=GET /organizations/{organizationId}/variables,organization=11,nth=2,times=100000,kind=status,status=500")
		e.applyTruly()
		journal := filepath.Join(e.home, ".local", "state", "makesync", "runs", e.runs()[0].Run+".jsonl")
		var sizes []int64
		for range 3 {
			report, _ := e.applyTruly()
			if !slices.ContainsFunc(report.Problems, func(p spec.Problem) bool {
				return p.Rule == "unfinished-run" && strings.Contains(p.Message, "1 are unknown")
			}) {
				t.Fatalf("%+v", report.Problems)
			}
			info, err := os.Stat(journal)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, info.Size())
		}
		if sizes[1] != sizes[0] || sizes[2] != sizes[0] {
			t.Errorf("the journal grows with every run: %d bytes", sizes)
		}
	})
}

// runs runs `makesync runs list`.
func (s *stage) runs() []history.Summary {
	s.Helper()
	code, stdout, stderr := s.run("runs", "list", "--format", "json")
	var list struct{ Runs []history.Summary }
	if err := json.Unmarshal([]byte(stdout), &list); code != 0 || err != nil {
		s.Fatalf("runs list: exit %d, %v\n%s", code, err, stderr)
	}
	return list.Runs
}

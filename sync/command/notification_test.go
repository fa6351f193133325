package command

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// badNight is an apply in which everything happened.
func badNight(steps int) ending {
	p := &plan.Plan{Digest: "sha256:00", Zones: []plan.Zone{{Name: "try", Sandbox: true}}}
	o := plan.Organization{Key: "acme", Zone: "try"}
	r := &report.Report{Run: "20261120T020000Z-00000000", Planned: steps + 3, Succeeded: steps, Failed: 1, Skipped: 2, Held: 1, Waiting: 1}
	for n := range steps {
		a := spec.NewAddress("acme", spec.KindVariable, fmt.Sprintf("V_%d", n))
		o.Steps = append(o.Steps, plan.Step{N: n, Address: a, Kind: spec.KindVariable, Op: plan.OpDelete, Risk: plan.RiskDestructive})
		r.Steps = append(r.Steps, report.StepReport{N: n, Address: a, Op: plan.OpDelete, Outcome: report.Succeeded})
	}
	r.Steps = append(r.Steps,
		report.StepReport{N: steps, Address: "acme/tfa", Op: plan.OpUpdate, Outcome: report.Failed, Reason: report.ParseReason("refused\x1b[31m"), Error: &spec.APIError{Status: 403, Message: strings.Repeat("long ", 500)}},
		report.StepReport{N: steps + 1, Address: "acme/owner", Op: plan.OpTransfer, Outcome: report.Skipped, Reason: report.ParseReason("depends: acme/tfa failed")},
		report.StepReport{N: steps + 2, Address: "acme/variable/X", Op: plan.OpCreate, Outcome: report.Skipped, Reason: report.ParseReason("licence: custom variables")})
	o.Held = []plan.Held{{Address: "acme/variable/OLD", Op: plan.OpDelete, Guard: "maxDeletes", Reason: "1 more than 0", Allow: "delete:variable@acme"}}
	o.Waiting = []plan.Waiting{{Address: "acme/member/bob@acme.example", Reason: "is no member"}}
	p.Organizations = []plan.Organization{o}
	p.Summary.Waiting, p.Summary.Held = 1, 1
	return ending{command: "apply", plan: p, report: r, exit: exit.Partial,
		problems: []spec.Problem{{Severity: spec.Warning, Rule: "not-read", Address: "other", Message: "could not read members: HTTP 500"}}}
}

func always(n int) func(spec.Address, string) int {
	return func(spec.Address, string) int { return n }
}

func TestNotificationFitsItsSchema(t *testing.T) {
	t.Parallel()
	text, ok := schema.Named("notify")
	if !ok {
		t.Fatal("there is no schema notify")
	}
	for name, e := range map[string]ending{
		"a bad night": badNight(3), "many steps": badNight(5000),
		"nothing at all": {command: "plan", exit: exit.Invalid},
		"drift":          {command: "plan", plan: badNight(2).plan, exit: exit.OK},
	} {
		body, err := notificationOf(e, e.news(7, always(8)), time.Unix(1795320000, 0)).encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range spec.Check(text, body) {
			t.Errorf("%s: %s: %s", name, problem.Path, problem.Message)
		}
		if len(body) > maxNotification || strings.ContainsAny(string(body), "\n\x1b") {
			t.Errorf("%s: %d bytes, or control characters", name, len(body))
		}
	}
}

func TestNewsOfABadNight(t *testing.T) {
	t.Parallel()
	e := badNight(300)
	n := e.news(7, always(8))
	body, err := notificationOf(e, n, time.Unix(1795320000, 0)).encode()
	if err != nil {
		t.Fatal(err)
	}
	var got notification
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	var troubles []string
	for _, tr := range got.Troubles {
		troubles = append(troubles, tr.What+" "+string(tr.Address))
	}
	want := "failed acme/tfa, held acme/variable/OLD, waiting acme/member/bob@acme.example, failed other"
	if joined := strings.Join(troubles, ", "); joined != want {
		t.Errorf("troubles %s, want %s", joined, want)
	}
	if len(got.Changes) != maxTold || got.Omitted != 200 || got.Changes[0].Risk != plan.RiskDestructive {
		t.Errorf("%d changes, %d omitted, risk %s", len(got.Changes), got.Omitted, got.Changes[0].Risk)
	}
	if !strings.HasPrefix(got.Text, "SANDBOX makesync apply: 303 planned, ") {
		t.Errorf("text %q", got.Text)
	}
	if quiet := e.news(8, always(8)); quiet.has(whatWaiting) {
		t.Error("what 8 runs have seen waiting is told with --notify-waiting 8")
	}
}

// TestTroublesAreTheSameEveryNight: fingerprints do not depend on counts, ports and salts.
func TestTroublesAreTheSameEveryNight(t *testing.T) {
	t.Parallel()
	night := func(message, reason, salt string) ending {
		secret := state.OfType(spec.TypeString, spec.Sensitive("x"))
		secret.Fingerprint = salt
		return ending{
			plan: &plan.Plan{Organizations: []plan.Organization{{Key: "acme",
				Steps: []plan.Step{{Address: "acme/variable/A", Op: plan.OpUpdate, Fields: []plan.Field{{Path: "value", From: secret, To: secret}}}},
				Held:  []plan.Held{{Address: "acme/variable/B", Op: plan.OpDelete, Guard: "maxDeletes", Reason: reason}}}}},
			problems: []spec.Problem{{Severity: spec.Error, Rule: "run", Message: message}},
		}
	}
	first := night("ask zone lab: dial tcp 127.0.0.1:4711: connection refused", "11 of 10", "scrypt:1").news(7, always(0))
	second := night("ask zone lab: read tcp 127.0.0.1:52413: connection reset", "12 of 10", "scrypt:2").news(7, always(0))
	if len(first.troubles) != 3 {
		t.Fatalf("troubles %v", first.troubles)
	}
	for i := range first.troubles {
		if first.troubles[i].ID != second.troubles[i].ID {
			t.Errorf("%q and %q", first.troubles[i].ID, second.troubles[i].ID)
		}
	}
	other := night("ask zone us1: dial tcp", "", "").news(7, always(0))
	if other.troubles[2].ID == first.troubles[2].ID {
		t.Error("two zones have one trouble")
	}
}

func TestParseNotifyURL(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"https://hooks.acme.example/s3cr3t": true, "https://user:s3cr3t@hooks.acme.example": true, "http://127.0.0.1:80/s3cr3t": true,
		"http://localhost/s3cr3t": true, "http://[::1]:8080/s3cr3t": true,
		"http://hooks.acme.example/s3cr3t": false, "http://127.0.0.1.acme.example/s3cr3t": false, "http://10.0.0.1/s3cr3t": false,
		"ftp://127.0.0.1/s3cr3t": false, "s3cr3t": false, "": false, "https:///s3cr3t": false, "https://:443/s3cr3t": false, "http://[s3cr3t": false, "http://\x7fs3cr3t": false,
	}
	for text, want := range tests {
		target, err := parseNotifyURL(text)
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the error shows the url: %v", err)
		}
		if err == nil && strings.Contains((&notifyOptions{url: target}).place(), "s3cr3t") {
			t.Errorf("%q: the place shows the secret", text)
		}
	}
}

// TestReadmeNotification checks the notification that the README shows.
func TestReadmeNotification(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?ms)^```json\n(\\{\"format\":\"makesync.notify/v1\".*?)^```\n").FindSubmatch(readme)
	if shown == nil {
		t.Fatal("the README shows no notification")
	}
	text, _ := schema.Named("notify")
	for _, problem := range spec.Check(text, shown[1]) {
		t.Errorf("%s: %s", problem.Path, problem.Message)
	}
}

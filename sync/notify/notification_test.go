package notify

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
func badNight(steps int) Run {
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
	return Run{Command: "apply", Plan: p, Report: r, Exit: exit.Partial,
		Problems: []spec.Problem{{Severity: spec.Warning, Rule: "not-read", Address: "other", Message: "could not read members: HTTP 500"}}}
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
	for name, run := range map[string]Run{
		"a bad night": badNight(3), "many steps": badNight(5000),
		"nothing at all": {Command: "plan", Exit: exit.Invalid},
		"a shard":        {Command: "plan", Shard: &spec.Shard{Index: 2, Count: 3}, Exit: exit.Invalid},
		"drift":          {Command: "plan", Plan: badNight(2).Plan, Exit: exit.OK},
	} {
		body, err := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0)).Encode()
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

// TestNotificationsAreBounded: long names and long errors make neither a message nor a line of it
// longer than receivers take, and what is left out is counted.
func TestNotificationsAreBounded(t *testing.T) {
	t.Parallel()
	run := badNight(maxListed)
	steps := run.Plan.Organizations[0].Steps
	for i := range steps {
		long := spec.NewAddress("acme", spec.KindVariable, fmt.Sprintf("V_%d_%s", i, strings.Repeat("n", 2000)))
		steps[i].Address, run.Report.Steps[i].Address = long, long
	}
	body, err := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var got Notification
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	listed := len(got.Changes) + len(got.Alerts)
	if len(body) > maxNotification || len(got.Changes) == 0 || listed+got.Omitted != maxListed+4 {
		t.Errorf("%d bytes with %d changes, %d alerts and %d omitted",
			len(body), len(got.Changes), len(got.Alerts), got.Omitted)
	}
	if n := len([]rune(got.Alerts[0].Text)); n != longestText+1 {
		t.Errorf("the alert of a long error has %d characters: %q", n, got.Alerts[0].Text)
	}
}

func TestEventsOfABadNight(t *testing.T) {
	t.Parallel()
	run := badNight(300)
	body, err := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var got Notification
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	var alerts []string
	for _, alert := range got.Alerts {
		alerts = append(alerts, alert.What+" "+string(alert.Address))
	}
	want := "failed acme/tfa, held acme/variable/OLD, waiting acme/member/bob@acme.example, failed other"
	if joined := strings.Join(alerts, ", "); joined != want {
		t.Errorf("alerts %s, want %s", joined, want)
	}
	if len(got.Changes) != maxListed || got.Omitted != 200 || got.Changes[0].Risk != plan.RiskDestructive {
		t.Errorf("%d changes, %d omitted, risk %s", len(got.Changes), got.Omitted, got.Changes[0].Risk)
	}
	if !strings.HasPrefix(got.Text, "SANDBOX makesync apply: 303 planned, ") {
		t.Errorf("text %q", got.Text)
	}
	if quiet := EventsOf(run, 8, always(8)); quiet.has(whatWaiting) {
		t.Error("what 8 runs have seen waiting is told with --notify-waiting 8")
	}
}

// TestAlertsAreTheSameEveryNight: fingerprints do not depend on counts, ports and salts.
func TestAlertsAreTheSameEveryNight(t *testing.T) {
	t.Parallel()
	night := func(message, reason, salt string) Run {
		secret := state.OfType(spec.TypeString, spec.Sensitive("x"))
		secret.Fingerprint = salt
		return Run{
			Plan: &plan.Plan{Organizations: []plan.Organization{{Key: "acme",
				Steps: []plan.Step{{Address: "acme/variable/A", Op: plan.OpUpdate, Fields: []plan.Field{{Path: "value", From: secret, To: secret}}}},
				Held:  []plan.Held{{Address: "acme/variable/B", Op: plan.OpDelete, Guard: "maxDeletes", Reason: reason}}}}},
			Problems: []spec.Problem{{Severity: spec.Error, Rule: "run", Message: message}},
		}
	}
	first := EventsOf(night("ask zone lab: dial tcp 127.0.0.1:4711: connection refused", "11 of 10", "scrypt:1"), 7, always(0))
	second := EventsOf(night("ask zone lab: read tcp 127.0.0.1:52413: connection reset", "12 of 10", "scrypt:2"), 7, always(0))
	if len(first.Alerts) != 3 {
		t.Fatalf("alerts %v", first.Alerts)
	}
	for i := range first.Alerts {
		if first.Alerts[i].ID != second.Alerts[i].ID {
			t.Errorf("%q and %q", first.Alerts[i].ID, second.Alerts[i].ID)
		}
	}
	other := EventsOf(night("ask zone us1: dial tcp", "", ""), 7, always(0))
	if other.Alerts[2].ID == first.Alerts[2].ID {
		t.Error("two zones have one alert")
	}
}

// TestShownNotification checks the notification that the help on cron shows.
func TestShownNotification(t *testing.T) {
	t.Parallel()
	topic, err := os.ReadFile("../help/topics/cron.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?ms)^```json\n(\\{\"format\":\"makesync.notify/v1\".*?)^```\n").FindSubmatch(topic)
	if shown == nil {
		t.Fatal("the topic shows no notification")
	}
	text, _ := schema.Named("notify")
	for _, problem := range spec.Check(text, shown[1]) {
		t.Errorf("%s: %s", problem.Path, problem.Message)
	}
}

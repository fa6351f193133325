package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// night is a run of one step of acme that sets the country, under a licence, with this outcome.
func night(licence string, outcome report.StepOutcome, reason report.ReasonCode, e *spec.APIError) (*plan.Plan, *report.Report) {
	s := plan.Step{N: 1, Address: "acme", Kind: spec.KindOrganization, Op: plan.OpUpdate, Fields: []plan.Field{{Path: "country"}}}
	p := &plan.Plan{Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Licence: licence, Steps: []plan.Step{s}}}}
	return p, &report.Report{Steps: []report.StepReport{{N: 1, Address: "acme", Kind: s.Kind, Op: s.Op, Outcome: outcome,
		Reason: report.Reason{Code: reason}, Error: e}}}
}

var tooLow = &spec.APIError{Status: 402, Code: "SC402", Message: "upgrade your plan"}

func refusalsAt(t *testing.T, dir string, now time.Time) *Refusals {
	t.Helper()
	r, err := Open(Options{Dir: dir, Now: func() time.Time { return now }}).Refusals(map[string]string{"eu1": "https://eu1.make.com"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func learn(t *testing.T, r *Refusals, p *plan.Plan, result *report.Report) {
	t.Helper()
	if err := r.Learn(p, result); err != nil {
		t.Fatal(err)
	}
}

func TestRefusalIsRemembered(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	p, r := night("core", report.Skipped, report.ReasonLicence, tooLow)
	learn(t, refusalsAt(t, dir, now), p, r)
	country := state.Feature{Kind: spec.KindOrganization, Name: "country"}
	got := refusalsAt(t, dir, now.Add(time.Hour)).Refused("eu1", 11, "core")
	if len(got) != 1 || got[0] != (state.Refusal{Feature: country, At: now, Message: "HTTP 402 SC402: upgrade your plan"}) {
		t.Fatalf("%+v", got)
	}
	for name, other := range map[string][]state.Refusal{
		"another organization": refusalsAt(t, dir, now).Refused("eu1", 12, "core"),
		"another licence":      refusalsAt(t, dir, now).Refused("eu1", 11, "pro"),
		"another zone":         refusalsAt(t, dir, now).Refused("us1", 11, "core"),
		"after seven days":     refusalsAt(t, dir, now.Add(state.RefusalLifetime)).Refused("eu1", 11, "core"),
		"before it was met":    refusalsAt(t, dir, now.Add(-48*time.Hour)).Refused("eu1", 11, "core"),
	} {
		if len(other) > 0 {
			t.Errorf("%s: %+v", name, other)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "refusals.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestRefusalIsForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	for name, forget := range map[string]func(*testing.T, *Refusals){
		"when the licence changes": func(t *testing.T, r *Refusals) {
			p, none := night("pro", report.Skipped, report.ReasonInterrupted, nil)
			learn(t, r, p, none)
		},
		"when it succeeds": func(t *testing.T, r *Refusals) {
			p, done := night("core", report.Succeeded, "", nil)
			learn(t, r, p, done)
		},
		"when asked": func(t *testing.T, r *Refusals) {
			if n, err := r.Forget(); n == 0 || err != nil {
				t.Fatal(err)
			}
		},
	} {
		dir := t.TempDir()
		p, r := night("core", report.Skipped, report.ReasonLicence, tooLow)
		learn(t, refusalsAt(t, dir, now), p, r)
		forget(t, refusalsAt(t, dir, now))
		if got := refusalsAt(t, dir, now).Refused("eu1", 11, "core"); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDamagedRefusalsStartAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "refusals.json"), []byte(`[{"zone": 1`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := refusalsAt(t, dir, time.Now()).Refused("eu1", 11, "core"); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

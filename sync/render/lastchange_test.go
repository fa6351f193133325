package render

import (
	"bytes"
	"makesync/spec"
	"regexp"
	"strings"
	"testing"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// TestLastChangeInEveryForm: text, Markdown, HTML and JSON say who changed a variable last.
func TestLastChangeInEveryForm(t *testing.T) {
	t.Parallel()
	s := step(1, "acme/variable/RETRIES", plan.OpUpdate, plan.RiskNone, field("value", state.Number("5"), state.Number("7")))
	s.LastChange = &spec.LastChange{At: "2026-11-20T02:00:00Z", Author: "Jane Doe", Action: "edited"}
	plan := &plan.Plan{Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme", Steps: []plan.Step{s}}}}
	words := regexp.MustCompile(`last edited on 2026-11-20 \S+ UTC by Jane Doe`) // Markdown puts the time into a code span
	for name, text := range map[string]string{
		"text":     string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, plan, Options{}) })),
		"markdown": string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, plan, DefaultMaxBytes, Options{}) })),
		"html":     string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, plan, Options{}) })),
	} {
		if !words.MatchString(text) {
			t.Errorf("%s does not say %s:\n%s", name, words, text)
		}
	}
	if json := string(rendered(t, func(b *bytes.Buffer) error { return PlanJSON(b, plan) })); !strings.Contains(json, `"author": "Jane Doe"`) {
		t.Errorf("the JSON lacks the author:\n%s", json)
	}
}

func TestLastChangeWords(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]*spec.LastChange{
		"":                          nil,
		"last changed by Jane":      {Author: "Jane"},
		"last created at some time": {At: "some time", Action: "created"},
	} {
		if got := lastChangeWords(change); got != want {
			t.Errorf("%+v: %q, want %q", change, got, want)
		}
	}
}

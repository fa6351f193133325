package render

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/explain"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// anyExplanation has whatever a document, a zone or a journal can hold.
func anyExplanation(t *rapid.T) *explain.Explanation {
	made := anyPlan(t, 4)
	source := spec.Source{File: anyText(t, "file"), Line: 3, Column: 1}
	e := &explain.Explanation{Format: explain.Format, Kind: spec.KindVariable, Problems: filled(made.Problems), Exit: made.Exit,
		Address:      spec.NewAddress(anyText(t, "key"), spec.KindVariable, anyText(t, "name")),
		Organization: explain.Organization{Key: anyText(t, "key"), Zone: anyText(t, "zone"), ID: 11, Name: anyText(t, "name")},
		Against:      anyText(t, "against"), Guards: []explain.Guard{}, Declared: []spec.Statement{},
		Live: explain.Live{Presence: explain.There, Reason: anyText(t, "reason"),
			Fields: []explain.Field{{Path: "value", Value: state.Text(anyText(t, "value"))}}},
		LastChange: &spec.LastChange{At: anyText(t, "at"), Author: anyText(t, "author"), Action: anyText(t, "action")},
		LastRun:    &explain.Run{Run: anyText(t, "run"), Op: plan.Op(anyText(t, "op")), Outcome: anyText(t, "outcome")},
		Plan:       explain.Outcome{Verdict: explain.Changes, Steps: []explain.Step{}, Waiting: []plan.Waiting{}, Held: []plan.Held{}},
	}
	for range rapid.IntRange(0, 3).Draw(t, "statements") {
		e.Declared = append(e.Declared, spec.Statement{Profile: anyText(t, "profile"), Source: source,
			Cancels: rapid.Bool().Draw(t, "cancels"),
			Fields:  []spec.StatementField{{Path: anyText(t, "path"), Value: spec.Plain(anyText(t, "said")), Source: source}}})
	}
	for range rapid.IntRange(0, 3).Draw(t, "guards") {
		e.Guards = append(e.Guards, explain.Guard{Guard: anyText(t, "guard"), Says: anyText(t, "says"),
			Holds: rapid.Bool().Draw(t, "holds"), Source: &source})
	}
	for i := range made.Organizations {
		o := &made.Organizations[i]
		e.Plan.Waiting, e.Plan.Held = append(e.Plan.Waiting, o.Waiting...), append(e.Plan.Held, o.Held...)
		for _, s := range o.Steps {
			e.Plan.Steps = append(e.Plan.Steps, explain.Step{Op: s.Op, Risk: s.Risk, Fields: filled(s.Fields), Notes: s.Notes,
				After: []spec.Address{spec.Address(anyText(t, "after"))},
				Calls: []explain.Call{{Method: "PATCH", Path: anyText(t, "called")}}})
		}
	}
	return e
}

// An explanation is made of texts of others: none of them reaches a terminal as it is, or breaks a
// width.
func TestHostileExplanation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := anyExplanation(t)
		o := Options{Width: rapid.SampledFrom([]int{0, 40, 60, 80, 160}).Draw(t, "width")}
		checkTerminal(t, "explanation", draw(t, func(b *bytes.Buffer) error { return Explanation(b, e, o) }), o)
		checkJSON(t, draw(t, func(b *bytes.Buffer) error { return JSON(b, e) }))
	})
}

func TestExplanationSchema(t *testing.T) {
	t.Parallel()
	text, ok := schema.Named("explanation")
	var root node
	if err := json.Unmarshal(text, &root); err != nil || !ok {
		t.Fatal(ok, err)
	}
	compareSchema(t, "explanation", &root, &root, reflect.TypeFor[explain.Explanation]())
	desired := &spec.Desired{Guards: spec.DefaultGuards(), Organizations: []spec.Organization{{Key: "acme", Zone: "eu1"}}}
	for _, a := range []spec.Address{"acme", "acme/variable/A", "acme/member/a@acme.example", "acme/tfa", "acme/owner"} {
		document := rendered(t, func(b *bytes.Buffer) error {
			return JSON(b, explain.New(explain.Facts{Address: a, Desired: desired}))
		})
		for _, problem := range spec.Check(text, document) {
			t.Errorf("%s: %s: %s", a, problem.Path, problem.Message)
		}
	}
}

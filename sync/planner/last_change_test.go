package planner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
)

// oracle is a Historian that keeps what it was asked.
type oracle struct {
	mu    sync.Mutex
	asked []string
	fails map[string]error
}

func (o *oracle) LastChange(_ context.Context, organization int64, variable string) (spec.LastChange, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, variable)
	if variable == "SILENT" {
		return spec.LastChange{}, nil
	}
	return spec.NewLastChange("2026-11-20T02:00:00.000Z", fmt.Sprintf("Jane of %d", organization), "organization_variable_edited"), o.fails[variable]
}

func driftPlan(steps ...plan.Step) *plan.Plan {
	for i := range steps {
		steps[i].Kind = steps[i].Address.Kind()
	}
	return &plan.Plan{Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Steps: steps}}}
}

func variableStep(name string, op plan.Op) plan.Step {
	return plan.Step{Address: spec.NewAddress("acme", spec.KindVariable, name), Op: op}
}

func TestLastChangesOnlyOfWhatDrifted(t *testing.T) {
	t.Parallel()
	o := &oracle{}
	p := driftPlan(variableStep("DRIFTED", plan.OpUpdate), variableStep("NEW", plan.OpCreate), variableStep("GONE", plan.OpDelete),
		variableStep("SILENT", plan.OpUpdate), plan.Step{Address: "acme/tfa", Op: plan.OpUpdate})
	digest := plan.DigestOf(p.Organizations)
	planner.AddLastChanges(t.Context(), p, map[string]planner.HistoryReader{"eu1": o}, 1)
	if diff := cmp.Diff([]string{"DRIFTED", "GONE", "SILENT"}, o.asked); diff != "" {
		t.Errorf("asked about, -want +got\n%s", diff)
	}
	want := &spec.LastChange{At: "2026-11-20T02:00:00Z", Author: "Jane of 11", Action: "edited"}
	steps := p.Organizations[0].Steps
	for i, wanted := range []*spec.LastChange{want, nil, want, nil, nil} {
		if diff := cmp.Diff(wanted, steps[i].LastChange); diff != "" {
			t.Errorf("%s: -want +got\n%s", steps[i].Address, diff)
		}
	}
	if got := plan.DigestOf(p.Organizations); got != digest {
		t.Error("the digest depends on who changed a variable")
	}
	if len(p.Problems) > 0 {
		t.Errorf("problems %v", p.Problems)
	}
}

func TestLastChangesAtMostFifty(t *testing.T) {
	t.Parallel()
	var steps []plan.Step
	for i := range planner.MaxHistoryCalls + 3 {
		steps = append(steps, variableStep(fmt.Sprintf("V_%02d", i), plan.OpUpdate))
	}
	o, plan := &oracle{}, driftPlan(steps...)
	planner.AddLastChanges(t.Context(), plan, map[string]planner.HistoryReader{"eu1": o}, 8)
	if len(o.asked) != planner.MaxHistoryCalls {
		t.Errorf("asked %d times", len(o.asked))
	}
	if len(plan.Problems) != 1 || !strings.Contains(plan.Problems[0].Message, "3 more") {
		t.Errorf("problems %v", plan.Problems)
	}
}

func TestLastChangesNeverFailAPlan(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(exit.ErrOutOfTime)
	tests := map[string]struct {
		ctx  context.Context
		want string
	}{
		"refused":   {t.Context(), "the history of this variable could not be read: HTTP 403 (and of 1 more)"},
		"cancelled": {cancelled, "the history of this variable could not be read: out of time (and of 2 more)"},
	}
	for name, test := range tests {
		refusal := errors.New("HTTP 403")
		o, plan := &oracle{fails: map[string]error{"A": refusal, "C": refusal}}, driftPlan(variableStep("A", plan.OpUpdate), variableStep("B", plan.OpUpdate), variableStep("C", plan.OpDelete))
		planner.AddLastChanges(test.ctx, plan, map[string]planner.HistoryReader{"eu1": o}, 1)
		if len(plan.Problems) != 1 || plan.Problems[0].Severity != spec.Warning || plan.Problems[0].Message != test.want {
			t.Errorf("%s: problems %v", name, plan.Problems)
		}
	}
	plan := driftPlan(variableStep("A", plan.OpUpdate))
	planner.AddLastChanges(t.Context(), plan, nil, 1) // a zone that nobody can ask
	if len(plan.Problems) > 0 || plan.Organizations[0].Steps[0].LastChange != nil {
		t.Error("a zone without a historian was asked")
	}
}

func TestLastChangeIsCleanAndBounded(t *testing.T) {
	t.Parallel()
	got := spec.NewLastChange("yesterday\x1b[31m", strings.Repeat("é", 500), "organization_variable_\ncreated")
	if got.At != "yesterday [31m" || got.Author != strings.Repeat("é", 120) || got.Action != " created" && got.Action != "created" {
		t.Errorf("%+v", got)
	}
}

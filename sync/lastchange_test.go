package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"
	stdsync "sync"
	"testing"

	"makesync/spec"

	"github.com/google/go-cmp/cmp"
)

// oracle is a Historian that keeps what it was asked.
type oracle struct {
	mu    stdsync.Mutex
	asked []string
	fails map[string]error
}

func (o *oracle) LastChange(_ context.Context, organization int64, variable string) (LastChange, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, variable)
	if variable == "SILENT" {
		return LastChange{}, nil
	}
	return NewLastChange("2026-11-20T02:00:00.000Z", fmt.Sprintf("Jane of %d", organization), "organization_variable_edited"), o.fails[variable]
}

func driftPlan(steps ...Step) *Plan {
	for i := range steps {
		steps[i].Kind = steps[i].Address.Kind()
	}
	return &Plan{Organizations: []OrganizationPlan{{Key: "acme", Zone: "eu1", ID: 11, Steps: steps}}}
}

func variableStep(name string, op Op) Step {
	return Step{Address: spec.NewAddress("acme", spec.KindVariable, name), Op: op}
}

func TestLastChangesOnlyOfWhatDrifted(t *testing.T) {
	t.Parallel()
	o := &oracle{}
	plan := driftPlan(variableStep("DRIFTED", OpUpdate), variableStep("NEW", OpCreate), variableStep("GONE", OpDelete),
		variableStep("SILENT", OpUpdate), Step{Address: "acme/tfa", Op: OpUpdate})
	digest := DigestOf(plan.Organizations)
	AddLastChanges(t.Context(), plan, map[string]HistoryReader{"eu1": o}, 1)
	if diff := cmp.Diff([]string{"DRIFTED", "GONE", "SILENT"}, o.asked); diff != "" {
		t.Errorf("asked about, -want +got\n%s", diff)
	}
	want := &LastChange{At: "2026-11-20T02:00:00Z", Author: "Jane of 11", Action: "edited"}
	steps := plan.Organizations[0].Steps
	for i, wanted := range []*LastChange{want, nil, want, nil, nil} {
		if diff := cmp.Diff(wanted, steps[i].LastChange); diff != "" {
			t.Errorf("%s: -want +got\n%s", steps[i].Address, diff)
		}
	}
	if got := DigestOf(plan.Organizations); got != digest {
		t.Error("the digest depends on who changed a variable")
	}
	if len(plan.Problems) > 0 {
		t.Errorf("problems %v", plan.Problems)
	}
}

func TestLastChangesAtMostFifty(t *testing.T) {
	t.Parallel()
	var steps []Step
	for i := range MaxHistoryCalls + 3 {
		steps = append(steps, variableStep(fmt.Sprintf("V_%02d", i), OpUpdate))
	}
	o, plan := &oracle{}, driftPlan(steps...)
	AddLastChanges(t.Context(), plan, map[string]HistoryReader{"eu1": o}, 8)
	if len(o.asked) != MaxHistoryCalls {
		t.Errorf("asked %d times", len(o.asked))
	}
	if len(plan.Problems) != 1 || !strings.Contains(plan.Problems[0].Message, "3 more") {
		t.Errorf("problems %v", plan.Problems)
	}
}

func TestLastChangesNeverFailAPlan(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(ErrOutOfTime)
	tests := map[string]struct {
		ctx  context.Context
		want string
	}{
		"refused":   {t.Context(), "the history of this variable could not be read: HTTP 403 (and of 1 more)"},
		"cancelled": {cancelled, "the history of this variable could not be read: out of time (and of 2 more)"},
	}
	for name, test := range tests {
		refusal := errors.New("HTTP 403")
		o, plan := &oracle{fails: map[string]error{"A": refusal, "C": refusal}}, driftPlan(variableStep("A", OpUpdate), variableStep("B", OpUpdate), variableStep("C", OpDelete))
		AddLastChanges(test.ctx, plan, map[string]HistoryReader{"eu1": o}, 1)
		if len(plan.Problems) != 1 || plan.Problems[0].Severity != spec.Warning || plan.Problems[0].Message != test.want {
			t.Errorf("%s: problems %v", name, plan.Problems)
		}
	}
	plan := driftPlan(variableStep("A", OpUpdate))
	AddLastChanges(t.Context(), plan, nil, 1) // a zone that nobody can ask
	if len(plan.Problems) > 0 || plan.Organizations[0].Steps[0].LastChange != nil {
		t.Error("a zone without a historian was asked")
	}
}

func TestLastChangeIsCleanAndBounded(t *testing.T) {
	t.Parallel()
	got := NewLastChange("yesterday\x1b[31m", strings.Repeat("é", 500), "organization_variable_\ncreated")
	if got.At != "yesterday [31m" || got.Author != strings.Repeat("é", longestHistoryText) || got.Action != " created" && got.Action != "created" {
		t.Errorf("%+v", got)
	}
}

package planner

import (
	"context"
	"fmt"
	"strconv"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// HistoryReader tells who changed a variable last; an empty answer means that the zone does not
// know.
type HistoryReader interface {
	LastChange(ctx context.Context, organization int64, variable string) (plan.LastChange, error)
}

// MaxHistoryCalls is how many variables AddLastChanges asks about in one plan.
const MaxHistoryCalls = 50

// AddLastChanges fills Step.LastChange for the variables that drifted: those that are there and
// that the plan updates or deletes. It asks about the first MaxHistoryCalls of them, in the order
// of the plan. What could not be learned is a warning of the plan and changes nothing else in it;
// the digest does not cover what was learned.
func AddLastChanges(ctx context.Context, p *plan.Plan, zones map[string]HistoryReader, concurrency int) {
	asked, more := drifted(p, zones)
	errs := make([]error, len(asked))
	var group spec.Group
	group.SetLimit(max(1, concurrency))
	for i, a := range asked {
		group.Go(func() error {
			errs[i] = a.ask(ctx)
			return nil
		})
	}
	_ = group.Wait() // the functions keep their errors in errs
	if more > 0 {
		p.Problems = append(p.Problems, spec.Problem{Severity: spec.Warning, Rule: "history",
			Message: fmt.Sprintf("--history reads the history of at most %d variables; %d more that change show none",
				MaxHistoryCalls, more),
			Hint: "plan less at a time with --target"})
	}
	p.Problems = append(p.Problems, historyProblems(asked, errs)...)
}

// historyQuery is one question to a zone.
type historyQuery struct {
	step         *plan.Step
	organization int64
	zone         HistoryReader
}

func (q historyQuery) ask(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	change, err := q.zone.LastChange(ctx, q.organization, q.step.Address.Name())
	if err == nil && change != (plan.LastChange{}) {
		q.step.LastChange = &change
	}
	return err
}

// drifted lists the questions, and counts those that are too many.
func drifted(p *plan.Plan, zones map[string]HistoryReader) (asked []historyQuery, more int) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			s := &o.Steps[j]
			changes := s.Kind == spec.KindVariable && (s.Op == plan.OpUpdate || s.Op == plan.OpDelete)
			switch zone := zones[o.Zone]; {
			case !changes || zone == nil:
			case len(asked) == MaxHistoryCalls:
				more++
			default:
				asked = append(asked, historyQuery{s, o.ID, zone})
			}
		}
	}
	return asked, more
}

// historyProblems is one warning for all that failed, with the first reason.
func historyProblems(asked []historyQuery, errs []error) []spec.Problem {
	var failed int
	var first spec.Problem
	for i, err := range errs {
		if err == nil {
			continue
		}
		if failed++; failed == 1 {
			first = state.CallProblem(
				"history",
				asked[i].step.Address,
				"the history of this variable could not be read",
				err,
			)
		}
	}
	if failed > 1 {
		first.Message += " (and of " + strconv.Itoa(failed-1) + " more)"
	}
	if failed == 0 {
		return nil
	}
	return []spec.Problem{first}
}

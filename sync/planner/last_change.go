package planner

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// HistoryReader tells who changed a variable last; an empty answer means that the zone does not
// know.
type HistoryReader interface {
	LastChange(ctx context.Context, organization int64, variable string) (spec.LastChange, error)
}

// MaxHistoryCalls is how many variables AddLastChanges asks about in one plan.
const MaxHistoryCalls = 50

// AddLastChanges fills LastChange for the variables that drifted, held ones too: those that are
// there and that the plan updates or deletes, or, where the plan tells drift, those alone, and
// those that somebody has deleted. It asks about the first MaxHistoryCalls of them, in the order of
// the plan. What could not be learned is a warning of the plan and changes nothing else in it; the
// digest does not cover what was learned.
func AddLastChanges(ctx context.Context, p *plan.Plan, zones map[string]HistoryReader, concurrency int) {
	asked := drifted(p, zones)
	more := max(0, len(asked)-MaxHistoryCalls)
	asked = asked[:len(asked)-more]
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
	p.Problems = spec.OnceEach(append(p.Problems, historyProblems(asked, errs)...))
}

// historyQuery is one question to a zone.
type historyQuery struct {
	address      spec.Address
	answer       **spec.LastChange
	gone         bool // the variable is not there: who deleted it?
	organization int64
	zone         HistoryReader
}

// ask asks. Of what is not there most zones know nothing, and the history before it went does not
// tell who deleted it.
func (q historyQuery) ask(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	change, err := q.zone.LastChange(ctx, q.organization, q.address.Name())
	if q.gone {
		call := state.AsCallError(err)
		if call != nil && call.Class == exit.ClassNotFound {
			return nil
		}
		if err == nil && !strings.HasPrefix(change.Action, "delete") {
			return nil
		}
	}
	if err == nil && change != (spec.LastChange{}) {
		*q.answer = &change
	}
	return err
}

// drifted lists the questions.
func drifted(p *plan.Plan, zones map[string]HistoryReader) (asked []historyQuery) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		zone := zones[o.Zone]
		add := func(s plan.Step, answer **spec.LastChange) {
			if gone, ask := historyOf(&s); ask && zone != nil && o.ID != 0 {
				asked = append(asked, historyQuery{s.Address, answer, gone, o.ID, zone})
			}
		}
		for j := range o.Steps {
			add(o.Steps[j], &o.Steps[j].LastChange)
		}
		for j := range o.Held {
			h := &o.Held[j]
			add(plan.Step{Address: h.Address, Kind: h.Kind, Op: h.Op, Origin: h.Origin}, &h.LastChange)
		}
	}
	return asked
}

// historyOf tells whether a step has a history to ask for, and whether that is of what is gone.
func historyOf(s *plan.Step) (gone, ask bool) {
	known, moved := s.Origin != "", s.Origin == plan.OriginDrift || s.Origin == plan.OriginConflict
	switch {
	case s.Kind != spec.KindVariable || known && !moved:
		return false, false
	case s.Op == plan.OpCreate:
		return true, known
	}
	return false, s.Op == plan.OpUpdate || s.Op == plan.OpDelete
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
			first = state.ReadProblem(
				"history",
				asked[i].address,
				"the history of this variable could not be read",
				err,
			)
		}
	}
	if failed > 1 && first.Address != "" {
		first.Message += " (and of " + strconv.Itoa(failed-1) + " more)"
	}
	if failed == 0 {
		return nil
	}
	return []spec.Problem{first}
}

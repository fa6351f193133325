package apply

import (
	"context"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// TestForgedLinks: a step that takes something away comes after those that give it to another one, whatever a plan
// file says: a file that lets it come earlier, or after nothing, is refused.
func TestForgedLinks(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	of := func(p *plan.Plan, address string) int {
		return slices.IndexFunc(p.Organizations[0].Steps, func(s plan.Step) bool { return string(s.Address) == address })
	}
	for name, c := range map[string]struct {
		forge func(p *plan.Plan)
		want  string
	}{
		"nothing": {func(*plan.Plan) {}, ""},
		"lowering an Admin comes after nothing": {func(p *plan.Plan) {
			p.Organizations[0].Steps[of(p, "acme/member/admin@x.example")].After = []int{}
		}, "it does not come after step"},
		"the transfer comes after nothing": {func(p *plan.Plan) {
			p.Organizations[0].Steps[of(p, "acme/owner")].After = []int{}
		}, ""}, // the new Owner is Admin already
		"lowering before promoting": {func(p *plan.Plan) {
			steps := p.Organizations[0].Steps
			low, high := of(p, "acme/member/admin@x.example"), of(p, "acme/member/rising@x.example")
			steps[low], steps[high] = steps[high], steps[low]
			steps[low].N, steps[high].N = steps[high].N, steps[low].N
			steps[high].After = []int{}
		}, "which comes after it"},
	} {
		_, problems := savedplan.Decode(forged(t, data, c.forge), spec.Value{})
		if c.want == "" && len(problems) > 0 ||
			c.want != "" && (len(problems) == 0 || !strings.Contains(problems[0].Message, c.want)) {
			t.Errorf("%s: %v, want %q", name, problems, c.want)
		}
	}
}

// TestWhatFailedDoesNotCount: where the zone refuses to make somebody Admin, nobody is lowered in trust of that, also
// when no link of the plan says so.
func TestWhatFailedDoesNotCount(t *testing.T) {
	t.Parallel()
	for _, linked := range []bool{true, false} {
		z, _, data := saved(t, spec.Value{})
		p, problems := savedplan.Decode(data, spec.Value{})
		if len(problems) > 0 || len(savedplan.Hydrate(p, evaluate)) > 0 {
			t.Fatal(problems)
		}
		for i := range p.Organizations[0].Steps {
			if !linked {
				p.Organizations[0].Steps[i].After = []int{}
			}
		}
		z.fault = func(_ int, w plan.Write) *lost {
			if w.Verb == plan.SetRole && w.Arguments.UserID == 4 {
				return &lost{err: refused(403, "SC403")}
			}
			return nil
		}
		o := z.options()
		o.Saved = true
		report := Run(context.Background(), p, o)
		for _, w := range z.writes {
			if w.Verb == plan.SetRole {
				t.Errorf("linked %v: %v", linked, w.Arguments)
			}
		}
		if report.Failed != 1 || len(z.writes) < 10 {
			t.Errorf("linked %v: %d writes\n%s", linked, len(z.writes), outcomes(report))
		}
	}
}

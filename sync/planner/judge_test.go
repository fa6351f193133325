package planner

import (
	"context"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/plan"
)

// judgeFunc is a Judge of one function.
type judgeFunc func(draft *plan.Plan) []spec.PolicyResult

func (j judgeFunc) Policies() spec.Policies { return spec.Policies{InForce: 1} }

func (j judgeFunc) Judge(_ context.Context, draft *plan.Plan, _ map[string]People) ([]spec.PolicyResult, error) {
	return j(draft), nil
}

// drafted is an organization with numbered steps: a promotion, a demotion after it, and a variable.
func drafted() []*organization {
	step := func(n int, address spec.Address, op plan.Op, after ...int) plan.Change {
		return plan.Change{Step: plan.Step{N: n, Address: address, Kind: address.Kind(), Op: op, After: after}, Phase: plan.PhaseAttributes}
	}
	create := step(4, "new", plan.OpCreate)
	create.Phase = plan.PhaseCreate
	return []*organization{
		{run: &run{Request: &Request{}}, want: &spec.Organization{Key: "acme"}, id: 1, Result: diff.Result{Changes: []plan.Change{
			step(1, "acme/member/a@acme.example", plan.OpUpdate), step(2, "acme/member/b@acme.example", plan.OpUpdate, 1),
			step(3, "acme/variable/A", plan.OpUpdate)}}},
		{run: &run{Request: &Request{}}, want: &spec.Organization{Key: "new"}, name: "New", Result: diff.Result{Changes: []plan.Change{
			create, step(5, "new/variable/A", plan.OpCreate, 4)}}},
	}
}

func planOf(organizations []*organization) *plan.Plan {
	p := &plan.Plan{}
	for _, o := range organizations {
		planned := plan.Organization{Key: o.want.Key}
		for _, c := range o.Changes {
			planned.Steps = append(planned.Steps, c.Step)
		}
		p.Organizations = append(p.Organizations, planned)
	}
	return p
}

func judged(t *testing.T, judge judgeFunc) (left, held []string, j *judging) {
	t.Helper()
	organizations := drafted()
	base := planOf(organizations)
	j = &judging{judge: judge, organizations: organizations, draft: func() *plan.Plan { return rest(base, organizations) }}
	if err := j.do(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, o := range organizations {
		for _, c := range o.Changes {
			left = append(left, string(c.Address))
		}
		for _, h := range o.held {
			held = append(held, h.Guard+" "+string(h.Address)+" "+h.Reason)
		}
	}
	return left, held, j
}

func result(id, on string, address spec.Address, op plan.Op, severity spec.PolicySeverity) spec.PolicyResult {
	return spec.PolicyResult{ID: id, On: on, Address: address, Op: string(op), Severity: severity, Message: "m"}
}

// TestWhatFollowsIsHeldToo: nobody is lowered where the promotion before it is held, and what hangs
// on a creation is held with it.
func TestWhatFollowsIsHeldToo(t *testing.T) {
	t.Parallel()
	left, held, _ := judged(t, func(draft *plan.Plan) (results []spec.PolicyResult) {
		for _, o := range draft.Organizations {
			for _, s := range o.Steps {
				if s.N == 1 || s.N == 4 {
					results = append(results, result("p", spec.PolicyOnStep, s.Address, s.Op, spec.PolicyHold))
				}
			}
		}
		return results
	})
	if strings.Join(left, " ") != "acme/variable/A" {
		t.Errorf("left: %q", left)
	}
	want := []string{
		"policy:p acme/member/a@acme.example m", "policy:p acme/member/b@acme.example it follows what is held: m",
		"policy:p new m; 1 more step follows once it is there",
	}
	if strings.Join(held, "\n") != strings.Join(want, "\n") {
		t.Errorf("held: %q", held)
	}
}

// TestTheNarrowestHoldsFirst: a policy on the plan is judged on what policies on steps have left.
func TestTheNarrowestHoldsFirst(t *testing.T) {
	t.Parallel()
	rounds := 0
	left, _, j := judged(t, func(draft *plan.Plan) (results []spec.PolicyResult) {
		rounds++
		for _, o := range draft.Organizations {
			for _, s := range o.Steps {
				if s.Kind == spec.KindMember {
					results = append(results, result("people", spec.PolicyOnStep, s.Address, s.Op, spec.PolicyHold))
				}
			}
		}
		if len(draft.Organizations[0].Steps) > 1 {
			results = append(results, result("few", spec.PolicyOnPlan, "", "", spec.PolicyHold),
				result("never", spec.PolicyOnOrganization, "acme", "", spec.PolicyError))
		}
		return results
	})
	if len(left) != 3 || rounds != 2 {
		t.Errorf("%d rounds left %q", rounds, left)
	}
	p := j.policies()
	if len(p.Results) != 3 || p.Results[0].ID != "never" || !p.HasErrors() {
		t.Errorf("an error was hidden behind a hold: %+v", p.Results)
	}
}

// TestPoliciesThatNeverSettle: one that always holds the first step that is left ends soon, with
// everything held.
func TestPoliciesThatNeverSettle(t *testing.T) {
	t.Parallel()
	organizations := drafted()[:1]
	var many []plan.Change
	for n := range 50 {
		c := organizations[0].Changes[2]
		c.N, c.Address = n+1, spec.NewAddress("acme", spec.KindVariable, strings.Repeat("A", n+1))
		many = append(many, c)
	}
	organizations[0].Changes = many
	base := planOf(organizations)
	rounds := 0
	j := &judging{
		organizations: organizations, draft: func() *plan.Plan { return rest(base, organizations) },
		judge: judgeFunc(func(draft *plan.Plan) []spec.PolicyResult {
			rounds++
			first := draft.Organizations[0].Steps[0]
			return []spec.PolicyResult{result("first", spec.PolicyOnStep, first.Address, first.Op, spec.PolicyHold)}
		}),
	}
	if err := j.do(context.Background()); err != nil || rounds != mostRounds || len(organizations[0].Changes) != 0 ||
		len(organizations[0].held) != 50 {
		t.Errorf("%d rounds, %d held, %v", rounds, len(organizations[0].held), err)
	}
}

// TestPeopleAfter: members are as they will be, whatever words a zone or a document uses for roles.
func TestPeopleAfter(t *testing.T) {
	t.Parallel()
	p := livePeople{People: People{Members: []Member{
		{1, "owner@acme.example", "Owner", ""}, {2, "bob@acme.example", "Admin", ""}, {3, "eve@acme.example", "Member", ""},
		{4, "old@acme.example", "Member", "expired"},
	}}}
	step := func(kind spec.Kind, op plan.Op, a plan.Arguments) plan.Step {
		return plan.Step{Kind: kind, Op: op, Arguments: a}
	}
	after := p.after([]plan.Step{
		step(spec.KindMember, plan.OpInvite, plan.Arguments{Email: "new@acme.example", RoleID: 12}),
		step(spec.KindMember, plan.OpReinvite, plan.Arguments{Email: "old@acme.example", UserID: 4, RoleID: 12}),
		step(spec.KindMember, plan.OpUpdate, plan.Arguments{Email: "eve@acme.example", UserID: 3, RoleID: 12}),
		step(spec.KindMember, plan.OpDelete, plan.Arguments{Email: "bob@acme.example", UserID: 2}),
		step(spec.KindOwner, plan.OpTransfer, plan.Arguments{Email: "eve@acme.example", UserID: 3}),
		// Only a transfer changes who is Owner.
		step(spec.KindMember, plan.OpUpdate, plan.Arguments{Email: "eve@acme.example", UserID: 3, RoleID: 13}),
		step(spec.KindMember, plan.OpDelete, plan.Arguments{Email: "eve@acme.example", UserID: 3}),
		step(spec.KindVariable, plan.OpCreate, plan.Arguments{}),
	})
	var got []string
	for _, m := range after.Members {
		got = append(got, m.Email+" "+m.Role+" "+m.Invitation)
	}
	want := "eve@acme.example Owner \nnew@acme.example Admin pending\nold@acme.example Admin pending\nowner@acme.example Admin "
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	gone := p.after([]plan.Step{step(spec.KindOrganization, plan.OpDelete, plan.Arguments{})})
	if len(gone.Members) != 0 || len(p.Members) != 4 || p.Members[0].Role != "Owner" {
		t.Errorf("%+v %+v", gone, p.Members)
	}
}

package planner

import (
	"cmp"
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// Rejudge judges the steps of a plan that was made before by the policies of a request and, where
// they are to be judged too, by its guards. It reads the people of the organizations whose steps
// are about people, or at which policies look, and where one is to be created what its zone gives
// to new ones. What is held leaves the plan's steps, with the reason among its held changes, which
// are given too.
//
//	plan ─▶ people ─▶ guards ─▶ policies ─▶ plan, without what they hold
func Rejudge(ctx context.Context, p *plan.Plan, r Request, guards bool) (held []plan.Held, err error) {
	run := &run{Request: &r, lookalikes: spec.NewLookalikes(r.Desired)}
	if run.organizations, err = planned(ctx, run, p); err != nil {
		return nil, err
	}
	slots.New(r.Concurrency).Each(len(run.organizations), func(i int) {
		reopen(ctx, run.organizations[i], &p.Organizations[i], guards)
	})
	if interrupted(ctx) {
		return nil, context.Cause(ctx)
	}
	if guards {
		run.guard()
		for _, o := range run.organizations {
			holdFollowers(o)
		}
	}
	draft := func() *plan.Plan { return rest(p, run.organizations) }
	judging := &judging{judge: r.Judge, organizations: run.organizations, draft: draft}
	if err := judging.do(ctx); err != nil {
		return nil, err
	}
	for i, o := range run.organizations {
		held = append(held, o.held[len(p.Organizations[i].Held):]...)
	}
	*p = *draft()
	if p.Policies = judging.policies(); p.Policies.HasErrors() {
		p.Exit = exit.Worst(p.Exit, exit.Invalid)
	}
	return held, nil
}

// planned are the organizations of a plan, not yet read.
func planned(ctx context.Context, r *run, p *plan.Plan) (organizations []*organization, err error) {
	zones := map[string]*zone{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		port := r.Zones[o.Zone]
		if zones[o.Zone] == nil {
			if zones[o.Zone], err = zoneOfPlan(ctx, port, o.Zone); err != nil {
				return nil, err
			}
		}
		if o.ID == 0 && len(o.Steps) > 1 {
			if err = foresee(ctx, r, zones[o.Zone]); err != nil {
				return nil, err
			}
		}
		organizations = append(organizations, &organization{
			run: r, zone: zones[o.Zone], want: &spec.Organization{Key: o.Key, Name: o.Name}, id: o.ID, name: o.Name,
			reader: port.Reader, held: slices.Clone(o.Held), admins: plan.AdminsOf(nil),
		})
	}
	return organizations, nil
}

// zoneOfPlan asks a zone whose token this is.
func zoneOfPlan(ctx context.Context, port state.Port, name string) (*zone, error) {
	z := &zone{name: name, place: cmp.Or(port.Endpoint.Place(), name), port: port,
		lists: map[state.List]func() diff.NameEntries{}}
	if port.Reader == nil {
		return z, nil // Verify has told
	}
	var err error
	z.me, err = port.Reader.Me(ctx)
	z.me.Email = spec.NormalEmail(z.me.Email)
	return z, err
}

// foresee finds out whether a new organization of the zone is on the Free plan: by a file that says
// so steps would count as no changes.
func foresee(ctx context.Context, r *run, z *zone) error {
	if z.port.Reader == nil || z.here != nil {
		return nil
	}
	rows, err := z.port.Reader.Organizations(ctx)
	if err != nil {
		return err
	}
	z.here, z.elsewhere = state.Candidates(z.port.Endpoint, rows, r.otherHosts(z.port.Endpoint)...)
	z.startsFree = state.StartsFree(z.port.Endpoint, z.here)
	return nil
}

// reopen makes changes of the steps of a plan, after reading the people that judging needs.
func reopen(ctx context.Context, o *organization, planned *plan.Organization, guards bool) {
	aboutPeople := slices.ContainsFunc(planned.Steps, isAboutPeople)
	if o.id != 0 && o.reader != nil && (o.run.wantsMembers() || guards && aboutPeople) {
		o.live = &state.Organization{}
		o.live.ID, o.live.Key, o.live.Name = o.id, o.want.Key, o.name
		wanted := state.Wanted{Kinds: []spec.Kind{spec.KindMember}}
		if memory := o.run.Memory; memory != nil {
			url := o.zone.port.Endpoint.URL
			wanted.Remembered = func(user int64) string { return memory.EmailOf(url, o.id, user) }
		}
		state.ReadOrganization(ctx, o.reader, o.live, wanted)
		o.live.NameUnreadable(o.zone.me.ID, o.zone.me.Email)
		o.admins, o.membersRead = plan.AdminsOf(o.live), o.live.Read(spec.KindMember)
	}
	if o.reader != nil && (o.live != nil || o.id == 0 && o.run.wantsMembers()) {
		o.people = peopleOf(ctx, o)
	}
	members := o.live.Lookalikes()
	for _, s := range planned.Steps {
		c := changeOf(o, s)
		if isAboutPeople(s) && s.Op.Counted() != plan.OpDelete { // a file may keep it to itself
			c.LooksLike = cmp.Or(o.run.lookalikes.Of(s.Arguments.Email, members), s.LooksLike)
		}
		o.Changes = append(o.Changes, c)
	}
	if guards && aboutPeople && o.id != 0 && !o.membersRead {
		hold(o, "minAdmins", "the people of "+o.want.Key+" could not be read, so nobody knows who would remain",
			func(c *plan.Change) bool { return isAboutPeople(c.Step) })
	}
	o.live = nil
}

func isAboutPeople(s plan.Step) bool { return s.Kind == spec.KindMember || s.Kind == spec.KindOwner }

// changeOf is a step with what guards look at besides.
func changeOf(o *organization, s plan.Step) plan.Change {
	// The phase is any but that of a creation.
	c := plan.Change{Step: s, Phase: plan.PhaseAttributes, Lowers: o.admins.Lowers(&s)}
	if c.Origin == "" { // made without a snapshot, so nobody knows what it reverts
		c.Origin = plan.OriginUnknown
	}
	if c.Foreseen = ""; o.id == 0 && o.zone.startsFree {
		c.Foreseen = state.RefusedByFree(s.Kind)
	}
	switch {
	case s.Kind == spec.KindOrganization && s.Op == plan.OpCreate:
		c.Phase = plan.PhaseCreate
	case s.Kind == spec.KindMember && s.Op == plan.OpUpdate:
		c.Raises = raises(o, &s)
	}
	return c
}

// raises tells whether a role change may give somebody more rights. Of somebody whose role of now
// is not known it does.
func raises(o *organization, s *plan.Step) bool {
	at := slices.IndexFunc(o.people.Members, func(m Member) bool { return m.UserID == s.Arguments.UserID })
	if o.live == nil || at < 0 {
		return true
	}
	m := state.FindUser(o.live.Members, s.Arguments.UserID)
	if m == nil {
		return true
	}
	role := func(id int64) state.Name {
		return state.Name{ID: id, Name: state.RoleName(o.people.names, state.FormatID(id))}
	}
	return o.people.roles.MayRaise(role(state.RoleID(m)), role(s.Arguments.RoleID))
}

// holdFollowers holds the steps that come after one that guards have held.
func holdFollowers(o *organization) {
	left := map[int]bool{}
	for i := range o.Changes {
		left[o.Changes[i].N] = true
	}
	hold(o, "guards", "it follows a step that is held", func(c *plan.Change) bool {
		return slices.ContainsFunc(c.After, func(n int) bool { return !left[n] })
	})
}

// rest is a plan without what is held.
func rest(p *plan.Plan, organizations []*organization) *plan.Plan {
	rest := *p
	rest.Organizations = slices.Clone(p.Organizations)
	for i, o := range organizations {
		planned, left := &rest.Organizations[i], map[int]*plan.Change{}
		for j := range o.Changes {
			left[o.Changes[j].N] = &o.Changes[j]
		}
		planned.Held = o.held
		planned.Steps = slices.DeleteFunc(slices.Clone(planned.Steps),
			func(s plan.Step) bool { return left[s.N] == nil })
		for j := range planned.Steps {
			judged := left[planned.Steps[j].N]
			planned.Steps[j].LooksLike, planned.Steps[j].Foreseen = judged.LooksLike, judged.Foreseen
		}
	}
	rest.Summary, rest.Money = plan.Summarize(rest.Organizations), plan.MoneyOf(rest.Organizations)
	rest.NotCovered = plan.Uncovered(rest.Organizations)
	return &rest
}

package sync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// UndoPlan makes the plan that reverses a run: the before-images of what it has changed become the
// desired state, for objects whose live state still equals the run's after-image, and
// from there on it is a plan like any other, with its guards, order and preconditions. Request.Desired gives zones,
// guards and what is sensitive; its organizations are not looked at.
//
//	the run's step                        undone by
//	organization update, control, TFA     an update to the values before
//	organization create                   deleting it, which the guards hold
//	variable create / update / delete     delete / update / create with the old value
//	role change                           the role before
//	invitation, pending                   revoking it
//	invitation, accepted since            removing the member: destructive, held
//	removal, revocation, re-invitation    not: only a new e-mail could bring them back
//	transfer, organization delete         not
//	any secret value                      not: the journal does not keep it
//
// What cannot be undone, and what has changed since, is listed in the plan's problems.
func UndoPlan(ctx context.Context, story *Run, r Request) (*Plan, error) {
	u := undoer{story: story, request: r, traces: traces(story)}
	desired := spec.Desired{Guards: spec.DefaultGuards()}
	if r.Desired != nil {
		desired = *r.Desired
	}
	desired.Organizations = nil
	for i := range story.Organizations {
		if o := u.organization(ctx, &story.Organizations[i]); o != nil {
			desired.Organizations = append(desired.Organizations, *o)
		}
	}
	slices.SortFunc(desired.Organizations, func(a, b spec.Organization) int { return cmp.Compare(a.Key, b.Key) })
	r.Desired = &desired
	r.Problems = append(append([]spec.Problem{}, r.Problems...), u.problems...)
	plan, err := MakePlan(ctx, r)
	if err != nil {
		return nil, err
	}
	u.hold(plan)
	return plan, nil
}

type undoer struct {
	story    *Run
	request  Request
	traces   map[int]*trace // by step number
	problems []spec.Problem
	held     []Held
}

// trace is what the journal says about one step.
type trace struct {
	// images are the state before the step's first write and after its last.
	images Images
	// done: its last write succeeded.
	done bool
	// open: nobody knows what became of one of its writes.
	open bool
}

// traces goes through a journal once. A step without a trace has written nothing.
func traces(story *Run) map[int]*trace {
	found := map[int]*trace{}
	verbs := map[int]Verb{}
	for i := range story.Organizations {
		for j := range story.Organizations[i].Steps {
			s := &story.Organizations[i].Steps[j]
			if all := stepVerbs[stepType{s.Kind, s.Op}]; len(all) > 0 {
				verbs[s.N] = all[len(all)-1]
			}
		}
	}
	for _, e := range story.Entries {
		switch {
		case e.Intent != nil && found[e.Intent.Step] == nil:
			found[e.Intent.Step] = &trace{images: Images{e.Intent.Before, e.Intent.After}}
		case e.Intent != nil:
			found[e.Intent.Step].images.After = e.Intent.After
		case e.Result != nil && found[e.Result.Step] != nil && e.Result.Outcome == Succeeded && e.Result.Verb == verbs[e.Result.Step]:
			found[e.Result.Step].done = true
		}
	}
	for _, open := range story.Open() {
		found[open.Step].open = true
	}
	return found
}

// organization is the desired state that undoes the run in one organization; nil when there is nothing to do.
func (u *undoer) organization(ctx context.Context, o *RunOrganization) *spec.Organization {
	id := o.ID
	if id == 0 {
		id = u.story.createdID(o.Key)
	}
	want := &spec.Organization{Key: o.Key, Zone: o.Zone, ID: id}
	port, known := u.request.Zones[o.Zone]
	w := &worker{applier: &applier{o: ApplyOptions{Clock: stillClock(u.request.Now)}}, port: WritePort{ZonePort: port}, unknownZone: !known,
		organization: &OrganizationPlan{Key: o.Key, Zone: o.Zone, ID: id}, id: id, writing: ctx,
		viewSalt: journalSalt(u.story.Run)}
	w.sight = newSight(w)
	held := len(u.held)
	any := false
	for i := range o.Steps {
		s := &o.Steps[i]
		made := u.traces[s.N]
		if made != nil && made.open {
			u.list(s, "nobody knows what became of it; `makesync apply --resume "+u.story.Run+"` finds out")
		}
		if made == nil || made.open || !made.done {
			continue
		}
		if why := u.undo(w, want, s, made.images); why != "" {
			u.list(s, why)
			continue
		}
		any = true
		if want.State == spec.Absent {
			break // the run has made the organization: all the rest goes with it
		}
	}
	if !any && len(u.held) == held {
		return nil
	}
	sortWanted(want)
	return want
}

// sortWanted: the lists of a desired state are sorted, and steps come in another order.
func sortWanted(o *spec.Organization) {
	slices.SortFunc(o.FeatureControls, func(a, b spec.FeatureControl) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(o.Variables, func(a, b spec.Variable) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(o.Members, func(a, b spec.Member) int { return cmp.Compare(a.Email, b.Email) })
}

// undo adds the state before a step to what is wanted, or says why it cannot.
func (u *undoer) undo(w *worker, want *spec.Organization, s *Step, images Images) string {
	back, known := reversals[stepType{s.Kind, s.Op}]
	if !known {
		return "it is no step of makesync"
	}
	if back.never != "" {
		return back.never
	}
	if holdsSecret(images.Before) && s.Op != OpCreate {
		return "its value before is a secret, which the journal does not keep"
	}
	if w.unknownZone {
		return "the zone " + text.Quote(w.organization.Zone) + " is none of this run"
	}
	if err := w.sight.look(w.writing, s, false); err != nil {
		return "it could not be read: " + text.OneLine(err.Error())
	}
	now := w.sight.view(s).Fingerprinted(w.viewSalt)
	if !reached(images.After, now) {
		return "it has changed since: the run left it " + orAbsent(images.After) + ", and it is now " + orAbsent(now)
	}
	if s.Op == OpInvite && now["invitation"].text.Reveal() == "" && !u.allowed(s) {
		u.holdBack(s)
		return ""
	}
	back.want(want, s, images)
	return ""
}

// reversal is how one type of step is undone.
type reversal struct {
	// never says why it cannot be; then want is nil.
	never string
	want  func(want *spec.Organization, s *Step, images Images)
}

var reversals = map[stepType]reversal{
	{spec.KindOrganization, OpCreate}: {want: func(o *spec.Organization, _ *Step, _ Images) { o.State = spec.Absent }},
	{spec.KindOrganization, OpUpdate}: {want: wantAttributes},
	{spec.KindOrganization, OpDelete}: {never: "a deleted organization cannot be brought back"},
	{spec.KindFeatureControl, OpUpdate}: {want: func(o *spec.Organization, s *Step, i Images) {
		o.FeatureControls = append(o.FeatureControls, spec.FeatureControl{Name: s.Address.Name(), Enabled: isTrue(i.Before["enabled"])})
	}},
	{spec.KindVariable, OpCreate}: {want: func(o *spec.Organization, s *Step, i Images) {
		o.Variables = append(o.Variables, spec.Variable{Name: s.Address.Name(), State: spec.Absent, LiveSecret: holdsSecret(i.After)})
	}},
	{spec.KindVariable, OpUpdate}: {want: wantVariable},
	{spec.KindVariable, OpDelete}: {want: wantVariable},
	{spec.KindMember, OpInvite}: {want: func(o *spec.Organization, s *Step, _ Images) {
		o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), State: spec.Absent})
	}},
	{spec.KindMember, OpReinvite}: {never: "an e-mail that was sent cannot be taken back, nor can the invitation before it be restored"},
	{spec.KindMember, OpRevoke}:   {never: "a revoked invitation can only be sent anew: declare the member with `invite`"},
	{spec.KindMember, OpDelete}:   {never: "a removed member can only be invited anew: declare the member with `invite`"},
	{spec.KindMember, OpUpdate}: {want: func(o *spec.Organization, s *Step, i Images) {
		o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), Role: i.Before["role"].text.Reveal()})
	}},
	{spec.KindTFA, OpUpdate}: {want: func(o *spec.Organization, _ *Step, i Images) {
		before := isTrue(i.Before["tfaEnforced"])
		o.TFAEnforced = &before
	}},
	{spec.KindOwner, OpTransfer}: {never: "only the new Owner can transfer the organization back"},
}

// wantAttributes asks for those attributes back that the step has changed.
func wantAttributes(o *spec.Organization, _ *Step, i Images) {
	for path, field := range map[string]*string{"name": &o.Name, "country": &o.Country, "timezone": &o.Timezone} {
		if before, had := i.Before[path]; had && !sameSide(before, i.After[path]) {
			*field = before.text.Reveal()
		}
	}
}

func wantVariable(o *spec.Organization, s *Step, i Images) {
	t, _ := spec.ParseVariableType(i.Before["type"].text.Reveal())
	o.Variables = append(o.Variables, spec.Variable{Name: s.Address.Name(), Type: t, Value: i.Before["value"].text})
}

func isTrue(side Scalar) bool { return side.text.Reveal() == "true" }

func holdsSecret(v View) bool {
	for _, side := range v {
		if side.IsSensitive() {
			return true
		}
	}
	return false
}

func (u *undoer) list(s *Step, why string) {
	u.problems = append(u.problems, spec.Problem{Severity: spec.Warning, Rule: "not-undone", Address: s.Address,
		Message: fmt.Sprintf("%s of %s is not undone: %s", s.Op, text.OneLine(string(s.Address)), why)})
}

// removal is the step by which an accepted invitation is undone.
func removal(s *Step) *Step { return &Step{Address: s.Address, Kind: spec.KindMember, Op: OpDelete} }

func (u *undoer) allowed(s *Step) bool {
	for _, rule := range u.request.Allow {
		if rule.Op == OpDelete && rule.matches(s.Address.Key(), removal(s)) {
			return true
		}
	}
	return false
}

// holdBack: who has accepted is a member with rights and perhaps connections of her own by now.
func (u *undoer) holdBack(s *Step) {
	u.held = append(u.held, Held{Address: s.Address, Op: OpDelete, Kind: spec.KindMember, Guard: "undo",
		Reason: text.OneLine(s.Address.Name()) + " has accepted the invitation since: undoing it removes a member",
		Allow:  allowRule(OpDelete, spec.KindMember, -1, s.Address.Key())})
}

// hold adds what was held back to the plan.
func (u *undoer) hold(plan *Plan) {
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		for _, h := range u.held {
			if h.Address.Key() == o.Key {
				o.Held = append(o.Held, h)
				plan.Summary.Held++
			}
		}
	}
	if u.request.ExitCode && len(u.held) > 0 {
		plan.Exit = Worst(plan.Exit, ExitHeld)
	}
}

// stillClock stands still: an undo reads everything once.
type stillClock time.Time

func (c stillClock) Now() time.Time                             { return time.Time(c) }
func (c stillClock) Sleep(context.Context, time.Duration) error { return nil }

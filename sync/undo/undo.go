// Package undo tells which desired state reverses a run. It reads, and neither writes nor plans:
// the caller makes it a plan, as of any other desired state.
//
// In go a run read back from its journal and the zones; out come organizations as they were before
// it, warnings for what cannot be undone, and what is held.
package undo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// Options are what undoing a run needs.
type Options struct {
	// Zones by name; what the run has done in one that is missing here is not undone.
	Zones map[string]state.Port
	// Allow are the rules that let an accepted invitation be undone by removing the member.
	Allow []plan.Allow
	// Now is the time of the reading: everything is read once.
	Now time.Time
}

// Result is what reverses a run.
type Result struct {
	// Organizations are sorted by key.
	Organizations []spec.Organization
	// Problems are warnings for what cannot be undone, and for what has changed since.
	Problems []spec.Problem
	Held     []plan.Held
	// Unread are the errors of objects that could not be read, Read is how many could.
	Unread []error
	Read   int
}

// Wanted gives the desired state that reverses a run: the before-images of what it has changed,
// for objects whose live state still equals the run's after-image. It reads, and neither writes nor
// plans: the caller makes it a plan, and adds to that what is held.
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
//	everything of billing                 not: what is paid is paid
//	any secret value                      not: the journal does not keep it
//	a value that is none of its type      not: no plan writes one
func Wanted(ctx context.Context, story *report.Run, o Options) Result {
	r := reverser{story: story, index: story.Index(), options: o, records: stepRecords(story),
		fingerprints: spec.NewFingerprints(report.JournalSalt(story.Run))}
	for i := range story.Organizations {
		if want := r.organization(ctx, &story.Organizations[i]); want != nil {
			r.Organizations = append(r.Organizations, *want)
		}
	}
	slices.SortFunc(r.Organizations, func(a, b spec.Organization) int { return cmp.Compare(a.Key, b.Key) })
	if len(r.Problems) > spec.MaxProblems {
		r.Problems = spec.LimitProblems(r.Problems)
	}
	return r.Result
}

type reverser struct {
	Result
	story   *report.Run
	index   *report.Index
	options Options
	// fingerprints are those of the run's journal.
	fingerprints *spec.Fingerprints
	records      map[int]*stepRecord // by step number
}

// stepRecord is what the journal says about one step.
type stepRecord struct {
	// images are the state before the step's first write and after its last.
	images observe.Images
	// done: its last write succeeded.
	done bool
	// open: nobody knows what became of one of its writes.
	open bool
}

// stepRecords goes through a journal once. A step without a record has written nothing.
func stepRecords(story *report.Run) map[int]*stepRecord {
	found := map[int]*stepRecord{}
	last := lastVerbs(story)
	for _, e := range story.Entries {
		switch {
		case e.Intent != nil && found[e.Intent.Step] == nil:
			found[e.Intent.Step] = &stepRecord{images: observe.Images{Before: e.Intent.Before, After: e.Intent.After}}
		case e.Intent != nil:
			found[e.Intent.Step].images.After = e.Intent.After
		case e.Result != nil && found[e.Result.Step] != nil:
			record := found[e.Result.Step]
			record.done = record.done || e.Result.Outcome == report.Succeeded && e.Result.Verb == last[e.Result.Step]
		}
	}
	for _, open := range story.Open() {
		found[open.Step].open = true
	}
	return found
}

// lastVerbs are the verbs of the steps' last writes, by step number.
func lastVerbs(story *report.Run) map[int]plan.Verb {
	last := map[int]plan.Verb{}
	for i := range story.Organizations {
		for j := range story.Organizations[i].Steps {
			s := &story.Organizations[i].Steps[j]
			if verbs := s.Verbs(); len(verbs) > 0 {
				last[s.N] = verbs[len(verbs)-1]
			}
		}
	}
	return last
}

// organization is the desired state that undoes the run in one organization; nil when there is
// nothing to do.
func (r *reverser) organization(ctx context.Context, o *report.RunOrganization) *spec.Organization {
	id := o.ID
	if id == 0 {
		id = r.index.Organization(spec.Address(o.Key)).ID
	}
	want := &spec.Organization{Key: o.Key, Zone: o.Zone, ID: id}
	observer := observe.New(observe.Options{Port: r.options.Zones[o.Zone], Clock: fixedClock(r.options.Now),
		Fingerprints: r.fingerprints, Key: o.Key, Zone: o.Zone, ID: id})
	held := len(r.Held)
	undone := false
	for i := range o.Steps {
		s := &o.Steps[i]
		record := r.records[s.N]
		if record != nil && record.open {
			r.warn(s, "nobody knows what became of it; `makesync apply --resume "+r.story.Run+"` finds out")
		}
		if record == nil || record.open || !record.done {
			continue
		}
		if why := r.step(ctx, observer, want, s, record.images); why != "" {
			r.warn(s, why)
			continue
		}
		undone = true
		if want.State == spec.Absent {
			break // the run has made the organization: all the rest goes with it
		}
	}
	if !undone && len(r.Held) == held {
		return nil
	}
	sortLists(want)
	return want
}

// sortLists: the lists of a desired state are sorted, and steps come in another order.
func sortLists(o *spec.Organization) {
	slices.SortFunc(o.FeatureControls, func(a, b spec.FeatureControl) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(o.Variables, func(a, b spec.Variable) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(o.Members, func(a, b spec.Member) int { return cmp.Compare(a.Email, b.Email) })
}

// step adds the state before a step to what is wanted, or says why it cannot.
func (r *reverser) step(
	ctx context.Context, o *observe.Observer, want *spec.Organization, s *plan.Step, images observe.Images,
) string {
	back, known := reversals[s.Type()]
	switch {
	case !known:
		return "it is no step of makesync"
	case back.never != "":
		return back.never
	case holdsSecret(images.Before) && s.Op != plan.OpCreate:
		return "its value before is a secret, which the journal does not keep"
	case !o.Reachable():
		return "the zone " + text.Quote(o.Live().Zone) + " is none of this run"
	}
	if back.unfit != nil {
		if why := back.unfit(s, images); why != "" {
			return why
		}
	}
	if err := o.Refresh(ctx, s, observe.MaxAge); err != nil {
		r.Unread = append(r.Unread, err)
		return "it could not be read: " + state.WhyUnread(err)
	}
	r.Read++
	now := o.View(s).Fingerprinted(r.fingerprints)
	if !observe.Reached(images.After, now) {
		return "it has changed since: the run left it " + observe.OrAbsent(images.After) +
			", and it is now " + observe.OrAbsent(now)
	}
	if s.Op == plan.OpInvite && now["invitation"].Value().Reveal() == "" && !r.allowsRemoval(s) {
		r.holdRemoval(s)
		return ""
	}
	back.want(want, s, images)
	return ""
}

func (r *reverser) warn(s *plan.Step, why string) {
	r.Problems = append(r.Problems, spec.Problem{Severity: spec.Warning, Rule: "not-undone", Address: s.Address,
		Message: fmt.Sprintf("%s of %s is not undone: %s", s.Op, text.OneLine(string(s.Address)), why)})
}

// allowsRemoval tells whether a rule lets the member be removed who has accepted the invitation of
// a step.
func (r *reverser) allowsRemoval(s *plan.Step) bool {
	removal := &plan.Step{Address: s.Address, Kind: spec.KindMember, Op: plan.OpDelete}
	return slices.ContainsFunc(r.options.Allow, func(rule plan.Allow) bool {
		return rule.Op == plan.OpDelete && rule.Matches(s.Address.Key(), removal)
	})
}

// holdRemoval: who has accepted is a member with rights and perhaps connections of her own by now.
func (r *reverser) holdRemoval(s *plan.Step) {
	r.Held = append(r.Held, plan.Held{Address: s.Address, Op: plan.OpDelete, Kind: spec.KindMember, Guard: "undo",
		Reason: text.OneLine(s.Address.Name()) + " has accepted the invitation since: undoing it removes a member",
		Allow:  plan.AllowRule(plan.OpDelete, spec.KindMember, -1, s.Address.Key())})
}

// fixedClock stands still: an undo reads everything once, and never waits.
type fixedClock time.Time

func (c fixedClock) Now() time.Time                             { return time.Time(c) }
func (c fixedClock) Sleep(context.Context, time.Duration) error { return nil }

package sync

import (
	"slices"

	"makesync/spec"
)

// draft is one organization on its way into a plan: the documents' side, the live side as long as
// it is needed, and what came of comparing the two.
type draft struct {
	run  *planRun
	zone *zoneRun
	want *spec.Organization
	// live is nil for an organization that is to be created, and again once the diff is done (drop).
	live      *Live
	id        int64
	name      string
	proposals []proposal
	waiting   []Waiting
	held      []Held
	unmanaged map[spec.Kind]int
	unchanged int
	notRead   []spec.Kind
	problems  []spec.Problem
	// admins are the accepted Owners and Admins of now; people knows their e-mails.
	admins adminSet
	people map[int64]string
	// membersRead: admins is the whole truth.
	membersRead bool
	apiLimit    int
	// lacking are the fields without which the organization cannot be created.
	lacking   []string
	detailErr error
	// awaited: the zone was asked to wait for the organization.
	awaited bool
	// failures are the errors behind notRead.
	failures []error
	// settled: there is nothing to compare.
	settled bool
	// read: something of the organization could be read.
	read bool
	// own counts what was proposed before any guard; nil: nothing was.
	own *excuses
	// most is, for each limit over several organizations, how many steps this one may come to (see ceilings).
	most []int
	// compared, guarded and sealed are how far the draft has come (see assembly).
	compared, guarded, sealed bool
}

// proposal is a step before the guards have looked at it.
type proposal struct {
	Step
	phase phase
	// raises: the step gives somebody more rights; lowers: it takes an Owner or Admin out.
	raises, lowers bool
	relies         reliance
}

// propose adds a step if the run may touch its object.
func (d *draft) propose(p phase, s Step) {
	if !d.inScope(s.Address) {
		return
	}
	s.Kind = s.Address.Kind()
	s.Risk = riskOf(&s)
	d.proposals = append(d.proposals, proposal{
		Step: s, phase: p, raises: p == phasePromote, lowers: d.admins.lowers(&s), relies: relianceOf(d.live, &s),
	})
}

// inScope tells whether the run may touch an object, and notes that the object exists.
func (d *draft) inScope(a spec.Address) bool {
	d.run.use.see(a)
	return d.run.Scope.Covers(a)
}

func (d *draft) wait(a spec.Address, reason string) {
	if d.inScope(a) {
		d.waiting = append(d.waiting, Waiting{Address: a, Reason: reason})
	}
}

// same counts an object that is as the documents say.
func (d *draft) same(a spec.Address) {
	if d.inScope(a) {
		d.unchanged++
	}
}

// sameNamed is same for the many: without patterns nobody needs the address.
func (d *draft) sameNamed(kind spec.Kind, name string) {
	if len(d.run.use.globs) == 0 {
		d.unchanged++
		return
	}
	d.same(d.address(kind, name))
}

func (d *draft) leave(kind spec.Kind) { d.unmanaged[kind]++ }

func (d *draft) address(kind spec.Kind, name string) spec.Address {
	return spec.NewAddress(d.want.Key, kind, name)
}

// fail adds a mistake of the documents that only the zone could show. Outside the run's scope it is none.
func (d *draft) fail(rule string, a spec.Address, at spec.Source, message, hint string) {
	if !d.inScope(a) {
		return
	}
	d.problems = append(d.problems, spec.Problem{Severity: spec.Error, Rule: rule, Address: a, Message: message, Hint: hint, Source: position(at)})
}

// miss notes that a kind could not be read, and why.
func (d *draft) miss(kind spec.Kind, err error) {
	if slices.Contains(d.notRead, kind) {
		return
	}
	d.notRead = append(d.notRead, kind)
	d.failures = append(d.failures, err)
	d.problems = append(d.problems, unreadProblem(d.address(kind, ""), "could not read "+string(kind)+" of "+d.want.Key, err))
}

// unresolved sorts a failed binding: a name that a list does not settle is a mistake of the
// documents; a list that could not be read leaves the kind unread.
func (d *draft) unresolved(a spec.Address, at spec.Source, err error) {
	if e, ok := isNameError(err); ok {
		d.fail("unknown-name", a, at, e.message, e.hint)
		return
	}
	if d.inScope(a) {
		d.miss(a.Kind(), err)
	}
}

// at is the position of a field of the organization, or of its key.
func (d *draft) at(field string) spec.Source {
	if s, ok := d.want.At[field]; ok {
		return s
	}
	return d.want.At[""]
}

func position(s spec.Source) *spec.Source {
	if s.IsZero() {
		return nil
	}
	return &s
}

// deletes tells whether the documents want the organization gone.
func (d *draft) deletes() bool { return d.want.State == spec.Absent }

// creates tells whether the organization is to be made.
func (d *draft) creates() bool { return d.live == nil }

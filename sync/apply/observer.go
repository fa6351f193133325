package apply

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// observer reads one organization around writes: for apply, for the resolution of a killed run, and
// for an undo. Each kind is read once for all steps that need it, again when that is too old
// (maxAge), and follows the run's own writes in between. It writes nothing and decides nothing.
type observer struct {
	endpoint spec.Endpoint
	reader   state.Reader // nil: the zone is not one of the run
	clock    state.Clock
	jitter   func() float64
	// salt is that of the secrets in the views that views read here are compared with; nil: they
	// have their values.
	salt []byte

	live   *state.Organization     // what was read; its ID is 0 until the organization is created
	readAt map[spec.Kind]time.Time // when each kind was read; KindOrganization is the detail call
	gone   bool                    // the organization is not there
	// createdHere: this run has made it. Lists may lag behind, so that it counts as there.
	createdHere bool
	// gaveUpReading: reading it has failed for a whole deadline.
	gaveUpReading bool

	// idsBefore are the organizations of the name to be created that were there before.
	idsBefore []int64
	// listedIDs are all organizations, sorted, of the list that was read last for a creation.
	listedIDs []int64
}

// maxAge is how long something read, or a plan's own reading, may be relied on before a write.
const maxAge = time.Minute

// errGone is what reading an organization that is not there ends in.
var errGone = errors.New("the organization is not there, or this token's user is no member of it")

func newObserver(port state.Port, clock state.Clock, jitter func() float64, key, zone string, id int64) *observer {
	if jitter == nil {
		jitter = func() float64 { return 0.5 }
	}
	live := &state.Organization{Organization: spec.Organization{Key: key, Zone: zone, ID: id}}
	return &observer{endpoint: port.Endpoint, reader: port.Reader, clock: clock, jitter: jitter,
		live: live, readAt: map[spec.Kind]time.Time{}}
}

// reset forgets what was read, so that memory does not grow with all organizations of a run.
func (o *observer) reset() {
	o.live = o.unread()
	o.readAt, o.gone = map[spec.Kind]time.Time{}, false
}

// unread is the organization without anything that was read, but for what tells it apart.
func (o *observer) unread() *state.Organization {
	return &state.Organization{Organization: spec.Organization{Key: o.live.Key, Zone: o.live.Zone, ID: o.live.ID},
		Host: o.live.Host, License: o.live.License}
}

// needed lists what a step has to know, KindOrganization standing for the detail call. That
// comes first: where it shows that the organization is gone, nothing else can be read.
func needed(s *plan.Step) []spec.Kind {
	needs := plan.Needs(s)
	if needs.Detail {
		return append([]spec.Kind{spec.KindOrganization}, needs.Kinds...)
	}
	return needs.Kinds
}

// hasRead tells whether all that the step needs was read at some time.
func (o *observer) hasRead(s *plan.Step) bool {
	for _, kind := range needed(s) {
		if o.readAt[kind].IsZero() {
			return false
		}
	}
	return true
}

// isRecent tells whether a kind was read no longer than maxAge ago.
func (o *observer) isRecent(kind spec.Kind) bool {
	at := o.readAt[kind]
	return !at.IsZero() && o.clock.Now().Sub(at) <= maxAge
}

// refresh reads what the step needs and what is too old, or, if all is set, everything that it
// needs.
func (o *observer) refresh(ctx context.Context, s *plan.Step, all bool) error {
	if o.gone && !all && o.isRecent(spec.KindOrganization) {
		return nil
	}
	for _, kind := range needed(s) {
		if !all && o.isRecent(kind) {
			continue
		}
		err := o.read(ctx, kind)
		if lack := (lackError{}); s.Kind == spec.KindOrganization && errors.As(err, &lack) {
			continue // the plan was made without knowing the members of a Free organization, too
		}
		if err != nil {
			return err
		}
		if o.gone {
			return nil
		}
	}
	if s.Kind == spec.KindMember {
		return o.matchUnreadable(ctx, s)
	}
	return nil
}

func (o *observer) read(ctx context.Context, kind spec.Kind) error {
	if kind == spec.KindOrganization {
		return o.readDetail(ctx)
	}
	seen := o.unread()
	err := o.reader.Read(ctx, seen, kind)
	if err = cmp.Or(err, seen.Failed[kind]); err != nil {
		return o.confirmGone(ctx, err)
	}
	reason, lacks := seen.Lacks[kind]
	if lacks && o.readAt[spec.KindOrganization].IsZero() { // a 404 may mean either: the licence decides
		if err := o.readDetail(ctx); err != nil || o.gone {
			return err
		}
		return o.read(ctx, kind)
	}
	if lacks {
		return lackError{text.OneLine(reason)}
	}
	o.gone = false
	state.Normalise(seen)
	switch kind {
	case spec.KindVariable:
		o.live.Variables = seen.Variables
	case spec.KindFeatureControl:
		o.live.FeatureControls = seen.FeatureControls
	case spec.KindMember:
		o.live.Members, o.live.OwnerID, o.live.Unreadable = seen.Members, seen.OwnerID, seen.Unreadable
		o.live.AdminRoles = seen.AdminRoles
	}
	o.readAt[kind] = o.clock.Now()
	return nil
}

// lackError says that the organization's plan does not offer a kind. There is nothing to be seen
// then, which does not prove that nothing is there.
type lackError struct{ reason string }

func (e lackError) Error() string {
	return report.Reason{Code: report.ReasonLicence, Text: e.reason}.String()
}

// confirmGone takes a refusal for a proof that the organization is gone only if the list agrees:
// 403 and 404 both mean "not a member", also in the wrong zone.
func (o *observer) confirmGone(ctx context.Context, err error) error {
	call := state.AsCallError(err)
	if call == nil || call.Status != 403 && call.Status != 404 || o.createdHere || o.live.ID == 0 {
		return err
	}
	rows, listErr := o.reader.Organizations(ctx)
	if listErr != nil {
		return errors.Join(err, listErr)
	}
	if slices.ContainsFunc(rows, func(row *state.Organization) bool { return row.ID == o.live.ID }) {
		return err
	}
	o.gone, o.readAt[spec.KindOrganization] = true, o.clock.Now()
	return nil
}

func (o *observer) readDetail(ctx context.Context) error {
	detail, err := o.reader.Organization(ctx, o.live.ID, false)
	if err != nil {
		return o.confirmGone(ctx, err)
	}
	state.Normalise(detail)
	o.gone = false
	o.live.Name, o.live.Country, o.live.Timezone = detail.Name, detail.Country, detail.Timezone
	o.live.TFAEnforced, o.live.License, o.live.Teams = detail.TFAEnforced, detail.License, detail.Teams
	o.live.Host, o.live.Paused, o.live.ActiveScenarios = detail.Host, detail.Paused, detail.ActiveScenarios
	o.readAt[spec.KindOrganization] = o.clock.Now()
	return nil
}

// matchUnreadable finds the person of a step among the rows that match no user: by asking
// for the e-mail, else by the user id that the plan found out.
func (o *observer) matchUnreadable(ctx context.Context, s *plan.Step) error {
	email := s.Address.Name()
	if state.FindMember(o.live.Members, email) != nil || len(o.live.Unreadable) == 0 {
		return nil
	}
	id, err := o.reader.FindUser(ctx, o.live.ID, email)
	if err != nil {
		return err
	}
	if id == 0 {
		id = s.Arguments.UserID
	}
	at := slices.IndexFunc(o.live.Unreadable, func(row state.RoleRow) bool { return row.UserID == id })
	if at < 0 {
		return nil
	}
	row := o.live.Unreadable[at]
	o.live.Unreadable = slices.Delete(slices.Clone(o.live.Unreadable), at, at+1)
	o.live.Members = append(o.live.Members,
		spec.Member{Email: email, UserID: row.UserID, Role: state.FormatID(row.RoleID), Invitation: row.Invitation})
	state.Normalise(o.live)
	return nil
}

// view is the step's object as it was read, its secrets masked as the plan masks them.
func (o *observer) view(s *plan.Step) state.View {
	if o.gone {
		return nil
	}
	return secretAsPlanned(state.ViewOf(o.live, s.Kind, s.Address.Name()), s)
}

// created tells the id of the organization that the run has just made.
func (o *observer) created(id int64) { o.live.ID, o.createdHere = id, true }

// waitUntilReadable asks for a new organization with wait=true, and again as long as the zone does
// not know it: the central backend creates it, and the zones learn of it a little later.
func (o *observer) waitUntilReadable(ctx context.Context, timeout time.Duration) error {
	deadline := o.clock.Now().Add(timeout)
	for waits := newWaits(o.jitter); ; {
		live, err := o.reader.Organization(ctx, o.live.ID, true)
		if err == nil {
			state.Normalise(live)
			live.Key, live.Zone, live.ID = o.live.Key, o.live.Zone, o.live.ID
			o.live, o.readAt[spec.KindOrganization] = live, o.clock.Now()
			return nil
		}
		if o.gaveUpReading || o.clock.Now().After(deadline) {
			o.gaveUpReading = true
			return err
		}
		if stopped := o.clock.Sleep(ctx, waits.next()); stopped != nil {
			return stopped
		}
	}
}

// simulate follows a write of the run itself, in what has been read.
func (o *observer) simulate(s *plan.Step, write plan.Write, answer plan.Answer) {
	switch {
	case write.Verb == plan.CreateOrganization || !o.hasRead(s):
	case write.Verb == plan.DeleteOrganization:
		o.gone = true
	default:
		simulate(o.live, write, answer)
	}
}

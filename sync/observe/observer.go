package observe

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Observer reads one organization. Each kind is read once for all steps that need it, again when
// that is too old (MaxAge), and follows the run's own writes in between.
type Observer struct {
	// Creation tells about the organization's creation.
	Creation *Creation

	reader  state.Reader // nil: the zone is not one of the run
	refused func() error // nil: never
	clock   state.Clock
	jitter  func() float64
	// fingerprints are those of the secrets in the views that views read here are compared with;
	// nil: they have their values.
	fingerprints *spec.Fingerprints

	live   *state.Organization     // what was read
	readAt map[spec.Kind]time.Time // when each kind was read; KindOrganization is the detail call
	gone   bool                    // the organization is not there
	// createdAt is when this run has made it; zero: it has not. Lists may lag behind, so that it
	// counts as there.
	createdAt time.Time
	// license is what License read last.
	license    state.License
	licensedAt time.Time
	// boughtAt is when the run bought another plan; zero: it did not.
	boughtAt time.Time
	// gaveUpReading: reading it has failed for a whole deadline.
	gaveUpReading bool
}

// MaxAge is how long something read, or a plan's own reading, may be relied on before a write.
const MaxAge = time.Minute

// RightNow is the age of what is read in any case.
const RightNow = time.Duration(-1)

// ErrGone is what reading an organization that is not there ends in.
var ErrGone = errors.New("the organization is not there, or this token's user is no member of it")

// Options say what is observed, and how long waits are.
type Options struct {
	// Port is the zone; one without a reader is none of the run, see Reachable.
	Port state.Port
	// OtherHosts are those of all other zones: the list of organizations spans them.
	OtherHosts []string
	Clock      state.Clock
	// Jitter gives numbers in [0, 1) that spread the waits; nil: no spread.
	Jitter func() float64
	// Fingerprints are those of the secrets in the views with which Inspect compares; nil: they
	// have their values.
	Fingerprints *spec.Fingerprints
	// Key, Zone and ID are the organization's; the ID is 0 until it is created.
	Key, Zone string
	ID        int64
}

// New observes an organization. It reads nothing yet.
func New(o Options) *Observer {
	live := &state.Organization{Organization: spec.Organization{Key: o.Key, Zone: o.Zone, ID: o.ID}}
	creation := &Creation{reader: o.Port.Reader, endpoint: o.Port.Endpoint, otherHosts: o.OtherHosts}
	return &Observer{Creation: creation, reader: o.Port.Reader, refused: o.Port.Refused, clock: o.Clock,
		jitter: o.Jitter, fingerprints: o.Fingerprints,
		live: live, readAt: map[spec.Kind]time.Time{}}
}

// Reachable tells whether the zone is one of the run.
func (o *Observer) Reachable() bool { return o.reader != nil }

// Live is what was read; its ID is 0 until the organization is created.
func (o *Observer) Live() *state.Organization { return o.live }

// Gone tells whether the organization was found not to be there.
func (o *Observer) Gone() bool { return o.gone }

// Names is one of the lists that belong to the organization.
func (o *Observer) Names(ctx context.Context, list state.List) ([]state.Name, error) {
	return o.reader.Names(ctx, list, o.live.ID)
}

// License reads the organization's licence again, unless it was read no longer ago than the age.
func (o *Observer) License(ctx context.Context, age time.Duration) (state.License, error) {
	if !o.licensedAt.IsZero() && o.clock.Now().Sub(o.licensedAt) <= age {
		return o.license, nil
	}
	live, err := o.reader.Organization(ctx, o.live.ID, false)
	if err != nil {
		return nil, err
	}
	o.license, o.licensedAt = live.License, o.clock.Now()
	return live.License, nil
}

// Reset forgets what was read, so that memory does not grow with all organizations of a run.
func (o *Observer) Reset() {
	o.live = o.unread()
	o.readAt, o.gone = map[spec.Kind]time.Time{}, false
}

// unread is the organization without anything that was read, but for what tells it apart.
func (o *Observer) unread() *state.Organization {
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

// HasRead tells whether all that the step needs was read at some time.
func (o *Observer) HasRead(s *plan.Step) bool {
	for _, kind := range needed(s) {
		if o.readAt[kind].IsZero() {
			return false
		}
	}
	return true
}

// isYounger tells whether a kind was read no longer ago than the age.
func (o *Observer) isYounger(kind spec.Kind, age time.Duration) bool {
	at := o.readAt[kind]
	return !at.IsZero() && o.clock.Now().Sub(at) <= age
}

// Refresh reads what the step needs and what was read longer ago than the age.
func (o *Observer) Refresh(ctx context.Context, s *plan.Step, age time.Duration) error {
	if o.gone && o.isYounger(spec.KindOrganization, age) {
		return nil
	}
	for _, kind := range needed(s) {
		if o.isYounger(kind, age) {
			continue
		}
		err := o.read(ctx, kind)
		if lack := (LackError{}); s.Kind == spec.KindOrganization && errors.As(err, &lack) {
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

func (o *Observer) read(ctx context.Context, kind spec.Kind) error {
	if kind == spec.KindOrganization {
		return o.readDetail(ctx)
	}
	seen, err := readKind(ctx, o, kind)
	if err != nil {
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
		return LackError{Reason: text.OneLine(reason)}
	}
	o.gone = false
	state.Normalise(seen)
	switch kind {
	case spec.KindSubscription:
		o.live.Account = seen.Account
	case spec.KindPaymentMethods:
		o.live.PaymentMethods = seen.PaymentMethods
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

// readKind reads what belongs to a kind. Of a new organization the lists may be behind its details,
// and answer as if it were not there.
func readKind(ctx context.Context, o *Observer, kind spec.Kind) (seen *state.Organization, err error) {
	read := func() error {
		seen = o.unread()
		err = cmp.Or(o.reader.Read(ctx, seen, kind), seen.Failed[kind])
		return nil
	}
	_ = read()
	behind := func() bool { return !o.createdAt.IsZero() && isNotSeen(err) }
	return seen, cmp.Or(o.WaitForLag(ctx, o.createdAt.Add(ListLag), behind, read), err)
}

// isNotSeen tells whether an error may mean that the zone does not see the organization.
func isNotSeen(err error) bool {
	call := state.AsCallError(err)
	return call != nil && (call.Status == 403 || call.Status == 404)
}

// LackError says that the organization's plan does not offer a kind. There is nothing to be seen
// then, which does not prove that nothing is there.
type LackError struct{ Reason string }

func (e LackError) Error() string { return "licence: " + e.Reason }

// confirmGone takes a refusal for a proof that the organization is gone only if the list agrees:
// 403 and 404 both mean "not a member", also in the wrong zone.
func (o *Observer) confirmGone(ctx context.Context, err error) error {
	if !isNotSeen(err) || !o.createdAt.IsZero() || o.live.ID == 0 {
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

func (o *Observer) readDetail(ctx context.Context) error {
	detail, err := o.reader.Organization(ctx, o.live.ID, false)
	if err != nil {
		return o.confirmGone(ctx, err)
	}
	state.Normalise(detail)
	o.gone = false
	o.live.Plan = detail.Plan
	o.live.Name, o.live.Country, o.live.Timezone = detail.Name, detail.Country, detail.Timezone
	o.live.TFAEnforced, o.live.License, o.live.Teams = detail.TFAEnforced, detail.License, detail.Teams
	o.live.Host, o.live.Paused, o.live.ActiveScenarios = detail.Host, detail.Paused, detail.ActiveScenarios
	o.readAt[spec.KindOrganization] = o.clock.Now()
	return nil
}

// matchUnreadable finds the person of a step among the rows that match no user: by asking
// for the e-mail, else by the user id that the plan found out.
func (o *Observer) matchUnreadable(ctx context.Context, s *plan.Step) error {
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

// ReadPerson reads the row of the person whom a step writes, and nothing else. The view is nil when
// there is no row.
func (o *Observer) ReadPerson(ctx context.Context, s *plan.Step) (state.View, error) {
	row, err := o.reader.RoleRow(ctx, o.live.ID, s.Arguments.UserID)
	if err != nil || row == nil {
		return nil, err
	}
	one := spec.Member{Email: s.Address.Name(), UserID: row.UserID, Role: state.FormatID(row.RoleID),
		Invitation: row.Invitation}
	alone := &state.Organization{Organization: spec.Organization{Members: []spec.Member{one}}}
	return state.ViewOf(alone, spec.KindMember, s.Address.Name()), nil
}

// Refused is the answer by which the zone has stopped accepting the token; nil while it accepts it.
func (o *Observer) Refused() error {
	if o.refused == nil {
		return nil
	}
	return o.refused()
}

// View is the step's object as it was read, its secrets masked as the plan masks them.
func (o *Observer) View(s *plan.Step) state.View {
	if o.gone {
		return nil
	}
	return secretAsPlanned(state.ViewOf(o.live, s.Kind, s.Address.Name()), s)
}

// Created tells the id of the organization that the run has just made.
func (o *Observer) Created(id int64) { o.live.ID, o.createdAt = id, o.clock.Now() }

// WaitUntilReadable asks for a new organization with wait=true, and again as long as the zone does
// not know it: the central backend creates it, and the zones learn of it a little later. One that
// was read once is not asked for.
func (o *Observer) WaitUntilReadable(ctx context.Context, timeout time.Duration) error {
	if !o.readAt[spec.KindOrganization].IsZero() {
		return nil
	}
	deadline := o.clock.Now().Add(timeout)
	for waits := NewWaits(o.jitter); ; {
		live, err := o.reader.Organization(ctx, o.live.ID, true)
		if err == nil {
			state.Normalise(live)
			live.Key, live.Zone, live.ID = o.live.Key, o.live.Zone, o.live.ID
			o.live, o.readAt[spec.KindOrganization] = live, o.clock.Now()
			return nil
		}
		over := o.Refused() != nil || state.ShutsTokensOut(err) || o.clock.Now().After(deadline)
		if o.gaveUpReading || over {
			o.gaveUpReading = true
			return err
		}
		if stopped := o.clock.Sleep(ctx, waits.Next()); stopped != nil {
			return stopped
		}
	}
}

// Follow does a write of the run itself to what has been read.
func (o *Observer) Follow(s *plan.Step, write plan.Write, answer plan.Answer) {
	switch {
	case s.MovesMoney(): // another plan is another licence, with other things to be seen
		o.readAt = map[spec.Kind]time.Time{}
		if s.Purchases() {
			o.boughtAt = o.clock.Now()
		}
	case write.Verb == plan.CreateOrganization || !o.HasRead(s):
	case write.Verb == plan.DeleteOrganization:
		o.gone = true
	default:
		simulate(o.live, write, answer)
	}
}

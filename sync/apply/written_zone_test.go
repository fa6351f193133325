package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// writtenZone is a Zone that can be written to, by code of its own, and that loses answers on demand.
type writtenZone struct {
	*zonetest.Zone
	mu sync.Mutex
	// fault is asked before each write; nil: none.
	fault func(n int, w plan.Write) *lost
	// onRead is called before each reading call; its error is the call's.
	onRead func(call string) error
	writes []plan.Write // those that were committed
	asked  int
	// lag hides a new organization from the detail call for so many calls.
	lag    int
	hidden map[int64]int
	// emptyNeedsNoBody: a removal with {} is refused with 400.
	emptyNeedsNoBody bool
	// ignores are the forms of an empty body that remove nobody, and get a good answer all the same.
	ignores []plan.EmptyBody
	// silentRemoval: the reply to a removal does not show it.
	silentRemoval bool
	// invited counts the invitations that were committed, by organization and e-mail.
	invited map[string]int
}

// lost is what happens to the answer of a write.
type lost struct {
	commit bool // the write is done all the same
	err    error
}

func serverError() error {
	return &state.CallError{Doing: "write", Status: 502, Message: "bad gateway", Certainty: state.Unknown, Class: exit.ClassServer}
}

func refused(status int, code string) error {
	return &state.CallError{Doing: "write", Status: status, Code: code, Message: "no", Certainty: state.NotHappened, Class: exit.ClassInvalid}
}

func newWrittenZone(orgs ...*state.Organization) *writtenZone {
	z := &writtenZone{Zone: zonetest.New(orgs...), hidden: map[int64]int{}, invited: map[string]int{}}
	z.Zone.Fail = func(call string) error {
		if z.onRead != nil {
			return z.onRead(call)
		}
		return nil
	}
	return z
}

func (z *writtenZone) Organizations(ctx context.Context) ([]*state.Organization, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.Zone.Organizations(ctx)
}

func (z *writtenZone) OrganizationNames(ctx context.Context) ([]*state.Organization, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.Zone.OrganizationNames(ctx)
}

func (z *writtenZone) RoleRow(ctx context.Context, organization, user int64) (*state.RoleRow, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.Find(organization) == nil {
		return nil, &state.CallError{Doing: "read", Status: 403, Message: "Permission denied", Class: exit.ClassForbidden}
	}
	return z.Zone.RoleRow(ctx, organization, user)
}

func (z *writtenZone) Organization(ctx context.Context, id int64, wait bool) (*state.Organization, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.hidden[id] > 0 {
		z.hidden[id]--
		return nil, &state.CallError{Doing: "read organization", Status: 404, Message: "not yet", Class: exit.ClassNotFound}
	}
	if z.Find(id) == nil {
		return nil, &state.CallError{Doing: "read organization", Status: 403, Message: "Permission denied", Class: exit.ClassForbidden}
	}
	return z.Zone.Organization(ctx, id, wait)
}

func (z *writtenZone) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.Find(live.ID) == nil {
		return &state.CallError{Doing: "read", Status: 403, Message: "Permission denied", Class: exit.ClassForbidden}
	}
	return z.Zone.Read(ctx, live, kind)
}

func (z *writtenZone) Names(ctx context.Context, list state.List, organization int64) ([]state.Name, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.Zone.Names(ctx, list, organization)
}

func (z *writtenZone) FindUser(ctx context.Context, organization int64, email string) (int64, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.Zone.FindUser(ctx, organization, email)
}

// Write commits one write, or not, as the fault says.
func (z *writtenZone) Write(ctx context.Context, w plan.Write) (plan.Answer, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if ctx.Err() != nil {
		return plan.Answer{}, &state.CallError{Doing: "write", Message: "cancelled", Certainty: state.NotHappened, Class: exit.ClassCancelled}
	}
	z.asked++
	var fault *lost
	if z.fault != nil {
		fault = z.fault(z.asked, w)
	}
	if fault != nil && !fault.commit {
		return plan.Answer{}, fault.err
	}
	answer, err := z.commit(w)
	if err == nil {
		z.writes = append(z.writes, w)
	}
	if fault != nil {
		return plan.Answer{}, fault.err
	}
	return answer, err
}

// commit is the zone's own idea of each write.
func (z *writtenZone) commit(w plan.Write) (plan.Answer, error) {
	a := w.Arguments
	if w.Verb == plan.CreateOrganization {
		z.Next++
		l := zonetest.Organization(z.Next, a.Name)
		l.Country, l.Timezone = state.FormatID(a.CountryID), state.FormatID(a.TimezoneID)
		z.Orgs = append(z.Orgs, l)
		z.hidden[l.ID] = z.lag
		return plan.Answer{OrganizationID: l.ID, License: l.License}, nil
	}
	l := z.Find(w.Organization)
	if l == nil {
		return plan.Answer{}, refused(404, "SC404")
	}
	switch w.Verb {
	case plan.UpdateOrganization, plan.DeleteOrganization:
		z.ApplyOrganization(l, &plan.Step{Op: map[plan.Verb]plan.Op{plan.DeleteOrganization: plan.OpDelete}[w.Verb], Arguments: a})
	case plan.CreateVariable, plan.UpdateVariable, plan.DeleteVariable:
		return plan.Answer{}, commitVariable(l, w)
	case plan.SetControl:
		at := slices.IndexFunc(l.FeatureControls, func(c spec.FeatureControl) bool { return c.ID == a.ControlID })
		if at < 0 {
			return plan.Answer{}, refused(404, "SC404")
		}
		l.FeatureControls[at].Enabled = *a.Enable
	case plan.EnforceTFA:
		l.TFAEnforced = a.Enable
	case plan.TransferOwner:
		state.FindUser(l.Members, l.OwnerID).Role, state.FindUser(l.Members, a.UserID).Role = "12", "11"
		l.OwnerID = a.UserID
	default:
		return z.commitMember(l, w)
	}
	return plan.Answer{}, nil
}

func commitVariable(l *state.Organization, w plan.Write) error {
	at := slices.IndexFunc(l.Variables, func(v spec.Variable) bool { return v.Name == w.Arguments.Name })
	if (at >= 0) != (w.Verb != plan.CreateVariable) {
		return refused(map[bool]int{true: 400, false: 404}[at >= 0], "IM005")
	}
	if at >= 0 {
		l.Variables = slices.Delete(slices.Clone(l.Variables), at, at+1)
	}
	if w.Verb != plan.DeleteVariable {
		zonetest.Variable(l, w.Arguments.Name, w.Arguments.Type, w.Arguments.Value.Value().Reveal())
	}
	return nil
}

func (z *writtenZone) commitMember(l *state.Organization, w plan.Write) (plan.Answer, error) {
	a := w.Arguments
	switch w.Verb {
	case plan.InviteMember:
		if slices.ContainsFunc(l.Members, func(m spec.Member) bool { return m.Email == a.Email }) {
			return plan.Answer{}, refused(400, "IM005")
		}
		z.Next++
		z.invited[fmt.Sprint(l.ID, " ", a.Email)]++
		zonetest.Person(l, z.Next, a.Email, a.RoleID, "pending")
		return plan.Answer{UserID: z.Next}, nil
	case plan.SetRole, plan.RemoveMember:
		m := state.FindUser(l.Members, a.UserID)
		if m == nil {
			return plan.Answer{}, refused(404, "SC404")
		}
		if w.Verb == plan.SetRole {
			m.Role = state.FormatID(a.RoleID)
			return plan.Answer{}, nil
		}
		if z.emptyNeedsNoBody && w.Empty != plan.NoBody {
			return plan.Answer{}, refused(400, "SC400")
		}
		if slices.Contains(z.ignores, w.Empty) {
			return plan.Answer{}, nil
		}
		l.Members = zonetest.Without(l.Members, func(m spec.Member) bool { return m.UserID == a.UserID })
		return plan.Answer{Removed: !z.silentRemoval}, nil
	}
	return plan.Answer{}, errors.New("unknown verb " + string(w.Verb))
}

// jumpClock is a clock whose waits take no time, but count.
type jumpClock struct {
	mu  sync.Mutex
	now time.Time
}

func newJumpClock() *jumpClock { return &jumpClock{now: planned} }

// planned is when the plans of the tests are made.
var planned = time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)

func (c *jumpClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumpClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return nil
}

// memoryJournal keeps a run's story in memory, and fails from its n-th line on if told to.
type memoryJournal struct {
	mu    sync.Mutex
	story report.Run
	lines int
	fails int // the line that cannot be written, from 1; 0: none
}

func (j *memoryJournal) line() error {
	j.lines++
	if j.fails > 0 && j.lines >= j.fails {
		return errors.New("no space left on device")
	}
	return nil
}

func (j *memoryJournal) Begin(run string, p *plan.Plan) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Run, j.story.Plan, j.story.Zones = run, p.Digest, p.Zones
	for _, o := range p.Organizations {
		j.story.Organizations = append(j.story.Organizations, report.RunOrganization{Key: o.Key, Zone: o.Zone, ID: o.ID, Name: o.Name, Steps: o.Steps})
	}
	return nil
}

func (j *memoryJournal) Intent(i report.Intent) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Entries = append(j.story.Entries, report.Entry{Intent: &i})
	return nil
}

func (j *memoryJournal) Result(o report.Outcome) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Entries = append(j.story.Entries, report.Entry{Result: &o})
	return nil
}

func (j *memoryJournal) End(r *report.Report) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Report = r
	return nil
}

func (z *writtenZone) port() Port {
	return Port{Port: state.Port{Endpoint: spec.Endpoint{Name: "eu1", URL: "https://" + zonetest.Host, Hosts: []string{zonetest.Host}}, Reader: z}, Writer: z}
}

func (z *writtenZone) options() Options {
	return Options{Run: "20261122T031500Z-test", Zones: map[string]Port{"eu1": z.port()}, Clock: newJumpClock(), Fetched: planned}
}

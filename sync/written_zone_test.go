package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

	"makesync/spec"
)

// writtenZone is a fakeZone that can be written to, by code of its own, and that loses answers on demand.
type writtenZone struct {
	*fakeZone
	mu stdsync.Mutex
	// fault is asked before each write; nil: none.
	fault func(n int, w Write) *lost
	// onRead is called before each reading call; its error is the call's.
	onRead func(call string) error
	writes []Write // those that were committed
	asked  int
	// lag hides a new organization from the detail call for so many calls.
	lag    int
	hidden map[int64]int
	// emptyNeedsNoBody: a removal with {} is refused with 400.
	emptyNeedsNoBody bool
	// invited counts the invitations that were committed, by organization and e-mail.
	invited map[string]int
}

// lost is what happens to the answer of a write.
type lost struct {
	commit bool // the write is done all the same
	err    error
}

func serverError() error {
	return &CallError{Doing: "write", Status: 502, Message: "bad gateway", Certainty: Unknown, Class: ClassServer}
}

func refused(status int, code string) error {
	return &CallError{Doing: "write", Status: status, Code: code, Message: "no", Certainty: NotHappened, Class: ClassInvalid}
}

func newWrittenZone(orgs ...*Live) *writtenZone {
	z := &writtenZone{fakeZone: newFakeZone(orgs...), hidden: map[int64]int{}, invited: map[string]int{}}
	z.fakeZone.fail = func(call string) error {
		if z.onRead != nil {
			return z.onRead(call)
		}
		return nil
	}
	return z
}

func (z *writtenZone) Organizations(ctx context.Context) ([]*Live, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.fakeZone.Organizations(ctx)
}

func (z *writtenZone) Organization(ctx context.Context, id int64, wait bool) (*Live, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.hidden[id] > 0 {
		z.hidden[id]--
		return nil, &CallError{Doing: "read organization", Status: 404, Message: "not yet", Class: ClassNotFound}
	}
	if z.find(id) == nil {
		return nil, &CallError{Doing: "read organization", Status: 403, Message: "Permission denied", Class: ClassForbidden}
	}
	return z.fakeZone.Organization(ctx, id, wait)
}

func (z *writtenZone) Read(ctx context.Context, live *Live, kind spec.Kind) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.find(live.ID) == nil {
		return &CallError{Doing: "read", Status: 403, Message: "Permission denied", Class: ClassForbidden}
	}
	return z.fakeZone.Read(ctx, live, kind)
}

func (z *writtenZone) FindUser(ctx context.Context, organization int64, email string) (int64, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.fakeZone.FindUser(ctx, organization, email)
}

// Write commits one write, or not, as the fault says.
func (z *writtenZone) Write(ctx context.Context, w Write) (Answer, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if ctx.Err() != nil {
		return Answer{}, &CallError{Doing: "write", Message: "cancelled", Certainty: NotHappened, Class: ClassCancelled}
	}
	z.asked++
	var fault *lost
	if z.fault != nil {
		fault = z.fault(z.asked, w)
	}
	if fault != nil && !fault.commit {
		return Answer{}, fault.err
	}
	answer, err := z.commit(w)
	if err == nil {
		z.writes = append(z.writes, w)
	}
	if fault != nil {
		return Answer{}, fault.err
	}
	return answer, err
}

// commit is the zone's own idea of each write.
func (z *writtenZone) commit(w Write) (Answer, error) {
	a := w.Arguments
	if w.Verb == CreateOrganization {
		z.next++
		l := liveOrganization(z.next, a.Name)
		l.Country, l.Timezone = idText(a.CountryID), idText(a.TimezoneID)
		z.orgs = append(z.orgs, l)
		z.hidden[l.ID] = z.lag
		return Answer{OrganizationID: l.ID, License: l.License}, nil
	}
	l := z.find(w.Organization)
	if l == nil {
		return Answer{}, refused(404, "SC404")
	}
	switch w.Verb {
	case UpdateOrganization, DeleteOrganization:
		z.applyOrganization(l, &Step{Op: map[Verb]Op{DeleteOrganization: OpDelete}[w.Verb], Arguments: a})
	case CreateVariable, UpdateVariable, DeleteVariable:
		return Answer{}, commitVariable(l, w)
	case SetControl:
		at := slices.IndexFunc(l.FeatureControls, func(c spec.FeatureControl) bool { return c.ID == a.ControlID })
		if at < 0 {
			return Answer{}, refused(404, "SC404")
		}
		l.FeatureControls[at].Enabled = *a.Enable
	case EnforceTFA:
		l.TFAEnforced = a.Enable
	case TransferOwner:
		findUser(l.Members, l.OwnerID).Role, findUser(l.Members, a.UserID).Role = "12", "11"
		l.OwnerID = a.UserID
	default:
		return z.commitMember(l, w)
	}
	return Answer{}, nil
}

func commitVariable(l *Live, w Write) error {
	at := slices.IndexFunc(l.Variables, func(v spec.Variable) bool { return v.Name == w.Arguments.Name })
	if (at >= 0) != (w.Verb != CreateVariable) {
		return refused(map[bool]int{true: 400, false: 404}[at >= 0], "IM005")
	}
	if at >= 0 {
		l.Variables = slices.Delete(slices.Clone(l.Variables), at, at+1)
	}
	if w.Verb != DeleteVariable {
		variable(l, w.Arguments.Name, w.Arguments.Type, w.Arguments.Value.Value().Reveal())
	}
	return nil
}

func (z *writtenZone) commitMember(l *Live, w Write) (Answer, error) {
	a := w.Arguments
	switch w.Verb {
	case InviteMember:
		if slices.ContainsFunc(l.Members, func(m spec.Member) bool { return m.Email == a.Email }) {
			return Answer{}, refused(400, "IM005")
		}
		z.next++
		z.invited[fmt.Sprint(l.ID, " ", a.Email)]++
		person(l, z.next, a.Email, a.RoleID, "pending")
		return Answer{UserID: z.next}, nil
	case SetRole, RemoveMember:
		m := findUser(l.Members, a.UserID)
		if m == nil {
			return Answer{}, refused(404, "SC404")
		}
		if w.Verb == SetRole {
			m.Role = idText(a.RoleID)
			return Answer{}, nil
		}
		if z.emptyNeedsNoBody && !w.NoBody {
			return Answer{}, refused(400, "SC400")
		}
		l.Members = without1(l.Members, func(m spec.Member) bool { return m.UserID == a.UserID })
		return Answer{}, nil
	}
	return Answer{}, errors.New("unknown verb " + string(w.Verb))
}

// jumpClock is a clock whose waits take no time, but count.
type jumpClock struct {
	mu  stdsync.Mutex
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
	mu    stdsync.Mutex
	story Run
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

func (j *memoryJournal) Begin(run string, p *Plan) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Run, j.story.Plan, j.story.Zones = run, p.Digest, p.Zones
	for _, o := range p.Organizations {
		j.story.Organizations = append(j.story.Organizations, RunOrganization{o.Key, o.Zone, o.ID, o.Name, o.Steps})
	}
	return nil
}

func (j *memoryJournal) Intent(i Intent) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Entries = append(j.story.Entries, Entry{Intent: &i})
	return nil
}

func (j *memoryJournal) Result(o Outcome) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Entries = append(j.story.Entries, Entry{Result: &o})
	return nil
}

func (j *memoryJournal) End(r *Report) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.line(); err != nil {
		return err
	}
	j.story.Report = r
	return nil
}

func (z *writtenZone) port() WritePort {
	return WritePort{ZonePort: ZonePort{Endpoint: spec.Endpoint{Name: "eu1", URL: "https://" + fakeHost, Hosts: []string{fakeHost}}, Reader: z}, Writer: z}
}

func (z *writtenZone) options() ApplyOptions {
	return ApplyOptions{Run: "20261122T031500Z-test", Zones: map[string]WritePort{"eu1": z.port()}, Clock: newJumpClock(), Fetched: planned}
}

package plan

import (
	"errors"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// Format is the version of a plan's JSON form, schema/plan.schema.json.
const Format = "makesync.plan/v2"

// Lists are the lists of a plan's top level, which can be long.
var Lists = []string{"organizations", "groups", "problems", "rules", "unmanagedOrganizations", "stillHasAccess",
	"notLookedInto", "notCovered"}

// Unsealed is the seal of a plan that nobody has sealed.
const Unsealed = "none"

// Op is what a step does to its object.
type Op string

// The ops. A role change is an update of a member, a removal a delete; a
// reinvite counts as invite and a revoke as delete, in guards and summaries.
const (
	OpCreate   Op = "create"
	OpUpdate   Op = "update"
	OpDelete   Op = "delete"
	OpInvite   Op = "invite"
	OpReinvite Op = "reinvite"
	OpRevoke   Op = "revoke"
	OpTransfer Op = "transfer"
)

// Counted is the op under which guards and summaries count.
func (o Op) Counted() Op {
	switch o {
	case OpReinvite:
		return OpInvite
	case OpRevoke:
		return OpDelete
	}
	return o
}

// Origin says why a step is there, against an earlier state of the zone: a snapshot.
type Origin string

// The origins. A person whose invitation ran out is pending: time did that, and nobody else.
const (
	OriginPending  Origin = "pending"  // the documents differ from that state
	OriginDrift    Origin = "drift"    // the live side differs from it
	OriginConflict Origin = "conflict" // both do
	OriginUnknown  Origin = "unknown"  // the snapshot does not know the object
)

// Origins count changes, held ones too, by their origin.
type Origins struct {
	Pending  int `json:"pending"`
	Drift    int `json:"drift"`
	Conflict int `json:"conflict"`
	Unknown  int `json:"unknown"`
}

func (n *Origins) add(o Origin) {
	switch o {
	case OriginPending:
		n.Pending++
	case OriginDrift:
		n.Drift++
	case OriginConflict:
		n.Conflict++
	case OriginUnknown:
		n.Unknown++
	}
}

// Risk says how much a step can hurt.
type Risk string

// The risks, least first.
const (
	RiskNone         Risk = "none"
	RiskCaution      Risk = "caution"
	RiskDestructive  Risk = "destructive"
	RiskIrreversible Risk = "irreversible"
)

// Plan is what an apply would do: plain data, comparable, printable, saveable.
// Everything in it is sorted: organizations by key, steps in order of execution.
type Plan struct {
	Format  string    `json:"format"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Digest  string    `json:"digest"`
	// NotCovered are the secrets that stand in the documents: the digest is the same for others.
	NotCovered   []spec.Address     `json:"notCovered,omitempty"`
	Seal         string             `json:"seal"`
	Tool         string             `json:"tool,omitempty"` // makesync's version
	Salt         string             `json:"salt,omitempty"` // of the fingerprints, saved plans only
	Shard        *spec.Shard        `json:"shard,omitempty"`
	ChangedSince *spec.ChangedSince `json:"changedSince,omitempty"`
	// Against says what the plan compares with when it is no live zone: "snapshot live.json of
	// 2026-11-20 02:00 UTC", "documents in base/".
	Against string `json:"against,omitempty"`
	// Undoes is the run that the plan reverses; "" for a plan of what documents say. Digest covers
	// it.
	Undoes        string         `json:"undoes,omitempty"`
	Zones         []Zone         `json:"zones"`
	Organizations []Organization `json:"organizations"`
	// Groups are the changes that several organizations have in common. They follow from the
	// steps, so a saved plan goes without.
	Groups  []Group     `json:"groups,omitzero"`
	Summary Summary     `json:"summary"`
	Calls   state.Calls `json:"calls"`
	// Money is what the steps cost together by the catalogue, by currency.
	Money map[string]spec.Amount `json:"money,omitempty"`
	// Unmanaged counts live organizations of which no document speaks.
	Unmanaged map[spec.Kind]int `json:"unmanaged"`
	// UnmanagedOrganizations are they, where somebody asked for them.
	UnmanagedOrganizations []LiveOrganization `json:"unmanagedOrganizations,omitempty"`
	Problems               []spec.Problem     `json:"problems"`
	// StillHasAccess are people from whom the documents take something that this plan does not;
	// NotLookedInto are the organizations, by key, whose people nobody could see.
	StillHasAccess []Access  `json:"stillHasAccess,omitempty"`
	NotLookedInto  []string  `json:"notLookedInto,omitempty"`
	Exit           exit.Code `json:"exit"`
	// Rules are the changes of the rules themselves, against the documents before a change. Like
	// RulesDigest, that of the rules in force, they are no part of Digest and Summary.
	Rules       []spec.RuleChange `json:"rules,omitempty"`
	RulesDigest string            `json:"rulesDigest,omitempty"`
	// GuardsDigest is that of the guards and policies in force: an apply of the saved plan under
	// others has to judge it again.
	GuardsDigest string `json:"guardsDigest,omitempty"`
	// Policies are what policies say of the plan; nil where there are none.
	Policies *spec.Policies `json:"policies,omitempty"`
}

// NoPlan stands for the plan of a run that could not make one: problems say why. Its dates are
// those that the plan would have had, its digest is empty.
func NoPlan(now time.Time, shard *spec.Shard, problems []spec.Problem, exit exit.Code) *Plan {
	return &Plan{Format: Format, Created: now.UTC(), Expires: now.UTC().Add(Lifetime), Shard: shard,
		Problems: problems, Exit: exit}
}

// LiveOrganization is an organization of which no document speaks.
type LiveOrganization struct {
	Zone string `json:"zone"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Zone is a zone as the run reached it.
type Zone struct {
	Name    string     `json:"name"`
	URL     string     `json:"url"`
	User    state.User `json:"user"`
	Sandbox bool       `json:"sandbox,omitempty"`
	// World is which simulated world a sandbox is: a fingerprint of where its state lies.
	World string `json:"world,omitempty"`
}

// ZoneAt is the zone behind an endpoint, as the user of its token reaches it. An e-mail of which a
// snapshot has kept a hash alone is none (.invalid is nobody's, RFC 2606).
func ZoneAt(e spec.Endpoint, user state.User) Zone {
	if strings.HasSuffix(user.Email, ".invalid") {
		user.Email = ""
	}
	z := Zone{Name: e.Name, URL: e.URL, User: user}
	if e.Sandbox != nil {
		z.Sandbox, z.World = true, e.Sandbox.World
	}
	return z
}

// Organization is the part of a plan for one organization.
type Organization struct {
	Key       string            `json:"key"`
	Zone      string            `json:"zone"`
	ID        int64             `json:"id"` // 0: to be created
	Name      string            `json:"name"`
	Steps     []Step            `json:"steps"`
	Waiting   []Waiting         `json:"waiting"`
	Held      []Held            `json:"held"`
	Unmanaged map[spec.Kind]int `json:"unmanaged"`
	// UnmanagedAddresses are they, where somebody asked for them.
	UnmanagedAddresses []spec.Address `json:"unmanagedAddresses,omitempty"`
	Unchanged          int            `json:"unchanged"`
	// NotRead are the kinds that should have been read and could not be.
	NotRead []spec.Kind `json:"notRead"`
	// Licence is a fingerprint of the organization's plan of Make and its licence, under which a
	// refusal is remembered; "" for one that is to be created.
	Licence string `json:"licence,omitempty"`
	// APILimit is the organization's calls per minute (license.apiLimit); 0: unknown.
	APILimit int `json:"apiLimit,omitempty"`
}

// Step is one change of one object; it may take several writes.
type Step struct {
	N       int          `json:"n"` // unique in the plan, from 1, in the order of the plan
	Address spec.Address `json:"address"`
	Kind    spec.Kind    `json:"kind"`
	Op      Op           `json:"op"`
	Risk    Risk         `json:"risk"`
	Fields  []Field      `json:"fields"`
	// Arguments are the ids and values that the writes need and Fields, made for people, do not
	// carry.
	Arguments Arguments    `json:"arguments"`
	Source    *spec.Source `json:"source,omitempty"`
	// Origin is why the step is there; "" without a snapshot to tell by.
	Origin Origin `json:"origin,omitempty"`
	After  []int  `json:"after"` // step numbers that must have succeeded
	// Money is what the step costs; nil for one that moves none.
	Money *billing.Cost `json:"money,omitempty"`
	// Precondition is a fingerprint of what the step relies on in the live state.
	Precondition string `json:"precondition"`
	// Notes are facts for the reader: "signs out people without two-factor authentication".
	Notes []string `json:"notes,omitempty"`
	// Foreseen is why the zone will most likely refuse the step: its organization is about to be
	// created, and the Free plan, on which a new one is, does not offer it. It is tried all the
	// same, and counts as no change.
	Foreseen string `json:"foreseen,omitempty"`
	// LooksLike says what the e-mail of somebody who gets access or rights could be taken for.
	LooksLike string `json:"looksLike,omitempty"`
	// LastChange is who changed a drifted variable last; only with --history.
	LastChange *spec.LastChange `json:"lastChange,omitempty"`
	// Before is the object's live view when the plan was made; nil where the step
	// makes the object, and in a plan that was read from a file (apply reads it again).
	Before state.View `json:"-"`
}

// Field is one difference, for people: names rather than ids.
type Field struct {
	Path string       `json:"path"`
	From state.Scalar `json:"from"`
	To   state.Scalar `json:"to"`
}

// Arguments are what the writes of a step send. Zero fields are not sent.
type Arguments struct {
	// Name: of the organization (create, rename), the variable or the control; of an invitee.
	Name       string            `json:"name,omitempty"`
	RegionID   int64             `json:"regionId,omitempty"`
	CountryID  int64             `json:"countryId,omitempty"`
	TimezoneID int64             `json:"timezoneId,omitempty"`
	ControlID  int64             `json:"controlId,omitempty"`
	Enable     *bool             `json:"enable,omitempty"` // control, tfa
	Type       spec.VariableType `json:"typeId,omitempty"`
	Value      *state.Scalar     `json:"value,omitempty"` // variable
	Email      string            `json:"email,omitempty"`
	UserID     int64             `json:"userId,omitempty"`
	RoleID     int64             `json:"usersRoleId,omitempty"`
	Note       string            `json:"note,omitempty"`
	TeamIDs    []int64           `json:"teamsId,omitempty"`
	// Teams are names that apply turns into TeamIDs after it has created the organization, whose
	// own ids nobody can know before; empty elsewhere.
	Teams []string `json:"teams,omitempty"`
	// IgnoreValue: the value is a start, and scenarios may have changed it already when it is read
	// back.
	IgnoreValue bool `json:"ignoreValue,omitempty"`
	// DeleteConnections and Confirmed go to the query of a removal or a deletion.
	DeleteConnections bool `json:"deleteConnections,omitempty"`
	Confirmed         bool `json:"confirmed,omitempty"`
	// Of billing: what is bought (0: nothing, the plan becomes Free) and for whom, a payment
	// method and what it shall pay for, and whether it is the cancellation offer that is claimed.
	PriceID       int64          `json:"priceId,omitempty"`
	Coupon        string         `json:"couponCode,omitempty"`
	Customer      *spec.Customer `json:"customer,omitempty"`
	PaymentMethod string         `json:"paymentMethodId,omitempty"`
	Target        billing.Target `json:"target,omitempty"`
	Offer         bool           `json:"offer,omitempty"`
}

// Waiting is something that cannot be done yet and is nobody's fault.
type Waiting struct {
	Address spec.Address `json:"address"`
	Reason  string       `json:"reason"`
	// Since is when this state directory first saw it; nil when unknown.
	Since *time.Time `json:"since,omitempty"`
	// Unanswered: an invitation as declared, which nobody has accepted. It differs in nothing.
	Unanswered bool `json:"-"`
}

// Held is a change that a guard or a policy stopped.
type Held struct {
	Address spec.Address `json:"address"`
	Op      Op           `json:"op"`
	Kind    spec.Kind    `json:"kind"`
	Guard   string       `json:"guard"`
	Reason  string       `json:"reason"`
	// Allow is the --allow rule that lets it through; "" where none does.
	Allow string `json:"allow"`
	// Gains is the role Owner or Admin that the change would give; "" for none.
	Gains  string        `json:"gains,omitempty"`
	Money  *billing.Cost `json:"money,omitempty"`
	Source *spec.Source  `json:"source,omitempty"`
	// Origin is why the change is there; "" without a snapshot to tell by.
	Origin Origin `json:"origin,omitempty"`
	// LastChange is who changed a drifted variable last; only with --history.
	LastChange *spec.LastChange `json:"lastChange,omitempty"`
}

// Summary counts steps by counted op (an update of a role is an update), and the rest. A step that
// is foreseen to be refused is no change.
type Summary struct {
	Create    int `json:"create"`
	Update    int `json:"update"`
	Delete    int `json:"delete"`
	Invite    int `json:"invite"`
	Transfer  int `json:"transfer"`
	Waiting   int `json:"waiting"`
	Held      int `json:"held"`
	Unchanged int `json:"unchanged"`
	// Foreseen counts the steps that the Free plan of a new organization will refuse.
	Foreseen int `json:"foreseen,omitempty"`
	// Origins count the changes by why they are there; zero without a snapshot to tell by.
	Origins Origins `json:"origins,omitzero"`
}

// Summarize counts the steps of organizations by their counted op, and the rest.
func Summarize(organizations []Organization) Summary {
	var s Summary
	for i := range organizations {
		s.add(&organizations[i])
	}
	return s
}

func (s *Summary) add(o *Organization) {
	s.Waiting += len(o.Waiting)
	s.Held += len(o.Held)
	s.Unchanged += o.Unchanged
	for i := range o.Steps {
		if o.Steps[i].Foreseen != "" {
			s.Foreseen++
			continue
		}
		s.Count(o.Steps[i].Op)
		s.Origins.add(o.Steps[i].Origin)
	}
	for i := range o.Held {
		s.Origins.add(o.Held[i].Origin)
	}
}

// Count adds a change under the op that summaries count; an op that no plan has counts nowhere.
func (s *Summary) Count(op Op) {
	switch op.Counted() {
	case OpCreate:
		s.Create++
	case OpUpdate:
		s.Update++
	case OpDelete:
		s.Delete++
	case OpInvite:
		s.Invite++
	case OpTransfer:
		s.Transfer++
	}
}

// Lifetime is how long a saved plan may be applied.
const Lifetime = 24 * time.Hour

// HasSteps tells whether there is anything to apply; also what is foreseen to be refused is.
func (p *Plan) HasSteps() bool {
	for i := range p.Organizations {
		if len(p.Organizations[i].Steps) > 0 {
			return true
		}
	}
	return false
}

// Changes is how many steps of an organization are expected to change something.
func (o *Organization) Changes() (n int) {
	for i := range o.Steps {
		if o.Steps[i].Foreseen == "" {
			n++
		}
	}
	return n
}

// PlannedWrites is the number of requests that an organization's steps take when nothing fails.
func (o *Organization) PlannedWrites() (n int) {
	for i := range o.Steps {
		n += len(o.Steps[i].Verbs())
	}
	return n
}

// AddHeld adds changes that something else than a guard has held back, each to its organization,
// and counts them.
func (p *Plan) AddHeld(held []Held) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for _, h := range held {
			if h.Address.Key() == o.Key {
				o.Held = append(o.Held, h)
				p.Summary.Held++
			}
		}
	}
}

// Progress says how far reading is.
type Progress struct {
	Done, Total  int
	Organization string // the key of the one that is done
}

// ErrUsed is the error of an apply whose saved plan another run has used.
var ErrUsed = errors.New("the plan was used")

package guard

import (
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// The guards look at what the diff of each organization proposes, before anything is numbered. Each
// takes changes out and leaves a Held in their place:
//
//	one by one      what no rule lifts, drift; then billing, emails, protect, requiredAdmins, tfa
//	organization    minAdmins                                    on what the former leave: the end state
//	counts          maxInvites, maxDeletes                       in one organization
//	together        maxCreates, maxMonthly (zone), then maxDeletesPerRun     over several organizations
//
// A step that an --allow rule lets through passes all of them but drift, which has a rule of its
// own, and counts for none, but for maxMonthly: whatever moves money needs such a rule, so the sum
// counts all the same.

// Guarded is what the guards look at of one organization.
type Guarded struct {
	Key, Zone string
	// Place is where the zone is, since it may have several names.
	Place string
	// ID is 0 for an organization that is to be created.
	ID int64
	// Name is the documents' name of the organization.
	Name string
	// Token is the e-mail of the token's user in the zone; TwoFactor whether she has it, nil when
	// the zone does not say.
	Token     string
	TwoFactor *bool
	Changes   []plan.Change
	// Admins are the accepted Owners and Admins as they are now.
	Admins plan.Admins
	// Lacking are the fields that the documents do not give and a creation needs.
	Lacking []string
	// CreationHint says why an organization that is about to be created may be there already. It
	// compares names, which takes its time, so it is asked for only where a creation is held. May
	// be nil.
	CreationHint func() string
}

// Verdict is what the guards leave of an organization's changes.
type Verdict struct {
	Changes []plan.Change
	Held    []plan.Held
}

// Guard holds what the documents' guards do not let through.
type Guard struct {
	guards spec.Guards
	allow  []plan.Allow
	shard  *spec.Shard
	// noMoney is why the run may move no money at all; "" when it may.
	noMoney string
}

// WithoutMoney is the guard of a run that may move no money, for a reason; "" when it may.
func (g *Guard) WithoutMoney(why string) *Guard {
	g.noMoney = why
	return g
}

// New makes a Guard of the guards in force, the --allow rules and the part of the run; nil: all of
// it.
func New(guards spec.Guards, allow []plan.Allow, shard *spec.Shard) *Guard {
	return &Guard{guards: guards, allow: allow, shard: shard}
}

// Review judges the organizations of a run, all of them: some limits count over several. The
// verdicts are in the same order.
func (g *Guard) Review(organizations []Guarded) []Verdict {
	reviews := make([]*review, len(organizations))
	for i := range organizations {
		reviews[i] = newReview(&organizations[i])
	}
	allowed := g.allowances(reviews)
	ofEach := g.limitsOf(perOrganization)
	for _, r := range reviews {
		g.holdForbidden(r)
		g.holdDrift(r, allowed)
		g.holdSteps(r, allowed)
		g.holdAdmins(r, allowed)
		g.holdCounts(ofEach, []*review{r}, allowed)
	}
	g.holdCounts(g.limitsOf(perZone), reviews, allowed)
	g.holdMonthly(reviews)
	g.holdCounts(g.limitsOf(perRun), reviews, allowed)
	verdicts := make([]Verdict, len(reviews))
	for i, r := range reviews {
		verdicts[i] = Verdict{r.changes, r.held}
	}
	return verdicts
}

// review is one organization under review.
type review struct {
	*Guarded
	changes []plan.Change
	held    []plan.Held
	// proposed counts the changes before any guard.
	proposed map[plan.StepType]int
}

func newReview(o *Guarded) *review {
	r := &review{Guarded: o, changes: append([]plan.Change(nil), o.Changes...), proposed: map[plan.StepType]int{}}
	for i := range r.changes {
		r.proposed[r.changes[i].CountedType()]++
	}
	return r
}

// hold takes the changes out for which why gives a reason.
func (r *review) hold(guard string, allow func(*plan.Change) string, why func(*plan.Change) string) {
	kept := 0
	for i := range r.changes {
		c := &r.changes[i]
		if reason := why(c); reason != "" {
			r.held = append(r.held, c.HeldBy(guard, reason, allow(c)))
			continue
		}
		if kept < i {
			r.changes[kept] = *c
		}
		kept++
	}
	clear(r.changes[kept:])
	r.changes = r.changes[:kept]
}

// overrideRule is the rule that lifts a guard that is no number.
func (r *review) overrideRule(c *plan.Change) string {
	if c.MovesMoney() {
		return plan.AllowMoney(&c.Step, r.Key)
	}
	op := c.Op.Counted()
	if plan.Enforces(&c.Step) {
		op = plan.OpEnforce
	}
	return plan.AllowRule(op, c.Kind, plan.Unbounded, r.Key)
}

// stepGuards judge one step by itself; each gives the reason, or "".
var stepGuards = []struct {
	guard string
	why   func(*Guard, *review, *plan.Change) string
}{
	{billingGuard, (*Guard).movesMoney},
	{"emails", (*Guard).outsideEmails},
	{"protect", (*Guard).isProtected},
	{"requiredAdmins", (*Guard).lowersRequired},
	{"tfa", (*Guard).signsTokenOut},
}

func (g *Guard) holdSteps(r *review, a *allowances) {
	for _, row := range stepGuards {
		r.hold(row.guard, r.overrideRule, func(c *plan.Change) string {
			if a.allowed(r.Key, &c.Step) {
				return ""
			}
			if reason := row.why(g, r, c); reason != "" {
				return reason + a.exceededRule(r.Key, &c.Step)
			}
			return ""
		})
	}
}

// holdDrift holds what would revert changes of the live side, so that a night reports them. It
// comes first: what is held here counts for no limit.
func (g *Guard) holdDrift(r *review, a *allowances) {
	if !g.guards.HoldDrift {
		return
	}
	n := 0
	for i := range r.changes {
		if plan.Reverts(&r.changes[i].Step) {
			n++
		}
	}
	rule := plan.AllowRule(plan.OpRevert, plan.KindDrift, n, r.Key)
	r.hold("drift", func(*plan.Change) string { return rule }, func(c *plan.Change) string {
		if !plan.Reverts(&c.Step) || a.mayRevert(r.Key, &c.Step) {
			return ""
		}
		return driftWords[c.Origin] + ", and guards.drift is hold" + a.exceeded(r.Key, &c.Step, true)
	})
}

var driftWords = map[plan.Origin]string{
	plan.OriginDrift:    "drift: the live side changed since the snapshot, the documents did not",
	plan.OriginConflict: "conflict: the live side and the documents both changed since the snapshot",
	plan.OriginUnknown:  "unknown: the snapshot cannot tell who changed it",
}

// outsideEmails: who may be invited, promoted or made owner.
func (g *Guard) outsideEmails(_ *review, c *plan.Change) string {
	gains := c.Op.Counted() == plan.OpInvite || c.Op == plan.OpTransfer || c.Raises
	if !gains {
		return ""
	}
	return g.guards.RefusedBy(c.Arguments.Email)
}

func (g *Guard) isProtected(r *review, c *plan.Change) string {
	if c.Op.Counted() != plan.OpDelete {
		return ""
	}
	switch pattern, within := g.guards.Protecting(c.Address, r.ID); {
	case within:
		return "what guards.protect protects by " + text.Quote(pattern) + " would go with the organization"
	case pattern != "":
		return string(c.Address) + " is protected by guards.protect"
	}
	return ""
}

// lowersRequired: a required Admin keeps her role, and is not removed in whatever role she has now.
func (g *Guard) lowersRequired(_ *review, c *plan.Change) string {
	removed := c.Kind == spec.KindMember && c.Op.Counted() == plan.OpDelete
	switch {
	case !g.guards.Requires(c.Arguments.Email):
	case c.Lowers:
		return c.Arguments.Email + " is one of guards.requiredAdmins and would no longer be Owner or Admin"
	case removed:
		return c.Arguments.Email + " is one of guards.requiredAdmins and would be removed"
	}
	return ""
}

func (g *Guard) signsTokenOut(r *review, c *plan.Change) string {
	if two := r.TwoFactor; !plan.Enforces(&c.Step) || two != nil && *two {
		return ""
	}
	return "the zone does not say that " + r.Token +
		", whose token this is, uses two-factor authentication; enforcing it would sign the account out"
}

// holdAdmins holds everything that takes an Owner or Admin out when fewer than minAdmins would
// remain.
func (g *Guard) holdAdmins(r *review, a *allowances) {
	least := g.guards.MinAdmins
	before, after := r.Admins.Size(), r.Admins.AfterChanges(r.changes).Size()
	if after >= least || after >= before {
		return
	}
	why := text.Count(after, "accepted Owner or Admin", "accepted Owners and Admins") +
		" would remain, and guards.minAdmins is " + strconv.Itoa(least)
	r.hold("minAdmins", r.overrideRule, func(c *plan.Change) string {
		if !c.Lowers || a.allowed(r.Key, &c.Step) {
			return ""
		}
		return why + a.exceededRule(r.Key, &c.Step)
	})
}

// usualReasons explains a creation that nobody may have meant. Of a hundred creations none is a
// mere rename, and comparing all their names with all live ones would take minutes.
func (r *review) usualReasons(s *plan.Step, together int) string {
	const many = 100
	if s.Op != plan.OpCreate || s.Kind != spec.KindOrganization {
		return ""
	}
	reasons := ""
	if len(r.Lacking) > 0 {
		reasons = "; write first: " + text.And(r.Lacking)
	}
	reasons += "; zone " + r.Zone + " shows no organization " + text.Quote(r.Name)
	if together > many {
		return reasons
	}
	if r.CreationHint != nil {
		reasons += ": " + r.CreationHint()
	}
	return reasons
}

// AdminsState is what Warnings look at: the Owners and Admins once the plan is done.
type AdminsState struct {
	Key    string
	Admins plan.Admins
	// Emails are those of the people of now, by user id.
	Emails map[int64]string
}

// Warnings tell of guards that the live state violates already and the plan does not mend.
func (g *Guard) Warnings(s AdminsState) []spec.Problem {
	var problems []spec.Problem
	warn := func(rule string, a spec.Address, message, hint string) {
		problems = append(problems, spec.Problem{Severity: spec.Warning, Rule: rule, Address: a,
			Message: s.Key + ": " + strings.TrimSpace(message), Hint: hint})
	}
	if least := g.guards.MinAdmins; s.Admins.Size() < least {
		warn(
			"min-admins",
			spec.NewAddress(s.Key, spec.KindOrganization, ""),
			"has "+text.Count(
				s.Admins.Size(),
				"accepted Owner or Admin",
				"accepted Owners and Admins",
			)+", and guards.minAdmins is "+strconv.Itoa(least),
			"promote or invite another Admin",
		)
	}
	emails := map[string]bool{}
	for _, id := range s.Admins.Sorted() {
		emails[s.Emails[id]] = true
	}
	for _, email := range sortedOnce(g.guards.RequiredAdmins) {
		if !emails[email] {
			warn("required-admin", spec.NewAddress(s.Key, spec.KindMember, email), email+
				" is one of guards.requiredAdmins and is no accepted Owner or Admin",
				"declare "+email+" as Admin among the members, with an invite")
		}
	}
	return problems
}

package sync

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// The guards look at what the diff of an organization proposes, before anything is numbered. Each takes proposals out
// and leaves a Held in their place:
//
//	one by one      emails, protect, requiredAdmins, tfa
//	organization    minAdmins                                    on what the former leave: the end state
//	counts          maxInvites, maxDeletes                       in one organization
//	together        maxCreates (zone), then maxDeletesPerRun     over several organizations
//
// A step that an --allow rule excuses passes all of them and counts for none. The first three need to know nothing of
// other organizations, unless a rule with a number speaks of several.

// guardAlone applies the guards that look at one organization.
func (d *draft) guardAlone(e *excuses) {
	d.guardSingles(e)
	d.guardAdmins(e)
	guardCounts(d.run.ownBounds, []*draft{d}, e)
	d.guarded = true
}

// guardTogether applies all guards to organizations that could not be judged one by one, with what is known of the run.
func (run *planRun) guardTogether(drafts []*draft, e *excuses) {
	for _, d := range drafts {
		if !d.guarded {
			d.guardAlone(e)
		}
	}
	guardCounts(run.sharedBounds, drafts, e)
}

// excuses are the --allow rules with what they matched, in one organization or in several.
type excuses struct {
	rules  []Allow
	counts []int // of the rules, in their order
	// steps are the proposals by op and kind, for the rules that guards print.
	steps map[opKind]int
	// shard has its part of the numbers of rules that speak of several organizations.
	shard *Shard
}

// most is how many steps a rule lets through here; negative: any number. One organization is in one shard, which has its whole number.
func (e *excuses) most(rule Allow) int {
	if rule.single() {
		return rule.Max
	}
	return e.shard.Share(rule.Max)
}

type opKind struct {
	op   Op
	kind spec.Kind
}

func (s *Step) counted() opKind { return opKind{s.Op.Counted(), s.Kind} }

// newExcuses are those of a run before anything is known of its organizations.
func (run *planRun) newExcuses() *excuses {
	return &excuses{rules: run.Allow, shard: run.Shard, counts: make([]int, len(run.Allow)), steps: map[opKind]int{}}
}

// excuses counts what the organization proposes, before any guard.
func (d *draft) excuses() *excuses {
	if len(d.proposals) == 0 {
		return nil
	}
	e := d.run.newExcuses()
	for i := range d.proposals {
		s := &d.proposals[i].Step
		e.steps[s.counted()]++
		for r := range e.rules {
			if e.rules[r].matches(d.want.Key, s) {
				e.counts[r]++
			}
		}
	}
	return e
}

// add takes in what one more organization proposes; nil: nothing.
func (e *excuses) add(own *excuses) {
	if own == nil {
		return
	}
	for r, n := range own.counts {
		e.counts[r] += n
	}
	for what, n := range own.steps {
		e.steps[what] += n
	}
}

// shared tells whether a rule that matched here counts over several organizations, so that these counts do not suffice.
func (e *excuses) shared() bool {
	for r, rule := range e.rules {
		if e.counts[r] > 0 && rule.Max >= 0 && !rule.single() {
			return true
		}
	}
	return false
}

// excused tells whether a rule lets the step through. A rule with a number that more steps
// match than it allows excuses none of them: which ones would be an arbitrary choice.
func (e *excuses) excused(key string, s *Step) bool {
	for i, rule := range e.rules {
		if most := e.most(rule); rule.matches(key, s) && (most < 0 || e.counts[i] <= most) {
			return true
		}
	}
	return false
}

// exceeded tells of a rule that would have excused the step had fewer matched it.
func (e *excuses) exceeded(key string, s *Step) string {
	for i, rule := range e.rules {
		if rule.matches(key, s) {
			return "; --allow " + rule.String() + " is not enough for " + strconv.Itoa(e.counts[i])
		}
	}
	return ""
}

// hold takes the proposals out for which why gives a reason.
func (d *draft) hold(guard string, allow func(*proposal) string, why func(*proposal) string) {
	kept := d.proposals[:0]
	for i := range d.proposals {
		p := d.proposals[i]
		reason := why(&p)
		if reason == "" {
			kept = append(kept, p)
			continue
		}
		d.held = append(d.held, Held{Address: p.Address, Op: p.Op, Kind: p.Kind, Guard: guard, Reason: reason, Allow: allow(&p), Source: p.Source})
	}
	clear(d.proposals[len(kept):])
	d.proposals = kept
}

// lift is the rule that lifts a guard that is no number.
func (d *draft) lift(p *proposal) string {
	op := p.Op.Counted()
	if enforces(&p.Step) {
		op = opEnforce
	}
	return allowRule(op, p.Kind, -1, d.want.Key)
}

// singles are the guards that judge one step by itself; each gives the reason, or "".
var singles = []struct {
	guard string
	why   func(*draft, *proposal) string
}{
	{"emails", (*draft).guardEmail},
	{"protect", (*draft).guardProtected},
	{"requiredAdmins", (*draft).guardRequired},
	{"tfa", (*draft).guardTFA},
}

func (d *draft) guardSingles(e *excuses) {
	for _, single := range singles {
		d.hold(single.guard, d.lift, func(p *proposal) string {
			if e.excused(d.want.Key, &p.Step) {
				return ""
			}
			if reason := single.why(d, p); reason != "" {
				return reason + e.exceeded(d.want.Key, &p.Step)
			}
			return ""
		})
	}
}

// guardEmail: who may be invited, promoted or made owner.
func (d *draft) guardEmail(p *proposal) string {
	emails := d.run.Desired.Guards.Emails
	gains := p.Op.Counted() == OpInvite || p.Op == OpTransfer || p.raises
	if len(emails) == 0 || !gains || spec.MatchAny(emails, p.Arguments.Email) {
		return ""
	}
	patterns := make([]string, len(emails))
	for i, g := range emails {
		patterns[i] = g.String()
	}
	return p.Arguments.Email + " matches none of guards.emails (" + text.Commas(patterns, 5) + ")"
}

func (d *draft) guardProtected(p *proposal) string {
	if p.Op.Counted() == OpDelete && d.protected(p.Address) {
		return string(p.Address) + " is protected by guards.protect"
	}
	return ""
}

func (d *draft) protected(a spec.Address) bool {
	return slices.ContainsFunc(d.run.Desired.Guards.Protect, func(g spec.Glob) bool { return g.MatchAddress(a) })
}

func (d *draft) guardRequired(p *proposal) string {
	if p.lowers && d.required(p.Arguments.Email) {
		return p.Arguments.Email + " is one of guards.requiredAdmins and would no longer be Owner or Admin"
	}
	return ""
}

func (d *draft) required(email string) bool {
	return slices.Contains(d.run.Desired.Guards.RequiredAdmins, email)
}

func (d *draft) guardTFA(p *proposal) string {
	if two := d.zone.me.TwoFactor; !enforces(&p.Step) || two != nil && *two {
		return ""
	}
	return "the zone does not say that " + d.zone.me.Email + ", whose token this is, uses two-factor authentication; enforcing it would sign the account out"
}

// guardAdmins holds everything that takes an Owner or Admin out when fewer than minAdmins would remain.
func (d *draft) guardAdmins(e *excuses) {
	least := d.run.Desired.Guards.MinAdmins
	before, after := d.admins.size(), d.adminsAfter().size()
	if after >= least || after >= before {
		return
	}
	d.hold("minAdmins", d.lift, func(p *proposal) string {
		if !p.lowers || e.excused(d.want.Key, &p.Step) {
			return ""
		}
		return text.Count(after, "accepted Owner or Admin", "accepted Owners and Admins") + " would remain, and guards.minAdmins is " + strconv.Itoa(least) + e.exceeded(d.want.Key, &p.Step)
	})
}

func (d *draft) adminsAfter() adminSet {
	set := d.admins.after(nil)
	for i := range d.proposals {
		set.apply(&d.proposals[i].Step)
	}
	return set
}

// warnAdmins tells of guards that the live state violates already and the plan does not mend.
func (d *draft) warnAdmins() {
	if !d.membersRead || !d.wants(spec.KindMember) {
		return
	}
	after := d.adminsAfter()
	if least := d.run.Desired.Guards.MinAdmins; after.size() < least {
		d.warn("min-admins", d.address(spec.KindOrganization, ""), "has "+text.Count(after.size(), "accepted Owner or Admin", "accepted Owners and Admins")+", and guards.minAdmins is "+strconv.Itoa(least), "promote or invite another Admin")
	}
	emails := map[string]bool{}
	for id := range after.ids {
		emails[d.people[id]] = true
	}
	required := append([]string(nil), d.run.Desired.Guards.RequiredAdmins...)
	sort.Strings(required)
	for _, email := range slices.Compact(required) {
		if a := d.address(spec.KindMember, email); !emails[email] && d.run.Scope.Covers(a) {
			d.warn("required-admin", a, email+" is one of guards.requiredAdmins and is no accepted Owner or Admin", "declare "+email+" as Admin among the members, with an invite")
		}
	}
}

func (d *draft) warn(rule string, a spec.Address, message, hint string) {
	d.problems = append(d.problems, spec.Problem{Severity: spec.Warning, Rule: rule, Address: a, Message: d.want.Key + ": " + strings.TrimSpace(message), Hint: hint})
}

// dropUncreated clears an organization whose creation is held: what hangs on it is neither a step nor waiting.
func (d *draft) dropUncreated() {
	created := slices.ContainsFunc(d.proposals, func(p proposal) bool { return p.phase == phaseCreate })
	if d.id != 0 || d.name == "" || created || d.settled {
		return
	}
	rest := len(d.proposals)
	d.proposals, d.waiting = nil, nil
	held := d.held
	d.held = nil
	for _, h := range held {
		if h.Op == OpCreate && h.Kind == spec.KindOrganization {
			if rest > 0 {
				h.Reason += "; " + text.Count(rest, "further step hangs", "further steps hang") + " on it"
			}
			d.held = []Held{h}
		}
	}
}

package guard

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// scope says which organizations a limit counts together.
type scope uint8

const (
	perOrganization scope = iota
	perZone
	perRun
)

// key is the same for organizations that are counted together.
func (s scope) key(r *review) string {
	switch s {
	case perOrganization:
		return r.Key
	case perZone:
		return r.Place
	}
	return ""
}

// words say it: "in acme".
func (s scope) words(r *review, shard *spec.Shard) string {
	switch s {
	case perOrganization:
		return "in " + r.Key
	case perZone:
		return "in zone " + r.Zone + shard.Describe()
	}
	return "in this run" + shard.Describe()
}

// limit is one numeric guard: how many steps of an op there may be in a scope, by kind.
type limit struct {
	guard string
	scope scope
	op    plan.Op
	most  func(*spec.Guards) map[spec.Kind]int
}

// limits in the order in which they hold: what one holds no longer counts for the next.
var limits = []limit{
	{
		"maxInvites",
		perOrganization,
		plan.OpInvite,
		func(g *spec.Guards) map[spec.Kind]int { return map[spec.Kind]int{spec.KindMember: g.MaxInvites} },
	},
	{"maxDeletes", perOrganization, plan.OpDelete, func(g *spec.Guards) map[spec.Kind]int { return g.MaxDeletes }},
	{"maxCreates", perZone, plan.OpCreate, func(g *spec.Guards) map[spec.Kind]int { return g.MaxCreates }},
	{"maxDeletesPerRun", perRun, plan.OpDelete, func(g *spec.Guards) map[spec.Kind]int { return g.MaxDeletesPerRun }},
}

// kindLimit is a limit of one kind, in this run.
type kindLimit struct {
	limit
	kind spec.Kind
	max  int
}

// limitsOf are the limits of a scope. A kind for which the documents give no number has the default
// one. Shards do not know of each other, so each has its part of a limit over several
// organizations.
func (g *Guard) limitsOf(s scope) []kindLimit {
	var bounds []kindLimit
	defaults := spec.DefaultGuards()
	for _, l := range limits {
		if l.scope != s {
			continue
		}
		for _, kind := range spec.Kinds() {
			n, ok := l.most(&g.guards)[kind]
			if !ok {
				n, ok = l.most(&defaults)[kind]
			}
			if s != perOrganization {
				n = g.shard.Share(n)
			}
			if ok {
				bounds = append(bounds, kindLimit{l, kind, n})
			}
		}
	}
	return bounds
}

// holdCounts holds, for each limit that is passed, all steps of that kind and op which it counts
// together.
func (g *Guard) holdCounts(limits []kindLimit, reviews []*review, a *allowances) {
	for _, l := range limits {
		for _, group := range l.groups(reviews, a) {
			if group.steps > l.max {
				g.holdGroup(l, group, a)
			}
		}
	}
}

// group is what one limit counts together.
type group struct {
	reviews []*review // those with such steps
	steps   int
}

func (l kindLimit) groups(reviews []*review, a *allowances) []*group {
	var groups []*group
	byKey := map[string]*group{}
	for _, r := range reviews {
		n := l.stepsOf(r, a)
		if n == 0 {
			continue
		}
		g := byKey[l.scope.key(r)]
		if g == nil {
			g = &group{}
			byKey[l.scope.key(r)] = g
			groups = append(groups, g)
		}
		g.reviews = append(g.reviews, r)
		g.steps += n
	}
	return groups
}

// stepsOf is how many changes of an organization the limit counts.
func (l kindLimit) stepsOf(r *review, a *allowances) (n int) {
	for i := range r.changes {
		if l.counts(r, &r.changes[i], a) {
			n++
		}
	}
	return n
}

func (l kindLimit) counts(r *review, c *plan.Change, a *allowances) bool {
	return c.CountedType() == plan.StepType{Kind: l.kind, Op: l.op} && !a.allowed(r.Key, &c.Step)
}

// what a limit counts: "variable delete".
func (l kindLimit) what() string { return string(l.kind) + " " + string(l.op) }

// reason says what is over the limit. Nobody has done anything wrong who creates the first
// organization of a zone, so that one begins with what it takes.
func (l kindLimit) reason(steps int, where string) string {
	counted := text.Count(steps, l.what(), l.what()+"s") + " " + where
	allows := "guards." + l.guard + " allows " + strconv.Itoa(l.max)
	if l.kind == spec.KindOrganization && l.op == plan.OpCreate {
		return "creating an organization needs --allow (" + counted + ", " + allows + ")"
	}
	return counted + ", and " + allows
}

// holdGroup holds a whole group. The rule that it prints covers every step that the rule would
// match, also those that pass or are held anyway: else it would not suffice.
func (g *Guard) holdGroup(l kindLimit, group *group, a *allowances) {
	what := plan.StepType{Kind: l.kind, Op: l.op}
	key, n := "*", a.shard.Total(a.proposed[what])
	if len(group.reviews) == 1 {
		key, n = group.reviews[0].Key, group.reviews[0].proposed[what]
	}
	rule := plan.AllowRule(l.op, l.kind, n, key)
	for _, r := range group.reviews {
		reason := l.reason(group.steps, l.scope.words(r, g.shard))
		r.hold(l.guard, func(*plan.Change) string { return rule }, func(c *plan.Change) string {
			if !l.counts(r, c, a) {
				return ""
			}
			return reason + r.usualReasons(&c.Step, group.steps) + a.exceededRule(r.Key, &c.Step)
		})
	}
}

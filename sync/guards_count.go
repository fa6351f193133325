package sync

import (
	"strconv"

	"makesync/spec"
)

// limit is one numeric guard: how many steps of an op there may be in a scope.
type limit struct {
	guard string
	op    Op
	// scope names the organizations that are counted together.
	scope func(*draft) string
	// words say it: "in acme".
	words func(*draft) string
	max   func(*planRun, spec.Kind) (int, bool)
}

// ownLimits count in one organization. What they hold no longer counts for the shared ones.
var ownLimits = []limit{
	{"maxInvites", OpInvite, byOrganization, inOrganization, func(r *planRun, k spec.Kind) (int, bool) {
		return r.Desired.Guards.MaxInvites, k == spec.KindMember
	}},
	{"maxDeletes", OpDelete, byOrganization, inOrganization, func(r *planRun, k spec.Kind) (int, bool) {
		return limitOf(r.Desired.Guards.MaxDeletes, spec.DefaultGuards().MaxDeletes, k)
	}},
}

// sharedLimits count over several organizations, the narrow one first.
var sharedLimits = []limit{
	{"maxCreates", OpCreate, byZone, inZone, func(r *planRun, k spec.Kind) (int, bool) {
		n, ok := limitOf(r.Desired.Guards.MaxCreates, spec.DefaultGuards().MaxCreates, k)
		return r.Shard.Share(n), ok
	}},
	{"maxDeletesPerRun", OpDelete, byRun, inRun, func(r *planRun, k spec.Kind) (int, bool) {
		n, ok := limitOf(r.Desired.Guards.MaxDeletesPerRun, spec.DefaultGuards().MaxDeletesPerRun, k)
		return r.Shard.Share(n), ok
	}},
}

func byOrganization(d *draft) string { return d.want.Key }
func byZone(d *draft) string         { return d.zone.name }
func byRun(*draft) string            { return "" }
func inOrganization(d *draft) string { return "in " + d.want.Key }
func inZone(d *draft) string         { return "in zone " + d.zone.name + d.run.Shard.describe() }
func inRun(d *draft) string          { return "in this run" + d.run.Shard.describe() }

func limitOf(limits, defaults map[spec.Kind]int, kind spec.Kind) (int, bool) {
	if n, ok := limits[kind]; ok {
		return n, true
	}
	n, ok := defaults[kind]
	return n, ok
}

// bound is a limit of one kind, in this run.
type bound struct {
	limit
	kind spec.Kind
	most int
}

func (run *planRun) boundsOf(limits []limit) []bound {
	var bounds []bound
	for _, l := range limits {
		for _, kind := range spec.Kinds() {
			if most, ok := l.max(run, kind); ok {
				bounds = append(bounds, bound{l, kind, most})
			}
		}
	}
	return bounds
}

// guardCounts holds, for each limit that is passed, all steps of that kind and op in its scope.
func guardCounts(bounds []bound, drafts []*draft, e *excuses) {
	for _, b := range bounds {
		for _, group := range b.groups(drafts, b.kind, e) {
			if group.steps > b.most {
				b.holdAll(group, b.kind, b.most, e)
			}
		}
	}
}

// group is what one limit counts together.
type group struct {
	drafts []*draft // those with such steps
	steps  int
}

func (l limit) groups(drafts []*draft, kind spec.Kind, e *excuses) []*group {
	var groups []*group
	byScope := map[string]*group{}
	for _, d := range drafts {
		n := l.stepsOf(d, kind, e)
		if n == 0 {
			continue
		}
		g := byScope[l.scope(d)]
		if g == nil {
			g = &group{}
			byScope[l.scope(d)] = g
			groups = append(groups, g)
		}
		g.drafts = append(g.drafts, d)
		g.steps += n
	}
	return groups
}

// stepsOf is how many proposals of an organization the limit counts.
func (l limit) stepsOf(d *draft, kind spec.Kind, e *excuses) (n int) {
	for i := range d.proposals {
		if l.counts(d, &d.proposals[i].Step, kind, e) {
			n++
		}
	}
	return n
}

func (l limit) counts(d *draft, s *Step, kind spec.Kind, e *excuses) bool {
	return s.counted() == opKind{l.op, kind} && !e.excused(d.want.Key, s)
}

// holdAll holds a whole group. The rule that it prints covers every step that the rule would
// match, also those that pass or are held anyway: else it would not suffice.
func (l limit) holdAll(g *group, kind spec.Kind, most int, e *excuses) {
	what := opKind{l.op, kind}
	key, n := "*", e.shard.total(e.steps[what])
	if len(g.drafts) == 1 {
		key = g.drafts[0].want.Key
		n = g.drafts[0].own.steps[what]
	}
	rule := allowRule(l.op, kind, n, key)
	for _, d := range g.drafts {
		reason := strconv.Itoa(g.steps) + " " + string(kind) + " " + string(l.op) + "s " + l.words(d) + ", and guards." + l.guard + " allows " + strconv.Itoa(most)
		d.hold(l.guard, func(*proposal) string { return rule }, func(p *proposal) string {
			if !l.counts(d, &p.Step, kind, e) {
				return ""
			}
			return reason + d.usualReasons(&p.Step, g.steps) + e.exceeded(d.want.Key, &p.Step)
		})
	}
}

// usualReasons explains a creation that nobody may have meant. Of a hundred creations none is a
// mere rename, and comparing all their names with all live ones would take minutes.
func (d *draft) usualReasons(s *Step, together int) string {
	const many = 100
	if s.Op != OpCreate || s.Kind != spec.KindOrganization {
		return ""
	}
	if together > many {
		return "; zone " + d.zone.name + " shows no organization " + quote(d.want.Name)
	}
	reasons := "; zone " + d.zone.name + " shows no organization " + quote(d.want.Name) + ": " + d.createHint()
	if len(d.lacking) > 0 {
		reasons += "; to create it, write also " + joinWords(d.lacking)
	}
	return reasons
}

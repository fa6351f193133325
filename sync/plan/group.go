package plan

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"makesync/spec"
)

// One edited profile changes sixty organizations in the same way. That is one decision, and people
// shall read it once:
//
//	client-01/variable/RETRIES  update  5 → 7 ─┐
//	client-02/variable/RETRIES  update  5 → 7 ─┼─▶ variable/RETRIES  update  5 → 7   client-01, client-02, …
//	client-03/variable/RETRIES  update  5 → 7 ─┘
//	client-04/variable/RETRIES  update  3 → 7 ───▶ another change: the old value differs
//
// What is held or waits is put together likewise. The steps stay as they are: a group is a view of
// them, which apply never sees.

// Group is one change that several organizations have in common: equal in kind, name, op, risk,
// origin, forecast and fields, of which secrets count as equal because nobody can see them.
type Group struct {
	Kind spec.Kind `json:"kind"`
	// Name is the object's name below its kind, "" where there is one of a kind: the organization
	// itself, its two-factor setting, its owner.
	Name          string   `json:"name"`
	Op            Op       `json:"op"`
	Risk          Risk     `json:"risk"`
	Origin        Origin   `json:"origin,omitempty"`
	Foreseen      string   `json:"foreseen,omitempty"`
	Fields        []Field  `json:"fields"`
	Organizations []string `json:"organizations"` // keys, in the order of the plan
	Count         int      `json:"count"`
	// Steps are the members, one for each organization, in the same order.
	Steps []*Step `json:"-"`
}

// HeldGroup is what one guard holds in several organizations, for one or more objects.
type HeldGroup struct {
	Guard string
	// Objects has one of the equal ones for each object.
	Objects []Held
	// Reasons are the different ones, in order of appearance; the address in a reason is cut to
	// the object.
	Reasons       []string
	Organizations []string
	// Allow is one rule that lets all of them through, "" where there is none.
	Allow string
}

// Grouping is a plan of which equal parts are told once.
type Grouping struct {
	Groups  []Group
	Held    []HeldGroup
	Waiting []WaitingGroup
	// Rest are all organizations of the plan, without what stands in a group.
	Rest []Organization
}

// Groups are the changes that at least two organizations have in common, the riskiest first, then
// the most frequent, then by kind and name.
func Groups(organizations []Organization) []Group {
	return (&Plan{Organizations: organizations}).Group(2).Groups
}

// Group puts together what is equal in at least so many organizations; fewer than two: nothing.
func (p *Plan) Group(least int) Grouping {
	g := Grouping{Rest: slices.Clone(p.Organizations)}
	if least < 2 {
		return g
	}
	g.groupSteps(least)
	g.groupHeld(p, least)
	g.groupWaiting(least)
	return g
}

// member is one of several equal things: the organization's place and its own place in there.
type member struct{ organization, at int }

// bundle gathers equal things, in order of appearance.
type bundle struct {
	keys    []string
	members map[string][]member
}

func (b *bundle) add(key string, m member) {
	if b.members == nil {
		b.members = map[string][]member{}
	}
	if b.members[key] == nil {
		b.keys = append(b.keys, key)
	}
	b.members[key] = append(b.members[key], m)
}

// large are the bundles with members of at least so many organizations. Nothing stands twice in
// one organization in a plan that makesync made; what does is counted once.
func (b *bundle) large(least int) [][]member {
	var large [][]member
	for _, key := range b.keys {
		members := slices.CompactFunc(b.members[key], sameOrganization)
		if len(members) >= least {
			large = append(large, members)
		}
	}
	return large
}

func sameOrganization(x, y member) bool { return x.organization == y.organization }

func (g *Grouping) keys(members []member) []string {
	keys := make([]string, len(members))
	for i, m := range members {
		keys[i] = g.Rest[m.organization].Key
	}
	return keys
}

func (g *Grouping) groupSteps(least int) {
	var b bundle
	for i := range g.Rest {
		for j := range g.Rest[i].Steps {
			b.add(changeKey(&g.Rest[i].Steps[j]), member{i, j})
		}
	}
	taken := map[member]bool{}
	for _, members := range b.large(least) {
		first := &g.Rest[members[0].organization].Steps[members[0].at]
		group := Group{Kind: first.Kind, Name: first.Address.Name(), Op: first.Op, Risk: first.Risk,
			Origin: first.Origin, Foreseen: first.Foreseen, Fields: first.Fields, Organizations: g.keys(members),
			Count: len(members)}
		for _, m := range members {
			taken[m] = true
			group.Steps = append(group.Steps, &g.Rest[m.organization].Steps[m.at])
		}
		g.Groups = append(g.Groups, group)
	}
	slices.SortStableFunc(g.Groups, compareGroups)
	g.leave(taken, func(o *Organization, left func(int) bool) { o.Steps = without(o.Steps, left) })
}

// leave takes what stands in a group out of the organizations, on copies.
func (g *Grouping) leave(taken map[member]bool, take func(o *Organization, left func(int) bool)) {
	if len(taken) == 0 {
		return
	}
	for i := range g.Rest {
		take(&g.Rest[i], func(j int) bool { return !taken[member{i, j}] })
	}
}

func without[T any](list []T, left func(int) bool) []T {
	var kept []T
	for i := range list {
		if left(i) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// changeKey is equal for equal changes.
func changeKey(s *Step) string {
	seen := slices.Clone(s.Fields)
	for i := range seen {
		seen[i].From.Fingerprint, seen[i].To.Fingerprint = "", ""
	}
	fields, err := json.Marshal(seen)
	if err != nil { // only a scalar of a foreign kind; it then equals itself alone
		fields = []byte(s.Address)
	}
	parts := []string{string(s.Kind), s.Address.Name(), string(s.Op), string(s.Risk), string(s.Origin), s.Foreseen,
		string(fields)}
	return strings.Join(parts, "\x00")
}

// risksByWeight are the risks, worst first.
var risksByWeight = []Risk{RiskIrreversible, RiskDestructive, RiskCaution, RiskNone}

func compareGroups(a, b Group) int {
	return cmp.Or(
		cmp.Compare(a.Foreseen, b.Foreseen),
		cmp.Compare(slices.Index(risksByWeight, a.Risk), slices.Index(risksByWeight, b.Risk)),
		cmp.Compare(a.Steps[0].Standing(), b.Steps[0].Standing()),
		cmp.Compare(b.Count, a.Count),
		cmp.Compare(slices.Index(spec.Kinds(), a.Kind), slices.Index(spec.Kinds(), b.Kind)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Op, b.Op),
		cmp.Compare(changeKey(a.Steps[0]), changeKey(b.Steps[0])),
	)
}

// groupHeld first puts equal objects together, then objects that one guard holds in the same
// organizations, since one rule lets those through.
func (g *Grouping) groupHeld(p *Plan, least int) {
	var b bundle
	for i := range g.Rest {
		for j := range g.Rest[i].Held {
			h := &g.Rest[i].Held[j]
			same := []string{string(h.Kind), h.Address.Name(), string(h.Op), h.Gains, h.Guard}
			b.add(strings.Join(same, "\x00"), member{i, j})
		}
	}
	taken, at := map[member]bool{}, map[string]int{}
	rules := map[int][]string{} // the rules of the members, by group
	for _, members := range b.large(least) {
		first := g.Rest[members[0].organization].Held[members[0].at]
		keys := g.keys(members)
		same := strings.Join(append([]string{string(first.Kind), string(first.Op), first.Guard}, keys...), "\x00")
		n, known := at[same]
		if !known {
			n, at[same] = len(g.Held), len(g.Held)
			g.Held = append(g.Held, HeldGroup{Guard: first.Guard, Organizations: keys})
		}
		group := &g.Held[n]
		group.Objects = append(group.Objects, first)
		for _, m := range members {
			taken[m] = true
			h := &g.Rest[m.organization].Held[m.at]
			if reason := h.reasonOfObject(); !slices.Contains(group.Reasons, reason) {
				group.Reasons = append(group.Reasons, reason)
			}
			rules[n] = append(rules[n], h.Allow)
		}
	}
	for n := range g.Held {
		g.Held[n].Allow = p.ruleForAll(&g.Held[n], rules[n])
	}
	slices.SortStableFunc(g.Held, func(a, b HeldGroup) int {
		return cmp.Compare(len(b.Organizations), len(a.Organizations))
	})
	g.leave(taken, func(o *Organization, left func(int) bool) { o.Held = without(o.Held, left) })
}

// reasonOfObject is the reason with the address cut to the object, so that it is the same in all
// organizations.
func (h *Held) reasonOfObject() string {
	if _, below, ok := strings.Cut(string(h.Address), "/"); ok {
		return strings.ReplaceAll(h.Reason, string(h.Address), below)
	}
	return h.Reason
}

// ruleForAll is one --allow rule that lets a group through: the rule of its members where all have
// the same one, else one over a pattern of keys. Such a rule counts every change of its op and kind
// that its pattern matches, held or not, so its number is how many of these the plan has.
func (p *Plan) ruleForAll(group *HeldGroup, rules []string) string {
	slices.Sort(rules)
	if rules = slices.Compact(rules); len(rules) == 1 {
		return rules[0]
	}
	first, err := ParseAllow(group.Objects[0].Allow)
	if err != nil { // only a foreign plan has a rule that cannot be read
		return ""
	}
	key, err := spec.ParseGlob(patternOf(group.Organizations))
	if err != nil {
		return ""
	}
	wide := Allow{Op: first.Op, Kind: first.Kind, Key: key}
	return AllowRule(wide.Op, wide.Kind, p.Shard.Total(p.matchedBy(wide)), key.String())
}

// matchedBy is how many changes of the plan, held ones too, a rule speaks of.
func (p *Plan) matchedBy(rule Allow) (n int) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			if rule.Matches(o.Key, &o.Steps[j]) {
				n++
			}
		}
		for _, h := range o.Held {
			step := Step{Kind: h.Kind, Op: h.Op, Origin: h.Origin}
			if h.Kind == spec.KindTFA { // a held one has no arguments to see what it switches
				enforces := strings.HasPrefix(h.Allow, string(OpEnforce)+":")
				step.Arguments.Enable = &enforces
			}
			if rule.Matches(o.Key, &step) {
				n++
			}
		}
	}
	return n
}

// patternOf is a narrow pattern that matches all keys: what they begin with, up to a hyphen, and a
// star.
func patternOf(keys []string) string {
	if len(keys) == 1 {
		return keys[0]
	}
	shared := keys[0]
	for _, key := range keys[1:] {
		for !strings.HasPrefix(key, shared) {
			shared = shared[:len(shared)-1]
		}
	}
	return shared[:strings.LastIndexByte(shared, '-')+1] + "*"
}

// sameGroups compares what a file says with what follows from its steps.
func sameGroups(a, b []Group) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if len(x.Fields) == 0 && len(y.Fields) == 0 { // none and an empty list are the same
			x.Fields, y.Fields = nil, nil
		}
		x.Steps, y.Steps = nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

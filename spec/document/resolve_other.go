package document

import (
	"slices"
	"strings"

	"makesync/spec"
)

// A run of a shard or of a --target looks at some organizations only. Of the others it has to know
// which live organization each is, so that no two of the documents are the same one, the names that
// a pattern may mean, and what belongs to the rules in force: `purge`, `literal`, `ignoreValue`,
// `connections`.
// Nothing of them is evaluated, and their mistakes are told by whoever looks at them, as `validate`
// does.

// others makes the organizations that the run does not look at.
type others struct {
	*resolver
	// stacks are profiles laid over each other, by their names.
	stacks map[string]*layer
}

// has tells whether an organization is one of them.
func (r *others) has(l *layer) bool { return r.options.Wanted != nil && !r.options.Wanted(l.key) }

// organization is what the run needs to know of one.
func (r *others) organization(l *layer) spec.Organization {
	r.layers = []*layer{l}
	o := spec.Organization{Key: l.key, Name: l.name.text, ID: int64Of(l.id.text), Zone: r.zone(l), NamesOnly: true,
		At: map[string]spec.Source{"": l.source()}}
	r.checkIdentity(l)
	if isAbsent(l.state) {
		o.State = spec.Absent
		return o
	}
	inherited := r.inherited(l)
	if !r.options.NamesOfOthers && !bearsRules(inherited) && !bearsRules(l) {
		return o
	}
	merged := newMerger().layers([]*layer{inherited, l})
	o.At = positions(merged)
	o.Owner, o.FeatureControls = merged.owner.text, controls(merged)
	if merged.tfaEnforced.isSet() {
		on := merged.tfaEnforced.isTrue()
		o.TFAEnforced = &on
	}
	for _, kind := range merged.purge {
		o.Purge = append(o.Purge, spec.Kind(kind.text))
	}
	slices.Sort(o.Purge)
	o.Purge = slices.Compact(o.Purge)
	for i := range merged.variables.items {
		w := &merged.variables.items[i]
		v := spec.Variable{Name: w.name, Source: w.source(), Unknown: true}
		if fields := w.fields(); !isAbsent(fields.state) {
			v.Literal, v.IgnoreValue = fields.literal.isTrue(), fields.ignore.isTrue()
		}
		o.Variables = append(o.Variables, v)
	}
	slices.SortFunc(o.Variables, func(a, b spec.Variable) int { return strings.Compare(a.Name, b.Name) })
	for i := range merged.members.items {
		w := &merged.members.items[i]
		m := spec.Member{Email: w.email}
		if isAbsent(w.state) {
			m.State, m.DeleteConnections = spec.Absent, w.deletesConnections()
		}
		o.Members = append(o.Members, m)
	}
	slices.SortFunc(o.Members, func(a, b spec.Member) int { return strings.Compare(a.Email, b.Email) })
	return o
}

// inherited are the profiles of an organization laid over each other, once for all organizations
// that list the same. Nulls in them count as they do where the organization is looked at.
func (r *others) inherited(l *layer) *layer {
	var names strings.Builder
	var profiles []*layer
	for _, name := range l.profiles {
		if profile := r.documents.profiles[name.text]; profile != nil {
			names.WriteString(name.text + "\x00")
			profiles = append(profiles, profile)
		}
	}
	merged := r.stacks[names.String()]
	if merged == nil {
		merged = r.merger.layers(append([]*layer{{}}, profiles...))
		r.stacks[names.String()] = merged
	}
	return merged
}

// bearsRules tells whether a layer says something that belongs to the rules in force.
func bearsRules(l *layer) bool {
	if l.purge != nil {
		return true
	}
	for i := range l.variables.items {
		if long := l.variables.items[i].long; long != nil && (long.literal.isSet() || long.ignore.isSet()) {
			return true
		}
	}
	return slices.ContainsFunc(l.members.items, func(w writtenMember) bool { return w.deletesConnections() })
}

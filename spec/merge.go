package spec

import (
	"cmp"
	"slices"
	"strings"
)

// merger lays layers over each other: profiles in the order in which an
// organization lists them, then the organization itself. Mappings merge down to
// the fields of one variable or member; scalars and lists replace; null takes
// away what an earlier layer says.
//
//	below     above                   gives
//	—         API: x                  x
//	API: x    API: y                  y, and a short form drops the inherited type
//	API: x    API: {type: date}       date, value x
//	API: x    API: null               not declared at all
//	API: x    API: {state: absent}    absent; what was inherited goes
//	absent    API: x                  x
type merger struct {
	// cancels tells of each null whether it cancelled something in some organization.
	cancels map[at]bool
	// absurd are the objects that one layer calls absent and describes all the same.
	absurd map[at]string
}

func newMerger() *merger { return &merger{cancels: map[at]bool{}, absurd: map[at]string{}} }

// null notes one null and whether it had anything to cancel here.
func (m *merger) null(pos at, something bool) { m.cancels[pos] = m.cancels[pos] || something }

func (m *merger) scalar(below *scalar, above scalar) {
	switch above.form {
	case formUnset:
	case formNull:
		m.null(above.at, below.isSet())
		*below = scalar{}
	default:
		*below = above
	}
}

// layers merges them all; the last is the organization.
func (m *merger) layers(layers []*layer) *layer {
	top := layers[len(layers)-1]
	out := &layer{at: top.at, key: top.key, zoneOfDoc: top.zoneOfDoc, profiles: top.profiles, profilesAt: top.profilesAt}
	for _, l := range layers {
		m.layer(out, l)
	}
	return out
}

func (m *merger) layer(out, l *layer) {
	for _, pair := range [...]struct{ below, above *scalar }{
		{&out.name, &l.name}, {&out.id, &l.id}, {&out.zone, &l.zone}, {&out.state, &l.state}, {&out.owner, &l.owner},
		{&out.region, &l.region}, {&out.country, &l.country}, {&out.timezone, &l.timezone}, {&out.tfaEnforced, &l.tfaEnforced},
	} {
		m.scalar(pair.below, *pair.above)
	}
	mergeBlock(m, &out.featureControls, l.featureControls, controlKey, m.control)
	mergeBlock(m, &out.variables, l.variables, variableKey, m.variable)
	mergeBlock(m, &out.members, l.members, memberKey, m.member)
	if l.purgeNull.form == formNull {
		m.null(l.purgeNull.at, out.purge != nil)
		out.purge = nil
	}
	if l.purge != nil {
		out.purge, out.purgeAt = l.purge, l.purgeAt
	}
}

// The keys by which objects of two layers are one; the API compares names of
// controls without case, and e-mails are lower case already.
func controlKey(c *writtenControl) string   { return strings.ToLower(c.name) }
func variableKey(v *writtenVariable) string { return v.name }
func memberKey(w *writtenMember) string     { return w.email }

// mergeBlock merges a block. merge gives an object of both layers (below is nil
// when it is new), or false when a null took it away.
func mergeBlock[T any](m *merger, below *block[T], above block[T], key func(*T) string, merge func(below *T, above *T) (T, bool)) {
	if !above.set {
		return
	}
	if above.null {
		m.null(above.at, below.set)
		*below = block[T]{}
		return
	}
	index := make(map[string]int, len(below.items))
	for i := range below.items {
		index[key(&below.items[i])] = i
	}
	items := make([]T, len(below.items), len(below.items)+len(above.items))
	copy(items, below.items)
	gone := map[int]bool{}
	for i := range above.items {
		item := &above.items[i]
		at, found := index[key(item)]
		var inherited *T
		if found {
			inherited = &below.items[at]
		}
		merged, keep := merge(inherited, item)
		switch {
		case found && keep:
			items[at] = merged
		case found:
			gone[at] = true
		case keep:
			items = append(items, merged)
		}
	}
	*below = block[T]{at: above.at, set: true, items: without(items, gone)}
}

func without[T any](items []T, gone map[int]bool) []T {
	if len(gone) == 0 {
		return items
	}
	kept := items[:0]
	for i, item := range items {
		if !gone[i] {
			kept = append(kept, item)
		}
	}
	return kept
}

func (m *merger) control(below, above *writtenControl) (writtenControl, bool) {
	if above.value.form == formNull {
		m.null(above.value.at, below != nil)
		return writtenControl{}, false
	}
	return *above, true
}

func (m *merger) variable(below, above *writtenVariable) (writtenVariable, bool) {
	if above.null {
		m.null(above.at, below != nil)
		return writtenVariable{}, false
	}
	if below == nil {
		below = &writtenVariable{at: above.at, name: above.name}
	}
	out := *below
	absent := isAbsent(above.state)
	if absent {
		out = writtenVariable{at: above.at, name: above.name}
		if above.value.isSet() || above.kind.isSet() || above.ignore.isSet() || above.literal.isSet() {
			m.absurd[above.at] = "the variable " + tick(above.name)
		}
	}
	if above.short {
		out.kind = scalar{}
	}
	if above.value.isSet() && !above.state.isSet() {
		out.state = scalar{}
	}
	if above.value.isSet() || above.state.isSet() {
		out.at = above.at
	}
	m.scalar(&out.value, above.value)
	m.scalar(&out.kind, above.kind)
	m.scalar(&out.literal, above.literal)
	m.scalar(&out.ignore, above.ignore)
	m.scalar(&out.state, above.state)
	return out, true
}

func isAbsent(s scalar) bool { return s.form == formText && s.text == string(Absent) }

func (m *merger) member(below, above *writtenMember) (writtenMember, bool) {
	if above.null {
		m.null(above.at, below != nil)
		return writtenMember{}, false
	}
	if below == nil {
		below = &writtenMember{at: above.at, email: above.email}
	}
	out := *below
	out.at = above.at
	if isAbsent(above.state) {
		out = writtenMember{at: above.at, email: above.email}
		if above.role.isSet() || above.invite.set && !above.invite.null {
			m.absurd[above.at] = "the member " + tick(above.email)
		}
	}
	if (above.role.isSet() || above.invite.set && !above.invite.null) && !above.state.isSet() {
		out.state, out.connections = scalar{}, scalar{}
	}
	m.scalar(&out.role, above.role)
	m.scalar(&out.connections, above.connections)
	m.scalar(&out.state, above.state)
	m.invite(&out.invite, above.invite)
	return out, true
}

func (m *merger) invite(below *writtenInvite, above writtenInvite) {
	switch {
	case !above.set:
		return
	case above.null:
		m.null(above.at, below.set)
		*below = writtenInvite{}
		return
	}
	below.set, below.at = true, above.at
	m.scalar(&below.name, above.name)
	m.scalar(&below.note, above.note)
	if above.teamsNull.form == formNull {
		m.null(above.teamsNull.at, below.teamsSet)
		below.teams, below.teamsSet = nil, false
	}
	if above.teamsSet {
		below.teams, below.teamsSet = above.teams, true
	}
}

// sortedNulls are the nulls that cancelled nothing anywhere, by position.
func (m *merger) sortedNulls() []at {
	var out []at
	for pos, used := range m.cancels {
		if !used {
			out = append(out, pos)
		}
	}
	slices.SortFunc(out, compareAt)
	return out
}

func compareAt(a, b at) int {
	return cmp.Or(cmp.Compare(a.file.path, b.file.path), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

package document

import (
	"cmp"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
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
	// nulls are all nulls that were merged.
	nulls map[at]nullNote
	// contradictions are the objects that one layer calls absent and describes all the same.
	contradictions map[at]contradiction
	// kept are the objects that a profile wants gone and an organization keeps all the same, by the
	// organization's place.
	kept map[at]keptObject
	// organization: the layer above is an organization, not another profile.
	organization bool
}

// keptObject is what a profile wants gone, and where.
type keptObject struct {
	path, object string
	profile      at
}

// nullNote says where a null stands and whether it cancelled something in some organization.
type nullNote struct {
	path    string
	cancels bool
}

type contradiction struct{ path, object string }

func newMerger() *merger {
	return &merger{nulls: map[at]nullNote{}, contradictions: map[at]contradiction{}, kept: map[at]keptObject{}}
}

// null notes one null and whether it had anything to cancel here.
func (m *merger) null(pos at, path string, something bool) {
	m.nulls[pos] = nullNote{path, m.nulls[pos].cancels || something}
}

// scalar merges one field; object and key make its path.
func (m *merger) scalar(below *scalar, above scalar, object, key string) {
	switch above.form {
	case formUnset:
	case formNull:
		m.null(above.at, strings.TrimPrefix(object+"."+key, "."), below.isSet())
		*below = scalar{}
	default:
		*below = above
	}
}

// layers merges them all; the last is the organization.
func (m *merger) layers(layers []*layer) *layer {
	top := layers[len(layers)-1]
	out := &layer{at: top.at, key: top.key, zoneOfDoc: top.zoneOfDoc, profiles: top.profiles,
		profilesAt: top.profilesAt, subscription: top.subscription, paymentMethods: top.paymentMethods}
	for _, l := range layers {
		m.layer(out, l)
	}
	return out
}

func (m *merger) layer(out, l *layer) {
	m.organization = !l.isProfile
	for _, f := range [...]struct {
		key          string
		below, above *scalar
	}{
		{"name", &out.name, &l.name}, {"id", &out.id, &l.id}, {"zone", &out.zone, &l.zone},
		{"state", &out.state, &l.state}, {"owner", &out.owner, &l.owner},
		{"region", &out.region, &l.region}, {"country", &out.country, &l.country},
		{"timezone", &out.timezone, &l.timezone}, {"tfaEnforced", &out.tfaEnforced, &l.tfaEnforced},
	} {
		m.scalar(f.below, *f.above, "", f.key)
	}
	mergeBlock(m, "featureControls", &out.featureControls, l.featureControls, controlKey, m.control)
	if l.variables.null {
		for _, v := range out.variables.items {
			m.keep(v.fields().state, l.variables.at, "variables."+v.name, "the variable "+text.Backquote(v.name))
		}
	}
	if l.members.null {
		for _, w := range out.members.items {
			m.keep(w.state, l.members.at, "members."+w.email, "the member "+text.Backquote(w.email))
		}
	}
	m.variables(&out.variables, l.variables)
	mergeBlock(m, "members", &out.members, l.members, memberKey, m.member)
	if l.purgeNull.form == formNull {
		m.null(l.purgeNull.at, "purge", out.purge != nil)
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
func mergeBlock[T any](m *merger, name string, below *block[T], above block[T], key func(*T) string,
	merge func(below *T, above *T) (T, bool)) {
	if !above.set {
		return
	}
	if above.null {
		m.null(above.at, name, below.set)
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
	*below = block[T]{at: above.at, set: true, broken: below.broken || above.broken, items: without(items, gone)}
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
		m.null(above.value.at, "featureControls."+above.name, below != nil)
		return writtenControl{}, false
	}
	return *above, true
}

// keep notes that an organization keeps, at a place of its own, what a profile wants gone.
func (m *merger) keep(state scalar, above at, path, object string) {
	if m.organization && isAbsent(state) {
		m.kept[above] = keptObject{path, object, state.at}
	}
}

// variables merges a block of variables. Nearly all organizations inherit none and write theirs
// out: those are taken as they are.
func (m *merger) variables(below *block[writtenVariable], above block[writtenVariable]) {
	if !below.set && !above.null && !slices.ContainsFunc(above.items, writtenVariable.needsMerging) {
		*below = above
		return
	}
	mergeBlock(m, "variables", below, above, variableKey, m.variable)
}

// needsMerging tells whether merging makes something else of a variable that nothing is below, or
// has to note something of it.
func (v writtenVariable) needsMerging() bool {
	if v.null {
		return true
	}
	fields := v.fields()
	return isAbsent(fields.state) || slices.ContainsFunc(
		[]scalar{v.value, fields.kind, fields.literal, fields.ignore, fields.state},
		func(s scalar) bool { return s.form == formNull })
}

func (m *merger) variable(below, above *writtenVariable) (writtenVariable, bool) {
	if below != nil && below.long != nil && !isAbsent(above.fields().state) &&
		(above.null || above.value.isSet() || above.fields().state.isSet()) {
		m.keep(below.long.state, above.at, "variables."+above.name, "the variable "+text.Backquote(above.name))
	}
	if above.null {
		m.null(above.at, "variables."+above.name, below != nil)
		return writtenVariable{}, false
	}
	if below == nil && above.short {
		return *above, true // by far the most frequent case
	}
	if below == nil {
		below = &writtenVariable{at: above.at, name: above.name}
	}
	out, fields, over := *below, below.fields(), above.fields()
	if isAbsent(over.state) {
		out, fields = writtenVariable{at: above.at, name: above.name}, longForm{}
		if above.value.isSet() || over.kind.isSet() || over.ignore.isSet() || over.literal.isSet() {
			m.contradictions[above.at] = contradiction{"variables." + above.name,
				"the variable " + text.Backquote(above.name)}
		}
	}
	if above.short {
		fields.kind = scalar{}
	}
	if above.value.isSet() && !over.state.isSet() {
		fields.state = scalar{}
	}
	if above.value.isSet() || over.state.isSet() {
		out.at = above.at
	}
	path := "variables." + above.name
	m.scalar(&out.value, above.value, path, "value")
	m.scalar(&fields.kind, over.kind, path, "type")
	m.scalar(&fields.literal, over.literal, path, "literal")
	m.scalar(&fields.ignore, over.ignore, path, "ignoreValue")
	m.scalar(&fields.state, over.state, path, "state")
	out.long = &fields
	return out, true
}

func isAbsent(s scalar) bool { return s.form == formText && s.text == string(spec.Absent) }

func (m *merger) member(below, above *writtenMember) (writtenMember, bool) {
	if below != nil && !isAbsent(above.state) &&
		(above.null || above.role.isSet() || above.invite.set || above.state.isSet()) {
		m.keep(below.state, above.at, "members."+above.email, "the member "+text.Backquote(above.email))
	}
	if above.null {
		m.null(above.at, "members."+above.email, below != nil)
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
			m.contradictions[above.at] = contradiction{"members." + above.email,
				"the member " + text.Backquote(above.email)}
		}
	}
	if (above.role.isSet() || above.invite.set && !above.invite.null) && !above.state.isSet() {
		out.state, out.connections = scalar{}, scalar{}
	}
	path := "members." + above.email
	m.scalar(&out.role, above.role, path, "role")
	m.scalar(&out.connections, above.connections, path, "connections")
	m.scalar(&out.state, above.state, path, "state")
	m.invite(&out.invite, above.invite, path+".invite")
	return out, true
}

func (m *merger) invite(below *writtenInvite, above writtenInvite, path string) {
	switch {
	case !above.set:
		return
	case above.null:
		m.null(above.at, path, below.set)
		*below = writtenInvite{}
		return
	}
	below.set, below.at = true, above.at
	m.scalar(&below.name, above.name, path, "name")
	m.scalar(&below.note, above.note, path, "note")
	if above.teamsNull.form == formNull {
		m.null(above.teamsNull.at, path+".teams", below.teamsSet)
		below.teams, below.teamsSet = nil, false
	}
	if above.teamsSet {
		below.teams, below.teamsSet = above.teams, true
	}
}

func compareAt(a, b at) int {
	return cmp.Or(cmp.Compare(a.file.path, b.file.path), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

package document

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
)

// Declares tells whether there is an organization of the key.
func (d *Documents) Declares(key string) bool {
	return slices.ContainsFunc(d.organizations, func(l *layer) bool { return l.key == key })
}

// Statements tell what profiles and the organization itself say of an object, in the order in which
// they are laid over each other. They are read off the documents as written: before Resolve, which
// lets go of them.
func (d *Documents) Statements(a spec.Address) (all []spec.Statement) {
	i := slices.IndexFunc(d.organizations, func(l *layer) bool { return l.key == a.Key() })
	if i < 0 {
		return nil
	}
	own := d.organizations[i]
	s := stating{address: a, id: int64Of(own.id.text), sensitive: d.Sensitive()}
	for _, name := range own.profiles {
		if profile := d.profiles[name.text]; profile != nil {
			all = append(all, s.of(profile)...)
		}
	}
	return append(all, s.of(own)...)
}

// stating looks for one object.
type stating struct {
	address   spec.Address
	id        int64
	sensitive []spec.Glob
}

// of is what a layer says of it; empty for nothing.
func (s stating) of(l *layer) []spec.Statement {
	out := spec.Statement{Source: l.source(), Fields: []spec.StatementField{}}
	if l.isProfile {
		out.Profile = l.key
	}
	if !s.fill(&out, l) {
		return nil
	}
	return []spec.Statement{out}
}

// fill tells whether the layer speaks of the object.
func (s stating) fill(out *spec.Statement, l *layer) bool {
	switch s.address.Kind() {
	case spec.KindOrganization:
		s.organization(out, l)
		return len(out.Fields) > 0 || !l.isProfile
	case spec.KindVariable:
		return s.variable(out, l)
	case spec.KindFeatureControl:
		return s.control(out, l)
	case spec.KindMember:
		return s.member(out, l)
	case spec.KindTFA:
		return s.single(out, "tfaEnforced", l.tfaEnforced)
	case spec.KindOwner:
		return s.single(out, "owner", l.owner)
	case spec.KindSubscription:
		return s.subscription(out, l)
	case spec.KindPaymentMethods:
		return s.methods(out, l)
	}
	return false
}

// add adds a field that is set or null.
func (s stating) add(out *spec.Statement, path string, f scalar) {
	switch f.form {
	case formUnset:
	case formNull:
		s.text(out, path, "null", f.at)
	default:
		s.text(out, path, f.text, f.at)
	}
}

func (s stating) text(out *spec.Statement, path, text string, where at) {
	out.Fields = append(out.Fields, spec.StatementField{Path: path, Value: spec.Plain(text), Source: where.source()})
}

// single is a field that is an object of its own.
func (s stating) single(out *spec.Statement, path string, f scalar) bool {
	if f.form == formUnset {
		return false
	}
	out.Source, out.Cancels = f.source(), f.form == formNull
	s.add(out, path, f)
	return true
}

func (s stating) organization(out *spec.Statement, l *layer) {
	for _, f := range [...]struct {
		path  string
		value scalar
	}{
		{"name", l.name}, {"id", l.id}, {"zone", l.zone}, {"state", l.state}, {"region", l.region},
		{"country", l.country}, {"timezone", l.timezone},
	} {
		s.add(out, f.path, f.value)
	}
}

func (s stating) variable(out *spec.Statement, l *layer) bool {
	if l.variables.null {
		out.Source, out.Cancels = l.variables.source(), true
		return true
	}
	for i := range l.variables.items {
		v := &l.variables.items[i]
		if v.name != s.address.Name() {
			continue
		}
		out.Source, out.Cancels = v.source(), v.null
		if fields := v.fields(); !v.null {
			if v.value.form != formUnset {
				out.Fields = append(out.Fields,
					spec.StatementField{Path: "value", Value: s.masked(v.value), Source: v.value.source()})
			}
			s.add(out, "type", fields.kind)
			s.add(out, "state", fields.state)
			s.add(out, "ignoreValue", fields.ignore)
			s.add(out, "literal", fields.literal)
		}
		return true
	}
	return false
}

// masked is a variable's value: references are shown as they are written, what may be a secret is
// not.
func (s stating) masked(v scalar) spec.Value {
	secret := spec.IsSensitiveIn(s.address, s.id, s.sensitive) || spec.LooksSecret(v.text)
	pieces := splitReferences(v.text)
	if v.form == formText && hasReference(pieces) {
		secret = slices.ContainsFunc(pieces, func(p piece) bool { return p.kind != pieceEnv && p.kind != pieceFile })
	}
	if v.form == formNull {
		return spec.Plain("null")
	}
	if secret {
		return spec.Sensitive(v.text)
	}
	return spec.Plain(v.text)
}

func (s stating) control(out *spec.Statement, l *layer) bool {
	if l.featureControls.null {
		out.Source, out.Cancels = l.featureControls.source(), true
		return true
	}
	for i := range l.featureControls.items {
		if c := &l.featureControls.items[i]; strings.EqualFold(c.name, s.address.Name()) {
			out.Source, out.Cancels = c.source(), c.value.form == formNull
			s.add(out, "enabled", c.value)
			return true
		}
	}
	return false
}

func (s stating) member(out *spec.Statement, l *layer) bool {
	if l.members.null {
		out.Source, out.Cancels = l.members.source(), true
		return true
	}
	for i := range l.members.items {
		m := &l.members.items[i]
		if m.email != s.address.Name() {
			continue
		}
		out.Source, out.Cancels = m.source(), m.null
		s.add(out, "role", m.role)
		s.add(out, "state", m.state)
		s.add(out, "connections", m.connections)
		s.invite(out, &m.invite)
		return true
	}
	return false
}

func (s stating) invite(out *spec.Statement, i *writtenInvite) {
	if i.null {
		s.text(out, "invite", "null", i.at)
		return
	}
	s.add(out, "invite.name", i.name)
	s.add(out, "invite.note", i.note)
	if i.teamsSet {
		s.text(out, "invite.teams", joined(i.teams), i.at)
	}
}

func joined(list []scalar) string {
	words := make([]string, len(list))
	for i, item := range list {
		words[i] = item.text
	}
	return strings.Join(words, ", ")
}

func (s stating) subscription(out *spec.Statement, l *layer) bool {
	b := &l.subscription
	if !b.set {
		return false
	}
	out.Source = b.source()
	s.add(out, "plan", b.plan)
	s.add(out, "operations", b.operations)
	s.add(out, "period", b.period)
	if b.price.set {
		s.text(out, "price", b.price.amount.text+" "+b.price.currency.text, b.price.at)
	}
	if b.coupon.isSet() {
		out.Fields = append(out.Fields, spec.StatementField{Path: "coupon", Value: spec.Sensitive(b.coupon.text),
			Source: b.coupon.source()})
	}
	s.add(out, "state", b.state)
	return true
}

// methods are the payment methods, of which a document has one block.
func (s stating) methods(out *spec.Statement, l *layer) bool {
	b := &l.paymentMethods
	if !b.set {
		return false
	}
	out.Source = b.source()
	s.add(out, "subscription", b.subscription)
	s.add(out, "extras", b.extras)
	for i, item := range b.remove {
		s.add(out, "remove."+strconv.Itoa(i+1), item)
	}
	return true
}

package document

import (
	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// layer is what one place (a profile, or an entry of organizations) says, as
// written: nothing merged, references not evaluated, every value with its position.
type layer struct {
	at        // of the key
	key       string
	isProfile bool
	template  bool   // a profile with texts that speak of its organization
	zoneOfDoc scalar // `zone` of the YAML document that the layer stands in

	name, id, zone, state, owner           scalar
	region, country, timezone, tfaEnforced scalar

	featureControls block[writtenControl]
	variables       block[writtenVariable]
	members         block[writtenMember]
	profiles        []scalar
	purge           []scalar
	purgeNull       scalar // `purge: null`
	purgeAt         at
	profilesAt      at
	extensions      map[string]string // the organization's x- keys, for its profiles

	subscription   writtenSubscription
	paymentMethods writtenMethods
}

// dropContents leaves what problems may still need: which layer it is, and where.
func (l *layer) dropContents() { *l = layer{at: l.at, key: l.key, isProfile: l.isProfile} }

// block is a mapping of named objects. A block that is set and has no items says "none".
type block[T any] struct {
	at     // of the key, such as `variables`
	set    bool
	null   bool
	broken bool // it is no mapping, which has been told
	items  []T
}

// writtenControl is one entry of featureControls.
type writtenControl struct {
	at
	name  string
	value scalar
}

// writtenVariable is one entry of variables, in short or long form. There may be
// a million of them, so what only few have is behind a pointer.
type writtenVariable struct {
	at
	name  string
	null  bool // cancels the inherited variable
	short bool
	value scalar
	long  *longForm // nil when none of its fields is set
}

// longForm are the fields of a variable besides its value.
type longForm struct{ kind, literal, ignore, state scalar }

// fields gives the long form's fields, also when there are none.
func (v *writtenVariable) fields() longForm {
	if v.long == nil {
		return longForm{}
	}
	return *v.long
}

// writtenMember is one entry of members, in short or long form.
type writtenMember struct {
	at
	email                    string // lower case
	null                     bool
	role, state, connections scalar
	invite                   writtenInvite
}

// writtenInvite is a member's invite.
type writtenInvite struct {
	at
	set, null  bool
	name, note scalar
	teams      []scalar
	teamsSet   bool
	teamsNull  scalar
}

// scalarField makes a row of a table that reads one scalar.
func scalarField[T any](get func(*T) *scalar, want string, forms ...form) func(*decoder, *T, *yaml.Node, *keyPath) {
	return func(d *decoder, out *T, n *yaml.Node, t *keyPath) {
		*get(out), _ = d.nullable(n, t, want, forms...)
	}
}

// stateField reads `state`. `present` is the default, and lets an organization keep what a profile
// calls absent.
func stateField[T any](get func(*T) *scalar) func(*decoder, *T, *yaml.Node, *keyPath) {
	return func(d *decoder, out *T, n *yaml.Node, t *keyPath) {
		if isNull(follow(n)) {
			*get(out), _ = d.scalar(n, t, "a text")
			return
		}
		*get(out), _ = d.choice(n, t, "absent", "present")
	}
}

const wantName = "a text (a name or code) or an id"

// ownText makes a row that reads a text which no profile can have, so that null cancels nothing.
func ownText(get func(*layer) *scalar) func(*decoder, *layer, *yaml.Node, *keyPath) {
	return func(d *decoder, l *layer, n *yaml.Node, t *keyPath) { *get(l), _ = d.text(n, t) }
}

func readState(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	l.state, _ = d.choice(n, t, "absent", "present")
}

// sharedFields are the keys of organizations and profiles.
var sharedFields = fields[layer]{
	"region":          nameOrID(func(l *layer) *scalar { return &l.region }),
	"country":         nameOrID(func(l *layer) *scalar { return &l.country }),
	"timezone":        nameOrID(func(l *layer) *scalar { return &l.timezone }),
	"tfaEnforced":     scalarField(func(l *layer) *scalar { return &l.tfaEnforced }, "a boolean", formBoolean),
	"featureControls": readControls,
	"variables":       readVariables,
	"members":         readMembers,
	"purge":           readPurge,
}

// ownFields are the keys that only an organization has.
var ownFields = fields[layer]{
	"name":     ownText(func(l *layer) *scalar { return &l.name }),
	"id":       readID,
	"zone":     ownText(func(l *layer) *scalar { return &l.zone }),
	"state":    readState,
	"owner":    readOwner,
	"profiles": readProfileNames,

	"subscription":   readSubscription,
	"paymentMethods": readPaymentMethods,
}

var organizationFields = func() fields[layer] {
	all := fields[layer]{}
	for _, table := range []fields[layer]{sharedFields, ownFields} {
		for key, read := range table {
			all[key] = read
		}
	}
	return all
}()

func nameOrID(get func(*layer) *scalar) func(*decoder, *layer, *yaml.Node, *keyPath) {
	return func(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
		s, ok := readNullableTemplate(d, n, t, wantName, formText, formNumber)
		if ok {
			s, _ = checkNameOrID(d, s, n, t)
		}
		*get(l) = s
	}
}

// checkNameOrID checks the value itself: an id is a positive whole number, a name is not empty.
func checkNameOrID(d *decoder, s scalar, n *yaml.Node, t *keyPath) (scalar, bool) {
	if s.form == formNumber {
		return checkID(d, s, n, t)
	}
	if s.form == formText && s.text == "" {
		d.report(ruleUnknownValue, follow(n), t, t.name()+" is an empty text",
			"write a name, a code or an id, or remove the line")
		return d.broken(n), false
	}
	return s, true
}

// maxIDDigits keeps ids below what a JSON number holds exactly.
const maxIDDigits = 15

func checkID(d *decoder, s scalar, n *yaml.Node, t *keyPath) (scalar, bool) {
	id, ok := spec.WholeNumber(s.text)
	if !ok || id == "0" || id[0] == '-' || len(id) > maxIDDigits {
		d.report(ruleUnknownValue, follow(n), t, "an id is a whole number above zero", "write the id that Make shows")
		return d.broken(n), false
	}
	s.text = id
	return s, true
}

func readID(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	s, ok := d.typed(n, t, "a number", formNumber)
	if ok {
		s, _ = checkID(d, s, n, t)
	}
	l.id = s
}

func readOwner(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	s, ok := d.text(n, t)
	if ok {
		if s.text, ok = checkEmail(d, s.text, n, t); !ok {
			s = d.broken(n)
		}
	}
	l.owner = s
}

func readProfileNames(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	l.profilesAt = t.at
	l.profiles = d.texts(n, t)
}

func readPurge(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	items := []scalar{}
	l.purgeAt = t.at
	if isNull(follow(n)) {
		l.purgeNull, _ = d.scalar(n, t, "a list")
		return
	}
	ok := d.list(n, t, func(item *yaml.Node, t *keyPath) {
		s, ok := d.text(item, t)
		if !ok {
			return
		}
		if s.text != string(spec.KindVariable) && s.text != string(spec.KindMember) {
			d.report(rulePurgeKind, follow(item), t, text.Backquote(s.text)+" cannot be purged",
				firstOf(text.DidYouMean(s.text, []string{"variable", "member"}), "write variable or member"))
			return
		}
		items = append(items, s)
	})
	if ok {
		l.purge = items
	}
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// openBlock reads the mapping of a block; a null block cancels the inherited one.
func openBlock[T any](d *decoder, b *block[T], n *yaml.Node, t *keyPath,
	visit func(key, value *yaml.Node, t *keyPath)) {
	node := follow(n)
	b.at = t.at
	if isNull(node) {
		b.set, b.null = true, true
		return
	}
	b.items, b.set = make([]T, 0, len(node.Content)/2), true
	b.broken = !d.each(n, t, visit)
}

func readControls(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	openBlock(d, &l.featureControls, n, t, func(key, value *yaml.Node, t *keyPath) {
		if key.Value == "" {
			d.report(ruleUnknownKey, key, t, "a feature control without a name", "")
			return
		}
		if s, ok := d.nullable(value, t, "a boolean", formBoolean); ok {
			l.featureControls.items = append(l.featureControls.items, writtenControl{d.at(key), key.Value, s})
		}
	})
}

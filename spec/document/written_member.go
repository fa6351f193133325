package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

var memberFields = fields[writtenMember]{
	"role":        readRole,
	"invite":      readInvite,
	"state":       stateField(func(m *writtenMember) *scalar { return &m.state }),
	"connections": readConnections,
}

var inviteFields = fields[writtenInvite]{
	"name":  readInviteName,
	"teams": readTeams,
	"note": func(d *decoder, i *writtenInvite, n *yaml.Node, t *keyPath) {
		i.note, _ = readNullableTemplate(d, n, t, "a text", formText)
	},
}

func readMembers(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	if !d.file.reading.takeMembers(len(follow(n).Content) / 2) {
		return
	}
	written := map[string]*yaml.Node{}
	openBlock(d, &l.members, n, t, func(key, value *yaml.Node, t *keyPath) {
		email, ok := checkEmail(d, key.Value, key, t)
		if !ok {
			return
		}
		if first := written[email]; first != nil { // in another spelling, or it would be a duplicate key
			d.duplicate(first, key, t)
			return
		}
		written[email] = key
		m := writtenMember{at: d.at(key), email: email}
		decodeMember(d, &m, value, t)
		l.members.items = append(l.members.items, m) // also one that is told to be wrong: he is declared
	})
}

func decodeMember(d *decoder, m *writtenMember, n *yaml.Node, t *keyPath) {
	node := follow(n)
	switch {
	case node.Kind == yaml.MappingNode:
		decodeFields(d, node, t, memberFields, true, m)
		return
	case isNull(node):
		m.null = d.untagged(node, t)
		return
	}
	s, ok := d.typed(n, t, "a role (a name or an id), nor a mapping", formText, formNumber)
	if ok {
		s, _ = checkRole(d, s, n, t)
	}
	m.role = s
}

func readRole(d *decoder, m *writtenMember, n *yaml.Node, t *keyPath) {
	s, ok := d.nullable(n, t, wantName, formText, formNumber)
	if ok {
		s, _ = checkRole(d, s, n, t)
	}
	m.role = s
}

// ownerRoleID is Owner on every public zone (the API's published list of roles).
const ownerRoleID = "11"

func checkRole(d *decoder, s scalar, n *yaml.Node, t *keyPath) (scalar, bool) {
	s, ok := checkNameOrID(d, s, n, t)
	if ok && (s.form == formText && strings.EqualFold(s.text, "owner") || s.form == formNumber &&
		s.text == ownerRoleID) {
		d.report(ruleOwnerRole, follow(n), t, "the role Owner cannot be given to a member",
			"write `owner: "+text.Clean(memberOf(t))+"` in the organization, and {} for the member")
		return d.broken(n), false
	}
	return s, ok
}

// memberOf is the e-mail in a path that ends in a member or in one of its fields.
func memberOf(t *keyPath) string {
	for ; t != nil; t = t.up {
		if strings.Contains(t.key, "@") {
			return t.key
		}
	}
	return "…"
}

func readConnections(d *decoder, m *writtenMember, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		m.connections, _ = d.scalar(n, t, "a text")
		return
	}
	m.connections, _ = d.choice(n, t, "keep", "delete")
}

func readInvite(d *decoder, m *writtenMember, n *yaml.Node, t *keyPath) {
	node := follow(n)
	m.invite = writtenInvite{at: t.at, set: true}
	if isNull(node) {
		m.invite.null = true
		return
	}
	m.invite.set = decodeFields(d, n, t, inviteFields, false, &m.invite)
}

func readInviteName(d *decoder, i *writtenInvite, n *yaml.Node, t *keyPath) {
	s, _ := readNullableTemplate(d, n, t, "a text", formText)
	why := spec.RefusedName(s.text)
	if s.form == formText && why != "" && !speaksOfOrganization(s.text) {
		d.report(ruleInviteName, follow(n), t, "Make refuses the name "+text.Backquote(s.text)+": "+why, nameHint)
		s = d.broken(n)
	}
	i.name = s
}

func readTeams(d *decoder, i *writtenInvite, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		i.teamsNull, _ = d.scalar(n, t, "a list")
		return
	}
	i.teamsSet = d.list(n, t, func(item *yaml.Node, t *keyPath) {
		s, ok := readTemplated(d, item, t, wantName, formText, formNumber)
		if !ok {
			return
		}
		if s, ok = checkNameOrID(d, s, item, t); ok {
			i.teams = append(i.teams, s)
		}
	})
}

// checkEmail checks an address loosely (one @, no space, a dot or not in the domain:
// Make itself decides) and gives it in lower case.
func checkEmail(d *decoder, address string, n *yaml.Node, t *keyPath) (string, bool) {
	if strings.Contains(address, "${") { // Make would take it as it is
		d.report(ruleEmail, follow(n), t, text.Backquote(address)+" is no e-mail address: `${…}` is not read in one",
			"write the address itself")
		return "", false
	}
	if !spec.AcceptsEmail(address) || !spec.AcceptsEmail(spec.NormalEmail(address)) {
		d.report(ruleEmail, follow(n), t, text.Backquote(address)+" is no e-mail address", "write it as name@domain")
		return "", false
	}
	return spec.NormalEmail(address), true
}

const nameHint = "use letters, digits, spaces and ' - . ( ) * + , @ _ /, at most 128 characters"

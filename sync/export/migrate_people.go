package export

import (
	"sort"
	"strings"
	"unicode"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// people is the third stage: everybody gets an invitation, then two-factor
// authentication, and last the ownership.
func (m *migrator) people(move *migratedOrganization, source *Document) {
	d := m.start(move, source.Partly)
	if move.live.Failed[spec.KindMember] != nil {
		d.Notes = append(d.Notes, notesOf(source, spec.KindMember)...)
		m.add(2, d)
		return
	}
	seen := map[string]bool{}
	for i := range move.live.Members {
		m.person(&d, move, &move.live.Members[i], seen)
	}
	if maker := strings.ToLower(m.To.User.Email); move.takenOverBy == nil && move.live.Read(spec.KindMember) &&
		!seen[maker] {
		m.out.omit(move.live, "being without "+text.OneLine(maker),
			"whose token makes the organization and so becomes its Owner, then its Admin: "+
				"remove that member at the end")
	}
	sort.SliceStable(d.Organization.Members, func(i, j int) bool {
		return d.Organization.Members[i].Email < d.Organization.Members[j].Email
	})
	if tfa := source.Organization.TFAEnforced; tfa != nil && *tfa {
		d.Organization.TFAEnforced = tfa
	}
	if d.Organization.Members != nil || d.Organization.TFAEnforced != nil || len(d.Notes) > 0 {
		m.add(2, d)
	}
}

func notesOf(d *Document, kind spec.Kind) []Note {
	var notes []Note
	for _, note := range d.Notes {
		if note.Kind == kind {
			notes = append(notes, note)
		}
	}
	return notes
}

// person writes one person: by the e-mail that the map gives him, with the role of the same name in
// the target.
func (m *migrator) person(d *Document, move *migratedOrganization, live *spec.Member, seen map[string]bool) {
	email, mapped := MapEmail(&m.Map, strings.ToLower(live.Email))
	why := ""
	switch {
	case mapped && email == "":
		why = "the map does not carry this e-mail over"
	case !spec.AcceptsEmail(email):
		why = "a document cannot hold this e-mail"
	case seen[email]:
		why = "two people of the organization would have the e-mail " + text.Quote(email)
	case live.Invitation != "" && live.Invitation != "pending":
		why = "the invitation is " + text.OneLine(live.Invitation) + ": invite again only who is still wanted"
	}
	if why != "" {
		d.omit(spec.KindMember, live.Email, "%s not written: %s", text.Quote(live.Email), why)
		m.out.omit(move.live, "member "+text.OneLine(live.Email), why)
		return
	}
	role, ok := m.role(move, live)
	if !ok {
		what := state.NameOf(state.Roles, m.exporter.rolesOf(move.live.ID), live.Role)
		why := m.unreadList(state.Roles)
		switch {
		case why != "":
		case role != "":
			why = "ownership is only transferred; choose another role in the map under roles"
		default:
			why = "the role does not exist in " + m.To.Endpoint.Name + "; choose another one in the map under roles"
		}
		d.omit(
			spec.KindMember,
			live.Email,
			"%s with the role %s not written: %s",
			text.Quote(email),
			text.Quote(what),
			why,
		)
		m.out.omit(move.live, "member "+email+" with the role "+text.OneLine(what), why)
		return
	}
	seen[email] = true
	m.writePerson(d, move, live, email, role)
}

func (m *migrator) writePerson(d *Document, move *migratedOrganization, live *spec.Member, email, role string) {
	person := spec.Member{Email: email, Role: role, Invite: &spec.Invite{Name: inviteeName(live.Name, email)}}
	if live.UserID == move.live.OwnerID && move.live.OwnerID != 0 {
		d.Organization.Owner = email
		d.note(spec.KindOwner, "", "the Owner in %s; the transfer comes last, and cannot be undone",
			m.From.Endpoint.Name)
		if email == strings.ToLower(m.To.User.Email) { // who makes the organizations is their Owner
			person = spec.Member{Email: email}
		}
	}
	if live.Invitation != "" {
		d.note(spec.KindMember, email, "invitation %s in %s", text.OneLine(live.Invitation), m.From.Endpoint.Name)
	}
	d.Organization.Members = append(d.Organization.Members, person)
}

// MapEmail gives the e-mail in the target; mapped tells whether the map speaks of it. An address
// goes before its domain.
func MapEmail(m *spec.MigrationMap, email string) (mapped string, speaks bool) {
	for _, r := range m.Emails {
		if r.From == email {
			return r.To, true
		}
	}
	local, domain, _ := strings.Cut(email, "@")
	for _, r := range m.Emails {
		if r.From == "*@"+domain {
			return local + strings.TrimPrefix(r.To, "*"), true
		}
	}
	return email, false
}

// role is the role in the target, which is not that of the Owner. The Owner comes as an Admin,
// since ownership is only transferred.
func (m *migrator) role(move *migratedOrganization, live *spec.Member) (string, bool) {
	if live.Role == ownerRole || live.UserID == move.live.OwnerID && move.live.OwnerID != 0 {
		return m.translate(state.Roles, move.live.ID, "", "Admin")
	}
	for _, word := range m.namesOf(state.Roles, move.live.ID, live.Role) {
		for _, r := range m.Map.Roles {
			if spec.FoldName(r.From) == spec.FoldName(word) {
				role, ok := m.translate(state.Roles, move.live.ID, "", r.To)
				return role, ok && !namesOwner(role)
			}
		}
	}
	role, ok := m.translate(state.Roles, move.live.ID, live.Role, "")
	return role, ok && !namesOwner(role)
}

// namesOwner tells whether a document's role is the Owner's, which nobody is given.
func namesOwner(role string) bool { return strings.EqualFold(role, "owner") || role == ownerRole }

// inviteeName is the person's name as far as an invitation may hold it, else what stands before the
// @.
func inviteeName(name, email string) string {
	if name = strings.TrimSpace(name); spec.AcceptsName(name) {
		return name
	}
	local, _, _ := strings.Cut(email, "@")
	local = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_+", r) {
			return r
		}
		return ' '
	}, local)
	if local = strings.TrimSpace(local); spec.AcceptsName(local) {
		return local
	}
	return "Invited person"
}

package compare

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/export"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// Lists turn a side's names and ids into one form: the preferred name of the entry that they mean.
// A side of documents has none of its own and borrows those of the other side.
type Lists struct {
	Names map[state.List][]state.Name
	// Roles are an organization's own roles, by its id.
	Roles map[int64][]state.Name
}

// canonical is the preferred name of what a text means; the folded text where no list knows it.
func (l Lists) canonical(list state.List, organization int64, text string) string {
	names := l.Names[list]
	if own, ok := l.Roles[organization]; ok && list == state.Roles {
		names = own
	}
	if found := state.MatchNames(names, text); len(found) == 1 {
		return state.PreferredName(list, found[0])
	}
	return text
}

// field is a text field that means an entry of a list. Where the list could not be read it cannot
// be compared.
func (l Lists) field(list state.List, organization int64, text string) FlatField {
	field := ignoreCase(l.canonical(list, organization, text))
	if _, read := l.Names[list]; !read && l.Names != nil {
		field.Unknown = "the list of " + string(list) + " could not be read"
	}
	return field
}

// FlattenZone are the organizations of a zone. Sensitive tells whether a variable's value is a
// secret, billing whether what is paid for counts.
func FlattenZone(s *state.ZoneState, sensitive func(spec.Address) bool, billing bool) []FlatOrganization {
	lists := Lists{s.Names, s.Roles}
	var organizations []FlatOrganization
	for _, live := range s.Organizations {
		flat := newFlatOrganization(s.Keys[live.ID], live.Name)
		flat.ID, flat.Zone = live.ID, s.Endpoint.Name
		flat.live(live, lists)
		flat.liveBilling(live, billing, billingNotAsked)
		for i := range live.Variables {
			if v := &live.Variables[i]; !v.System {
				if why := export.Unwritable(*v); why != "" {
					flat.Invalid[ObjectID{spec.KindVariable, v.Name}] = text.OneLine(why)
				}
				flat.variable(v, sensitive(spec.NewAddress(flat.Key, spec.KindVariable, v.Name)))
			}
		}
		organizations = append(organizations, flat)
	}
	return organizations
}

func (s *FlatOrganization) live(live *state.Organization, lists Lists) {
	for _, kind := range state.ReadKinds {
		if err := live.Failed[kind]; err != nil {
			s.Unknown[kind] = "could not be read: " + state.WhyUnread(err)
		} else if why := live.Lacks[kind]; why == "" && !live.Read(kind) {
			s.Unknown[kind] = "not read"
		} else if why != "" && kind != spec.KindVariable && !live.Has(kind) {
			// without the licence there are no variables; the others are only hidden
			s.Unknown[kind] = text.OneLine(why)
		}
	}
	if why := s.Unknown[spec.KindMember]; why != "" {
		s.Unknown[spec.KindOwner] = why
	}
	s.Unseen = len(live.Unreadable)
	s.attributes(&live.Organization, lists)
	for _, c := range live.FeatureControls {
		s.set(spec.KindFeatureControl, state.NormalName(c.Name), "enabled", FlatField{Side: state.Bool(c.Enabled)})
	}
	for i := range live.Members {
		m := &live.Members[i]
		if m.UserID != live.OwnerID { // whose role is the ownership itself
			s.set(spec.KindMember, strings.ToLower(m.Email), "role", lists.field(state.Roles, live.ID, m.Role))
		}
		s.set(spec.KindMember, strings.ToLower(m.Email), "invitation",
			FlatField{Side: state.Text(invitationWord(m.Invitation))})
	}
	switch owner := state.FindUser(live.Members, live.OwnerID); {
	case owner != nil && live.OwnerID != 0:
		s.set(spec.KindOwner, "", "owner", FlatField{Side: state.Text(strings.ToLower(owner.Email))})
	case s.Unknown[spec.KindOwner] == "":
		s.Unknown[spec.KindOwner] = "who the Owner is could not be read"
	}
}

func invitationWord(invitation string) string {
	if invitation == "" {
		return "accepted"
	}
	return invitation
}

// attributes are what documents and live states share: a field that is not stated is left out.
func (s *FlatOrganization) attributes(o *spec.Organization, lists Lists) {
	if o.Name != "" {
		s.set(spec.KindOrganization, "", "name", FlatField{Side: state.Text(state.NormalName(o.Name))})
	}
	if o.Country != "" {
		s.set(spec.KindOrganization, "", "country", lists.field(state.Countries, 0, o.Country))
	}
	if o.Timezone != "" {
		s.set(spec.KindOrganization, "", "timezone", lists.field(state.Timezones, 0, o.Timezone))
	}
	if o.Region != "" {
		s.set(spec.KindOrganization, "", "region", ignoreCase(lists.canonical(state.Regions, 0, o.Region)))
	}
	if o.TFAEnforced != nil {
		s.set(spec.KindTFA, "", "tfaEnforced", FlatField{Side: state.Bool(*o.TFAEnforced)})
	}
}

func (s *FlatOrganization) variable(v *spec.Variable, sensitive bool) {
	if v.IgnoreValue {
		s.Objects[ObjectID{spec.KindVariable, v.Name}] = FlatFields{}
		return
	}
	value := v.Value.Unmasked()
	if sensitive || v.Reference != "" {
		value = value.Masked()
	}
	field := FlatField{Side: state.OfType(v.Type, value)}
	field.Side.Reference = v.Reference
	if v.Unknown {
		field.Unknown = "the reference was not evaluated"
	}
	s.Objects[ObjectID{spec.KindVariable, v.Name}] = FlatFields{
		{"type", FlatField{Side: state.Text(v.Type.String())}}, {"value", field},
	}
}

// FlattenDocuments are the organizations of documents. Lists are those of the other side, empty
// when that is documents too.
func FlattenDocuments(desired *spec.Desired, choose func(*spec.Organization) bool, lists Lists,
	sensitive func(spec.Address) bool) []FlatOrganization {
	var organizations []FlatOrganization
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		if o.State == spec.Absent || choose != nil && !choose(o) {
			continue
		}
		flat := newFlatOrganization(o.Key, o.Name)
		flat.ID, flat.Zone, flat.Declared = o.ID, o.Zone, true
		flat.document(o, lists, sensitive)
		organizations = append(organizations, flat)
	}
	return organizations
}

func (s *FlatOrganization) document(o *spec.Organization, lists Lists, sensitive func(spec.Address) bool) {
	s.attributes(o, lists)
	s.Managed = map[spec.Kind]bool{
		spec.KindOrganization:   s.has(spec.KindOrganization),
		spec.KindTFA:            o.TFAEnforced != nil,
		spec.KindOwner:          o.Owner != "",
		spec.KindFeatureControl: o.FeatureControls != nil,
		spec.KindVariable:       o.Variables != nil,
		spec.KindMember:         o.Members != nil,
	}
	s.documentBilling(o)
	for _, c := range o.FeatureControls {
		s.set(spec.KindFeatureControl, state.NormalName(c.Name), "enabled", FlatField{Side: state.Bool(c.Enabled)})
	}
	for i := range o.Variables {
		if v := &o.Variables[i]; v.State != spec.Absent {
			s.variable(v, sensitive(spec.NewAddress(o.Key, spec.KindVariable, v.Name)))
		}
	}
	s.people(o, lists)
}

func (s *FlatOrganization) people(o *spec.Organization, lists Lists) {
	for i := range o.Members {
		m := &o.Members[i]
		if m.State == spec.Absent {
			continue
		}
		s.Objects[ObjectID{spec.KindMember, m.Email}] = FlatFields{}
		if m.Role != "" {
			s.set(spec.KindMember, m.Email, "role", lists.field(state.Roles, o.ID, m.Role))
		}
	}
	if o.Owner != "" {
		s.set(spec.KindOwner, "", "owner", FlatField{Side: state.Text(o.Owner)})
	}
}

// FlattenSnapshot are the organizations of a snapshot. A value that it holds as a
// fingerprint is compared by making the same fingerprint of the other side's.
func FlattenSnapshot(
	snapshot *offline.Snapshot,
	state *state.ZoneState,
	sensitive func(spec.Address) bool,
	billing bool,
) []FlatOrganization {
	organizations, find := FlattenZone(state, sensitive, billing), snapshot.Finder()
	for i, live := range state.Organizations {
		organizations[i].liveBilling(live, billing, billingNotInThere)
		saved := find(&spec.Organization{ID: live.ID})
		for j := range saved.Variables {
			if v := &saved.Variables[j]; !v.System && v.Value == nil {
				organizations[i].set(spec.KindVariable, v.Name, "value",
					fingerprintField(v, offline.ValueSalt(snapshot.SaltBytes(), live.ID, v.Name)))
			}
		}
	}
	return organizations
}

// fingerprintSide stands for a secret of which only the fingerprint is known.
func fingerprintSide(fingerprint string) state.Scalar {
	side := state.OfType(spec.TypeString, spec.Sensitive(fingerprint))
	side.Fingerprint = fingerprint
	return side
}

func fingerprintField(v *offline.SavedVariable, salt []byte) FlatField {
	field := FlatField{Side: fingerprintSide(v.Fingerprint)}
	if v.Fingerprint == "" {
		field.Unknown = "the snapshot does not hold the value"
		return field
	}
	field.Equal = func(other FlatField) (equal, known bool) {
		if other.Side.Fingerprint != "" {
			return true, other.Side.Fingerprint == v.Fingerprint
		}
		return spec.SecretFingerprint(other.Side.Value(), salt) == v.Fingerprint, true
	}
	return field
}

// MatchHashedEmails puts e-mails in the place of their hashes, in the flat organizations of a
// snapshot, where the other side's flat organizations hold the e-mail.
func MatchHashedEmails(snapshot *offline.Snapshot, organizations, others []FlatOrganization) {
	known := map[string]string{}
	learn := func(email string) {
		if !strings.HasSuffix(email, offline.HashedDomain) && known[email] == "" {
			known[email] = offline.HashEmail(email, snapshot.SaltBytes())
		}
	}
	for i := range others {
		for id, fields := range others[i].Objects {
			switch id.Kind {
			case spec.KindMember:
				learn(id.Name)
			case spec.KindOwner:
				owner, _ := fields.at("owner")
				learn(owner.Side.Value().Reveal())
			}
		}
	}
	emails := map[string]string{}
	for email, hash := range known {
		emails[hash] = email
	}
	for i := range organizations {
		organizations[i].rename(emails)
	}
}

// matchUsers pairs people whose e-mails two snapshots hold as hashes, each with its own salt: in
// one zone by their user ids. Between zones these say nothing, and people are not compared.
func matchUsers(a, b *offline.Snapshot, flatA, flatB []FlatOrganization) {
	if a.Zone != b.Zone {
		for _, organizations := range [][]FlatOrganization{flatA, flatB} {
			for i := range organizations {
				organizations[i].doubtHashes()
			}
		}
		return
	}
	byUser := map[int64]string{}
	for email, user := range savedUsers(b) {
		byUser[user] = email
	}
	emails := map[string]string{}
	for email, user := range savedUsers(a) {
		if other := byUser[user]; other != "" && strings.HasSuffix(email, offline.HashedDomain) {
			emails[email] = other
		}
	}
	for i := range flatA {
		flatA[i].rename(emails)
	}
}

// savedUsers are the user ids of a snapshot's people, by e-mail or hash.
func savedUsers(s *offline.Snapshot) map[string]int64 {
	users := map[string]int64{}
	for i := range s.Organizations {
		for _, m := range s.Organizations[i].Members {
			users[m.Email] = m.UserID
		}
	}
	return users
}

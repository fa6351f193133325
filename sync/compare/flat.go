package compare

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// FlatOrganization is one organization of one side in the form that is compared: flat, with names
// instead of ids.
type FlatOrganization struct {
	Key, Name string
	ID        int64  // 0: not known; never compared
	Zone      string // in which the id means something
	// Declared: the flat organization comes from documents, for which absent is unmanaged. Beside a
	// live side only what Managed names counts; beside other documents everything does.
	Declared bool
	Managed  map[spec.Kind]bool
	// Billing: what is paid for counts. Of two live sides it does where somebody asked for it.
	Billing bool
	// Unknown are the kinds that could not be read, with the reason.
	Unknown map[spec.Kind]string
	// Invalid are live objects that have no form in a document, with the reason.
	Invalid map[ObjectID]string
	// Unseen is how many people are there whose e-mail nobody tells.
	Unseen int
	// Objects are the fields of each object, by kind and name.
	Objects map[ObjectID]FlatFields
}

// FlatFields are the fields of one object, sorted by their paths. There may be a million objects,
// most of one or two fields, of which a map would take a kilobyte for each.
type FlatFields []flatFieldAt

type flatFieldAt struct {
	path string
	FlatField
}

// at is the field of a path.
func (f FlatFields) at(path string) (FlatField, bool) {
	for i := range f {
		if f[i].path == path {
			return f[i].FlatField, true
		}
	}
	return FlatField{}, false
}

// with are the fields with one more, or with another one in its place.
func (f FlatFields) with(path string, field FlatField) FlatFields {
	at, there := slices.BinarySearchFunc(f, path, func(e flatFieldAt, path string) int {
		return strings.Compare(e.path, path)
	})
	if there {
		f = slices.Clone(f)
		f[at].FlatField = field
		return f
	}
	return slices.Insert(slices.Clip(f), at, flatFieldAt{path, field})
}

// ObjectID names an object within an organization.
type ObjectID struct {
	Kind spec.Kind
	Name string
}

// FlatField is one field of one side.
type FlatField struct {
	Side state.Scalar
	// Equal decides against another field where the texts cannot (a fingerprint); known is false
	// when nothing can be said. Nil: the texts decide.
	Equal func(other FlatField) (equal, known bool)
	// Unknown says why the field cannot be compared, "" when it can.
	Unknown string
}

func newFlatOrganization(key, name string) FlatOrganization {
	return FlatOrganization{Key: key, Name: name, Unknown: map[spec.Kind]string{}, Invalid: map[ObjectID]string{},
		Objects: map[ObjectID]FlatFields{}}
}

func (s *FlatOrganization) set(kind spec.Kind, name, path string, field FlatField) {
	id := ObjectID{kind, name}
	s.Objects[id] = s.Objects[id].with(path, field)
}

// has tells whether the flat organization holds an object of the kind. A live organization without
// a word on two-factor authentication does not say that it is off.
func (s *FlatOrganization) has(kind spec.Kind) bool {
	for id := range s.Objects {
		if id.Kind == kind {
			return true
		}
	}
	return false
}

// identity is zone and id, as documents pin it; "" when one is not known.
func (s *FlatOrganization) identity() string {
	if s.ID == 0 || s.Zone == "" {
		return ""
	}
	return s.Zone + "/" + state.FormatID(s.ID)
}

func (s *FlatOrganization) rename(emails map[string]string) {
	for id, fields := range s.Objects {
		if email, ok := emails[id.Name]; ok && id.Kind == spec.KindMember {
			delete(s.Objects, id)
			s.Objects[ObjectID{spec.KindMember, email}] = fields
		}
	}
	if owner, ok := s.Objects[ObjectID{spec.KindOwner, ""}].at("owner"); ok {
		if email, known := emails[owner.Side.Value().Reveal()]; known {
			s.set(spec.KindOwner, "", "owner", FlatField{Side: state.Text(email)})
		}
	}
}

// doubtHashes leaves people out where hashes are left for e-mails.
func (s *FlatOrganization) doubtHashes() {
	for id := range s.Objects {
		if id.Kind == spec.KindMember && strings.HasSuffix(id.Name, offline.HashedDomain) {
			why := "two snapshots hold e-mails as hashes, each with its own salt"
			s.Unknown[spec.KindMember], s.Unknown[spec.KindOwner] = why, why
		}
	}
}

// ignoreCase is a text field that is compared without case and in NFC, and shown as it is.
func ignoreCase(text string) FlatField {
	return FlatField{Side: state.Text(text), Equal: func(other FlatField) (bool, bool) {
		return spec.FoldName(other.Side.Value().Reveal()) == spec.FoldName(text), true
	}}
}

// equals compares two fields; why is set when that cannot be done.
func (c FlatField) equals(other FlatField) (equal bool, why string) {
	if reference := c.Side.Reference; reference != "" && reference == other.Side.Reference {
		return true, ""
	}
	for _, field := range []FlatField{c, other} {
		if field.Unknown != "" {
			return false, field.Unknown
		}
	}
	for _, pair := range [][2]FlatField{{c, other}, {other, c}} {
		if decide := pair[0].Equal; decide != nil {
			equal, known := decide(pair[1])
			if !known {
				return false, "both sides hold fingerprints with different salts"
			}
			return equal, ""
		}
	}
	return c.Side.Value().Reveal() == other.Side.Value().Reveal(), ""
}

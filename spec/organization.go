package spec

import "slices"

// State says whether an object should exist. The zero State is "present".
type State string

// Absent asks for an object to be deleted or a person to be removed.
const Absent State = "absent"

// Organization is the state of one organization: desired (from documents), live
// (from the API) and exported are all this type. A nil slice or pointer and an
// empty string mean "unmanaged" in a desired state and "not read" in a live
// one; an empty, non-nil slice means "none". Slices are sorted: FeatureControls
// and Variables by name, Members by e-mail, so that two states pair by a merge.
type Organization struct {
	Key   string
	Zone  string // name of the zone
	ID    int64  // 0: not given
	Name  string // "": not managed
	State State
	// Region, Country, Timezone: as written (a name, a code or an id); in a live
	// state the id as decimal text. Region never comes back from the API.
	Region, Country, Timezone string
	TFAEnforced               *bool
	FeatureControls           []FeatureControl
	Variables                 []Variable
	Members                   []Member
	Owner                     string // e-mail, lower case
	// Subscription and PaymentMethods stand in documents alone; what a zone has of them is state's.
	Subscription   *Subscription
	PaymentMethods *PaymentMethods
	Purge          []Kind
	Profiles       []string
	// NamesOnly: the run does not look at the organization, so that nothing but its identity and
	// names is resolved. Nothing of it may be compared or changed.
	NamesOnly bool
	// At holds the position of each field that a document sets, by its YAML
	// key (name, id, timezone, owner, tfaEnforced, variables, …); "" is the
	// organization's own key. Nil in a live state.
	At map[string]Source
}

// Purges tells whether live objects of the kind that are not declared shall go.
func (o *Organization) Purges(k Kind) bool {
	for _, p := range o.Purge {
		if p == k {
			return true
		}
	}
	return false
}

// FeatureControl is one switch of an organization.
type FeatureControl struct {
	Name    string
	ID      int64 // live only: differs between instances, so documents use names
	Enabled bool
	Source  Source
}

// VariableType is Make's typeId.
type VariableType uint8

// The variable types (published: 1 number, 2 string, 3 boolean, 4 date).
const (
	TypeUnknown VariableType = 0
	TypeNumber  VariableType = 1
	TypeString  VariableType = 2
	TypeBoolean VariableType = 3
	TypeDate    VariableType = 4
)

var typeNames = [...]string{"", "number", "string", "boolean", "date"}

// String is the type's name in documents.
func (t VariableType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

// VariableTypeNames are the names of the types, in the order of their numbers.
func VariableTypeNames() []string { return slices.Clone(typeNames[1:]) }

// ParseVariableType reads a type's name; ok is false for any other text.
func ParseVariableType(name string) (t VariableType, ok bool) {
	for i := 1; i < len(typeNames); i++ {
		if typeNames[i] == name {
			return VariableType(i), true
		}
	}
	return TypeUnknown, false
}

// Variable is one custom variable of an organization. There may be a million of
// them in memory, so the small fields stand together.
type Variable struct {
	Name string
	// Value is the canonical text of the value (see Canonical): 5 for 5.0,
	// true, 2026-11-20T00:00:00.000Z, or the string itself.
	Value Value
	// Reference is the reference as written, `${env:NAME}`, when the value comes
	// from one (never the value). A saved plan keeps this instead of the value.
	Reference string
	State     State
	// Invalid says why a live value has no valid document form (an object, an array, a type
	// and a value that disagree); "" when it has one. Live only.
	Invalid string
	Source  Source
	Type    VariableType
	// Unseen: nobody knows the value, for the snapshot does not hold it. Live only.
	Unseen bool
	// LiveSecret: the live value, which is to go, is a secret whatever its name says, for a run is
	// known to have written one there. Of what an undo wants only.
	LiveSecret bool
	// Unknown: the value is a reference that --skip-references did not evaluate.
	Unknown     bool
	IgnoreValue bool
	// Literal: what looks like a placeholder is meant so. Documents only.
	Literal bool
	// System variables are Make's own (isSystem); live only, never managed.
	System bool
}

// Member is one person of an organization, by e-mail.
type Member struct {
	Email string // lower case
	// Role is a name or id as written; "" means that the role is not managed.
	// In a live state it is the id as decimal text.
	Role   string
	Invite *Invite
	State  State
	// DeleteConnections: `connections: delete` was written (absent members).
	DeleteConnections bool
	Source            Source
	RoleSource        Source // of the role's text

	UserID int64 // live only
	// Name is the person's name, live only. An invitee's is what the inviter typed.
	Name string
	// Invitation is "" for an accepted member, else "pending", "expired" or whatever else the API
	// says (published: any other non-null text is "not yet a member"). Live only.
	Invitation string
}

// Accepted tells whether the live person is a member, not an invitee.
func (m *Member) Accepted() bool { return m.Invitation == "" }

// Invite is how to invite a person who is not there.
type Invite struct {
	Name  string
	Teams []string // names or ids
	Note  string
}

package spec

// Statement is what one place of the documents says of an object: a profile, or the organization
// itself. Later ones win, field by field.
type Statement struct {
	// Profile is the profile's name; "" for the organization.
	Profile string `json:"profile,omitempty"`
	Source  Source `json:"source"`
	// Cancels: it is null, which takes away what profiles before it say.
	Cancels bool             `json:"cancels,omitempty"`
	Fields  []StatementField `json:"fields"`
}

// StatementField is one field as it is written; a secret is masked, and a reference is its text.
type StatementField struct {
	Path   string `json:"path"`
	Value  Value  `json:"value"`
	Source Source `json:"source"`
}

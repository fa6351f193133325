package zonetest

import (
	"makesync/spec"
	"makesync/sync/state"
)

// Ptr points to a value.
func Ptr[T any](v T) *T { return &v }

// Desired is an organization of the documents.
func Desired(key, name string, change ...func(*spec.Organization)) spec.Organization {
	o := spec.Organization{Key: key, Name: name}
	for _, c := range change {
		c(&o)
	}
	return o
}

// TextVariable is a variable of the documents whose value is a text.
func TextVariable(name, value string) spec.Variable {
	return spec.Variable{Name: name, Type: spec.TypeString, Value: spec.Plain(value)}
}

// Members makes an organization of the documents declare these people, and no others.
func Members(people ...spec.Member) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Members = append([]spec.Member{}, people...) }
}

// Variables makes an organization of the documents declare these variables, and no others.
func Variables(vars ...spec.Variable) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Variables = append([]spec.Variable{}, vars...) }
}

// Purge makes an organization of the documents purge these kinds.
func Purge(kinds ...spec.Kind) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Purge = kinds }
}

// Acme is Organization 11 by the name Acme.
func Acme() *state.Organization { return Organization(11, "Acme") }

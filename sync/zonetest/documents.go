package zonetest

import (
	"makesync/spec"
	"makesync/sync/state"
)

func Ptr[T any](v T) *T { return &v }

// Desired is an organization of the documents.
func Desired(key, name string, change ...func(*spec.Organization)) spec.Organization {
	o := spec.Organization{Key: key, Name: name}
	for _, c := range change {
		c(&o)
	}
	return o
}

func TextVariable(name, value string) spec.Variable {
	return spec.Variable{Name: name, Type: spec.TypeString, Value: spec.Plain(value)}
}

func Members(people ...spec.Member) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Members = append([]spec.Member{}, people...) }
}

func Variables(vars ...spec.Variable) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Variables = append([]spec.Variable{}, vars...) }
}

func Purge(kinds ...spec.Kind) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Purge = kinds }
}

func Acme() *state.Organization { return Organization(11, "Acme") }

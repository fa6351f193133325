package command

import (
	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// secretsIn tells what is a secret among the live variables of a zone: also what documents take
// from a reference, for that is what was written there last. Documents call an organization by
// their own key, and a zone by one that it derives from the name; both keys are understood.
func secretsIn(desired *spec.Desired, state *state.ZoneState) func(spec.Address) bool {
	need, declared := offline.NeededOf(desired, state.Endpoint.Name), map[string][]*spec.Organization{}
	for _, live := range state.Organizations {
		if o := need.Of(live); o != nil {
			derived := state.Keys[live.ID]
			declared[derived] = append(declared[derived], o)
			declared[o.Key] = append(declared[o.Key], o)
		}
	}
	ids := map[string]int64{}
	for id, key := range state.Keys {
		ids[key] = id
	}
	return func(a spec.Address) bool {
		if spec.IsSensitiveIn(a, ids[a.Key()], desired.Sensitive) {
			return true
		}
		for _, o := range declared[a.Key()] {
			own := spec.NewAddress(o.Key, a.Kind(), a.Name())
			if spec.IsSensitive(own, own.Name(), desired.Sensitive) || o.DeclaresSecret(a) {
				return true
			}
		}
		return false
	}
}

// sensitive tells by name and by the documents' patterns whether a variable's value is a secret.
func (s *sources) sensitive(a spec.Address) bool {
	return spec.IsSensitive(a, a.Name(), s.desired.Sensitive)
}

// secretsIn is that of the sources' documents.
func (s *sources) secretsIn(state *state.ZoneState) func(spec.Address) bool {
	return secretsIn(s.desired, state)
}

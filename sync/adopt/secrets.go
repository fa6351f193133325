package adopt

import (
	"regexp"
	"slices"

	"makesync/spec"
	"makesync/spec/document/edit"
)

// wholeReference is a value that names where a secret is, and is none.
var wholeReference = regexp.MustCompile(`^\$\{(env|file):[^}]*\}$`)

// SecretsBeside tells whether a value that stands beside a change in a document is a secret, which
// no diff shows.
func SecretsBeside(desired *spec.Desired) edit.Secret {
	return func(p edit.Place, name, value string) bool {
		switch {
		case wholeReference.MatchString(value):
			return false
		case spec.LooksSecret(value):
			return true
		}
		return slices.ContainsFunc(desired.Organizations, func(o spec.Organization) bool {
			mine := p.Organization == o.Key || p.Profile != "" && slices.Contains(o.Profiles, p.Profile)
			address := spec.NewAddress(o.Key, spec.KindVariable, name)
			return mine && (spec.IsSensitiveIn(address, o.ID, desired.Sensitive) || o.DeclaresSecret(address))
		})
	}
}

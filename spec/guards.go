package spec

import "slices"

// Protects tells whether guards.protect covers the object of an address.
func (g *Guards) Protects(a Address) bool {
	return slices.ContainsFunc(g.Protect, func(glob Glob) bool { return glob.MatchAddress(a) })
}

// Requires tells whether a person is one of guards.requiredAdmins. The e-mail is in lower case.
func (g *Guards) Requires(email string) bool { return slices.Contains(g.RequiredAdmins, email) }

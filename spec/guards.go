package spec

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec/text"
)

// Protects tells whether guards.protect holds the deletion of the object of an address.
func (g *Guards) Protects(a Address, id int64) bool {
	pattern, _ := g.Protecting(a, id)
	return pattern != ""
}

// Protecting gives the first pattern of guards.protect that holds the deletion of the object of an
// address, by the key of its organization, by a former key of it, or by its id (0: not known); ""
// when none does. An organization takes everything with it, so a pattern of objects within it holds
// it too. Whether one of them is there does not count: a plan that deletes the organization reads
// none.
func (g *Guards) Protecting(a Address, id int64) (pattern string, within bool) {
	forms := addressesOf(a, id)
	if former := g.FormerKeys[a.Key()]; former != "" {
		forms = append(forms, a.under(former))
	}
	for _, glob := range g.Protect {
		if slices.ContainsFunc(forms, glob.MatchAddress) {
			return glob.String(), false
		}
	}
	for _, glob := range g.Protect {
		if a.Kind() == KindOrganization && slices.ContainsFunc(forms, glob.matchesIn) {
			return glob.String(), true
		}
	}
	return "", false
}

// addressesOf are the forms in which patterns may name an object.
func addressesOf(a Address, id int64) []Address {
	if id == 0 {
		return []Address{a}
	}
	return []Address{a, a.IDAddress(id)}
}

// IDAddress is the address with the organization's id in the place of its key: id:11/variable/A.
func (a Address) IDAddress(id int64) Address { return a.under(IDPrefix + strconv.FormatInt(id, 10)) }

// under is the address with something else in the place of its key.
func (a Address) under(key string) Address {
	return Address(key + strings.TrimPrefix(string(a), a.Key()))
}

// Requires tells whether a person is one of guards.requiredAdmins. The e-mail is in lower case.
func (g *Guards) Requires(email string) bool { return slices.Contains(g.RequiredAdmins, email) }

// RefusedBy says by which list of guards.emails somebody is refused; "" by none.
func (g *Guards) RefusedBy(email string) string {
	list, ok := g.Refusing(email)
	if ok {
		return ""
	}
	patterns := make([]string, len(list))
	for i, glob := range list {
		patterns[i] = glob.String()
	}
	return email + " matches none of guards.emails (" + text.Commas(patterns, 5) + ")"
}

// Refusing gives the first list of guards.emails of which the e-mail, in lower case, fits no
// pattern; ok is true when there is none.
func (g *Guards) Refusing(email string) (list []Glob, ok bool) {
	for _, list := range g.EmailLists {
		if !MatchAny(list, email) {
			return list, false
		}
	}
	return nil, true
}

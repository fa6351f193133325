package state

import (
	"strconv"
	"strings"

	"makesync/spec"
)

// Name is an entry of one of the API's lists: a role, region, country, time zone or team.
type Name struct {
	ID   int64
	Name string
	// Code is a time zone's or country's code, a role's identifier; Code2 a country's two-letter
	// code.
	Code, Code2 string
}

// List is one of the API's lists of names.
type List string

// The lists (documented: /enums, /users/roles, /teams).
const (
	Roles     List = "roles" // of category organization
	Regions   List = "regions"
	Countries List = "countries"
	Timezones List = "timezones"
	Teams     List = "teams" // of one organization
)

// NameForms lists the ways in which a document may name an entry of one of the
// API's lists, in the order in which an export prefers them: a time zone by its
// name (Europe/Prague), a country by its two-letter code, a role by its name.
var NameForms = map[List]func(Name) []string{
	Timezones: func(n Name) []string { return []string{tzName(n), n.Name, n.Code} },
	Countries: func(n Name) []string { return []string{alpha2(n), n.Code, n.Name} },
	Regions:   func(n Name) []string { return []string{n.Name} },
	Roles:     func(n Name) []string { return []string{n.Name, n.Code} },
	Teams:     func(n Name) []string { return []string{n.Name} },
}

// alpha2 is a country's two-letter code, whichever field it stands in.
func alpha2(n Name) string {
	if len(n.Code2) != 2 && len(n.Code) == 2 {
		return strings.ToUpper(n.Code)
	}
	return strings.ToUpper(n.Code2)
}

// tzName is a time zone's tz name (Europe/Prague), whichever field it stands in; the other may be
// "(GMT+01:00) Europe/Prague".
func tzName(n Name) string {
	if !strings.Contains(n.Name, "/") || strings.Contains(n.Name, " ") {
		return n.Code
	}
	return n.Name
}

// PreferredName is the text by which documents best name an entry of a list.
func PreferredName(list List, n Name) string {
	for _, text := range NameForms[list](n) {
		if text != "" {
			return text
		}
	}
	return strconv.FormatInt(n.ID, 10)
}

// NameOf names an id to people: "Admin", or the id itself where no list is at hand.
func NameOf(list List, names []Name, id string) string {
	for _, n := range names {
		if strconv.FormatInt(n.ID, 10) == id {
			return PreferredName(list, n)
		}
	}
	return id
}

// MatchNames lists the entries that a text names: without case, by code, name or id.
func MatchNames(names []Name, text string) []Name {
	var found []Name
	folded := spec.FoldName(text)
	for _, n := range names {
		if strconv.FormatInt(n.ID, 10) == text || n.Name != "" && spec.FoldName(n.Name) == folded ||
			n.Code != "" && spec.FoldName(n.Code) == folded || n.Code2 != "" && spec.FoldName(n.Code2) == folded {
			found = append(found, n)
		}
	}
	return found
}

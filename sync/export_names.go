package sync

import (
	"strconv"
	"strings"
	"unicode"
)

// nameForms lists the ways in which a document may name an entry of one of the
// API's lists, in the order in which an export prefers them: a time zone by its
// name (Europe/Prague), a country by its two-letter code, a role by its name.
var nameForms = map[List]func(Name) []string{
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

// textFor finds the text by which a document names an id, given as decimal
// text: the preferred form that means this entry and no other, else the id. ok
// is false when the list does not hold the id.
func textFor(list List, names []Name, id string) (text string, ok bool) {
	for _, n := range names {
		if strconv.FormatInt(n.ID, 10) != id {
			continue
		}
		for _, text := range append(nameForms[list](n), id) {
			if writable(text) && len(matching(names, text)) == 1 {
				return text, true
			}
		}
	}
	return "", false
}

// matching lists the entries that a text names, as binding does: without case, by code, name or id.
func matching(names []Name, text string) []Name {
	var found []Name
	folded := foldName(text)
	for _, n := range names {
		if strconv.FormatInt(n.ID, 10) == text || n.Name != "" && foldName(n.Name) == folded ||
			n.Code != "" && foldName(n.Code) == folded || n.Code2 != "" && foldName(n.Code2) == folded {
			found = append(found, n)
		}
	}
	return found
}

// writable tells whether a document can hold the text as a name as it stands.
func writable(text string) bool {
	return text != "" && strings.TrimSpace(text) == text && strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == unicode.ReplacementChar
	}) < 0
}

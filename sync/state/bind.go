package state

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"makesync/spec/text"
)

// NameError is a name in a document that a list does not settle: a mistake of the document, not of
// the reading.
type NameError struct {
	Message, Hint string
}

func (e *NameError) Error() string { return e.Message }

// AsNameError tells a mistake of a document from a failed call; nil for the latter.
func AsNameError(err error) *NameError {
	var e *NameError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Bind turns a name, code or id of a document into an entry of a list. What says in an error what
// was looked for: "time zone".
func Bind(what string, list List, names []Name, wanted string) (Name, error) {
	found := matchExactly(names, wanted) // first: folding a whole list of time zones costs
	if len(found) == 0 {
		found = MatchNames(names, wanted)
	}
	found = slices.CompactFunc(found, func(a, b Name) bool { return a.ID == b.ID })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Name{}, &NameError{"there is no " + what + " " + text.Quote(wanted), KnownNames(list, names, wanted)}
	}
	ids := make([]string, len(found))
	for i, n := range found {
		ids[i] = strconv.FormatInt(n.ID, 10)
	}
	return Name{}, &NameError{
		text.Count(len(found), what, plural(what)) + " go by " + text.Quote(wanted) + ": ids " + text.Commas(ids, 10),
		"write one of the ids instead of the name",
	}
}

// KnownNames is the hint for an unknown name: the nearest ones first, all of a short list.
func KnownNames(list List, names []Name, wanted string) string {
	if len(names) == 0 {
		return "the zone's list is empty"
	}
	var known []string
	for _, n := range names {
		known = append(known, PreferredName(list, n))
	}
	const short = 12
	if len(known) > short {
		return "did you mean " + text.Commas(text.Nearest(wanted, known, 3), 3) + "?"
	}
	slices.Sort(known)
	return "known: " + text.Commas(slices.Compact(known), short)
}

// plural of what is looked for: countries, time zones.
func plural(what string) string {
	if stem, ok := strings.CutSuffix(what, "y"); ok {
		return stem + "ies"
	}
	return what + "s"
}

// matchExactly are the entries that fit letter for letter; without one, case makes no difference.
func matchExactly(names []Name, text string) []Name {
	if text == "" {
		return nil // which every form that an entry lacks is
	}
	var found []Name
	for _, n := range names {
		if n.Name == text || n.Code == text || n.Code2 == text {
			found = append(found, n)
		}
	}
	return found
}

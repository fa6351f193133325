package sync

import (
	"errors"
	"slices"
	"strconv"
)

// NameError is a name in a document that a list does not settle: a mistake of the document, not of the reading.
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

// Bind turns a name, code or id of a document into an entry of a list. What says in an error what was looked for: "time zone".
func Bind(what string, list List, names []Name, text string) (Name, error) {
	found := matching(names, text)
	found = slices.CompactFunc(found, func(a, b Name) bool { return a.ID == b.ID })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Name{}, &NameError{"there is no " + what + " " + quote(text), KnownNames(list, names, text)}
	}
	ids := make([]string, len(found))
	for i, n := range found {
		ids[i] = strconv.FormatInt(n.ID, 10)
	}
	return Name{}, &NameError{plural(len(found), what, what+"s") + " go by " + quote(text) + ": ids " + joinSome(ids, 10),
		"write one of the ids instead of the name"}
}

// KnownNames is the hint for an unknown name: the nearest ones first, all of a short list.
func KnownNames(list List, names []Name, text string) string {
	if len(names) == 0 {
		return "the zone's list is empty"
	}
	var known []string
	for _, n := range names {
		known = append(known, PreferredName(list, n))
	}
	const short = 12
	if len(known) > short {
		return "did you mean " + joinSome(nearest(text, known, 3), 3) + "?"
	}
	slices.Sort(known)
	return "known: " + joinSome(slices.Compact(known), short)
}

// PreferredName is the text by which documents best name an entry of a list.
func PreferredName(list List, n Name) string {
	for _, text := range texts[list](n) {
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

// decimal reads an id in decimal text.
func decimal(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}

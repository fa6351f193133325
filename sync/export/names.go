package export

import (
	"strconv"
	"strings"
	"unicode"

	"makesync/sync/state"
)

// textFor finds the text by which a document names an id, given as decimal
// text: the preferred form that means this entry and no other, else the id. ok
// is false when the list does not hold the id.
func textFor(list state.List, names []state.Name, id string) (text string, ok bool) {
	for _, n := range names {
		if strconv.FormatInt(n.ID, 10) != id {
			continue
		}
		for _, text := range append(state.NameForms[list](n), id) {
			if writable(text) && len(state.MatchNames(names, text)) == 1 {
				return text, true
			}
		}
	}
	return "", false
}

// writable tells whether a document can hold the text as a name as it stands.
func writable(text string) bool {
	return text != "" && strings.TrimSpace(text) == text && strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == unicode.ReplacementChar
	}) < 0
}

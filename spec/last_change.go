package spec

import (
	"strings"
	"time"

	"makesync/spec/text"
)

// LastChange says when and by whom a variable was last changed. It holds no value, so that it says
// nothing secret about a sensitive variable either. Any field may be empty: the published page
// and its schema disagree about where the API puts them.
type LastChange struct {
	// At is RFC 3339 in UTC where the zone's text could be read as a time, else that text.
	At     string `json:"at,omitempty"`
	Author string `json:"author,omitempty"`
	// Action is "created" or "edited", or what else the zone calls it.
	Action string `json:"action,omitempty"`
}

// longestHistoryText bounds what a zone may put into a field of LastChange, in characters.
const longestHistoryText = 120

// NewLastChange makes a LastChange of a zone's own words, cleaned and bounded.
func NewLastChange(at, author, action string) LastChange {
	at = bounded(at)
	if when, err := time.Parse(time.RFC3339, at); err == nil {
		at = when.UTC().Format(time.RFC3339)
	}
	return LastChange{At: at, Author: bounded(author),
		Action: strings.TrimPrefix(bounded(action), "organization_variable_")}
}

func bounded(value string) string {
	r := []rune(text.OneLine(value))
	return string(r[:min(len(r), longestHistoryText)])
}

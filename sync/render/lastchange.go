package render

import (
	"strings"
	"time"

	"makesync/sync/plan"
)

// notesOf are the facts below a step: its notes, and who changed the variable last where --history
// asked.
func notesOf(step plan.Step) []string {
	words := lastChangeWords(step.LastChange)
	if words == "" {
		return step.Notes
	}
	return append(append([]string{}, step.Notes...), words)
}

// lastChangeWords is "last edited on 2026-11-20 02:00 UTC by Jane Doe", as far as it is known.
func lastChangeWords(c *plan.LastChange) string {
	if c == nil {
		return ""
	}
	words := []string{"last changed"}
	if c.Action != "" {
		words = []string{"last " + Clean(c.Action)}
	}
	if at, err := time.Parse(time.RFC3339, c.At); err == nil {
		words = append(words, "on "+at.UTC().Format("2006-01-02 15:04 MST"))
	} else if c.At != "" {
		words = append(words, "at "+Clean(c.At))
	}
	if c.Author != "" {
		words = append(words, "by "+Clean(c.Author))
	}
	return strings.Join(words, " ")
}

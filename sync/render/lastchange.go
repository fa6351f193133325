package render

import (
	"fmt"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
)

// notesOf are the facts below a step: what its e-mail could be taken for, why it is there
// where --since tells, its notes, and who changed the object last where --history asked.
func notesOf(step plan.Step) []string {
	var notes []string
	if step.LooksLike != "" {
		notes = append(notes, "CAREFUL: the e-mail "+step.LooksLike)
	}
	if words := originWords[step.Origin]; words != "" {
		notes = append(notes, words)
	}
	for _, note := range step.Notes {
		if note != billing.MembersUntold { // which the block about money tells once
			notes = append(notes, note)
		}
	}
	if words := lastChangeWords(step.LastChange); words != "" {
		notes = append(notes, words)
	}
	return notes
}

// originWords say why a step is there.
var originWords = map[plan.Origin]string{
	plan.OriginPending:  "pending: the documents changed",
	plan.OriginDrift:    "drift: the live side changed, the documents did not",
	plan.OriginConflict: "conflict: the documents and the live side both changed",
	plan.OriginUnknown:  "unknown: the snapshot does not tell who changed it",
}

// originCounts are "2 pending, 1 drift"; "" where nothing tells.
func originCounts(n plan.Origins) string {
	var words []string
	for _, row := range []struct {
		n    int
		name plan.Origin
	}{
		{n.Conflict, plan.OriginConflict}, {n.Drift, plan.OriginDrift}, {n.Unknown, plan.OriginUnknown},
		{n.Pending, plan.OriginPending},
	} {
		if row.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", row.n, row.name))
		}
	}
	return strings.Join(words, ", ")
}

// lastChangeWords is "last edited on 2026-11-20 02:00 UTC by Jane Doe", as far as it is known.
func lastChangeWords(c *spec.LastChange) string {
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

package render

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
)

// TestPatternsPushedOut: who adds a pattern cannot push it out of sight by others. Text and HTML
// show all of them; a comment, which has no room, says how many are left out, and where they stand.
func TestPatternsPushedOut(t *testing.T) {
	t.Parallel()
	patterns := []string{"*@acme.example"}
	for i := range 300 {
		patterns = append(patterns, fmt.Sprintf("*@team-%03d.acme.example", i))
	}
	p := &plan.Plan{Created: time.Unix(0, 0), Expires: time.Unix(0, 0), Rules: []spec.RuleChange{{
		Path: "guards.emails", From: patterns[0], To: strings.Join(append(patterns, "*@zebra.example"), ", "), Weakens: true,
	}}}
	for format, write := range map[string]func(io.Writer) error{
		"text":     func(w io.Writer) error { return Plan(w, p, Options{}) },
		"html":     func(w io.Writer) error { return HTML(w, p, Options{}) },
		"markdown": func(w io.Writer) error { return Markdown(w, p, 60_000, Options{}) },
	} {
		var page strings.Builder
		if err := write(&page); err != nil {
			t.Fatal(err)
		}
		all := format != "markdown"
		shown := page.String()
		if all != strings.Contains(shown, "zebra.example") {
			t.Errorf("%s: the last pattern is shown: %v", format, !all)
		}
		if rest := "that have no room here: see"; all == strings.Contains(shown, rest) {
			t.Errorf("%s says %q: %v", format, rest, all)
		}
	}
}

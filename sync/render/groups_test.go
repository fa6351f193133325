package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
)

// TestProblemsOfOneCauseAreOne: a warning at many places is one that names them; errors of the
// documents stay alone, but for those that come of one wrong zone.
func TestProblemsOfOneCauseAreOne(t *testing.T) {
	t.Parallel()
	at := func(i int) *spec.Source { return &spec.Source{File: fmt.Sprintf("c%d.yaml", i), Line: 3, Column: 5} }
	var p plan.Plan
	for i := range 9 {
		p.Problems = append(p.Problems,
			spec.Problem{Severity: spec.Warning, Rule: "absent-kept", Message: "leo stays here", Hint: "take it out", Source: at(i)},
			spec.Problem{Severity: spec.Error, Rule: "unknown-key", Message: "no such key", Source: at(i)},
			spec.Problem{Severity: spec.Error, Rule: "wrong-zone", Message: fmt.Sprintf("organization %d is not in zone lab", i), Source: at(i),
				Hint: fmt.Sprintf("Client %d (id %d) lives in eu1.make.com", i, i)})
	}
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, &p, Options{}) }))
	for words, n := range map[string]int{"leo stays here": 1, "take it out": 1, "no such key": 9, " lives in ": 1, "in  c0.yaml:3:5, c1.yaml:3:5, ": 1,
		"likewise at  8 other places: c1.yaml:3:5, ": 1, "and 2 more": 1, "c8.yaml:3:5": 2} {
		if got := strings.Count(text, words); got != n {
			t.Errorf("%q stands there %d times, want %d:\n%s", words, got, n, text)
		}
	}
	if text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, &p, Options{Verbose: true}) })); !strings.Contains(text, "c7.yaml:3:5 and c8.yaml:3:5") {
		t.Errorf("--verbose does not name all places:\n%s", text)
	}
	if text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, &p, Options{Group: GroupOff}) })); strings.Count(text, " lives in ") != 9 {
		t.Errorf("--group off puts problems together:\n%s", text)
	}
}

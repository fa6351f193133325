package policy

import (
	"strings"
	"unicode"
)

// Subject is what a policy is judged on.
type Subject string

// The subjects.
const (
	OnOrganization Subject = "organization" // once for each organization of the plan
	OnStep         Subject = "step"         // once for each step
	OnPlan         Subject = "plan"         // once
)

// Severity is what a broken policy means.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // nothing is applied at all
	Hold    Severity = "hold"    // the subject is not applied
	Warning Severity = "warning" // it is said
)

// rank orders severities, worst first.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Hold:
		return 1
	}
	return 2
}

// Policy is one rule, as a trusted file or a document states it.
type Policy struct {
	ID string  `json:"id"`
	On Subject `json:"on"`
	// When says for which subjects the policy speaks; empty: for all.
	When string `json:"when,omitempty"`
	// Require must be true of them.
	Require  string        `json:"require"`
	Severity Severity      `json:"severity"`
	Message  string        `json:"message"`
	Suppress []Suppression `json:"suppress,omitempty"`
	// Tests are run by Set.Test; they change no verdict.
	Tests []Test `json:"-"`

	From From `json:"-"`
	// Path is where it stands in its file, such as policies[3].
	Path string `json:"-"`
}

// From is where policies come from.
type From struct {
	// Origin names the file, for people.
	Origin string
	// Trusted: the file stands outside of the documents.
	Trusted bool
	// List tells lists of one file apart, for who finds positions; problems and notes repeat it.
	List int
}

// Suppression lifts a policy from subjects, for a reason and until a day.
type Suppression struct {
	// Address is a glob over addresses; empty for a policy on the plan.
	Address string `json:"address,omitempty"`
	// Reason must say something.
	Reason string `json:"reason"`
	// Until is the last day on which it counts, in UTC: 2026-12-31.
	Until string `json:"until"`
}

// Test is an example of what a policy lets pass.
type Test struct {
	// Given holds variables by name, in part: only what the expressions read.
	Given map[string]any
	// Passes: the policy must not be broken by it; otherwise it must be.
	Passes bool
}

// Problem is a mistake in a policy. It never holds a value of a plan.
type Problem struct {
	Origin string `json:"origin,omitempty"`
	List   int    `json:"-"` // see From
	// Path is the path in the file, such as policies[3].require.
	Path string `json:"path"`
	// Line and Column count from 1 within the text at Path; 0: the problem is about all of it.
	// Column counts characters.
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	// Hint says what to do next.
	Hint string `json:"hint,omitempty"`
}

// Limits of what is read. They are far above what people write.
const (
	maxPolicies     = 100
	maxSuppressions = 200
	maxTests        = 100
	maxExpression   = 4096 // code points
	maxMessage      = 500  // bytes
)

// maxShown is how much of a foreign text a message repeats, in bytes.
const maxShown = 300

// shown makes one bounded line of a text of unknown origin.
func shown(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "�"), isHidden), " ")
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// isHidden is true of what separates or does not show: spaces, controls, directions, joiners.
func isHidden(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.C, unicode.Z) }

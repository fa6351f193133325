package spec

import (
	"cmp"
	"slices"
	"strconv"

	"makesync/spec/text"
)

// Source is a position in a document. Line and Column count from 1; Column
// counts characters (runes). The zero Source is "nowhere".
type Source struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// IsZero tells whether the position is unknown.
func (s Source) IsZero() bool { return s == Source{} }

// String is file:line:column; the file alone where the position is about all of it.
func (s Source) String() string {
	if s.Line == 0 {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line) + ":" + strconv.Itoa(s.Column)
}

// Compare orders positions by file, line and column; nil is "nowhere" too.
func (s *Source) Compare(other *Source) int {
	var a, b Source
	if s != nil {
		a = *s
	}
	if other != nil {
		b = *other
	}
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// Severity is "error" or "warning".
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something to tell a person: a mistake in a document, a live object
// that could not be read, a guard that is already violated. It is a fact;
// package render makes the words around it. It never holds a secret.
type Problem struct {
	Severity Severity `json:"severity"`
	// Rule is a stable id such as "unknown-key"; `validate` prints it, README lists them.
	Rule    string  `json:"rule"`
	Address Address `json:"address,omitempty"`
	// Zone is set where a whole zone is concerned: what could not be read there, and why.
	Zone string `json:"zone,omitempty"`
	// Path is the YAML path, such as organizations.acme.variables.API_BASE.
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	// Hint says what to do next.
	Hint   string  `json:"hint,omitempty"`
	Source *Source `json:"source,omitempty"`
	// Related is a second position, such as that of the first of two equal keys.
	Related *Source `json:"related,omitempty"`
	// Excerpt is the source line with every scalar that may be secret masked.
	Excerpt string `json:"excerpt,omitempty"`
	// Error is the API's answer, when the problem comes from one.
	Error *APIError `json:"error,omitempty"`

	// More is how many problems this one stands for; see MoreProblems.
	More int `json:"-"`
}

// APIError is what the Make API answered (published: error envelope
// {detail?, message, code, suberrors?}); Message is cleaned of control
// characters and cut to a sane length.
type APIError struct {
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// SortProblems sorts by file, line, column and rule, in place; problems without
// a position come first. It returns its argument.
func SortProblems(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Source.Compare(b.Source),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return problems
}

// HasErrors tells whether one of the problems is an error.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Error })
}

// MaxProblems is how many problems anybody is told of; the rest is counted.
const MaxProblems = 1000

// RuleMoreProblems is the rule of the count.
const RuleMoreProblems = "more-problems"

// MoreProblems stands for problems that are not told.
func MoreProblems(n int, severity Severity) Problem {
	return Problem{Severity: severity, Rule: RuleMoreProblems, More: n,
		Message: "there are " + text.Count(n, "more problem", "more problems") + ", which are not listed",
		Hint:    "mend those that are, and look again"}
}

// LimitProblems sorts problems and keeps at most MaxProblems, errors before warnings where there
// are too many; a count stands for the others.
func LimitProblems(problems []Problem) []Problem {
	more, severity := 0, Warning
	count := func(n int, s Severity) {
		if more += n; s == Error {
			severity = Error
		}
	}
	listed := slices.DeleteFunc(SortProblems(problems), func(p Problem) bool {
		if p.More > 0 {
			count(p.More, p.Severity)
		}
		return p.More > 0
	})
	if len(listed) > MaxProblems {
		slices.SortStableFunc(listed, func(a, b Problem) int { return cmp.Compare(a.Severity, b.Severity) })
		for _, p := range listed[MaxProblems:] {
			count(1, p.Severity)
		}
		listed = SortProblems(slices.Clone(listed[:MaxProblems]))
	}
	if more > 0 {
		listed = append(listed, MoreProblems(more, severity))
	}
	return listed
}

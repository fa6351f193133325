package export

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// Selector is --organization: globs, without case, over live names and the keys to be written.
type Selector struct {
	globs []spec.Glob
	texts []string
	used  []bool
}

// NewSelector compiles the patterns; none chooses everything.
func NewSelector(patterns []string) (*Selector, error) {
	c := &Selector{texts: patterns, used: make([]bool, len(patterns))}
	for _, pattern := range patterns {
		glob, err := spec.ParseGlob(state.NormalName(strings.ToLower(pattern)))
		if err != nil {
			return nil, err
		}
		c.globs = append(c.globs, glob)
	}
	return c, nil
}

// Selects tells whether an organization counts, and notes which patterns fit it.
func (c *Selector) Selects(name, key string) bool {
	chosen := len(c.globs) == 0
	for i, glob := range c.globs {
		if glob.Match(state.NormalName(strings.ToLower(name))) || glob.Match(key) {
			c.used[i], chosen = true, true
		}
	}
	return chosen
}

// Unmatched lists the patterns that fitted nothing, which is a mistake of the command line.
func (c *Selector) Unmatched(where string) []spec.Problem {
	var problems []spec.Problem
	for i, used := range c.used {
		if !used {
			problems = append(problems, spec.Problem{Severity: spec.Error, Rule: "pattern-matches-nothing",
				Message: "--organization " +
					text.Quote(c.texts[i]) + " fits no name and no key of an organization in " +
					where,
				Hint: "the pattern covers the whole name; * stands for any part of it"})
		}
	}
	return problems
}

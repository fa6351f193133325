package render

import (
	"makesync/spec"
	"makesync/sync/exit"
)

// Group is --group: whether equal changes of several organizations are told once.
type Group string

// The values of --group.
const (
	GroupAuto Group = "auto" // from fewestForGroup organizations
	GroupOn   Group = "on"   // from two
	GroupOff  Group = "off"
)

// fewestForGroup is from how many organizations on equal changes are one.
const fewestForGroup = 4

// leastGroup is in how many organizations a change must be equal; 0: nothing is put together.
func (o Options) leastGroup() int {
	switch o.Group {
	case GroupOff:
		return 0
	case GroupOn:
		return 2
	}
	return fewestForGroup
}

// Options are the surroundings of what is rendered. The zero value is good: no
// colour, 100 columns, the default guards.
type Options struct {
	// Color writes ANSI colours; the caller knows the terminal, --color and NO_COLOR.
	Color bool
	// Links has a terminal that knows links show some; nil: none.
	Links *Links
	// Width is the number of columns; 0 means 100, less than 40 counts as 40.
	Width int
	// Verbose leaves nothing out: every name, every step that succeeded, values in full.
	Verbose bool
	// Group says which equal changes of several organizations are told once; "" is GroupAuto.
	Group Group
	// Quiet leaves all but the last line out where there is nothing new to say: for a run that
	// nobody watches.
	Quiet bool
	// Verb is the command of the last line; "" means plan, apply or validate, as fits what is
	// rendered.
	Verb string
	// Guards are those of the run; the header names what differs from spec.DefaultGuards. Nil: says
	// nothing.
	Guards *spec.Guards
	// Allow are the --allow rules of the run, for the header.
	Allow []string
	// Since says by which snapshot the plan tells drift, "" by none.
	Since string
	// Approvals say who has approved the plan, and whose approval does not count.
	Approvals []string
	// Narrowed are the flags that narrow the plan to a part of the documents, "" for all of them.
	Narrowed string
	// File says of a plan from a file who vouches for it, "" where its seal was checked.
	File FileTrust
	// Saved is the file that the plan was written to, "" when it was not saved.
	Saved string
	// Told are problems that stand right above already, in the text of the plan.
	Told []spec.Problem
	// Exit is what the process ends with, where that is not the result's own exit (--held-exit).
	Exit exit.Code
	// Next is the whole command that goes on from here, ready to paste: `makesync apply plan.json`.
	Next string
}

// FileTrust is what is known of the file of a plan.
type FileTrust string

// What can be known: nobody has sealed the file, or there is no key to check the seal with.
const (
	FileUnsealed  FileTrust = "not sealed"
	FileUnchecked FileTrust = "sealed, and there is no key to check the seal with"
)

// words tell of what nobody vouches for: a file can say anything, and only what a step does, to
// what and where is compared.
func (f FileTrust) words() string {
	if f == "" {
		return ""
	}
	return string(f) + ": notes, warnings, counts, changes to the rules, what is held, waits or is left out are the " +
		"file's own words; apply checks the steps, and the names, ids, zones and users beside them"
}

const defaultWidth, leastWidth = 100, 40

func (o Options) width() int {
	if o.Width == 0 {
		return defaultWidth
	}
	return max(o.Width, leastWidth)
}

func (o Options) verb(fallback string) string {
	if o.Verb == "" {
		return fallback
	}
	return Clean(o.Verb)
}

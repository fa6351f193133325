// Package commandline is a command of makesync about documents as data: what it reads, how zones
// are reached, what it may do. Out comes the line that somebody pastes into a shell, which quotes
// every value, since a journal from which a command was read may have been written by anybody.
//
//	Command{Verb: "apply", Files: {"it's.yaml"}}.Line("--resume", run) ─▶
//	makesync apply -f 'it'\''s.yaml' --resume 20261120T020000Z-7f3a
package commandline

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec/text"
)

// Program is the name under which it is called.
const Program = "makesync"

// Command is what decides how a command about documents works, in the journal too.
type Command struct {
	Verb           string            `json:"verb"`
	Files          []string          `json:"files,omitempty"` // of -f; none: the default document
	Sandboxes      []string          `json:"sandboxes,omitempty"`
	ZoneURLs       map[string]string `json:"zoneUrls,omitempty"`
	ReferenceRoots []string          `json:"referenceRoots,omitempty"`
	Guards         []string          `json:"guards,omitempty"` // of --guards; not of the environment
	Journal        string            `json:"journal,omitempty"`
	Zone           string            `json:"zone,omitempty"`
	Target         []string          `json:"target,omitempty"`
	Exclude        []string          `json:"exclude,omitempty"`
	Allow          []string          `json:"allow,omitempty"`
	Shard          string            `json:"shard,omitempty"`
	Plan           string            `json:"plan,omitempty"` // the file of a saved plan
	Resume         string            `json:"resume,omitempty"`
	OfPlan         bool              `json:"ofPlan,omitempty"` // Resume is the run of a saved plan
	Undoes         string            `json:"undoes,omitempty"` // the run that the saved plan reverses
	Claim          string            `json:"claim,omitempty"`  // the key of billing claim-offer
	// Arguments stand last.
	Arguments []string `json:"-"`
}

// IsOfPlan tells whether the command was about what stands in a saved plan, and not about all that
// the documents say.
func (c Command) IsOfPlan() bool { return c.Plan != "" || c.OfPlan }

// Resumable tells whether the documents say what a run of this command has left to do. They do not
// of an undo, which wants the contrary, nor of an offer.
func (c Command) Resumable() bool { return c.Undoes == "" && c.Claim == "" }

// GoingOn is the command that does what a run of this one has left; every command finds out first
// what became of what was sent.
func (c Command) GoingOn(run string) Command {
	saved := c.Plan
	c.Target, c.Exclude, c.Shard, c.Plan, c.Resume = nil, nil, "", "", ""
	switch {
	case c.Undoes != "":
		c.Verb, c.Arguments = "undo", append(flags("-o", nonempty(saved)...), c.Undoes)
	case c.Claim != "":
		c.Verb, c.Allow, c.Arguments = ClaimOffer, nil, []string{c.Claim}
	default:
		c.Resume = run
	}
	return c
}

// ClaimOffer is the command that claims a cancellation offer.
const ClaimOffer = "billing claim-offer"

// Stdin is the name of standard input among files.
const Stdin = "-"

// Words are the command as the program takes it. A saved plan stands last.
func (c Command) Words(more ...string) []string {
	words := slices.Concat([]string{Program}, strings.Fields(c.Verb), c.documentFlags())
	words = append(words, c.ScopeFlags()...)
	words = append(words, flags("--allow", c.Allow...)...)
	words = append(words, flags("--shard", nonempty(c.Shard)...)...)
	words = append(words, flags("--resume", nonempty(c.Resume)...)...)
	return slices.Concat(words, more, nonempty(c.Plan), c.Arguments)
}

// documentFlags say which documents and guards are read, how their zones are reached, and where
// journals are.
func (c Command) documentFlags() []string {
	words := slices.Concat(flags("-f", c.Files...), flags("--sandbox", c.Sandboxes...))
	for _, name := range slices.Sorted(maps.Keys(c.ZoneURLs)) {
		words = append(words, "--zone-url", name+"="+c.ZoneURLs[name])
	}
	return slices.Concat(words, flags("--reference-root", c.ReferenceRoots...), flags("--guards", c.Guards...),
		flags("--journal", nonempty(c.Journal)...))
}

// ScopeFlags narrow the command to a part of the documents.
func (c Command) ScopeFlags() []string {
	return slices.Concat(flags("--zone", nonempty(c.Zone)...), flags("--target", c.Target...),
		flags("--exclude", c.Exclude...))
}

func flags(flag string, values ...string) []string {
	var words []string
	for _, value := range values {
		words = append(words, flag, value)
	}
	return words
}

func nonempty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Line is the command for a shell.
func (c Command) Line(more ...string) string { return Quoted(c.Words(more...)) }

// Quoted joins words for a shell.
func Quoted(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = text.ShellQuote(word)
	}
	return strings.Join(quoted, " ")
}

// Absolute is the command with paths that mean the same in every folder.
func (c Command) Absolute() Command {
	c.Files, c.ReferenceRoots, c.Guards = absolute(c.Files), absolute(c.ReferenceRoots), absolute(c.Guards)
	c.Journal, c.Plan = absolutePath(c.Journal), absolutePath(c.Plan)
	return c
}

func absolute(paths []string) []string {
	var list []string
	for _, path := range paths {
		list = append(list, absolutePath(path))
	}
	return list
}

// absolutePath leaves a path as it is where nobody knows the folder that it counts from.
func absolutePath(path string) string {
	if path == "" || path == Stdin {
		return path
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// widest is how long a line may be that somebody can still look through before pasting it.
const widest = 4000

// IsReadable tells whether the command is one that makesync writes, and short enough to be looked
// through: what a journal says is believed no further.
func (c Command) IsReadable() bool {
	values := slices.Concat(c.Files, c.ReferenceRoots, c.Guards, []string{c.Journal, c.Plan})
	wild := slices.ContainsFunc(values, func(path string) bool {
		return path != "" && path != Stdin && !filepath.IsAbs(path)
	})
	for _, name := range []string{c.Undoes, c.Claim} {
		wild = wild || strings.HasPrefix(name, "-") // which would be a flag
	}
	return !wild && c.Verb == "apply" && len(c.Line()) <= widest
}

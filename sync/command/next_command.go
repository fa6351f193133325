package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"makesync/spec/text"
)

// nextCommand is the command line that applies the plan: the saved one, or, on a page that others
// read, the documents. "" when there is none to name.
func (o planOptions) nextCommand(verb string, saved bool) string {
	page := o.result.format == formatMarkdown || o.result.format == formatHTML
	switch {
	case saved:
		return strings.Join(append(o.applyWords(), text.ShellQuote(o.out)), " ")
	case page && verb == "plan":
		return strings.Join(append(o.applyWords(), o.choiceWords()...), " ")
	}
	return ""
}

// choiceWords are the flags that decide what goes into a plan.
func (o planOptions) choiceWords() []string {
	words := o.scopeWords()
	add := func(flag, value string) { words = append(words, flag, text.ShellQuote(value)) }
	for _, rule := range o.allow {
		add("--allow", rule.String())
	}
	if o.shard != nil && o.shard.Count > 1 {
		add("--shard", fmt.Sprintf("%d/%d", o.shard.Index, o.shard.Count))
	}
	return words
}

// scopeWords are the flags that narrow a plan to a part of the documents.
func (o planOptions) scopeWords() []string {
	var words []string
	add := func(flag, value string) { words = append(words, flag, text.ShellQuote(value)) }
	if o.documents.zone != "" {
		add("--zone", o.documents.zone)
	}
	for _, glob := range o.scope.target {
		add("--target", glob.String())
	}
	for _, glob := range o.scope.exclude {
		add("--exclude", glob.String())
	}
	return words
}

// narrowedWords are these flags for people; "" when the plan is about all of the documents.
func (o planOptions) narrowedWords() string { return strings.Join(o.scopeWords(), " ") }

// resumeCommand is the command line that finds out what became of a run and does what is left.
func (o planOptions) resumeCommand(run string) string {
	words := o.applyWords()
	if o.documents.zone != "" {
		words = append(words, "--zone", text.ShellQuote(o.documents.zone))
	}
	for _, rule := range o.allow {
		words = append(words, "--allow", text.ShellQuote(rule.String()))
	}
	return strings.Join(append(words, "--resume", text.ShellQuote(run)), " ")
}

// applyWords begin a command that applies: the same documents and guards, zones reached the same
// way, the same journals.
func (o planOptions) applyWords() []string {
	words := []string{programName, "apply"}
	add := func(flag string, values ...string) {
		for _, value := range values {
			words = append(words, flag, text.ShellQuote(value))
		}
	}
	if !slices.Equal(o.documents.files, []string{defaultDocument}) {
		add("-f", o.documents.files...)
	}
	add("--sandbox", o.zones.sandboxes...)
	for _, name := range slices.Sorted(maps.Keys(o.zones.urls)) {
		add("--zone-url", name+"="+o.zones.urls[name])
	}
	add("--reference-root", o.documents.referenceRoots...)
	add("--guards", o.documents.guards...)
	if o.journal != "" {
		add("--journal", o.journal)
	}
	return words
}

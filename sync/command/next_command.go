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

// applyWords begin a command that applies: the same documents, zones reached the same way.
func (o planOptions) applyWords() []string {
	words := []string{programName, "apply"}
	if !slices.Equal(o.documents.files, []string{defaultDocument}) {
		for _, file := range o.documents.files {
			words = append(words, "-f", text.ShellQuote(file))
		}
	}
	for _, name := range o.zones.sandboxes {
		words = append(words, "--sandbox", text.ShellQuote(name))
	}
	for _, name := range slices.Sorted(maps.Keys(o.zones.urls)) {
		words = append(words, "--zone-url", text.ShellQuote(name+"="+o.zones.urls[name]))
	}
	return words
}

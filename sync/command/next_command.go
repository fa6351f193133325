package command

import (
	"fmt"
	"slices"

	"makesync/sync/commandline"
)

// nextCommand is the command line that applies the plan: the saved one, or, on a page that others
// read, the documents. "" when there is none to name.
func (o planOptions) nextCommand(env Env, verb string, saved bool) string {
	page := o.result.format == formatMarkdown || o.result.format == formatHTML
	next := o.commandLine("apply")
	switch {
	case saved: // its steps are decided
		next.Target, next.Exclude, next.Shard = nil, nil, ""
		if len(o.documents.guardFiles(env)) == 0 { // else these judge it again
			next.Allow = nil
		}
		next.Plan = o.out
		return next.Line()
	case page && verb == "plan":
		return next.Line()
	}
	return ""
}

// narrowedWords are the flags that narrow a plan to a part of the documents, for people; "" when it
// is about all of them.
func (o planOptions) narrowedWords() string {
	return commandline.Quoted(o.commandLine("plan").ScopeFlags())
}

// commandLine is a command about the same documents, under the same guards, with zones reached the
// same way and the same journals.
func (o planOptions) commandLine(verb string) commandline.Command {
	c := commandline.Command{
		Verb: verb, Sandboxes: o.zones.sandboxes, ZoneURLs: o.zones.urls, ReferenceRoots: o.documents.referenceRoots,
		Guards: o.documents.guards, Journal: o.journal, Zone: o.documents.zone,
	}
	if !slices.Equal(o.documents.files, []string{defaultDocument}) {
		c.Files = o.documents.files
	}
	for _, glob := range o.scope.target {
		c.Target = append(c.Target, glob.String())
	}
	for _, glob := range o.scope.exclude {
		c.Exclude = append(c.Exclude, glob.String())
	}
	for _, rule := range o.allow {
		c.Allow = append(c.Allow, rule.String())
	}
	if o.shard != nil && o.shard.Count > 1 {
		c.Shard = fmt.Sprintf("%d/%d", o.shard.Index, o.shard.Count)
	}
	return c
}

// ownCommand is the command of a run.
func ownCommand(a *applyRun) commandline.Command {
	c := a.options.commandLine("apply")
	c.Plan, c.Resume, c.Claim = a.file, a.resume, a.claim
	if a.file != "" {
		c.Undoes = a.plan.Undoes
	}
	if a.resume != "" && a.resumed.Command != nil {
		c.OfPlan = a.resumed.Command.IsOfPlan()
	}
	return c
}

// journalled is the command of a run as its journal keeps it: good in every folder.
func journalled(a *applyRun) commandline.Command {
	c := ownCommand(a)
	c.Files = a.options.documents.files // the default document, too
	return c.Absolute()
}

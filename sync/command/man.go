package command

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/help"
)

// writeManual writes a page of the manual for each command and each topic into a folder. The pages
// are made from what `help` prints, when they are wanted: there is no copy that could be stale.
func writeManual(r *runtimeEnv, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failure{exit: exit.Internal, message: "make the folder " + dir, cause: err}
	}
	for _, page := range manual(r) {
		file := output{"--man", filepath.Join(dir, page.File()), manualPage}
		if err := r.files.put(file, []byte(page.Roff())); err != nil {
			return err
		}
	}
	return nil
}

// manual are all pages: the program's, the commands', the topics'.
func manual(r *runtimeEnv) []help.Manual {
	version := programName + " " + r.Build.Version
	list := commands(r)
	root := rootManual(version, list)
	topics := help.ManualSection{Heading: "topics"}
	pages := commandManuals(version, "", list)
	for _, topic := range help.Topics() {
		page := programName + "-" + topic.Name + "(7)"
		topics.Entries = append(topics.Entries, help.ManualEntry{Name: page, Text: topic.Title})
		pages = append(pages, topic.Manual(version))
	}
	root.Sections = append(root.Sections, topics)
	return append([]help.Manual{root}, pages...)
}

func rootManual(version string, list []*cli.Command) help.Manual {
	page := help.Manual{
		Name: programName, Section: 1, Version: version,
		Summary: "keeps organizations on Make (make.com) as YAML files say",
		Sections: []help.ManualSection{
			{Heading: help.HeadingUsage, Text: programName + " COMMAND [FLAGS]"},
			{Heading: "examples", Lines: rootExamples},
			{Heading: "commands", Entries: commandEntries("", list)},
			{Heading: "environment", Entries: environment},
			{Heading: "exit codes", Lines: exitCodes},
			{Heading: "more", Entries: moreHelp()},
		},
	}
	return page
}

const rootExamples = `makesync init --zone eu1    # the first documents of what is there
makesync plan -f clients/   # what would change
makesync apply -f clients/  # change it, after a question`

// environment are the variables that makesync reads.
var environment = []help.ManualEntry{
	{Name: "MAKE_API_KEY", Text: "the token, for every zone"},
	{Name: "MAKE_API_KEY_<ZONE>", Text: "the token of one zone: MAKE_API_KEY_EU1"},
	{Name: "MAKE_ZONE", Text: "the zone of organizations that name none"},
	{Name: "MAKESYNC_GUARDS", Text: "files of guards outside the documents, as --guards names them"},
	{Name: "MAKESYNC_SANDBOX", Text: "built-in zones that documents may simulate: eu1,us1"},
	{Name: "MAKESYNC_HOSTS", Text: "self-hosted zones that may be given a token: lab=make.acme.example,…"},
	{Name: "MAKESYNC_REFERENCES", Text: "the variables and files that documents may read"},
	{Name: "MAKESYNC_PAGER", Text: "pager of plans longer than the terminal (else PAGER, less); empty: none"},
	{Name: "MAKESYNC_SEAL_KEY", Text: "seals saved plans, and checks their seals"},
	{Name: "MAKESYNC_NOTIFY_URL", Text: "where plan and apply post news, as --notify does"},
}

const exitCodes = `0    done, or nothing to do
1    internal error
2    changes pending
3    documents or plan invalid
4    applied in part
5    held by a guard, or not confirmed
6    live state only partly visible
7    refused: check the token
8    zone unreachable, or run locked
9    saved plan stale or foreign
64   usage
129, 130, 131, 143  stopped: signal`

func moreHelp() []help.ManualEntry {
	return []help.ManualEntry{
		{Name: "help COMMAND", Text: "a command and its flags"},
		{Name: "help TOPIC", Text: "a topic: " + strings.Join(help.Names(), ", ")},
		{Name: "explain WORD", Text: "what a rule, guard, exit code or term means"},
	}
}

// commandManuals are the pages of the commands below a path, and of those below them.
func commandManuals(version, path string, list []*cli.Command) []help.Manual {
	var pages []help.Manual
	for _, c := range list {
		below := strings.TrimSpace(path + " " + c.Name)
		page := commandManual(version, below, c)
		page.Sections = append(page.Sections, help.ManualSection{Heading: "see also", Text: programName + "(1)"})
		pages = append(pages, page)
		pages = append(pages, commandManuals(version, below, c.Subcommands)...)
	}
	return pages
}

// commandManual shows first how a command is written: its usage, then examples.
func commandManual(version, path string, c *cli.Command) help.Manual {
	page := help.Manual{
		Name: manualName(path), Section: 1, Version: version, Summary: text.OneLine(c.Usage),
		Sections: []help.ManualSection{{Heading: help.HeadingUsage, Text: usageLine(path, c)}},
	}
	add := func(s help.ManualSection) {
		if s.Text != "" || s.Lines != "" || len(s.Entries) > 0 {
			page.Sections = append(page.Sections, s)
		}
	}
	add(help.ManualSection{Heading: "examples", Lines: c.UsageText})
	add(help.ManualSection{Heading: help.HeadingDescription, Text: c.Description})
	add(help.ManualSection{Heading: "commands", Entries: commandEntries(path, c.Subcommands)})
	for _, group := range groupFlags(c.Flags) {
		add(help.ManualSection{Heading: group.heading, Entries: flagEntries(group.flags)})
	}
	return page
}

func manualName(path string) string { return programName + "-" + strings.ReplaceAll(path, " ", "-") }

func commandEntries(path string, list []*cli.Command) []help.ManualEntry {
	var entries []help.ManualEntry
	for _, c := range list {
		page := manualName(strings.TrimSpace(path+" "+c.Name)) + "(1)"
		entries = append(entries, help.ManualEntry{Name: c.Name, Text: c.Usage, Page: page})
	}
	return entries
}

func flagEntries(flags []cli.Flag) []help.ManualEntry {
	var entries []help.ManualEntry
	for _, f := range flags {
		name, usage := describeFlag(f)
		entries = append(entries, help.ManualEntry{Name: name, Text: usage})
	}
	return entries
}

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
	pages := []help.Manual{rootManual(version, list)}
	pages = append(pages, commandManuals(version, "", list)...)
	for _, topic := range help.Topics() {
		pages = append(pages, topic.Manual(version))
	}
	return pages
}

func rootManual(version string, list []*cli.Command) help.Manual {
	var topics []help.ManualEntry
	for _, topic := range help.Topics() {
		topics = append(topics, help.ManualEntry{Name: programName + "-" + topic.Name + "(7)", Text: topic.Title})
	}
	return help.Manual{
		Name: programName, Section: 1, Version: version,
		Summary: "keep organizations on Make (make.com) as YAML files say",
		Sections: []help.ManualSection{
			{Heading: "SYNOPSIS", Text: programName + " COMMAND [FLAGS]"},
			{Heading: "COMMANDS", Entries: commandEntries("", list)},
			{Heading: "ENVIRONMENT AND EXIT STATUS", Lines: rootFooter},
			{Heading: "TOPICS", Entries: topics},
		},
	}
}

// commandManuals are the pages of the commands below a path, and of those below them.
func commandManuals(version, path string, list []*cli.Command) []help.Manual {
	var pages []help.Manual
	for _, c := range list {
		below := strings.TrimSpace(path + " " + c.Name)
		pages = append(pages, commandManual(version, below, c))
		pages = append(pages, commandManuals(version, below, c.Subcommands)...)
	}
	return pages
}

func commandManual(version, path string, c *cli.Command) help.Manual {
	page := help.Manual{
		Name: manualName(path), Section: 1, Version: version, Summary: text.OneLine(c.Usage),
		Sections: []help.ManualSection{{Heading: "SYNOPSIS", Text: usageLine(path, c)}},
	}
	add := func(s help.ManualSection) {
		if s.Text != "" || s.Lines != "" || len(s.Entries) > 0 {
			page.Sections = append(page.Sections, s)
		}
	}
	add(help.ManualSection{Heading: "DESCRIPTION", Text: c.Description})
	add(help.ManualSection{Heading: "COMMANDS", Entries: commandEntries(path, c.Subcommands)})
	add(help.ManualSection{Heading: "OPTIONS", Entries: flagEntries(c.Flags)})
	add(help.ManualSection{Heading: "EXAMPLES", Lines: c.UsageText})
	add(help.ManualSection{Heading: "SEE ALSO", Text: programName + "(1)"})
	return page
}

func manualName(path string) string { return programName + "-" + strings.ReplaceAll(path, " ", "-") }

func commandEntries(path string, list []*cli.Command) []help.ManualEntry {
	var entries []help.ManualEntry
	for _, c := range list {
		name := manualName(strings.TrimSpace(path + " " + c.Name))
		entries = append(entries, help.ManualEntry{Name: name + "(1)", Text: c.Usage})
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

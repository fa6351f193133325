package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/help"
)

// The fields of a cli.Command as this package uses them: Usage is the line in lists,
// ArgsUsage the arguments, Description what the line leaves unsaid, UsageText the examples.

func helpCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "explain a command, or a topic such as guards, cron, exit-codes",
		ArgsUsage: "[COMMAND…|TOPIC]",
		Description: "Topics: " + strings.Join(help.Names(), ", ") +
			". They are the pages that the README links to. `makesync explain WORD` looks one word up in them.",
		UsageText: "makesync help plan\nmakesync help guards",
		Flags: []cli.Flag{newOutputFlag(cli.StringFlag{
			Name: "man", Usage: "write the pages of the manual into `DIR` instead",
		}, manualPage)},
		Action: func(c *cli.Context) error {
			if dir := c.String("man"); dir != "" {
				var err error
				if r.files, err = openFiles(c, r.Env, arity{}); err != nil {
					return err
				}
				return writeManual(r, dir)
			}
			list := commands(r)
			if topic, found := help.Find(c.Args().First()); found && c.NArg() == 1 && !isCommand(list, topic.Name) {
				_, err := io.WriteString(r.Stdout, topic.Text(cmp.Or(r.Terminal.Width, plainWidth)))
				return err
			}
			path, target, err := findCommand(list, c.Args().Slice())
			if err != nil {
				return err
			}
			return printHelp(r.Stdout, path, target)
		},
	}
}

// plainWidth is the width of a page where there is no terminal.
const plainWidth = 100

func isCommand(list []*cli.Command, name string) bool {
	return slices.Contains(commandNames(list), name)
}

// findCommand goes down the tree by names; without any it gives the root, a command without a name.
func findCommand(list []*cli.Command, words []string) (path string, target *cli.Command, err error) {
	target = &cli.Command{Subcommands: list}
	for _, word := range words {
		next := target.Command(word)
		if next == nil {
			return "", nil, usageError{
				message: fmt.Sprintf("there is no command %s%s", text.ShellQuote(strings.TrimSpace(path+" "+word)),
					didYouMean(word, commandNames(target.Subcommands), "")),
				hint: "see: " + strings.TrimSpace(programName+" help "+path),
			}
		}
		target, path = next, strings.TrimSpace(path+" "+word)
	}
	return path, target, nil
}

// commandHelp is the command whose help a --help asks for; the root is a command without a name.
func commandHelp(c *cli.Context) *cli.Command {
	if commandPath(c) == "" {
		return &cli.Command{Subcommands: c.App.Commands}
	}
	return c.Command
}

// printHelp writes the help of a command, or of the program when path is empty.
func printHelp(w io.Writer, path string, c *cli.Command) error {
	var b strings.Builder
	if path == "" {
		b.WriteString(rootHeader)
	} else {
		fmt.Fprintf(&b, "makesync %s: %s\n\nusage: %s\n", path, c.Usage, atBars(usageLine(path, c)))
	}
	writeParagraph(&b, c.Description)
	writeCommands(&b, c.Subcommands)
	writeFlags(&b, c.Flags)
	if c.UsageText != "" {
		b.WriteString("\nexample:\n  " + strings.ReplaceAll(c.UsageText, "\n", "\n  ") + "\n")
	}
	if path == "" {
		b.WriteString(rootFooter)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const rootHeader = `makesync keeps organizations on Make (make.com) as YAML files say.

usage: makesync COMMAND [FLAGS]
`

const rootFooter = `
environment:
  MAKE_API_KEY          the token, for every zone
  MAKE_API_KEY_<ZONE>   the token of one zone: MAKE_API_KEY_EU1
  MAKE_ZONE             the zone of organizations that name none
  MAKESYNC_SANDBOX      built-in zones that documents may simulate: eu1,us1
  MAKESYNC_HOSTS        self-hosted zones that may be given a token: lab=make.acme.example,…
  MAKESYNC_PAGER        pager of plans longer than the terminal (else PAGER, less); empty: none
  MAKESYNC_SEAL_KEY     seals saved plans, and checks their seals
  MAKESYNC_NOTIFY_URL   where plan and apply post news, as --notify does

exit codes:
  0 done, or nothing to do        5 held by a guard, or not confirmed   9 saved plan stale or foreign
  1 internal error                6 live state only partly visible     64 usage
  2 changes pending               7 refused: check the token
  3 documents or plan invalid     8 zone unreachable, or run locked
  4 applied in part             129, 130, 131, 143 stopped by a signal

makesync help COMMAND explains a command and its flags, makesync help TOPIC a topic, makesync explain WORD a word.
`

func usageLine(path string, c *cli.Command) string {
	line := programName + " " + path
	if len(c.Subcommands) > 0 {
		line += " COMMAND"
	}
	if len(c.Flags) > 0 {
		line += " [FLAGS]"
	}
	return strings.TrimSpace(line + " " + c.ArgsUsage)
}

// atBars breaks a usage line that is too wide behind a bar between two choices.
func atBars(line string) string {
	const most, indent = 90, "\n         "
	if len(line) <= most {
		return line
	}
	bar := strings.LastIndex(line[:most], "|")
	if bar < 0 {
		return line
	}
	return line[:bar+1] + indent + atBars(line[bar+1:])
}

func writeParagraph(b *strings.Builder, text string) {
	if text != "" {
		b.WriteString("\n" + strings.Join(wrap(text, helpWidth), "\n") + "\n")
	}
}

func writeCommands(b *strings.Builder, list []*cli.Command) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\ncommands:\n")
	for _, c := range list {
		writeEntry(b, c.Name, c.Usage)
	}
}

func writeFlags(b *strings.Builder, flags []cli.Flag) {
	if len(flags) == 0 {
		return
	}
	b.WriteString("\nflags:\n")
	for _, f := range flags {
		name, usage := describeFlag(f)
		writeEntry(b, name, usage)
	}
}

// describeFlag is a flag as it is written, with the value it takes, and what it is for.
func describeFlag(f cli.Flag) (name, usage string) {
	doc := f.(cli.DocGenerationFlag)
	placeholder, usage := splitPlaceholder(doc.GetUsage())
	name = "--" + f.Names()[0]
	if len(f.Names()) > 1 {
		name = "-" + f.Names()[1] + ", " + name
	}
	if doc.TakesValue() {
		name += " " + placeholder
	}
	return name, usage
}

// splitPlaceholder finds the `NAME` in backquotes in a flag's usage, as package flag does. One that
// begins the usage stands before it already, and is not repeated.
func splitPlaceholder(usage string) (placeholder, text string) {
	before, rest, ok := strings.Cut(usage, "`")
	if !ok {
		return "VALUE", usage
	}
	name, after, _ := strings.Cut(rest, "`")
	if before == "" {
		return name, strings.TrimLeft(after, " ")
	}
	return name, before + name + after
}

const (
	helpWidth  = 98
	helpColumn = 26
)

// writeEntry is one line of a list; a long name stands on a line of its own.
func writeEntry(b *strings.Builder, name, text string) {
	lines := wrap(text, helpWidth-helpColumn)
	if len(name) > helpColumn-4 {
		fmt.Fprintf(b, "  %s\n", name)
		name = ""
	}
	for i, line := range lines {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(b, "  %-*s%s\n", helpColumn-2, name, line)
	}
}

// wrap breaks a text at spaces into lines of at most width bytes.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

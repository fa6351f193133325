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
			if err := checkValues(c); err != nil {
				return err
			}
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
			return printHelp(r, r.Stdout, path, target)
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
func printHelp(r *runtimeEnv, w io.Writer, path string, c *cli.Command) error {
	page := commandManual("", path, c)
	if path == "" {
		page = rootManual("", c.Subcommands)
	}
	_, err := io.WriteString(w, page.Text(r.Terminal.Width))
	return err
}

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

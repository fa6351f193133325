package command

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/complete"
	"makesync/sync/help"
)

// The scripts are written from the command tree and hold all commands and flags: path of a command
// → its words. For values (formats, zones, addresses, runs) they ask the program itself, which
// looks at the documents and the state folder, and at no zone.

func completionCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script: bash, zsh, fish, powershell",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: "Completes commands, flags and their values: formats, zones, organizations, " +
			"addresses of the documents, runs. Load it in the shell's start-up file. " +
			"No zone is asked, and no value of a variable is looked at.",
		UsageText: "source <(makesync completion bash)\n" +
			"makesync completion fish > ~/.config/fish/completions/makesync.fish",
		Action: withValues(r, r.action(arity{min: 1, max: 1, name: "bash, zsh, fish or powershell"},
			func(c *cli.Context) error { return printCompletion(r, c) })),
	}
}

func printCompletion(r *runtimeEnv, c *cli.Context) error {
	write, ok := completionScripts[c.Args().First()]
	if !ok {
		return badUsage(c, "completion for %s: one of bash, zsh, fish, powershell", text.ShellQuote(c.Args().First()))
	}
	_, err := io.WriteString(r.Stdout, write(completions("", &cli.Command{Subcommands: commands(r)})))
	return err
}

// completion is what can follow a command.
type completion struct {
	path      string   // "", "plan", "sandbox serve"
	arguments []string // commands below it, or what its argument can be
	flags     []string
	values    []string // the flags among them that take one
	known     []string // those whose values are known: no file is one
}

// completions flattens the tree, parents first.
func completions(path string, c *cli.Command) []completion {
	here := completion{path: path, arguments: append(commandNames(c.Subcommands), choices(c.ArgsUsage)...)}
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			here.flags = append(here.flags, dashed(name))
			if takesValue(f) {
				here.values = append(here.values, dashed(name))
			}
			if complete.HasValues(f.Names()[0]) || choicesOf(f) != nil {
				here.known = append(here.known, dashed(name))
			}
		}
	}
	all := []completion{here}
	for _, sub := range c.Subcommands {
		all = append(all, completions(strings.TrimSpace(path+" "+sub.Name), sub)...)
	}
	for i := range all {
		if all[i].path == "help" {
			all[i].arguments = append(slices.Clone(here.arguments), help.Names()...)
		}
	}
	return all
}

// choices are the words of which an argument is one, as its usage says it: bash|zsh, [plan|report].
func choices(usage string) []string {
	if !strings.Contains(usage, "|") || strings.ToLower(usage) != usage {
		return nil
	}
	return strings.Split(strings.Trim(usage, "[]"), "|")
}

func (c completion) words() string {
	return strings.Join(append(append([]string{}, c.arguments...), c.flags...), " ")
}

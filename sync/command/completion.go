package command

import (
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
)

// The scripts are written from the command tree and hold all of it, so that completing
// starts no process. Each shell gets the same table: path of a command → its words.

func completionCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "completion",
		Usage:       "print a completion script: bash, zsh, fish, powershell",
		ArgsUsage:   "bash|zsh|fish|powershell",
		Description: "Completes commands, their choices and flags. Load it in the shell's start-up file.",
		UsageText: "source <(makesync completion bash)\n" +
			"makesync completion fish > ~/.config/fish/completions/makesync.fish",
		Action: r.action(arity{min: 1, max: 1, name: "bash, zsh, fish or powershell"}, func(c *cli.Context) error {
			write, ok := completionScripts[c.Args().First()]
			if !ok {
				return badUsage(c, "completion for %s: one of bash, zsh, fish, powershell",
					text.ShellQuote(c.Args().First()))
			}
			tree := &cli.Command{Subcommands: commands(r)}
			_, err := io.WriteString(r.Stdout, write(completions("", tree)))
			return err
		}),
	}
}

// completion is what can follow a command.
type completion struct {
	path      string   // "", "plan", "sandbox serve"
	arguments []string // commands below it, or what its argument can be
	flags     []string
}

// completions flattens the tree, parents first.
func completions(path string, c *cli.Command) []completion {
	here := completion{path: path, arguments: append(commandNames(c.Subcommands), choices(c.ArgsUsage)...)}
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			here.flags = append(here.flags, dashed(name))
		}
	}
	all := []completion{here}
	for _, sub := range c.Subcommands {
		all = append(all, completions(strings.TrimSpace(path+" "+sub.Name), sub)...)
	}
	for i := range all {
		if all[i].path == "help" {
			all[i].arguments = here.arguments
		}
	}
	return all
}

// choices are the words of which an argument is one, as its usage says it: bash|zsh, [plan|report].
func choices(usage string) []string {
	if !strings.Contains(usage, "|") {
		return nil
	}
	return strings.Split(strings.Trim(usage, "[]"), "|")
}

func (c completion) words() string {
	return strings.Join(append(append([]string{}, c.arguments...), c.flags...), " ")
}

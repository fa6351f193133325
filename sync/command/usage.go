package command

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/exit"
)

// usageError is a mistake in the command line; exit 64.
type usageError struct {
	message, hint string
}

func (e usageError) Error() string { return e.message }

// badUsage is a usage error that points to the command's help.
func badUsage(c *cli.Context, format string, values ...any) error {
	return usageError{message: fmt.Sprintf(format, values...), hint: "see: " + helpLine(c)}
}

func helpLine(c *cli.Context) string {
	if path := commandPath(c); path != "" {
		return programName + " help " + path
	}
	return programName + " help"
}

// commandPath is the command without the program's name: "sandbox serve".
func commandPath(c *cli.Context) string {
	var words []string
	for _, up := range c.Lineage() {
		if up.Command != nil && up.Command.Name != programName && up.Command.Name != "" {
			words = append([]string{up.Command.Name}, words...)
		}
	}
	return strings.Join(words, " ")
}

// arity is how many positional arguments a command takes.
type arity struct {
	min, max int
	// what the arguments are called in messages: "RUN"
	name string
	// files are those among them that name files to read, nil: none.
	files func(arguments []string) []string
}

// allFiles: each argument names a file, or a folder of documents.
func allFiles(arguments []string) []string { return arguments }

var noArguments = arity{}

// check refuses missing and stray arguments. A flag behind a positional argument is never
// parsed by the library, so here it ends the run: `apply plan.json --dry-run` must not apply.
func (a arity) check(line commandLine, c *cli.Context) error {
	args := shownArgs(c.Args().Slice())
	for _, arg := range args[min(1, len(args)):] {
		if strings.HasPrefix(arg, "-") && arg != "-" {
			return usageError{
				message: fmt.Sprintf("flags stand before %s, so %s would be ignored; nothing was done",
					text.ShellQuote(args[0]), arg),
				hint: a.inOrder(line, c, args),
			}
		}
	}
	switch {
	case len(args) > a.max && a.max == 0 && hasFlag(c, "file"):
		return usageError{
			message: fmt.Sprintf("%s takes no arguments: %s", commandPath(c), text.ShellQuote(args[0])),
			hint:    "documents are named with -f: " + line.withFiles(c),
		}
	case len(args) > a.max && a.max == 0:
		return badUsage(c, "%s takes no arguments: %s", commandPath(c), text.ShellQuote(args[0]))
	case len(args) > a.max:
		return badUsage(c, "%s takes only %s; stray: %s", commandPath(c), a.name, text.ShellQuote(args[a.max]))
	case len(args) < a.min:
		return badUsage(c, "%s needs %s", commandPath(c), a.name)
	}
	return nil
}

// inOrder is the command line as it should have been, where that would work.
func (a arity) inOrder(line commandLine, c *cli.Context, args []string) string {
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && arg != "-" && name != "help" && name != "h" && !hasFlag(c, name) {
			return fmt.Sprintf("%s has no flag %s; see: %s", commandPath(c), dashed(name), helpLine(c))
		}
	}
	_, positional := line.sorted(c)
	switch {
	case len(positional) <= a.max:
		return "in the right order: " + line.rightOrder(c)
	case a.max == 0 && hasFlag(c, "file"):
		return "documents are named with -f: " + line.withFiles(c)
	}
	return fmt.Sprintf("%s takes only %s; stray: %s; see: %s",
		commandPath(c), a.name, strings.Join(positional[a.max:], " "), helpLine(c))
}

// usageHandler turns the flag package's errors into ours. -h and --help arrive here too, as no
// command defines them.
func usageHandler(r *runtimeEnv) cli.OnUsageErrorFunc {
	return func(c *cli.Context, err error, _ bool) error {
		if errors.Is(err, flag.ErrHelp) {
			return printHelp(r, r.Stdout, commandPath(c), commandHelp(c))
		}
		return leaveJSON(c, r, misusedFlag(c, r.args, err))
	}
}

// misusedFlag is what the flag package found, in our words.
func misusedFlag(c *cli.Context, line commandLine, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return badUsage(c, "%s", flagWords(err.Error()))
	}
	if path := commandPath(c); path != "" {
		return usageError{
			message: fmt.Sprintf("%s has no flag %s%s",
				path, dashed(name), didYouMean(name, flagNames(c.Command.Flags), "--")),
			hint: "see: " + helpLine(c),
		}
	}
	for _, word := range line {
		i := slices.Index(commandNames(c.App.Commands), word)
		if i >= 0 && findFlag(c.App.Commands[i].Flags, name) == nil {
			return usageError{
				message: word + " has no flag " + dashed(name), hint: "see: " + programName + " help " + word,
			}
		}
	}
	if near := didYouMean(name, []string{"version", "help"}, "--"); near != "" {
		return usageError{message: programName + " has no flag " + dashed(name) + near, hint: "see: " + helpLine(c)}
	}
	return usageError{
		message: fmt.Sprintf("the flag %s cannot stand before the command", dashed(name)),
		hint:    "flags come behind the command: " + line.commandFirst(commandNames(c.App.Commands)),
	}
}

// dashed is a flag's name as it is written: -o, --out.
func dashed(name string) string { return strings.Repeat("-", min(2, len(name))) + name }

var flagWord = regexp.MustCompile(`(^|\s)-([a-z][a-z-]*)`)

// badValue is the flag package's answer to a value: what it was, of which flag, and why.
var badValue = regexp.MustCompile(`^invalid value ("(?:[^"\\]|\\.)*") for flag -([a-z-]+): (?s:(.*))$`)

// flagWords writes the flag package's messages as we write them: `--timeout 5: write a number …`.
func flagWords(message string) string {
	if m := badValue.FindStringSubmatch(message); m != nil {
		if value, err := strconv.Unquote(m[1]); err == nil {
			return dashed(m[2]) + " " + text.ShellQuote(value) + ": " + m[3]
		}
	}
	return flagWord.ReplaceAllStringFunc(message, func(match string) string {
		if name := strings.TrimLeft(match, " -"); len(name) > 1 {
			return strings.Replace(match, "-", "--", 1)
		}
		return match
	})
}

// unknownCommand answers a word that is no command of a group; a group without one with its help.
func unknownCommand(r *runtimeEnv, c *cli.Context, list []*cli.Command) error {
	names := commandNames(list)
	group := strings.TrimSpace(programName + " " + commandPath(c))
	if !c.Args().Present() {
		if err := printHelp(r, r.Stderr, commandPath(c), commandHelp(c)); err != nil {
			return err
		}
		return ended{exit.Usage}
	}
	word := c.Args().First()
	return usageError{
		message: fmt.Sprintf("%s has no command %s%s", group, text.ShellQuote(word), didYouMean(word, names, "")),
		hint:    "see: " + helpLine(c),
	}
}

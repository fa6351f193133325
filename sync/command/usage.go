package command

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
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
}

var noArguments = arity{}

// check refuses missing and stray arguments. A flag behind a positional argument is never
// parsed by the library, so here it ends the run: `apply plan.json --dry-run` must not apply.
func (a arity) check(r *runtimeEnv, c *cli.Context) error {
	args := shownArgs(c.Args().Slice())
	for _, arg := range args[min(1, len(args)):] {
		if strings.HasPrefix(arg, "-") && arg != "-" {
			return usageError{
				message: fmt.Sprintf(
					"flags stand before %s, so %s would be ignored; nothing was done",
					text.ShellQuote(args[0]),
					arg,
				),
				hint: "in the right order: " + r.rightOrder(c) + unknownNote(c, arg),
			}
		}
	}
	switch {
	case len(args) > a.max && a.max == 0 && findFlag(c.Command.Flags, "file") != nil:
		return usageError{
			message: fmt.Sprintf("%s takes no arguments: %s", commandPath(c), text.ShellQuote(args[0])),
			hint:    "documents are named with -f: " + r.withFiles(c),
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

// unknownNote adds that the command has no such flag at all.
func unknownNote(c *cli.Context, arg string) string {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if name == "help" || name == "h" || findFlag(c.Command.Flags, name) != nil {
		return ""
	}
	return fmt.Sprintf(" (but %s has no flag %s)", commandPath(c), dashed(name))
}

// rightOrder is the command line as it should have been: command, flags, arguments.
func (r *runtimeEnv) rightOrder(c *cli.Context) string {
	flags, positional := r.sorted(c)
	return strings.Join(append(append([]string{programName, commandPath(c)}, flags...), positional...), " ")
}

// withFiles is the command line with every stray argument taken as a document.
func (r *runtimeEnv) withFiles(c *cli.Context) string {
	flags, positional := r.sorted(c)
	line := append([]string{programName, commandPath(c)}, flags...)
	for _, path := range positional {
		line = append(line, "-f", path)
	}
	return strings.Join(line, " ")
}

// sorted parts the command line into flags, with their values, and arguments.
func (r *runtimeEnv) sorted(c *cli.Context) (flags, positional []string) {
	words := strings.Fields(commandPath(c))
	skip := len(words)
	rest := r.args
	for i := 0; i < len(rest); i++ {
		word := rest[i]
		switch {
		case word == "--":
		case strings.HasPrefix(word, "-") && word != "-":
			flags = append(flags, text.ShellQuote(word))
			name, _, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if !hasValue && takesValue(findFlag(c.Command.Flags, name)) && i+1 < len(rest) {
				i++
				flags = append(flags, text.ShellQuote(rest[i]))
			}
		case skip > 0 && word == words[len(words)-skip]:
			skip--
		default:
			positional = append(positional, text.ShellQuote(word))
		}
	}
	return flags, positional
}

func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	if f == nil {
		return false
	}
	_, isBool := f.(*cli.BoolFlag)
	return !isBool
}

// onUsageError turns the flag package's errors into ours. -h and --help arrive here too, as
// no command defines them.
func (r *runtimeEnv) onUsageError(c *cli.Context, err error, _ bool) error {
	if errors.Is(err, flag.ErrHelp) {
		return printHelp(r.Stdout, commandPath(c), commandHelp(c))
	}
	return r.leaveJSON(c, r.misusedFlag(c, err))
}

// misusedFlag is what the flag package found, in our words.
func (r *runtimeEnv) misusedFlag(c *cli.Context, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return badUsage(c, "%s", flagWords(err.Error()))
	}
	if path := commandPath(c); path != "" {
		return usageError{
			message: fmt.Sprintf(
				"%s has no flag %s%s",
				path,
				dashed(name),
				didYouMean(name, flagNames(c.Command.Flags), "--"),
			),
			hint: "see: " + helpLine(c),
		}
	}
	if near := didYouMean(name, []string{"version", "help"}, "--"); near != "" {
		return usageError{message: programName + " has no flag " + dashed(name) + near, hint: "see: " + helpLine(c)}
	}
	return usageError{
		message: fmt.Sprintf("the flag %s cannot stand before the command", dashed(name)),
		hint:    "flags come behind the command: " + r.commandFirst(),
	}
}

// dashed is a flag's name as it is written: -o, --out.
func dashed(name string) string { return strings.Repeat("-", min(2, len(name))) + name }

// commandFirst is the command line with the flags moved behind the command's name.
func (r *runtimeEnv) commandFirst() string {
	for i, word := range r.args {
		if r.isCommand(word) {
			line := append([]string{programName, word}, append(append([]string{}, r.args[i+1:]...), r.args[:i]...)...)
			for j := range line {
				line[j] = text.ShellQuote(line[j])
			}
			return strings.Join(line, " ")
		}
	}
	return programName + " COMMAND [FLAGS]"
}

func (r *runtimeEnv) isCommand(word string) bool {
	for _, c := range commands(r) {
		if c.Name == word {
			return true
		}
	}
	return false
}

var flagWord = regexp.MustCompile(`(^|\s)-([a-z][a-z-]*)`)

// flagWords writes a flag in the flag package's messages as we write it: `-timeout` is `--timeout`.
func flagWords(message string) string {
	return flagWord.ReplaceAllStringFunc(message, func(match string) string {
		if name := strings.TrimLeft(match, " -"); len(name) > 1 {
			return strings.Replace(match, "-", "--", 1)
		}
		return match
	})
}

func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()[0])
	}
	return names
}

// unknownCommand answers a word that is no command of a group, or a group without one.
func unknownCommand(c *cli.Context, list []*cli.Command) error {
	var names []string
	for _, sub := range list {
		names = append(names, sub.Name)
	}
	group := strings.TrimSpace(programName + " " + commandPath(c))
	if !c.Args().Present() {
		return usageError{
			message: "a command is missing: " + group + " " + strings.Join(names, "|"),
			hint:    "see: " + helpLine(c),
		}
	}
	word := c.Args().First()
	return usageError{
		message: fmt.Sprintf("%s has no command %s%s", group, text.ShellQuote(word), didYouMean(word, names, "")),
		hint:    "see: " + helpLine(c),
	}
}

// didYouMean offers the nearest name, when one is near.
func didYouMean(word string, names []string, prefix string) string {
	best, distance := "", 3
	for _, name := range names {
		if d := editDistance(word, name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s%s?", prefix, best)
}

// editDistance is Levenshtein's, over bytes: the names are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

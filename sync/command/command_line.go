package command

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
)

// commandLine is what was typed behind the program's name, as messages may repeat it: see
// shownArgs.
type commandLine []string

// rightOrder is the command line as it should have been: command, flags, arguments.
func (l commandLine) rightOrder(c *cli.Context) string {
	flags, positional := l.sorted(c)
	return strings.Join(append(append([]string{programName, commandPath(c)}, flags...), positional...), " ")
}

// withFiles is the command line with every stray argument taken as a document.
func (l commandLine) withFiles(c *cli.Context) string {
	flags, positional := l.sorted(c)
	line := append([]string{programName, commandPath(c)}, flags...)
	for _, path := range positional {
		line = append(line, "-f", path)
	}
	return strings.Join(line, " ")
}

// sorted parts the command line into flags, with their values, and arguments.
func (l commandLine) sorted(c *cli.Context) (flags, positional []string) {
	words := strings.Fields(commandPath(c))
	skip := len(words)
	for i := 0; i < len(l); i++ {
		word := l[i]
		switch {
		case word == "--":
		case strings.HasPrefix(word, "-") && word != "-":
			flags = append(flags, text.ShellQuote(word))
			name, _, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if !hasValue && takesValue(findFlag(c.Command.Flags, name)) && i+1 < len(l) {
				i++
				flags = append(flags, text.ShellQuote(l[i]))
			}
		case skip > 0 && word == words[len(words)-skip]:
			skip--
		default:
			positional = append(positional, text.ShellQuote(word))
		}
	}
	return flags, positional
}

// commandFirst is the command line with the flags moved behind the command's name.
func (l commandLine) commandFirst(commands []string) string {
	for i, word := range l {
		if slices.Contains(commands, word) {
			line := slices.Concat([]string{programName, word}, l[i+1:], l[:i])
			for j := range line {
				line[j] = text.ShellQuote(line[j])
			}
			return strings.Join(line, " ")
		}
	}
	return programName + " COMMAND [FLAGS]"
}

// valueOf is the value that the command line gives a flag, found without the library, which forgets
// every flag when it meets one that it does not know.
func (l commandLine) valueOf(flag string) (value string) {
	for i, word := range l {
		name, given, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case name != flag || !strings.HasPrefix(word, "-"):
		case whole:
			value = given
		case i+1 < len(l):
			value = l[i+1]
		}
	}
	return value
}

package complete

import (
	"slices"
	"strings"
)

// Command is one command, as far as completion needs it.
type Command struct {
	// Path is "plan", "runs show".
	Path  string
	Flags []Flag
}

// Flag is one flag of a command.
type Flag struct {
	// Names are all of its names, without dashes; the first is the one that decides.
	Names []string
	// Takes: it has a value.
	Takes bool
	// Choices are its values where these are a few words.
	Choices []string
}

// Line is a command line up to the cursor.
type Line struct {
	// Command is the path of the command; "" for none yet.
	Command string
	// Flag is the flag whose value stands at the cursor; nil: it is an argument.
	Flag *Flag
	// Given are the values of flags that stand before the cursor, by the first name.
	Given map[string][]string
	// Arguments stand before the cursor.
	Arguments []string
	// Current is what is typed of the word at the cursor.
	Current string
	// Prefix is what stands in that word before the value: "--zone=".
	Prefix string
}

// Parse reads the words behind the program's name, of which the last stands at the cursor and may
// be empty.
func Parse(words []string, commands []Command) Line {
	line := Line{Given: map[string][]string{}}
	if len(words) == 0 {
		return line
	}
	before := words[:len(words)-1]
	line.Current = words[len(words)-1]
	var command Command
	for i := 0; i < len(before); i++ {
		word := before[i]
		if name, isFlag := flagName(word); isFlag {
			name, value, whole := strings.Cut(name, "=")
			f := command.find(name)
			switch {
			case f == nil || !f.Takes:
			case whole:
				line.give(f, value)
			case i+1 < len(before):
				i++
				line.give(f, before[i])
			default:
				line.Flag = f
			}
			continue
		}
		next := strings.TrimSpace(command.Path + " " + word)
		at := slices.IndexFunc(commands, func(c Command) bool { return c.Path == next })
		if at >= 0 && len(line.Arguments) == 0 {
			command = commands[at]
			continue
		}
		line.Arguments = append(line.Arguments, word)
	}
	line.Command = command.Path
	if name, value, whole := strings.Cut(line.Current, "="); line.Flag == nil && whole {
		if name, isFlag := flagName(name); isFlag {
			if f := command.find(name); f != nil && f.Takes {
				line.Flag, line.Current, line.Prefix = f, value, line.Current[:len(line.Current)-len(value)]
			}
		}
	}
	return line
}

// flagName is a flag without its dashes.
func flagName(word string) (string, bool) {
	name := strings.TrimLeft(word, "-")
	return name, name != word && name != ""
}

func (c Command) find(name string) *Flag {
	i := slices.IndexFunc(c.Flags, func(f Flag) bool { return slices.Contains(f.Names, name) })
	if i < 0 {
		return nil
	}
	return &c.Flags[i]
}

func (l *Line) give(f *Flag, value string) {
	l.Given[f.Names[0]] = append(l.Given[f.Names[0]], value)
}

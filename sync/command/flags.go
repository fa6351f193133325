package command

import (
	"cmp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
)

// joined makes one list of groups of flags.
func joined(groups ...[]cli.Flag) []cli.Flag { return slices.Concat(groups...) }

func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func hasFlag(c *cli.Context, name string) bool { return findFlag(c.Command.Flags, name) != nil }

func takesValue(f cli.Flag) bool {
	if f == nil {
		return false
	}
	_, isBool := f.(*cli.BoolFlag)
	return !isBool
}

func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()[0])
	}
	return names
}

// nameFlag and namesFlag name something (a file, a zone, a shard) and would mean "no such flag"
// when empty. The value is mostly a shell variable then that is not set, and a run without --shard
// or --zone is a larger one than was meant.
type (
	nameFlag struct {
		*cli.StringFlag
		fileRole
	}
	namesFlag struct {
		*cli.StringSliceFlag
		fileRole
	}
)

func newNameFlag(f cli.StringFlag) cli.Flag       { return nameFlag{StringFlag: &f} }
func newNamesFlag(f cli.StringSliceFlag) cli.Flag { return namesFlag{StringSliceFlag: &f} }

// boundFlag is a number that bounds a run, and bounds nothing when it is 0: a script has mostly
// counted then that has found nothing.
type boundFlag struct{ *cli.IntFlag }

func newBoundFlag(f cli.IntFlag) cli.Flag { return boundFlag{&f} }

// checkNames refuses names that are empty, and bounds below 1.
func checkNames(c *cli.Context) error {
	flags := slices.SortedFunc(slices.Values(c.Command.Flags), func(a, b cli.Flag) int {
		return cmp.Compare(a.Names()[0], b.Names()[0])
	})
	for _, f := range flags {
		var values []string
		switch f := f.(type) {
		case nameFlag:
			values = []string{c.String(f.Name)}
		case namesFlag:
			values = c.StringSlice(f.Name)
		case boundFlag:
			if n := c.Int(f.Name); c.IsSet(f.Name) && n < 1 {
				return badUsage(c, "--%s %d: must be at least 1", f.Name, n)
			}
		}
		if name := f.Names()[0]; c.IsSet(name) && slices.Contains(values, "") {
			return badUsage(c, "--%s is empty", name)
		}
	}
	return nil
}

// oneOf is the value of a flag that takes one of a few words.
func oneOf(c *cli.Context, name string, words ...string) (string, error) {
	value := c.String(name)
	if !slices.Contains(words, value) {
		return "", badUsage(c, "--%s %s: one of %s", name, text.ShellQuote(value), strings.Join(words, ", "))
	}
	return value, nil
}

// readGlobs are the patterns of addresses that a flag takes.
func readGlobs(c *cli.Context, name string) ([]spec.Glob, error) {
	var globs []spec.Glob
	for _, pattern := range c.StringSlice(name) {
		glob, err := spec.ParseGlob(pattern)
		if err != nil {
			return nil, badUsage(c, "--%s: %s", name, err)
		}
		globs = append(globs, glob)
	}
	return globs, nil
}

// outFlag is -o, the place of what a command writes.
func outFlag(usage string, kind fileKind) cli.Flag {
	return newOutputFlag(cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: usage}, kind)
}

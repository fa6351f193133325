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

// pathFlag and pathsFlag name files.
type (
	pathFlag struct {
		*cli.StringFlag
		fileRole
	}
	pathsFlag struct {
		*cli.StringSliceFlag
		fileRole
	}
)

// boundFlag is a number that bounds a run, and bounds nothing when it is 0: a script has mostly
// counted then that has found nothing.
type boundFlag struct{ *cli.IntFlag }

func newBoundFlag(f cli.IntFlag) cli.Flag { return boundFlag{&f} }

// checkValues refuses values that are empty, and bounds below 1. An empty value is mostly a shell
// variable that is not set, and a run without --shard, --target or --until is a larger one than was
// meant.
func checkValues(c *cli.Context) error {
	flags := slices.SortedFunc(slices.Values(c.Command.Flags), func(a, b cli.Flag) int {
		return cmp.Compare(a.Names()[0], b.Names()[0])
	})
	for _, f := range flags {
		name := f.Names()[0]
		if !c.IsSet(name) {
			continue
		}
		var values []string
		switch f := f.(type) {
		case pathFlag, *cli.StringFlag:
			values = []string{c.String(name)}
		case pathsFlag, *cli.StringSliceFlag:
			values = c.StringSlice(name)
		case boundFlag:
			if n := c.Int(f.Name); n < 1 {
				return badUsage(c, "--%s %d: must be at least 1", f.Name, n)
			}
		}
		if slices.Contains(values, "") {
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

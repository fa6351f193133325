package command

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// restricting are variables that narrow what a run does, and who is narrowed by them. Set to
// nothing, as by a job whose own variable is missing, they would narrow nothing and nobody would
// see: that is a usage error. Of MAKESYNC_REFERENCES package document tells.
var restricting = []struct {
	name     string
	concerns func(c *cli.Context) bool
	without  string // what a run does that is to go without
}{
	{guardsVariable, readsDocuments, "to run without guards outside the documents"},
	{sealVariable, readsOrWritesPlan, "to let plans go without a seal"},
}

// checkRestricting refuses them when they, or one of the names between their commas, are empty.
func checkRestricting(c *cli.Context, env Env) error {
	for _, v := range restricting {
		value, set := env.LookupEnv(v.name)
		if !set || !v.concerns(c) {
			continue
		}
		switch {
		case strings.TrimSpace(value) == "":
			return badUsage(c, "%s is set and empty; unset it %s", v.name, v.without)
		case v.name == guardsVariable && slices.Contains(splitList(value), ""):
			return badUsage(c, "%s names a file and, beside a comma, none; take the comma out", v.name)
		}
	}
	return nil
}

func readsDocuments(c *cli.Context) bool { return hasFlag(c, "file") || hasFlag(c, "guards") }

func readsOrWritesPlan(c *cli.Context) bool {
	switch c.Command.Name {
	case "show", "approve":
		return true
	case "apply":
		return c.Args().Present()
	}
	f, ok := findFlag(c.Command.Flags, "out").(nameFlag)
	return ok && f.writes != nil && f.writes.sealed && c.IsSet("out")
}

// splitList is what stands between the commas of a variable.
func splitList(list string) []string {
	words := strings.Split(list, ",")
	for i, word := range words {
		words[i] = strings.TrimSpace(word)
	}
	return words
}

package command

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// checkGuardsVariable refuses MAKESYNC_GUARDS where it is empty, or one of the names between its
// commas is: as in a job whose own variable is missing, it would guard nothing, unseen. Of
// MAKESYNC_REFERENCES package document tells, of MAKESYNC_SEAL_KEY who applies a plan.
func checkGuardsVariable(c *cli.Context, env Env) error {
	value, set := env.LookupEnv(guardsVariable)
	switch {
	case !set || !hasFlag(c, "file") && !hasFlag(c, "guards"):
		return nil
	case strings.TrimSpace(value) == "":
		return badUsage(c, "%s is set and empty; unset it to run without guards outside the documents", guardsVariable)
	case slices.Contains(splitList(value), ""):
		return badUsage(c, "%s names a file and, beside a comma, none; take the comma out", guardsVariable)
	}
	return nil
}

// splitList is what stands between the commas of a variable.
func splitList(list string) []string {
	words := strings.Split(list, ",")
	for i, word := range words {
		words[i] = strings.TrimSpace(word)
	}
	return words
}

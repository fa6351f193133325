package command

import (
	"slices"
	"testing"

	"github.com/urfave/cli/v2"
)

// A flag that names something is refused empty in every command that has it.
func TestNamesAreRefusedEmpty(t *testing.T) {
	t.Parallel()
	namesSomething := []string{
		"base", "file", "journal", "live", "map", "out", "reference-root", "region", "shard", "state", "zone",
	}
	env, _, _ := testEnv("", false)
	walk(commands(&runtimeEnv{Env: env}), "", func(path string, c *cli.Command) {
		for _, f := range c.Flags {
			name := f.Names()[0]
			_, one := f.(nameFlag)
			_, many := f.(namesFlag)
			_, word := f.(*cli.BoolFlag) // doctor --state names nothing
			if slices.Contains(namesSomething, name) && !one && !many && !word {
				t.Errorf("%s --%s may be empty", path, name)
			}
		}
	})
	for _, args := range [][]string{{"plan", "--zone="}, {"validate", "-f", "a.yaml", "-f", ""}} {
		env, _, errs := testEnv("", false)
		if code := Main(t.Context(), append([]string{programName}, args...), env); code != 64 {
			t.Errorf("%v: exit %d\n%s", args, code, errs)
		}
	}
}

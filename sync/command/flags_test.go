package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// A value that is empty is mostly a variable that is not set. No flag of any command takes it for its default, or for
// no flag at all: the run would be another one than was meant.
func TestNoValueIsEmpty(t *testing.T) {
	t.Parallel()
	env, _, _ := testEnv("", false)
	tried := 0
	walk(commands(&runtimeEnv{Env: env}), "", func(path string, c *cli.Command) {
		if c.Action == nil {
			return
		}
		for _, f := range c.Flags {
			if !takesValue(f) {
				continue
			}
			name := "--" + f.Names()[0]
			refused := name + " is empty"
			switch f.(type) {
			case *cli.StringFlag, *cli.StringSliceFlag, pathFlag, pathsFlag:
			default: // "" is no number and no duration
				refused = name
			}
			env, _, errs := testEnv("", false)
			args := slices.Concat([]string{programName}, strings.Fields(path), []string{name, ""})
			if code := Main(t.Context(), args, env); code != 64 || !strings.Contains(errs.String(), refused) {
				t.Errorf("%s %s: exit %d\n%s", path, name, code, errs)
			}
			tried++
		}
	})
	if tried < 300 {
		t.Errorf("%d flags are tried", tried)
	}
	for _, args := range [][]string{{"plan", "--zone="}, {"validate", "-f", "a.yaml", "-f", ""}, {"plan", "--target", "*", "--target="}} {
		env, _, errs := testEnv("", false)
		if code := Main(t.Context(), append([]string{programName}, args...), env); code != 64 {
			t.Errorf("%v: exit %d\n%s", args, code, errs)
		}
	}
}

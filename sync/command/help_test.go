package command

import (
	"bytes"
	"makesync/sync/render"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// Every flag stands in one group, so that no help page leaves one out; no group names what there is
// not.
func TestEveryFlagIsInOneGroup(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	walk(commands(&runtimeEnv{}), "", func(path string, c *cli.Command) {
		shown := 0
		for _, group := range groupFlags(c.Flags) {
			shown += len(group.flags)
		}
		if shown != len(c.Flags) {
			t.Errorf("%s has %d flags, and its help page shows %d", path, len(c.Flags), shown)
		}
		for _, f := range c.Flags {
			name := f.Names()[0]
			used[name] = true
			n := 0
			for _, group := range flagGroups {
				if slices.Contains(group.names, name) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("--%s of %s stands in %d groups", name, path, n)
			}
		}
	})
	for _, group := range flagGroups {
		for _, name := range group.names {
			if !used[name] {
				t.Errorf("no command has --%s, which is in the group %s", name, group.heading)
			}
		}
	}
}

// A help page begins with how the command is written, then examples, which everything that runs
// has, and fits every terminal but for what is to be copied.
func TestHelpPages(t *testing.T) {
	t.Parallel()
	check := func(path string, c *cli.Command) {
		for _, width := range []int{0, 40, 60, 80, 100, 160} {
			env, _, _ := testEnv("", false)
			r := &runtimeEnv{Env: env}
			r.Terminal.Width = width
			var b bytes.Buffer
			if err := printHelp(r, &b, path, c); err != nil {
				t.Fatal(err)
			}
			page := b.String()
			usage, examples, flags := strings.Index(page, "\nusage: "), strings.Index(page, "\nexamples:\n"), strings.Index(page, "  --")
			if usage < 0 || examples < usage && len(c.Subcommands) == 0 || flags >= 0 && flags < examples {
				t.Errorf("%s: usage at %d, examples at %d, flags at %d:\n%s", path, usage, examples, flags, page)
			}
			if width == 0 {
				width = 98
			}
			for _, line := range strings.Split(page, "\n") {
				copied := strings.Contains(c.UsageText, strings.TrimSpace(line)) || strings.Contains(rootExamples, strings.TrimSpace(line))
				words := len(strings.Fields(line))
				if n := utf8.RuneCountInString(line); n > width && !copied && words > 2 {
					t.Errorf("%s at %d columns: %d: %s", path, width, n, line)
				}
			}
		}
	}
	list := commands(&runtimeEnv{})
	check("", &cli.Command{Subcommands: list})
	walk(list, "", check)
}

// TestPrintedCommandsAreNotFolded: a text that ends in a command keeps it in one line, whichever it is.
func TestPrintedCommandsAreNotFolded(t *testing.T) {
	t.Parallel()
	for _, name := range commandNames(commands(&runtimeEnv{})) {
		line := "makesync " + name + " --some-flag with-values and-so-on"
		for _, sentence := range []string{"hint: see: " + line, "hint: `" + line + "`; then"} {
			var b bytes.Buffer
			if err := render.Sentences(&b, render.Options{Width: 40}, sentence); err != nil || !strings.Contains(b.String(), line) {
				t.Errorf("%v\n%s", err, &b)
			}
		}
	}
}

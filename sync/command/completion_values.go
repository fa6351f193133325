package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/complete"
	"makesync/sync/fleet"
	"makesync/sync/help"
	"makesync/sync/notify"
	"makesync/sync/render"
)

// valuesWord stands behind `completion` where a script asks for values; behind it stand the words
// of the command line, of which the last begins with = and is what is typed at the cursor: an empty
// word would not reach us through every shell.
const valuesWord = "values"

// completionTime is how long documents may take to load while somebody waits for a key.
const completionTime = 2 * time.Second

func withValues(r *runtimeEnv, action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		words := c.Args().Slice()
		if len(words) == 0 || words[0] != valuesWord {
			return action(c)
		}
		if words = words[1:]; len(words) > 0 && words[0] == "--" {
			words = words[1:]
		}
		if len(words) == 0 || !strings.HasPrefix(words[len(words)-1], "=") {
			return nil
		}
		words = slices.Clone(words)
		words[len(words)-1] = words[len(words)-1][1:]
		line := complete.Parse(words, commandsToComplete("", &cli.Command{Subcommands: commands(r)}))
		for _, value := range complete.Values(line, completionSources(c.Context, r)) {
			if _, err := fmt.Fprintln(r.Stdout, value); err != nil {
				return err
			}
		}
		return nil
	}
}

// commandsToComplete flattens the tree.
func commandsToComplete(path string, c *cli.Command) []complete.Command {
	here := complete.Command{Path: path}
	for _, f := range c.Flags {
		here.Flags = append(here.Flags, complete.Flag{Names: f.Names(), Takes: takesValue(f), Choices: choicesOf(f)})
	}
	all := []complete.Command{here}
	for _, sub := range c.Subcommands {
		all = append(all, commandsToComplete(strings.TrimSpace(path+" "+sub.Name), sub)...)
	}
	return all
}

// choicesOf are the few words that a flag takes; nil for any other flag.
func choicesOf(f cli.Flag) []string {
	switch f.Names()[0] {
	case "format":
		if text, ok := f.(*cli.StringFlag); ok {
			_, formats, _ := strings.Cut(text.Usage, formatUsage)
			return strings.Split(formats, ", ")
		}
	case "color":
		return []string{"auto", "always", "never"}
	case "group":
		return []string{string(render.GroupAuto), string(render.GroupOn), string(render.GroupOff)}
	case "log-level":
		return []string{"debug", "info", "warn", "error"}
	case "log-format":
		return []string{formatText, formatJSON}
	case "notify-format":
		return notify.Forms()
	case "concurrency":
		return []string{autoConcurrency}
	}
	return nil
}

func completionSources(ctx context.Context, r *runtimeEnv) complete.Sources {
	s := complete.Sources{Words: help.Words(), Ops: []string{"revert:drift"}}
	for _, column := range fleet.Columns() {
		s.Columns = append(s.Columns, string(column))
	}
	for _, rule := range allOps {
		s.Ops = append(s.Ops, strings.TrimSuffix(rule, "@*"))
	}
	s.Desired = func(files []string) *spec.Desired { return desiredToComplete(ctx, files) }
	s.Runs = func(journal string) []string {
		store, err := openStore(r.Env, journal)
		if err != nil {
			return nil
		}
		names, _ := store.Names() // a folder that cannot be read has none
		slices.Reverse(names)
		return names
	}
	return s
}

// desiredToComplete is what documents declare, also where they have mistakes; nil where there are
// none, or where they take too long.
func desiredToComplete(ctx context.Context, files []string) *spec.Desired {
	if slices.Contains(files, document.StdinPath) {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, completionTime)
	defer stop()
	documents, _ := document.LoadContext(ctx, document.LoadOptions{Paths: files})
	if ctx.Err() != nil {
		return nil
	}
	desired, _ := documents.Resolve(document.ResolveOptions{SkipReferences: true, DefaultZone: "eu1"})
	return desired
}

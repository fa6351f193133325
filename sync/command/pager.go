package command

import (
	"bytes"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/render"
)

func noPagerFlag() cli.Flag {
	return &cli.BoolFlag{
		Name:  "no-pager",
		Usage: "print a long plan at once, also where " + pagerVariable + " or PAGER names a pager",
	}
}

// pagerVariable names the pager of this program; empty: none. PAGER is that of all programs.
const (
	pagerVariable = "MAKESYNC_PAGER"
	usualPager    = "less"
)

// pagerOf is the command of the pager; nil for none. A shell has no part in it.
func pagerOf(e Env) []string {
	for _, name := range []string{pagerVariable, "PAGER"} {
		if command, set := e.LookupEnv(name); set {
			return strings.Fields(command)
		}
	}
	return []string{usualPager}
}

// canPage tells whether somebody sits at a terminal who can turn pages. A CI may have a terminal,
// too, and nobody at it.
func canPage(r *runtimeEnv) bool {
	t := r.Terminal
	return r.Page != nil && t.Stdin && t.Stdout && t.Stderr && !r.dumb() && r.lookup("CI") == ""
}

// writeLong writes a text to stdout, through a pager where it is longer than the screen. Not every
// pager knows links.
func writeLong(r *runtimeEnv, page []byte, o resultOptions) error {
	words := pagerOf(r.Env)
	tall := r.Terminal.Height > 0 && bytes.Count(page, []byte("\n")) >= r.Terminal.Height
	if o.pager && tall && len(words) > 0 && canPage(r) {
		r.bar.Done()
		if err := r.Page(words, render.WithoutLinks(page)); err == nil {
			return nil
		} else if words[0] != usualPager {
			r.log.Warn("the pager was not used", "pager", render.Clean(strings.Join(words, " ")), "error", err)
		}
	}
	if _, err := r.Stdout.Write(page); err != nil {
		return failure{exit: exit.Internal, message: "write to stdout", cause: text.FileError(err)}
	}
	return nil
}

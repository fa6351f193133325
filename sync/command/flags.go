package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
)

// The formats of results.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatMarkdown = "markdown"
	formatHTML     = "html"
	formatGitHub   = "github" // workflow commands, which GitHub shows beside the lines
)

func formatFlag(formats ...string) cli.Flag {
	return &cli.StringFlag{
		Name:  "format",
		Value: formats[0],
		Usage: "`FORMAT` of the result on stdout: " + strings.Join(formats, ", "),
	}
}

// readFormat is the value of --format, checked.
func readFormat(c *cli.Context, formats ...string) (string, error) {
	return oneOf(c, "format", formats...)
}

// oneOf is the value of a flag that takes one of a few words.
func oneOf(c *cli.Context, name string, words ...string) (string, error) {
	value := c.String(name)
	if !slices.Contains(words, value) {
		return "", badUsage(c, "--%s %s: one of %s", name, text.ShellQuote(value), strings.Join(words, ", "))
	}
	return value, nil
}

// joined makes one list of groups of flags.
func joined(groups ...[]cli.Flag) []cli.Flag { return slices.Concat(groups...) }

// documentOptions say which documents to load, and how.
type documentOptions struct {
	files          []string
	given          bool   // -f was given
	zone           string // --zone, not MAKE_ZONE
	referenceRoots []string
	skipReferences bool
}

const defaultDocument = "makesync.yaml"

func documentFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name:    "file",
			Aliases: []string{"f"},
			Usage:   "`PATH` of a document or a folder of documents; repeatable (default: makesync.yaml)",
		},
		zoneFlag(),
		&cli.StringSliceFlag{Name: "reference-root", Usage: "`DIR` below which ${file:…} may also read; repeatable"},
		&cli.BoolFlag{
			Name:  "skip-references",
			Usage: "read no environment and no file for references; such values compare as unknown",
		},
	}
}

func zoneFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "zone",
		Usage: "`NAME` of the zone of organizations that name none; restricts the run to that zone",
	}
}

func readDocumentOptions(c *cli.Context) documentOptions {
	o := documentOptions{
		files: c.StringSlice("file"), zone: c.String("zone"),
		referenceRoots: c.StringSlice("reference-root"), skipReferences: c.Bool("skip-references"),
	}
	if o.given = len(o.files) > 0; !o.given {
		o.files = []string{defaultDocument}
	}
	return o
}

// zoneOptions say how zones are reached.
type zoneOptions struct {
	urls        map[string]string // --zone-url by zone name
	timeout     time.Duration
	concurrency int
}

const maxConcurrency = 64

func zoneURLFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "zone-url",
		Usage: "`NAME=URL` to reach a zone at, instead of its url or sandbox; repeatable",
	}
}

func zoneFlags() []cli.Flag {
	return []cli.Flag{
		zoneURLFlag(),
		&cli.DurationFlag{
			Name:  "timeout",
			Value: 2 * time.Minute,
			Usage: "`D`, the longest that one call may take with its retries, not counting waits for a rate limit (default: 2m)",
		},
		&cli.IntFlag{
			Name:  "concurrency",
			Value: 8,
			Usage: "read or change at most `N` organizations side by side, 1 to 64 (default: 8)",
		},
	}
}

func readZoneOptions(c *cli.Context) (zoneOptions, error) {
	o := zoneOptions{timeout: c.Duration("timeout"), concurrency: c.Int("concurrency")}
	switch {
	case o.timeout <= 0:
		return o, badUsage(c, "--timeout %s: must be more than 0", o.timeout)
	case o.concurrency < 1 || o.concurrency > maxConcurrency:
		return o, badUsage(c, "--concurrency %d: from 1 to %d", o.concurrency, maxConcurrency)
	}
	var err error
	o.urls, err = readZoneURLs(c)
	return o, err
}

func readZoneURLs(c *cli.Context) (map[string]string, error) {
	urls := map[string]string{}
	for _, pair := range c.StringSlice("zone-url") {
		name, url, ok := strings.Cut(pair, "=")
		if !ok || name == "" || url == "" {
			return nil, badUsage(
				c,
				"--zone-url %s: must be NAME=URL, as in eu1=http://127.0.0.1:8080",
				text.ShellQuote(pair),
			)
		}
		if _, twice := urls[name]; twice {
			return nil, badUsage(c, "--zone-url names the zone %s twice", text.ShellQuote(name))
		}
		urls[name] = url
	}
	return urls, nil
}

// scopeOptions restrict a run to some objects.
type scopeOptions struct {
	target, exclude []spec.Glob
}

func scopeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name:  "target",
			Usage: "only addresses that fit the `GLOB`: acme, 'acme/variable/*', '**/member/*'; repeatable",
		},
		&cli.StringSliceFlag{Name: "exclude", Usage: "leave out addresses that fit the `GLOB`; repeatable"},
	}
}

func readScopeOptions(c *cli.Context) (o scopeOptions, err error) {
	if o.target, err = readGlobs(c, "target"); err != nil {
		return o, err
	}
	o.exclude, err = readGlobs(c, "exclude")
	return o, err
}

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

// limitOptions bound a run.
type limitOptions struct {
	maxCalls   int // 0: no limit
	maxRuntime time.Duration
}

func limitFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{
			Name:  "max-calls",
			Usage: "refuse (exit 5) when planning and applying would take more than `N` calls",
		},
		&cli.DurationFlag{
			Name:  "max-runtime",
			Usage: "stop cleanly after `D`: what is in flight is finished, the rest is left",
		},
	}
}

func readLimitOptions(c *cli.Context) (limitOptions, error) {
	o := limitOptions{maxCalls: c.Int("max-calls"), maxRuntime: c.Duration("max-runtime")}
	switch {
	case c.IsSet("max-calls") && o.maxCalls < 1:
		return o, badUsage(c, "--max-calls %d: must be at least 1", o.maxCalls)
	case c.IsSet("max-runtime") && o.maxRuntime <= 0:
		return o, badUsage(c, "--max-runtime %s: must be more than 0", o.maxRuntime)
	}
	return o, nil
}

func journalFlag() cli.Flag {
	return &cli.StringFlag{Name: "journal", Usage: "`DIR` of the journals, instead of $XDG_STATE_HOME/makesync/runs"}
}

// stateDirectory is $XDG_STATE_HOME/makesync, or what the XDG rules say without it.
func (r *runtimeEnv) stateDirectory() (string, error) {
	if base := r.lookup("XDG_STATE_HOME"); strings.HasPrefix(base, "/") {
		return base + "/makesync", nil
	}
	if home := r.lookup("HOME"); home != "" {
		return home + "/.local/state/makesync", nil
	}
	return "", fmt.Errorf(
		"neither XDG_STATE_HOME nor HOME says where runs are kept; give --journal DIR and set one of them",
	)
}

package command

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/sync/render"
)

// resultOptions say where and how a result is written.
type resultOptions struct {
	format  string
	outJSON output // no path: none
	color   bool
	pager   bool // the text may go through a pager
	// group and verbose say how much a plan or report tells; where a command has no such flags they
	// are zero.
	group   render.Group
	verbose bool
}

// The formats of results.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatMarkdown = "markdown"
	formatHTML     = "html"
	formatCSV      = "csv"
	formatGitHub   = "github" // workflow commands, which GitHub shows beside the lines
)

// resultFlags say where and how a result is written; kind is that of its JSON.
func resultFlags(kind fileKind, formats ...string) []cli.Flag {
	return []cli.Flag{formatFlag(formats...), outJSONFlag(kind), colorFlag()}
}

// detailFlags say how much the text of a plan or report tells.
func detailFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "group", Value: string(render.GroupAuto), Usage: groupUsage},
		&cli.BoolFlag{Name: "verbose", Usage: "leave nothing out: every name, every step, values in full"},
	}
}

const groupUsage = "`WHEN` when equal changes of organizations are told once: auto (from 4 organizations), on, off"

// formatUsage stands before the formats that a command offers.
const formatUsage = "`FORMAT` form of the result on stdout: "

func formatFlag(formats ...string) cli.Flag {
	return &cli.StringFlag{
		Name:  "format",
		Value: formats[0],
		Usage: formatUsage + strings.Join(formats, ", "),
	}
}

func outJSONFlag(kind fileKind) cli.Flag {
	return newOutputFlag(cli.StringFlag{
		Name:  "out-json",
		Usage: "write the result as JSON to `FILE` too, also when the run fails",
	}, kind)
}

func colorFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "color",
		Value: "auto",
		Usage: "`WHEN` when to use colour: auto, always, never; auto is on a terminal without NO_COLOR",
	}
}

func readResultOptions(c *cli.Context, env Env, formats ...string) (o resultOptions, err error) {
	if o.format, err = readFormat(c, formats...); err != nil {
		return o, err
	}
	o.outJSON = outputOf(c, "out-json")
	if _, err := oneOf(c, "color", "auto", "always", "never"); err != nil {
		return o, err
	}
	o.color, o.verbose = colors(c, env), c.Bool("verbose")
	o.pager = o.format == formatText && hasFlag(c, "no-pager") && !c.Bool("no-pager")
	if findFlag(c.Command.Flags, "group") == nil {
		return o, nil
	}
	when, err := oneOf(c, "group", string(render.GroupAuto), string(render.GroupOn), string(render.GroupOff))
	o.group = render.Group(when)
	return o, err
}

// readFormat is the value of --format, checked.
func readFormat(c *cli.Context, formats ...string) (string, error) {
	return oneOf(c, "format", formats...)
}

// colors tells whether a text on stdout is coloured.
func colors(c *cli.Context, env Env) bool {
	when := c.String("color")
	return when == "always" ||
		when == "auto" && env.Terminal.Stdout && env.lookup("NO_COLOR") == "" && !env.dumb()
}

// checkPlace tells before anything is changed that --out-json cannot be written. It is then
// forgotten, so that the run's end does not tell it again.
func (o *resultOptions) checkPlace() error {
	if o.outJSON.path == "" {
		return nil
	}
	err := tryPut(o.outJSON, o.outJSON.path)
	if err != nil {
		o.outJSON = output{}
	}
	return err
}

const maxBytesUsage = "with --format markdown: at most `N` bytes, " +
	"the least risky detail is dropped first (default: %d)"

func maxBytesFlag() cli.Flag {
	return &cli.IntFlag{
		Name:  "max-bytes",
		Value: render.DefaultMaxBytes,
		Usage: fmt.Sprintf(maxBytesUsage, render.DefaultMaxBytes),
	}
}

// readMaxBytes is the size of a comment; of no meaning where a command has no such flag.
func readMaxBytes(c *cli.Context) (int, error) {
	most := c.Int("max-bytes")
	if c.IsSet("max-bytes") && most < render.MinMaxBytes {
		return most, badUsage(c, "--max-bytes %d: at least %d", most, render.MinMaxBytes)
	}
	return most, nil
}

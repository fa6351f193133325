package command

import (
	"github.com/urfave/cli/v2"

	"makesync/sync/export"
)

// sourceOptions are the options of commands that read whole zones: export, snapshot, migrate,
// compare.
type sourceOptions struct {
	files          []string // -f; none by default
	guards         []string // --guards, not MAKESYNC_GUARDS
	referenceRoots []string
	zones          zoneOptions
	selector       *export.Selector
	limits         limitOptions // of which --max-calls is no part
	color          bool
}

// sourceFlags are their flags; use says what -f is for.
func sourceFlags(use string) []cli.Flag {
	return joined([]cli.Flag{
		fileFlag("`PATH` documents, for " + use + " and their zones; repeatable (default: none)"),
		guardsFlag("`FILE` guards outside the documents, whose patterns of secrets count too; repeatable, beside "),
		referenceRootFlag(),
		&cli.StringSliceFlag{
			Name:  "organization",
			Usage: "only organizations whose name or key fits the `GLOB`, without case; repeatable",
		},
		maxRuntimeFlag("what was not read by then is told"),
	}, zoneFlags(), []cli.Flag{colorFlag()}, logFlags())
}

func readSourceOptions(c *cli.Context, env Env) (o sourceOptions, err error) {
	o.files, o.guards = c.StringSlice("file"), c.StringSlice("guards")
	o.referenceRoots = c.StringSlice("reference-root")
	o.color = colors(c, env)
	if o.limits.maxRuntime, err = readMaxRuntime(c); err != nil {
		return o, err
	}
	if o.selector, err = export.NewSelector(c.StringSlice("organization")); err != nil {
		return o, badUsage(c, "--organization: %s", err)
	}
	o.zones, err = readZoneOptions(c)
	return o, err
}

// folderOptions say where documents are written.
type folderOptions struct {
	out   string
	force bool
	never bool // nothing is ever overwritten
	prune bool // --prune: see reexport
}

// folderFlags are the flags of commands that write documents.
func folderFlags() []cli.Flag {
	return []cli.Flag{
		outFlag("write the documents to the folder `DIR`", documentFile),
	}
}

func readFolderOptions(c *cli.Context) folderOptions {
	return folderOptions{out: c.String("out"), force: c.Bool("force")}
}

package command

import (
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
)

// documentOptions say which documents to load, and how.
type documentOptions struct {
	files          []string
	given          bool   // -f was given
	zone           string // --zone, not MAKE_ZONE
	referenceRoots []string
	skipReferences bool
	skipUnset      bool     // explain: a reference that cannot be read makes its value unknown
	guards         []string // --guards, not MAKESYNC_GUARDS
	expect         int      // --expect-organizations
	part           part
	// room is that of both sides, where documents are compared with others.
	room *document.Room
}

// part says which organizations a run looks at, by their keys.
type part struct {
	wanted func(key string) bool // nil: all
	names  bool                  // what the others declare has to be known by name
}

// partOf is what --shard, --target and --exclude leave of the documents.
func partOf(o planOptions) part {
	scope := o.scope.in("")
	if o.shard == nil && !scope.Narrows() {
		return part{}
	}
	wanted := func(key string) bool { return o.shard.Has(key) && scope.MayReach(key) }
	return part{wanted, scope.Narrows()}
}

const defaultDocument = "makesync.yaml"

func documentFlags() []cli.Flag {
	return []cli.Flag{
		fileFlag("`PATH` a document or a folder of documents, - for stdin; repeatable (default: makesync.yaml)"),
		zoneFlag("`NAME` the zone of organizations that name none; restricts the run to that zone"),
		referenceRootFlag(),
		skipReferencesFlag("compare as unknown"),
		guardsFlag("`FILE` guards outside the documents, which these can only tighten; repeatable, beside "),
		newBoundFlag(cli.IntFlag{
			Name:  "expect-organizations",
			Usage: "refuse documents that declare fewer than `N` organizations together",
		}),
	}
}

func guardsFlag(usage string) cli.Flag {
	return newInputsFlag(cli.StringSliceFlag{Name: "guards", Usage: usage + guardsVariable})
}

// guardsVariable lists files of guards, with commas between them.
const guardsVariable = "MAKESYNC_GUARDS"

// guardFiles are the files of guards, all of which hold.
func (o documentOptions) guardFiles(env Env) []string {
	files := slices.Clone(o.guards)
	if list := env.lookup(guardsVariable); list != "" {
		files = append(files, splitList(list)...)
	}
	return files
}

func fileFlag(usage string) cli.Flag {
	return newInputsFlag(cli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: usage})
}

func zoneFlag(usage string) cli.Flag { return &cli.StringFlag{Name: "zone", Usage: usage} }

func referenceRootFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "reference-root",
		Usage: "`DIR` a folder below which ${file:…} may also read; repeatable",
	}
}

// skipReferencesFlag says what becomes of values that are not read.
func skipReferencesFlag(fate string) cli.Flag {
	return &cli.BoolFlag{
		Name:  "skip-references",
		Usage: "read no environment and no file for references; such values " + fate,
	}
}

func readDocumentOptions(c *cli.Context) documentOptions {
	o := documentOptions{
		files:          c.StringSlice("file"),
		zone:           c.String("zone"),
		referenceRoots: c.StringSlice("reference-root"),
		skipReferences: c.Bool("skip-references"),
		guards:         c.StringSlice("guards"),
		expect:         c.Int("expect-organizations"),
	}
	if o.given = len(o.files) > 0; !o.given {
		o.files = []string{defaultDocument}
	}
	return o
}

// zoneVariable holds the zone that is meant where nothing names one, as for the official CLI.
const zoneVariable = "MAKE_ZONE"

// defaultZone is the zone of organizations that name none: --zone, else MAKE_ZONE.
func (o documentOptions) defaultZone(env Env) string {
	if o.zone != "" {
		return o.zone
	}
	return env.lookup(zoneVariable)
}

// only is the zone that --zone restricts the run to, by its name; "" without --zone.
func (o documentOptions) only(zones map[string]spec.Zone) string {
	if o.zone == "" {
		return ""
	}
	return spec.ZoneName(o.zone, zones)
}

// namedZones are the zones that are named outside the documents, besides --zone-url.
func (o documentOptions) namedZones(env Env) []string {
	var names []string
	for _, name := range []string{o.zone, env.lookup(zoneVariable)} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

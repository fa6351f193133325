package command

import (
	"context"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/render"
	"makesync/sync/state"
)

type compareOptions struct {
	sourceOptions
	result         resultOptions
	skipReferences bool
	decided        spec.MigrationMap // --map
}

func compareCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "two sides, field by field, ids ignored",
		ArgsUsage: "A B",
		Description: "A side is a zone's name, else a file or folder of documents, else a snapshot. " +
			"Organizations are paired by key, else by name; " +
			"one without a partner is a difference. What documents do not manage is not compared with a zone. " +
			"Exit 2 when something differs.",
		UsageText: "makesync compare eu1 us1\nmakesync compare --organization 'acme*' clients/ live.json",
		Flags: joined(sourceFlags("what is sensitive"), []cli.Flag{
			formatFlag(formatText, formatJSON),
			&cli.StringFlag{Name: "out-json", Usage: "write the result as JSON to `FILE` too, also when the run fails"},
			&cli.StringFlag{Name: "map",
				Usage: "look at A through the `FILE` of a migration: renames and other e-mails are no differences"},
			&cli.BoolFlag{Name: "skip-references",
				Usage: "read no environment and no file for references; such values are not compared"},
		}),
		Action: r.action(arity{2, 2, "two sides, A and B"}, func(c *cli.Context) error {
			o := compareOptions{skipReferences: c.Bool("skip-references")}
			var err error
			if o.sourceOptions, err = readSourceOptions(c); err != nil {
				return err
			}
			if o.result, err = r.readResultOptions(c, formatText, formatJSON); err != nil {
				return err
			}
			if file := c.String("map"); file != "" {
				var problems []spec.Problem
				if o.decided, problems = document.LoadMigrationMap(file); spec.HasErrors(problems) {
					return r.failCompare(c.Context, o, [2]string(c.Args().Slice()), invalid(problems))
				}
			}
			return r.runCompare(c.Context, o, c.Args().Get(0), c.Args().Get(1))
		}),
	}
}

func (r *runtimeEnv) runCompare(ctx context.Context, o compareOptions, a, b string) error {
	comparison, err := r.compare(ctx, o, a, b)
	if err != nil {
		return r.failCompare(ctx, o, [2]string{a, b}, err)
	}
	if err := r.emit(compareResult{comparison}, o.result, r.render(o.result, "compare")); err != nil {
		return err
	}
	return end(comparison.Exit)
}

// failCompare ends a run that has no comparison.
func (r *runtimeEnv) failCompare(ctx context.Context, o compareOptions, sides [2]string, err error) error {
	problems, code := failed(ctx, err, nil)
	if wrong, ok := err.(invalidDocuments); ok {
		problems, code = wrong.problems, exit.Invalid
	}
	if err := r.emitFailed(emptyComparison(sides, problems, code), problems, code, o.result, "compare"); err != nil {
		return err
	}
	return end(code)
}

// emptyComparison is the result of a run that compared nothing.
func emptyComparison(sides [2]string, problems []spec.Problem, exit exit.Code) result {
	empty := compare.Compare(compare.ComparedSide{Name: sides[0]}, compare.ComparedSide{Name: sides[1]},
		nil, nil, problems)
	empty.Exit = exit
	return compareResult{empty}
}

type compareResult struct{ *compare.Comparison }

func (c compareResult) text(w io.Writer, o render.Options) error {
	return render.Compare(w, c.Comparison, o)
}
func (c compareResult) unkept(problem spec.Problem) exit.Code {
	return spoil(&c.Comparison.Problems, &c.Comparison.Exit, problem)
}

func (c compareResult) json(w io.Writer) error { return render.CompareJSON(w, c.Comparison) }

func (r *runtimeEnv) compare(ctx context.Context, o compareOptions, a, b string) (*compare.Comparison, error) {
	sides := [2]compare.Side{}
	var zones []string
	for i, name := range []string{a, b} {
		about, err := r.sideOf(name, o)
		if err != nil {
			return nil, err
		}
		if sides[i].About = about; about.Kind == compare.SideZone {
			zones = append(zones, name)
		}
	}
	src, err := r.openSources(o.sourceOptions, zones...)
	if err != nil {
		return nil, err
	}
	defer src.close()
	for i := range sides {
		if err := r.readSide(ctx, &sides[i], src, o); err != nil {
			return nil, err
		}
	}
	if unmatched := o.selector.Unmatched(a + " and " + b); len(unmatched) > 0 {
		return nil, invalid(unmatched)
	}
	return compare.CompareSides(sides[0], sides[1], compare.SideOptions{
		Select: src.chooseDocuments, Sensitive: src.sensitiveOn(sides), Map: o.decided}), nil
}

// sideOf tells what a side is: a zone's name goes first, then a file or folder.
func (r *runtimeEnv) sideOf(name string, o compareOptions) (compare.ComparedSide, error) {
	about := compare.ComparedSide{Name: name, Kind: compare.SideZone, Zone: name}
	if r.isZone(name, o.sourceOptions) {
		return about, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return about, failure{exit: exit.Invalid, message: text.ShellQuote(name) +
			" is neither the name of a zone nor a file or folder", cause: err,
			hint: "zones that are not built in are declared in documents (-f) or by --zone-url"}
	}
	about.Kind, about.Zone = compare.SideDocuments, ""
	if !info.IsDir() && isSnapshot(name) {
		about.Kind = compare.SideSnapshot
	}
	return about, nil
}

// isZone tells whether a word names a zone: built in, given by --zone-url, or declared in -f.
func (r *runtimeEnv) isZone(name string, o sourceOptions) bool {
	if _, given := o.zones.urls[name]; given || spec.BuiltinZones()[spec.ZoneName(name, nil)] != "" {
		return true
	}
	if len(o.files) == 0 {
		return false
	}
	documents, _ := document.Load(document.LoadOptions{Paths: o.files}) // openSources tells what is wrong with them
	_, declared := documents.Zones()[spec.ZoneName(name, documents.Zones())]
	return declared
}

// isSnapshot tells a snapshot from a JSON document by its format.
func isSnapshot(path string) bool {
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 || data[0] != '{' {
		return false
	}
	_, err = offline.DecodeSnapshot(data)
	return err == nil || len(spec.Check(schema.Snapshot(), data)) == 0
}

func (r *runtimeEnv) readSide(ctx context.Context, s *compare.Side, src *sources, o compareOptions) (err error) {
	name := s.About.Name
	switch s.About.Kind {
	case compare.SideZone:
		s.About.Zone = src.name(name)
		s.State, err = src.readZone(ctx, name, state.ReadOptions{Select: src.choose})
	case compare.SideSnapshot:
		snapshot, err := r.readSnapshot(name)
		if err != nil {
			return err
		}
		*s, err = compare.NewSnapshotSide(ctx, name, snapshot, src.choose)
		return err
	default:
		s.Desired, err = r.readDocuments(name, o)
	}
	return err
}

// readDocuments loads a side of documents. References that cannot be read are not compared.
func (r *runtimeEnv) readDocuments(path string, o compareOptions) (*spec.Desired, error) {
	documents, problems := document.Load(document.LoadOptions{Paths: []string{path}})
	desired, more := documents.Resolve(document.ResolveOptions{LookupEnv: r.LookupEnv,
		SkipReferences: o.skipReferences, SkipUnset: true,
		ReferenceRoots: o.referenceRoots, DefaultZone: r.lookup("MAKE_ZONE"), ZoneNames: zoneURLNames(o.zones.urls)})
	if problems = append(problems, more...); spec.HasErrors(problems) {
		return nil, invalid(spec.SortProblems(problems))
	}
	return desired, nil
}

func (s *sources) chooseDocuments(o *spec.Organization) bool {
	return s.o.selector.Selects(o.Name, o.Key)
}

// sensitiveOn tells what is a secret of a side to the documents of -f.
func (s *sources) sensitiveOn(sides [2]compare.Side) func(*compare.Side, spec.Address) bool {
	in := map[*state.ZoneState]func(spec.Address) bool{nil: s.sensitive}
	for _, side := range sides {
		if side.State != nil {
			in[side.State] = s.secretsIn(side.State)
		}
	}
	return func(side *compare.Side, a spec.Address) bool { return in[side.State](a) }
}

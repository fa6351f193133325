package command

import (
	"context"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec"
	reconcile "makesync/sync"
	"makesync/sync/render"
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
		Description: "A side is a zone's name, else a file or folder of documents, else a snapshot. Organizations are paired by key, else by name; " +
			"one without a partner is a difference. What documents do not manage is not compared with a zone. Exit 2 when something differs.",
		UsageText: "makesync compare eu1 us1\nmakesync compare --organization 'acme*' clients/ live.json",
		Flags: joined(sourceFlags("what is sensitive"), []cli.Flag{
			formatFlag(formatText, formatJSON),
			&cli.StringFlag{Name: "out-json", Usage: "write the result as JSON to `FILE` too, also when the run fails"},
			&cli.StringFlag{Name: "map", Usage: "look at A through the `FILE` of a migration: renames and other e-mails are no differences"},
			&cli.BoolFlag{Name: "skip-references", Usage: "read no environment and no file for references; such values are not compared"},
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
				if o.decided, problems = spec.LoadMigrationMap(file); spec.HasErrors(problems) {
					return r.failCompare(c.Context, o, [2]string(c.Args().Slice()), invalid(problems))
				}
			}
			return r.runCompare(c.Context, o, c.Args().Get(0), c.Args().Get(1))
		}),
	}
}

// side is one side of a comparison on its way to its flat organizations.
type side struct {
	about    reconcile.ComparedSide
	state    *reconcile.ZoneState // zone and snapshot
	snapshot *reconcile.Snapshot  // snapshot
	desired  *spec.Desired        // documents
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
	problems, exit := failed(ctx, err, nil)
	if wrong, ok := err.(invalidDocuments); ok {
		problems, exit = wrong.problems, reconcile.ExitInvalid
	}
	if err := r.emitFailed(emptyComparison(sides, problems, exit), problems, exit, o.result, "compare"); err != nil {
		return err
	}
	return end(exit)
}

// emptyComparison is the result of a run that compared nothing.
func emptyComparison(sides [2]string, problems []spec.Problem, exit reconcile.Exit) result {
	empty := reconcile.Compare(reconcile.ComparedSide{Name: sides[0]}, reconcile.ComparedSide{Name: sides[1]}, nil, nil, problems)
	empty.Exit = exit
	return compareResult{empty}
}

type compareResult struct{ *reconcile.Comparison }

func (c compareResult) text(w io.Writer, o render.Options) error {
	return render.Compare(w, c.Comparison, o)
}
func (c compareResult) unkept(problem spec.Problem) reconcile.Exit {
	return spoil(&c.Comparison.Problems, &c.Comparison.Exit, problem)
}

func (c compareResult) json(w io.Writer) error { return render.CompareJSON(w, c.Comparison) }

func (r *runtimeEnv) compare(ctx context.Context, o compareOptions, a, b string) (*reconcile.Comparison, error) {
	sides := [2]side{}
	var zones []string
	for i, name := range []string{a, b} {
		about, err := r.sideOf(name, o)
		if err != nil {
			return nil, err
		}
		if sides[i].about = about; about.Kind == reconcile.SideZone {
			zones = append(zones, name)
		}
	}
	src, err := r.openSources(o.sourceOptions, zones...)
	if err != nil {
		return nil, err
	}
	defer src.close()
	var exits []reconcile.Exit
	var problems []spec.Problem
	for i, name := range []string{a, b} {
		if err := r.readSide(ctx, &sides[i], name, src, o); err != nil {
			return nil, err
		}
		if state := sides[i].state; state != nil {
			problems = append(problems, state.Problems...)
			exits = append(exits, state.Exit())
		}
	}
	if unmatched := o.selector.Unmatched(a + " and " + b); len(unmatched) > 0 {
		return nil, invalid(unmatched)
	}
	result := compareSides(sides, src, o.decided, problems)
	result.Exit = reconcile.Worst(append(exits, result.Exit)...)
	return result, nil
}

// sideOf tells what a side is: a zone's name goes first, then a file or folder.
func (r *runtimeEnv) sideOf(name string, o compareOptions) (reconcile.ComparedSide, error) {
	about := reconcile.ComparedSide{Name: name, Kind: reconcile.SideZone, Zone: name}
	if r.isZone(name, o.sourceOptions) {
		return about, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return about, failure{exit: reconcile.ExitInvalid, message: shellQuote(name) + " is neither the name of a zone nor a file or folder", cause: err,
			hint: "zones that are not built in are declared in documents (-f) or by --zone-url"}
	}
	about.Kind, about.Zone = reconcile.SideDocuments, ""
	if !info.IsDir() && isSnapshot(name) {
		about.Kind = reconcile.SideSnapshot
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
	documents, _ := spec.Load(spec.LoadOptions{Paths: o.files}) // openSources tells what is wrong with them
	_, declared := documents.Zones()[spec.ZoneName(name, documents.Zones())]
	return declared
}

// isSnapshot tells a snapshot from a JSON document by its format.
func isSnapshot(path string) bool {
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 || data[0] != '{' {
		return false
	}
	_, err = reconcile.DecodeSnapshot(data)
	return err == nil || len(spec.Check(schema.Snapshot(), data)) == 0
}

func (r *runtimeEnv) readSide(ctx context.Context, s *side, name string, src *sources, o compareOptions) (err error) {
	switch s.about.Kind {
	case reconcile.SideZone:
		s.about.Zone = src.name(name)
		s.state, err = src.readZone(ctx, name, reconcile.ReadOptions{Select: src.choose})
	case reconcile.SideSnapshot:
		if s.snapshot, err = r.readSnapshot(name); err != nil {
			return err
		}
		s.about.Zone = s.snapshot.Zone
		s.state, err = reconcile.ReadZone(ctx, s.snapshot.Port(&spec.Desired{}), reconcile.ReadOptions{Select: src.choose, Kinds: s.snapshot.KindsOf})
	default:
		s.desired, err = r.readDocuments(name, o)
	}
	return err
}

// readDocuments loads a side of documents. References that cannot be read are not compared.
func (r *runtimeEnv) readDocuments(path string, o compareOptions) (*spec.Desired, error) {
	documents, problems := spec.Load(spec.LoadOptions{Paths: []string{path}})
	desired, more := documents.Resolve(spec.ResolveOptions{LookupEnv: r.LookupEnv, SkipReferences: o.skipReferences, SkipUnset: true,
		ReferenceRoots: o.referenceRoots, DefaultZone: r.lookup("MAKE_ZONE"), ZoneNames: zoneURLNames(o.zones.urls)})
	if problems = append(problems, more...); spec.HasErrors(problems) {
		return nil, invalid(spec.SortProblems(problems))
	}
	return desired, nil
}

func (s *sources) chooseDocuments(o *spec.Organization) bool {
	return s.o.selector.Selects(o.Name, o.Key)
}

// compareSides makes the flat organizations of both sides. Documents borrow the other side's lists of names.
func compareSides(sides [2]side, src *sources, decided spec.MigrationMap, problems []spec.Problem) *reconcile.Comparison {
	var organizations [2][]reconcile.FlatOrganization
	for i := range sides {
		masked := sides[i].sensitive(src)
		switch s, other := &sides[i], &sides[1-i]; {
		case s.snapshot != nil:
			organizations[i] = reconcile.FlattenSnapshot(s.snapshot, s.state, masked)
		case s.state != nil:
			organizations[i] = reconcile.FlattenZone(s.state, masked)
		default:
			organizations[i] = reconcile.FlattenDocuments(s.desired, src.chooseDocuments, other.lists(), masked)
		}
	}
	for i := range sides {
		if s := sides[i].snapshot; s != nil && s.EmailsHashed {
			reconcile.MatchHashedEmails(s, organizations[i], organizations[1-i])
		}
	}
	return reconcile.Compare(sides[0].about, sides[1].about, reconcile.MapNames(organizations[0], decided), organizations[1], problems)
}

// sensitive tells what is a secret of a side: to the documents of -f, and to the side's own.
func (s *side) sensitive(src *sources) func(spec.Address) bool {
	by := src.sensitive
	if s.state != nil {
		by = src.secretsIn(s.state)
	}
	if s.desired == nil {
		return by
	}
	return func(a spec.Address) bool { return by(a) || spec.IsSensitive(a, a.Name(), s.desired.Sensitive) }
}

func (s *side) lists() reconcile.Lists {
	if s.state == nil {
		return reconcile.Lists{}
	}
	return reconcile.Lists{Names: s.state.Names, Roles: s.state.Roles}
}

package command

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/offline"
	"makesync/sync/policy"
	"makesync/sync/render"
	"makesync/sync/state"
)

type statusOptions struct {
	sourceOptions
	result  resultOptions
	named   []string // --zone
	columns []fleet.Column
	order   fleet.Order
	where   *policy.Where // nil: all
	parts   []fleet.Part
	person  string
	changes bool // of a plan of the documents
	since   sinceOptions
	// skipReferences: values behind references are not compared.
	skipReferences bool
	exitCode       bool
	end            endOptions
	job            []string // which organizations it looks at
	invoices       bool     // --show-invoice-links
}

var statusFormats = []string{formatText, formatJSON, formatCSV, formatHTML}

const statusDescription = "Shows what needs attention first, worst first, then a row for each organization " +
	"that the token sees, or that the documents of -f declare. " +
	"Reads only what the columns need, and changes nothing. " +
	"What is not read is not judged: with --show a payment that failed may go unseen. " +
	"Exit 0, 6 when something could not be read, or with --exit-code 2 when something is bad. " +
	"With --person: every organization of a person, what of her stands in documents, and the lines that take her out."

func statusCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "status",
		Usage:       "every organization at a glance, what needs attention first",
		Description: statusDescription,
		UsageText: "makesync status --zone eu1\n" +
			"makesync status -f clients/ --where 'credits.left < 0.1 * credits.total' --sort -credits\n" +
			"makesync status -f clients/ --format html > fleet.html\n" +
			"makesync status -f clients/ --person leo@acme.example",
		Flags: joined([]cli.Flag{
			zonesFlag(),
			&cli.StringFlag{Name: "show", Usage: "only these `COLUMNS`, with commas between, or all: " + columnNames()},
			&cli.StringFlag{Name: "sort", Usage: "sort by a `COLUMN`; -COLUMN for the largest first"},
			&cli.StringFlag{Name: "where", Usage: "only organizations for which the `EXPR` is true, as in policies"},
			&cli.StringFlag{Name: "person", Usage: "where the person with this `EMAIL` is"},
			sinceFlag(),
			skipReferencesFlag("count as unchanged"),
			&cli.BoolFlag{Name: "exit-code", Usage: "end with 2 when something is bad"},
			&cli.BoolFlag{
				Name:  "show-invoice-links",
				Usage: "print the signed links of last invoices, in text and JSON on stdout; whoever has one opens it",
			},
			formatFlag(statusFormats...),
			outJSONFlag(resultFile("status")),
		}, endFlags(), sourceFlags("which organizations count, their owners' addresses")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readStatusOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runStatus(c.Context, r, o)
		}),
	}
}

func columnNames() string {
	var names []string
	for _, column := range fleet.Columns() {
		names = append(names, string(column))
	}
	return strings.Join(names, ", ")
}

func readStatusOptions(c *cli.Context, env Env) (o statusOptions, err error) {
	o.named, o.person = c.StringSlice("zone"), c.String("person")
	o.job = append(c.StringSlice("organization"), "where "+c.String("where"), "show "+c.String("show"))
	o.skipReferences = c.Bool("skip-references")
	o.exitCode, o.invoices = c.Bool("exit-code"), c.Bool("show-invoice-links")
	for _, read := range []func() error{
		func() (err error) { o.sourceOptions, err = readSourceOptions(c, env); return },
		func() (err error) { o.result, err = readResultOptions(c, env, statusFormats...); return },
		func() error { return o.readView(c) },
		func() error { return o.readWhere(c) },
		func() error { return o.readSince(c) },
		func() (err error) { o.end, err = readEndOptions(c, env); return },
	} {
		if err := read(); err != nil {
			return o, err
		}
	}
	if o.invoices && o.result.format != formatText && o.result.format != formatJSON {
		return o, badUsage(c, "--show-invoice-links is for text and JSON; a page or a table would keep the links")
	}
	return o, nil
}

// readView reads what is shown: columns in an order, or a person.
func (o *statusOptions) readView(c *cli.Context) (err error) {
	if o.person != "" {
		for _, other := range []string{"show", "sort", "where", "since", "metrics-file", "notify"} {
			if c.IsSet(other) {
				return badUsage(c, "--person shows one person, and --%s is about organizations", other)
			}
		}
		o.parts = []fleet.Part{fleet.PartMembers}
		return nil
	}
	if o.columns, err = fleet.ParseColumns(c.String("show")); err != nil {
		return badUsage(c, "--show: %s", err)
	}
	if err := o.readChanges(c); err != nil {
		return err
	}
	if o.order, err = fleet.ParseOrder(c.String("sort")); err != nil {
		return badUsage(c, "--sort: %s", err)
	}
	o.parts = fleet.Union(fleet.PartsOf(o.columns), o.order.Parts())
	return nil
}

// readChanges: changes are those of documents, which are shown with them, and left out of all
// columns without them.
func (o *statusOptions) readChanges(c *cli.Context) error {
	if !c.IsSet("show") && len(o.files) > 0 {
		o.columns = append(o.columns, fleet.ColumnChanges)
	}
	o.changes = slices.Contains(o.columns, fleet.ColumnChanges)
	if o.changes && len(o.files) == 0 {
		if c.String("show") != "all" {
			return badUsage(c, "--show changes needs documents (-f) to compare with")
		}
		o.dropChanges()
	}
	return nil
}

func (o *statusOptions) readSince(c *cli.Context) (err error) {
	if o.since, err = readSinceOptions(c); err == nil && o.since.set() && !o.changes {
		err = badUsage(c, "--since is about the column changes, which needs documents (-f)")
	}
	return err
}

// dropChanges leaves the changes out, where there is nothing to compare with.
func (o *statusOptions) dropChanges() {
	o.changes = false
	o.columns = slices.DeleteFunc(o.columns, func(column fleet.Column) bool { return column == fleet.ColumnChanges })
}

func (o *statusOptions) readWhere(c *cli.Context) error {
	condition := c.String("where")
	if !c.IsSet("where") {
		return nil
	}
	where, problems := policy.CompileWhere(condition)
	if len(problems) > 0 {
		return badUsage(c, "--where: column %d: %s", problems[0].Column, problems[0].Message)
	}
	o.where, o.changes = where, o.changes || slices.Contains(where.Reads(), "changes") && len(o.files) > 0
	o.parts = fleet.Union(o.parts, fleet.PartsOfCondition(condition, where.Reads()))
	return nil
}

func runStatus(ctx context.Context, r *runtimeEnv, o statusOptions) error {
	status := fleet.NewStatus(r.Now(), o.columns)
	if o.person == "" {
		status.NotLookedAt = append(status.NotLookedAt, fleet.NotLookedAt(o.parts)...)
	}
	ended := o.runEnd(r)
	failures, err := readStatus(ctx, r, o, status, &ended)
	res := statusResult{status, o.invoices}
	switch {
	case err != nil:
		problems, code := withError(ctx, err, status.Problems)
		res = emptyStatus(r, problems, code)
	default:
		if status.Exit = status.ExitOf(failures, o.exitCode); o.person != "" {
			status.KeepPlaces()
		}
		tellLost(ended.zones, &status.Problems, &status.Exit)
		ended.status = status
	}
	if o.person == "" {
		ended.problems, ended.exit = res.Problems, res.Exit
		res.Problems = append(res.Problems, ended.report(ctx, r)...)
	}
	return endStatus(r, o, res)
}

// runEnd is how the run is told of; which organizations it looks at makes it another job.
func (o *statusOptions) runEnd(r *runtimeEnv) runEnd {
	return runEnd{
		command: "status", began: r.Now(), job: o.job,
		options: planOptions{end: o.end, documents: documentOptions{files: o.files, zone: strings.Join(o.named, ",")}},
	}
}

// endStatus prints a result. One of which no zone could be read goes to stderr, as an error.
func endStatus(r *runtimeEnv, o statusOptions, res statusResult) error {
	var err error
	if len(res.Zones) == 0 {
		err = r.emitFailed(res, res.Problems, res.Exit, o.result, "status")
	} else {
		err = r.emit(res, o.result, r.render(o.result, "status"))
	}
	if err != nil {
		return err
	}
	return end(res.Exit)
}

// readStatus reads the zones, one after the other, and gives the errors of those that could not be
// read. An error of its own ends the run.
func readStatus(
	ctx context.Context, r *runtimeEnv, o statusOptions, status *fleet.Status, ended *runEnd,
) ([]error, error) {
	desired, err := fleetDocuments(ctx, r.Env, o)
	if err != nil {
		return nil, err
	}
	if len(desired.Organizations) == 0 {
		o.dropChanges()
		status.Columns = o.columns
	}
	src, err := openFleet(r, o.sourceOptions, o.named, desired)
	if err != nil {
		return nil, err
	}
	defer src.close()
	ended.zones = src.zones
	if len(src.zones.ports) == 0 {
		return nil, usageError{message: "no zone is named", hint: "give --zone NAME, MAKE_ZONE, or documents with -f"}
	}
	ctx, stop := untilDeadline(ctx, src)
	defer stop()
	if o.person != "" {
		status.Person = fleet.NewPersonView(o.person)
	}
	read, failures, err := addZones(ctx, src, o, status)
	if err != nil {
		return nil, err
	}
	if unmatched := o.selector.Unmatched("the zones " + strings.Join(src.zones.names(), ", ")); len(unmatched) > 0 &&
		len(failures) == 0 {
		return nil, invalid(unmatched)
	}
	if o.changes {
		if err := addChanges(ctx, r, src, o, status, read); err != nil {
			return nil, err
		}
	}
	return failures, finishStatus(ctx, o, desired, status)
}

// fleetDocuments are what documents say; nothing without -f. References are read only where their
// values are compared.
func fleetDocuments(ctx context.Context, env Env, o statusOptions) (*spec.Desired, error) {
	if len(o.files) == 0 {
		return &spec.Desired{Guards: spec.DefaultGuards()}, nil
	}
	found := load(ctx, env, documentOptions{
		files: o.files, given: true, zone: onlyZone(o.named),
		guards: o.guards, referenceRoots: o.referenceRoots, skipReferences: !o.changes || o.skipReferences,
	}, o.zones, online)
	if spec.HasErrors(found.problems) {
		return nil, invalid(found.problems)
	}
	return found.desired, nil
}

func addZones(
	ctx context.Context, src *sources, o statusOptions, status *fleet.Status,
) (read map[string]*fleet.Zone, failures []error, err error) {
	read = map[string]*fleet.Zone{}
	for _, name := range src.zones.names() {
		p := src.zones.ports[name]
		documents := offline.NeededOf(src.desired, name)
		zone, err := fleet.ReadZone(ctx, fleetSource(p), fleet.ReadOptions{
			Parts: o.parts, Key: fleetKey(documents),
			OtherHosts: src.otherHosts(p.endpoint), Concurrency: o.zones.concurrency,
			Select: func(live *state.Organization, key string) bool {
				return documents.Needs(live) && o.selector.Selects(live.Name, key)
			},
		})
		if stopped := exit.StopExit(ctx); stopped != exit.OK {
			return nil, nil, context.Cause(ctx)
		}
		if err != nil {
			failures = append(failures, err)
			status.AddFailure(name, err)
			continue
		}
		read[name] = zone
		status.AddZone(zone, status.At)
		status.AddMissing(zone, src.desired, o.selector.Selects)
		status.Calls.Add(p.client.Calls())
		if status.Person != nil {
			roles, _ := p.client.Names(ctx, state.Roles, 0) // without the list roles keep their numbers
			status.Person.AddZone(zone, roles)
		}
	}
	return read, failures, nil
}

// finishStatus selects, judges and sorts what was read.
func finishStatus(ctx context.Context, o statusOptions, desired *spec.Desired, status *fleet.Status) error {
	if status.Person != nil {
		status.Person.AddDocuments(desired)
		status.Person.Finish(func(key string) bool {
			return slices.ContainsFunc(desired.Organizations, func(o spec.Organization) bool { return o.Key == key })
		})
	}
	if o.where != nil {
		if err := status.Select(ctx, whereCondition(o.where, status.At)); err != nil {
			return failure{exit: exit.Invalid, message: "--where", cause: err}
		}
	}
	status.Finish(o.order, fleet.Limits{Guards: &desired.Guards})
	for i := range status.Organizations {
		if o.invoices {
			status.Organizations[i].ShowInvoices()
		}
	}
	return nil
}

func whereCondition(where *policy.Where, now time.Time) fleet.Condition {
	return func(ctx context.Context, rows []map[string]any) (selected []int, missing int, err error) {
		selection, err := where.Select(ctx, rows, now)
		return selection.Rows, len(selection.Missing), err
	}
}

// statusResult is a status as it is printed. A copy that is kept holds no links of invoices.
type statusResult struct {
	*fleet.Status
	linked bool
}

func emptyStatus(r *runtimeEnv, problems []spec.Problem, code exit.Code) statusResult {
	status := fleet.NewStatus(r.Now(), nil)
	status.Problems, status.Exit = problems, code
	return statusResult{Status: status}
}

func (s statusResult) text(w io.Writer, o render.Options) error { return render.Status(w, s.Status, o) }
func (s statusResult) json(w io.Writer) error                   { return render.StatusJSON(w, s.Status) }
func (s statusResult) csv(w io.Writer) error                    { return render.StatusCSV(w, s.Status) }
func (s statusResult) html(w io.Writer, o render.Options) error {
	return render.StatusHTML(w, s.Status, o)
}

// kept is the result without what is not to be kept.
func (s statusResult) kept() result {
	if !s.linked {
		return s
	}
	bare := *s.Status
	bare.Organizations = slices.Clone(bare.Organizations)
	for i := range bare.Organizations {
		bare.Organizations[i].HideInvoices()
	}
	return statusResult{Status: &bare}
}

func (s statusResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&s.Status.Problems, &s.Status.Exit, problem)
}

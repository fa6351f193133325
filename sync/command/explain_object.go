package command

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/explain"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/render"
	"makesync/sync/state"
)

// explainFlags are those of a plan, as far as an object needs one.
func explainFlags() []cli.Flag {
	return joined(documentFlags(), zoneFlags(), limitFlags(), []cli.Flag{
		liveFlag(), maxAgeFlag(), sinceFlag(), journalFlag(),
	}, resultFlags(resultFile("explanation", "word"), formatText, formatJSON), logFlags())
}

func readExplainOptions(c *cli.Context, env Env, argument string) (o planOptions, err error) {
	o.documents, o.journal = readDocumentOptions(c), c.String("journal")
	o.documents.skipUnset = true
	for _, read := range []func() error{
		func() (err error) { o.zones, err = readZoneOptions(c); return },
		func() (err error) { o.limits, err = readLimitOptions(c); return },
		func() (err error) { o.since, err = readSinceOptions(c); return },
		func() (err error) { o.offline, err = readOfflineOptions(c); return },
		func() (err error) { o.result, err = readResultOptions(c, env, formatText, formatJSON); return },
	} {
		if err := read(); err != nil {
			return o, err
		}
	}
	if strings.ContainsAny(argument, "*?[") {
		return o, badUsage(c, "%s is a pattern, and one object is explained at a time: give its address, "+
			"with %%2A for a star in a name", text.ShellQuote(argument))
	}
	glob, err := spec.ParseGlob(spec.Address(argument).Key())
	if err != nil {
		return o, badUsage(c, "%s is no address: they read KEY, KEY/KIND or KEY/KIND/NAME, "+
			"such as acme/variable/API_BASE", text.ShellQuote(argument))
	}
	o.scope.target = []spec.Glob{glob}
	return o, nil
}

// explaining is the explanation of an object under way: a plan of its organization, of which one
// object is told.
type explaining struct {
	*plannedRun
	argument string
	address  spec.Address
}

func explainObject(ctx context.Context, c *cli.Context, r *runtimeEnv, o planOptions, argument string) error {
	e := &explaining{plannedRun: newPlannedRun(r, "explain", o), argument: argument}
	ctx, stop := o.limits.bound(ctx)
	defer stop()
	defer e.close()
	if err := e.look(ctx, c); err != nil {
		return e.fail(ctx, err)
	}
	facts := e.facts(ctx)
	told := explain.New(facts)
	if problem := told.Unknown(facts); problem != nil {
		told.Problems, told.Exit = append(told.Problems, *problem), exit.Worst(told.Exit, exit.Invalid)
	}
	told.Exit = exit.Worst(told.Exit, exit.StopExit(ctx))
	tellLost(e.zones, &told.Problems, &told.Exit)
	if err := r.emit(&explanationResult{told}, o.result, r.render(o.result, "explain")); err != nil {
		return err
	}
	return end(told.Exit)
}

// look loads the documents, finds out what is asked, and makes the plan of the organization.
func (e *explaining) look(ctx context.Context, c *cli.Context) error {
	e.read = &reading{}
	if e.options.offline.set() {
		return e.lookOffline(ctx, c)
	}
	if err := e.connect(ctx, readOnly); err != nil {
		return err
	}
	if err := e.findAddress(c); err != nil {
		return err
	}
	return e.make(ctx, planner.Make)
}

func (e *explaining) lookOffline(ctx context.Context, c *cli.Context) error {
	if err := e.loadWithout(ctx); err != nil {
		return err
	}
	if err := e.findAddress(c); err != nil {
		return err
	}
	return e.planOffline(ctx)
}

// findAddress reads the argument, now that the documents are known.
func (e *explaining) findAddress(c *cli.Context) error {
	address, err := explain.ParseAddress(e.argument, e.desired)
	if err != nil {
		return badUsage(c, "%s", err)
	}
	if problem := explain.UnknownKey(address, e.desired); problem != nil {
		return invalid(append(e.problems, *problem))
	}
	e.address = address
	return nil
}

// fail ends an explanation that came to nothing.
func (e *explaining) fail(ctx context.Context, err error) error {
	if _, usage := err.(usageError); usage {
		return err
	}
	problems, code := withError(ctx, err, e.problems)
	if err := e.r.emitFailed(&problemsResult{problems, code}, problems, code, e.options.result, "explain"); err != nil {
		return err
	}
	return end(code)
}

// facts are what the plan has read, and what takes a call more: a kind that no document declares,
// names, who changed a variable last.
func (e *explaining) facts(ctx context.Context) explain.Facts {
	e.plannedRun.plan.Against = e.against
	f := explain.Facts{Address: e.address, Desired: e.desired, Plan: e.plannedRun.plan, CallOf: callOf,
		Statements: e.statements(ctx), Names: map[state.List][]state.Name{}}
	if len(e.plannedRun.plan.Organizations) != 1 {
		return f
	}
	o := &e.plannedRun.plan.Organizations[0]
	f.LastRun = e.lastRun(o.Zone)
	if f.Live = e.read.live[o.Zone][o.ID]; f.Live == nil {
		return f
	}
	reader := e.ports[o.Zone].Reader
	e.readKind(ctx, reader, f.Live)
	for _, list := range explain.Lists(e.address.Kind()) {
		if names, err := reader.Names(ctx, list, 0); err == nil {
			f.Names[list] = names
		}
	}
	f.LastChange = e.lastChange(ctx, o)
	return f
}

// readKind reads a kind that the plan had no reason to read.
func (e *explaining) readKind(ctx context.Context, reader state.Reader, live *state.Organization) {
	kind := state.ReadAs(e.address.Kind())
	switch {
	case kind == "" && e.address.Kind() == spec.KindTFA && live.TFAEnforced == nil && !live.Detailed:
		state.ReadOrganization(ctx, reader, live, state.Wanted{Detail: true})
	case kind != "" && !live.Read(e.address.Kind()) && live.Failed[kind] == nil && live.Lacks[kind] == "":
		state.ReadOrganization(ctx, reader, live, state.Wanted{Kinds: []spec.Kind{kind}})
	}
}

// statements are what the documents say, as it is written.
func (e *explaining) statements(ctx context.Context) []spec.Statement {
	o := e.options.documents
	documents, problems := document.LoadContext(ctx, document.LoadOptions{Paths: o.files, Stdin: e.r.piped})
	if trusted, _ := loadTrusted(e.r.Env, o); !spec.HasErrors(problems) {
		documents.Tighten(trusted)
		return documents.Statements(e.address)
	}
	return nil
}

// lastRun is the last run of this machine that was about the object; nil for none.
func (e *explaining) lastRun(zone string) *explain.Run {
	store, err := openStore(e.r.Env, e.options.journal)
	if err != nil || e.zones == nil {
		return nil
	}
	last, err := store.LastStep(e.zones.places()[zone], e.address)
	if err != nil || last == nil {
		return nil
	}
	return &explain.Run{Run: last.Run, Op: last.Step.Op, Outcome: last.Outcome}
}

// lastChange asks the zone who changed a variable last; what it does not tell is a warning.
func (e *explaining) lastChange(ctx context.Context, o *plan.Organization) *spec.LastChange {
	if e.zones == nil || e.address.Kind() != spec.KindVariable || e.zones.ports[o.Zone].client == nil {
		return nil
	}
	change, err := historian{e.zones.ports[o.Zone].client}.LastChange(ctx, o.ID, e.address.Name())
	switch {
	case err != nil && state.AsCallError(err) != nil && state.AsCallError(err).Class == exit.ClassNotFound:
		return nil
	case err != nil:
		e.plannedRun.plan.Problems = append(e.plannedRun.plan.Problems, spec.Problem{
			Severity: spec.Warning, Rule: "last-change", Address: e.address,
			Message: "who changed it last is not known: " + text.OneLine(err.Error()),
		})
		return nil
	case change == spec.LastChange{}:
		return nil
	}
	return &change
}

func callOf(w plan.Write) (explain.Call, error) {
	method, path, err := makeapi.Describe(w)
	if w.Organization == 0 {
		path = strings.Replace(path, "/organizations/0", "/organizations/{new}", 1)
	}
	return explain.Call{Method: method, Path: path}, err
}

// explanationResult is what is told of an object.
type explanationResult struct{ *explain.Explanation }

func (e *explanationResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&e.Problems, &e.Exit, problem)
}

func (e *explanationResult) text(w io.Writer, o render.Options) error {
	return render.Explanation(w, e.Explanation, o)
}

func (e *explanationResult) json(w io.Writer) error { return render.JSON(w, e.Explanation) }

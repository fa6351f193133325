package command

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// sourceOptions are the options of commands that read whole zones: export, snapshot, migrate,
// compare.
type sourceOptions struct {
	files          []string // -f; none by default
	referenceRoots []string
	zones          zoneOptions
	selector       *export.Selector
	maxRuntime     time.Duration
}

// sourceFlags are their flags; use says what -f is for.
func sourceFlags(use string) []cli.Flag {
	return joined([]cli.Flag{
		&cli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: "`PATH` of documents, for " + use +
			" and their zones; repeatable (default: none)"},
		&cli.StringSliceFlag{Name: "reference-root", Usage: "`DIR` below which ${file:…} may also read; repeatable"},
		&cli.StringSliceFlag{Name: "organization",
			Usage: "only organizations whose name or key fits the `GLOB`, without case; repeatable"},
		&cli.DurationFlag{Name: "max-runtime", Usage: "stop cleanly after `D`: what was not read by then is told"},
	}, zoneFlags(), []cli.Flag{colorFlag()}, logFlags())
}

func readSourceOptions(c *cli.Context) (o sourceOptions, err error) {
	o.files, o.referenceRoots = c.StringSlice("file"), c.StringSlice("reference-root")
	o.maxRuntime = c.Duration("max-runtime")
	if c.IsSet("max-runtime") && o.maxRuntime <= 0 {
		return o, badUsage(c, "--max-runtime %s: must be more than 0", o.maxRuntime)
	}
	if o.selector, err = export.NewSelector(c.StringSlice("organization")); err != nil {
		return o, badUsage(c, "--organization: %s", err)
	}
	o.zones, err = readZoneOptions(c)
	return o, err
}

// sources are the zones that a command reads, with what documents say about them.
type sources struct {
	r       *runtimeEnv
	o       sourceOptions
	desired *spec.Desired // empty without -f
	// deadline is when --max-runtime is over, for all zones together; zero without one.
	deadline time.Time
	zones    *zones
}

// openSources connects zones by name, read-only: there is no way to write through them.
func (r *runtimeEnv) openSources(o sourceOptions, names ...string) (*sources, error) {
	s := &sources{r: r, o: o, desired: &spec.Desired{Guards: spec.DefaultGuards()}}
	if o.maxRuntime > 0 {
		s.deadline = time.Now().Add(o.maxRuntime)
	}
	var problems []spec.Problem
	if len(o.files) > 0 {
		documents, found := document.Load(document.LoadOptions{Paths: o.files})
		problems = append(problems, found...)
		s.desired, found = documents.Resolve(document.ResolveOptions{LookupEnv: r.LookupEnv, SkipReferences: true,
			ReferenceRoots: o.referenceRoots, DefaultZone: firstName(names), ZoneNames: zoneURLNames(o.zones.urls)})
		problems = append(problems, found...)
	}
	for i, name := range names {
		names[i] = spec.ZoneName(name, s.desired.Zones)
	}
	endpoints, found := document.Endpoints(s.desired.Zones, names, document.EndpointOptions{
		LookupEnv: r.LookupEnv, ZoneURLs: o.zones.urls, Named: names, ReferenceRoots: o.referenceRoots})
	if problems = append(problems, found...); spec.HasErrors(problems) {
		return nil, invalid(spec.SortProblems(problems))
	}
	var err error
	s.zones, err = r.openZones(endpoints, o.zones, readOnly)
	return s, err
}

func firstName(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func zoneURLNames(urls map[string]string) []string {
	var names []string
	for name := range urls {
		names = append(names, name)
	}
	return names
}

func (s *sources) close() {
	if err := s.zones.close(); err != nil {
		s.r.log.Warn("close the zones", "error", err)
	}
}

// name is the zone's own name, for one that was named by its host.
func (s *sources) name(zone string) string { return spec.ZoneName(zone, s.desired.Zones) }

// readZone reads one zone.
func (s *sources) readZone(ctx context.Context, zone string, o state.ReadOptions) (*state.ZoneState, error) {
	port := s.zones.readers()[s.name(zone)]
	o.Concurrency, o.OtherHosts = s.o.zones.concurrency, s.otherHosts(port.Endpoint)
	if !s.deadline.IsZero() {
		var stop context.CancelFunc
		ctx, stop = context.WithDeadlineCause(ctx, s.deadline, exit.ErrOutOfTime)
		defer stop()
	}
	return state.ReadZone(ctx, port, o)
}

// otherHosts are the hosts of all zones but one: built in, declared, or used in this run.
func (s *sources) otherHosts(own spec.Endpoint) []string {
	var used []spec.Endpoint
	for _, port := range s.zones.ports {
		used = append(used, port.endpoint)
	}
	return state.KnownHosts(own, s.desired.Zones, used...)
}

// choose is --organization over live names and keys.
func (s *sources) choose(live *state.Organization, key string) bool {
	return s.o.selector.Selects(live.Name, key)
}

// planZone is a zone as results name it.
func planZone(state *state.ZoneState) plan.Zone {
	e := state.Endpoint
	return plan.Zone{Name: e.Name, URL: e.URL, User: state.User, Sandbox: e.Sandbox != nil}
}

// invalidDocuments is the error of a run that problems ended.
type invalidDocuments struct{ problems []spec.Problem }

func (e invalidDocuments) Error() string { return "the documents are not valid" }

func invalid(problems []spec.Problem) error { return invalidDocuments{problems} }

// tell prints the problems of an invalidDocuments error, as JSON where that is asked for, else to
// stderr, and ends with exit 3; other errors pass.
func (r *runtimeEnv) tell(c *cli.Context, err error) error {
	problem, ok := err.(invalidDocuments)
	if !ok {
		return err
	}
	o := resultOptions{format: formatText, color: c.String("color") == "always"}
	if r.written("format") == formatJSON {
		o.format = formatJSON
	}
	exit := exit.Invalid
	if err := r.emitFailed(&problemsResult{problem.problems, exit}, problem.problems, exit, o,
		c.Command.Name); err != nil {
		return err
	}
	return end(exit)
}

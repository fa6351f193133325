package command

import (
	"context"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// sources are the zones that a command reads, with what documents say about them.
type sources struct {
	r       *runtimeEnv
	o       sourceOptions
	desired *spec.Desired // empty without -f
	// deadline is when --max-runtime is over, for all zones together; zero without one.
	deadline time.Time
	zones    *zones
	// room is that of both sides that are documents, besides those of -f.
	room *document.Room
}

// openSources connects zones by name, read-only: there is no way to write through them.
func openSources(r *runtimeEnv, o sourceOptions, names ...string) (*sources, error) {
	s := &sources{r: r, o: o, desired: &spec.Desired{}}
	if o.limits.maxRuntime > 0 {
		s.deadline = time.Now().Add(o.limits.maxRuntime)
	}
	problems := s.load(firstName(names))
	if err := r.files.readsNamed(s.desired); err != nil {
		return nil, err
	}
	for i, name := range names {
		names[i] = spec.ZoneName(name, s.desired.Zones)
	}
	endpoints, found := document.Endpoints(s.desired.Zones, names, document.EndpointOptions{
		LookupEnv: r.LookupEnv, ZoneURLs: o.zones.urls, Named: names, ReferenceRoots: o.referenceRoots,
		Sandboxes: o.zones.sandboxes,
	})
	if problems = append(problems, found...); spec.HasErrors(problems) {
		return nil, invalid(spec.SortProblems(problems))
	}
	var err error
	s.zones, err = openZonesOf(r, s.desired, o.referenceRoots, endpoints, o.zones, readOnly)
	return s, err
}

// load reads the documents, if there are any, and the trusted files, whose patterns of secrets
// count also without. Values from references are secrets and not read.
func (s *sources) load(zone string) []spec.Problem {
	env, o := s.r.Env, s.o
	documents, problems := &document.Documents{}, []spec.Problem(nil)
	if len(o.files) > 0 {
		documents, problems = document.Load(document.LoadOptions{Paths: o.files, Stdin: env.piped})
	}
	trusted, found := loadTrusted(env, documentOptions{files: o.files, given: true, guards: o.guards})
	problems = slices.Concat(problems, found, documents.Tighten(trusted))
	if len(o.files) == 0 {
		s.desired.Guards, s.desired.Sensitive = documents.Guards(), documents.Sensitive()
		return problems
	}
	s.desired, found = documents.Resolve(document.ResolveOptions{
		LookupEnv: env.LookupEnv, SkipReferences: true, ReferenceRoots: o.referenceRoots,
		DefaultZone: zone, ZoneNames: zoneURLNames(o.zones.urls),
	})
	return append(problems, found...)
}

func firstName(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
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
	ctx, stop := untilDeadline(ctx, s)
	defer stop()
	return state.ReadZone(ctx, port, o)
}

// otherHosts are the hosts of all zones but one: built in, declared, or used in this run.
func (s *sources) otherHosts(own spec.Endpoint) []string {
	return s.zones.otherHosts(s.desired, own)
}

// choose is --organization over live names and keys.
func (s *sources) choose(live *state.Organization, key string) bool {
	return s.o.selector.Selects(live.Name, key)
}

// checkRead ends a run that has nothing to go on with: a pattern of --organization fits nothing, or
// no organization could be read. verb is the command.
func (s *sources) checkRead(zone *state.ZoneState, verb string) error {
	if unmatched := s.o.selector.Unmatched("the zone " + zone.Endpoint.Name); len(unmatched) > 0 {
		return invalid(unmatched)
	}
	code := zone.Exit()
	if code != exit.Refused && code != exit.Unreachable {
		return nil
	}
	if err := s.r.printProblems(problemsOf(zone), code, s.r.errorWords(s.o.color, verb)); err != nil {
		return err
	}
	return end(code)
}

// problemsOf are those of a zone, and what could not be read of it.
func problemsOf(zone *state.ZoneState) []spec.Problem {
	return spec.OnceEach(append(zone.Problems, zone.Unread()...))
}

// planZone is a zone as results name it.
func planZone(state *state.ZoneState) plan.Zone {
	return plan.ZoneAt(state.Endpoint, state.User)
}

// tellInvalid prints the problems of an invalidDocuments error, as JSON where that is asked for,
// else to stderr, and ends with exit 3; other errors pass.
func tellInvalid(c *cli.Context, r *runtimeEnv, err error) error {
	problem, ok := err.(invalidDocuments)
	if !ok {
		return err
	}
	o := resultOptions{format: formatText, color: c.String("color") == "always"}
	if r.args.valueOf("format") == formatJSON {
		o.format = formatJSON
	}
	res := &problemsResult{problem.problems, exit.Invalid}
	if err := r.emitFailed(res, problem.problems, exit.Invalid, o, c.Command.Name); err != nil {
		return err
	}
	return end(exit.Invalid)
}

package command

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/planner"
	"makesync/sync/state"
)

// offlineOptions make a plan without any zone: from snapshots, or from the documents before a
// change.
type offlineOptions struct {
	live   []string
	base   []string
	maxAge time.Duration
}

func offlineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name:  "live",
			Usage: "plan from the snapshot in `FILE` instead of the zone, without a token; repeatable, one for each zone",
		},
		&cli.StringSliceFlag{
			Name:  "base",
			Usage: "plan what changes from the documents in `DOCS` to those of -f, without any live state; repeatable",
		},
		&cli.DurationFlag{
			Name:  "max-age",
			Usage: "refuse a snapshot that is older than `D` (default: no limit; a warning after 24h)",
		},
	}
}

func readOfflineOptions(c *cli.Context) (offlineOptions, error) {
	o := offlineOptions{live: c.StringSlice("live"), base: c.StringSlice("base"), maxAge: c.Duration("max-age")}
	switch {
	case len(o.live) > 0 && len(o.base) > 0:
		return o, badUsage(
			c,
			"--live and --base cannot be combined: one plans from live state, the other from documents",
		)
	case len(o.base) > 0 && c.String("out") != "":
		return o, badUsage(
			c,
			"-o cannot be combined with --base: such a plan knows no live state that could be changed",
		)
	case c.IsSet("max-age") && o.maxAge <= 0:
		return o, badUsage(c, "--max-age %s: must be more than 0", o.maxAge)
	case c.IsSet("max-age") && len(o.live) == 0:
		return o, badUsage(c, "--max-age goes with --live")
	}
	return o, nil
}

func (o offlineOptions) set() bool { return len(o.live)+len(o.base) > 0 }

// offlinePlan makes a plan without a network, from what -f says and a snapshot or documents before
// it.
func (r *runtimeEnv) offlinePlan(ctx context.Context, o planOptions, _ access) (made, error) {
	desired, problems := r.loadOffline(o, o.documents.files)
	m := made{desired: desired, guards: &desired.Guards, problems: problems, fetched: r.Now()}
	if spec.HasErrors(problems) {
		return m, errInvalid
	}
	ports, err := r.offlinePorts(&m, o)
	if err != nil {
		return m, err
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(r.Random, salt); err != nil {
		return m, err
	}
	m.plan, err = planner.Make(ctx, planner.Request{
		Desired: m.desired, Zones: ports, Allow: o.allow, Shard: o.shard, Concurrency: o.zones.concurrency, Now: r.Now().UTC(),
		Scope: spec.Scope{Zone: o.documents.zone, Targets: o.scope.target, Excludes: o.scope.exclude},
		Salt:  salt, Tool: r.Build.Version, ExitCode: o.exitCode, Problems: m.problems,
	})
	return m, err
}

// offlinePorts are the zones that stand in for the real ones, and what is wrong with them.
func (r *runtimeEnv) offlinePorts(m *made, o planOptions) (map[string]state.Port, error) {
	if len(o.offline.base) > 0 {
		return r.basePorts(m, o)
	}
	var snapshots []*offline.Snapshot
	var words []string
	for _, path := range o.offline.live {
		snapshot, err := r.readSnapshot(path)
		if err != nil {
			return nil, err
		}
		snapshots = append(snapshots, snapshot)
		words = append(words, path+" of "+snapshot.Taken.Format("2006-01-02 15:04 MST"))
	}
	m.against = "snapshot " + strings.Join(words, ", ")
	scope := spec.Scope{Zone: o.documents.zone, Targets: o.scope.target, Excludes: o.scope.exclude}
	m.problems = append(m.problems, offline.Check(snapshots, m.desired, scope, r.Now(), o.offline.maxAge)...)
	if spec.HasErrors(m.problems) {
		return nil, errInvalid
	}
	ports := map[string]state.Port{}
	for _, snapshot := range snapshots {
		ports[snapshot.Zone] = snapshot.Port(m.desired)
	}
	return ports, nil
}

// basePorts loads the base documents as live state.
func (r *runtimeEnv) basePorts(m *made, o planOptions) (map[string]state.Port, error) {
	m.against = "documents in " + strings.Join(o.offline.base, ", ")
	base, problems := r.loadOffline(o, o.offline.base)
	if m.problems = append(m.problems, problems...); spec.HasErrors(problems) {
		return nil, errInvalid
	}
	var ports map[string]state.Port
	m.desired, ports, problems = offline.Base(base, m.desired)
	m.problems = append(m.problems, problems...)
	return ports, nil
}

// loadOffline loads documents without asking how their zones are reached. With --base no reference
// is read, since equal references are equal values; with --live those that can be read are, and the
// others compare as unknown: a fork has no secrets.
func (r *runtimeEnv) loadOffline(o planOptions, files []string) (*spec.Desired, []spec.Problem) {
	documents, problems := document.Load(document.LoadOptions{Paths: files})
	desired, more := documents.Resolve(document.ResolveOptions{
		LookupEnv: r.LookupEnv, SkipReferences: o.documents.skipReferences || len(o.offline.base) > 0, SkipUnset: len(o.offline.live) > 0,
		ReferenceRoots: o.documents.referenceRoots, DefaultZone: r.defaultZone(o.documents), ZoneNames: zoneURLNames(o.zones.urls),
	})
	return desired, spec.SortProblems(append(problems, more...))
}

// readSnapshot reads and checks a snapshot file. One that does not fit is unfit: exit 3.
func (r *runtimeEnv) readSnapshot(path string) (*offline.Snapshot, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, failure{
			exit:    exit.Invalid,
			message: "read the snapshot " + path,
			cause:   err,
			hint:    "make one with: makesync snapshot -o " + text.ShellQuote(path),
		}
	}
	unfit := failure{
		exit:    exit.Invalid,
		message: "the file " + path + " is no snapshot that this makesync reads",
		hint:    "take one with this makesync: makesync snapshot -o FILE",
	}
	for _, problem := range spec.Check(schema.Snapshot(), data) {
		unfit.message += ": " + strings.TrimPrefix(problem.Path+": ", ": ") + problem.Message
		return nil, unfit
	}
	snapshot, err := offline.DecodeSnapshot(data)
	if err != nil {
		unfit.cause = err
		return nil, unfit
	}
	return snapshot, nil
}

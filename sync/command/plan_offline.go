package command

import (
	"context"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/offline"
	"makesync/sync/planner"
)

// offlineOptions make a plan without any zone: from snapshots, or from the documents before a
// change.
type offlineOptions struct {
	live   []string
	base   []string
	maxAge time.Duration
}

const (
	liveUsage = "plan from the snapshot in `FILE` instead of the zone, without a token; " +
		"repeatable, one for each zone"
	baseUsage = "plan what changes from the documents in `DOCS` to those of -f, without any live state; " +
		"beside --live only their rules are compared; repeatable"
)

func offlineFlags() []cli.Flag {
	return []cli.Flag{
		liveFlag(),
		newInputsFlag(cli.StringSliceFlag{Name: "base", Usage: baseUsage}),
		maxAgeFlag(),
	}
}

func liveFlag() cli.Flag { return newInputsFlag(cli.StringSliceFlag{Name: "live", Usage: liveUsage}) }

func maxAgeFlag() cli.Flag {
	return newDurationFlag("max-age", 0,
		"refuse a snapshot that is older than `D` (default: no limit; a warning after 24h)")
}

func readOfflineOptions(c *cli.Context) (offlineOptions, error) {
	o := offlineOptions{live: c.StringSlice("live"), base: c.StringSlice("base"), maxAge: c.Duration("max-age")}
	switch {
	case len(o.base) > 0 && len(o.live) == 0 && c.String("out") != "":
		return o, badUsage(c, "-o cannot be combined with --base: "+
			"such a plan knows no live state that could be changed")
	case c.IsSet("max-age") && o.maxAge <= 0:
		return o, badUsage(c, "--max-age %s: must be more than 0", o.maxAge)
	case c.IsSet("max-age") && len(o.live) == 0:
		return o, badUsage(c, "--max-age goes with --live")
	}
	return o, nil
}

func (o offlineOptions) set() bool { return len(o.live)+len(o.base) > 0 }

// makeOffline makes a plan without a network, from what -f says and a snapshot or documents before
// it.
func (p *plannedRun) makeOffline(ctx context.Context) error {
	collectEarlier()
	if len(p.options.offline.base) > 0 {
		p.options.documents.room = document.SharedRoom()
	}
	if err := p.loadWithout(ctx); err != nil {
		return err
	}
	return p.planOffline(ctx)
}

// loadWithout loads the documents of a plan without a network.
func (p *plannedRun) loadWithout(ctx context.Context) error {
	var lists []document.Policies
	p.desired, lists, p.problems = p.loadOffline(ctx, p.options.documents.files)
	var wrong []spec.Problem
	p.policies, wrong = compilePolicies(lists)
	p.problems = append(p.problems, wrong...)
	p.guards = &p.desired.Guards
	if spec.HasErrors(p.problems) {
		return errInvalid
	}
	return p.r.files.readsNamed(p.desired)
}

// planOffline makes the plan once they are loaded.
func (p *plannedRun) planOffline(ctx context.Context) error {
	ports, err := p.offlinePorts(ctx)
	if err != nil {
		return err
	}
	p.noMoney = "a plan without a zone moves no money"
	request, err := p.request(ports, p.options.documents.only(p.desired.Zones))
	if err != nil {
		return err
	}
	request.MostChanges = history.MostSteps
	p.plan, err = planner.Make(ctx, request)
	if err != nil {
		return tooLarge(err)
	}
	addUnknownSignedOut(p.plan)
	return nil
}

// offlinePorts are the zones that stand in for the real ones; what is wrong with them becomes a
// problem.
func (p *plannedRun) offlinePorts(ctx context.Context) (readers, error) {
	var snapshots []*offline.Snapshot
	var words []string
	for _, path := range p.options.offline.live {
		snapshot, err := snapshotToShow(p.r.Env, path)
		if err != nil {
			return nil, err
		}
		snapshots = append(snapshots, snapshot)
		words = append(words, path+" of "+snapshot.Taken.Format("2006-01-02 15:04 MST"))
	}
	if len(p.options.offline.base) > 0 {
		base, err := p.loadBase(ctx, snapshots)
		if err != nil {
			return nil, err
		}
		if len(snapshots) == 0 {
			p.withoutBilling(base)
			return p.basePorts(base), nil
		}
	}
	p.withoutBilling(nil)
	p.against = "snapshot " + strings.Join(words, ", ")
	scope := p.options.scope.in(p.options.documents.only(p.desired.Zones))
	unfit := offline.Check(snapshots, p.desired, scope, p.r.Now(), p.options.offline.maxAge)
	if p.problems = append(p.problems, unfit...); spec.HasErrors(p.problems) {
		return nil, errInvalid
	}
	ports := readers{}
	for _, snapshot := range snapshots {
		ports[snapshot.Zone] = snapshot.Port(p.desired)
	}
	return ports, nil
}

// withoutBilling leaves out what only a zone can tell, and says so.
func (p *plannedRun) withoutBilling(before *spec.Desired) {
	desired, problems := offline.WithoutBilling(p.desired, before)
	p.desired, p.problems = desired, append(p.problems, problems...)
}

// loadBase loads the documents before the change, and compares their rules with those of now, and
// what no step shows. What was protected under a former key stays so; snapshots tell which
// organization has a name.
func (p *plannedRun) loadBase(ctx context.Context, snapshots []*offline.Snapshot) (*spec.Desired, error) {
	base, _, problems := p.loadOffline(ctx, p.options.offline.base)
	if p.problems = append(p.problems, problems...); spec.HasErrors(problems) {
		return nil, errInvalid
	}
	rules, former := spec.CompareRules(base, p.desired, offline.IDs(snapshots))
	p.rules, p.desired.Guards.FormerKeys = rules, former
	p.problems = append(p.problems, offline.NoLongerManaged(base, p.desired, former)...)
	p.problems = append(p.problems, offline.ForLater(base, p.desired, former)...)
	return base, nil
}

// basePorts are the base documents as live state.
func (p *plannedRun) basePorts(base *spec.Desired) readers {
	p.against = "documents in " + strings.Join(p.options.offline.base, ", ")
	var ports readers
	p.desired, ports = offline.Base(base, p.desired)
	return ports
}

// loadOffline loads documents without asking how their zones are reached. With --base alone no
// reference is read, since equal references are equal values; with --live those that can be read
// are, and the others compare as unknown: a fork has no secrets.
func (p *plannedRun) loadOffline(
	ctx context.Context, files []string,
) (*spec.Desired, []document.Policies, []spec.Problem) {
	o := p.options
	return resolveDocuments(ctx, p.r.Env, o.documents, files, document.ResolveOptions{
		SkipReferences: o.documents.skipReferences || len(o.offline.live) == 0,
		SkipUnset:      true,
		ZoneNames:      zoneURLNames(o.zones.urls),
	})
}

// maxSnapshot is the largest snapshot that is read, in bytes.
const maxSnapshot = 200 << 20

// maxRows is how many organizations a snapshot may hold, and as many of other zones: more cost 10 s
// to check.
const maxRows = 50_000

func checkSnapshot(data []byte) []spec.Problem {
	return spec.CheckFirst(schema.Snapshot(), data, maxRows, "organizations", "elsewhere")
}

// snapshotToShow is a snapshot of which values are shown: none that gives a secret of the run away.
func snapshotToShow(env Env, path string) (*offline.Snapshot, error) {
	snapshot, err := readSnapshot(path)
	if err == nil {
		keepOwn(env, snapshot)
	}
	return snapshot, err
}

func keepOwn(env Env, snapshot *offline.Snapshot) {
	snapshot.KeepOwn(document.SecretsOf(nil, env.LookupEnv, nil).GivenAway)
}

// readSnapshot reads and checks a snapshot file. One that does not fit is unfit: exit 3.
func readSnapshot(path string) (*offline.Snapshot, error) {
	data, err := regular.ReadText(path, maxSnapshot)
	if err != nil {
		return nil, failure{
			exit:    exit.Invalid,
			message: "read the snapshot " + path,
			cause:   err,
			hint:    "make one with `makesync snapshot -f DOCUMENTS -o " + text.ShellQuote(path) + "`",
		}
	}
	if format, zone, ok := offline.FormatOf(data); ok && format != offline.SnapshotFormat {
		return nil, failure{
			exit: exit.Invalid,
			message: "the snapshot " + path + " is of the format " + text.Quote(format) +
				", and this makesync reads " + offline.SnapshotFormat,
			hint: "take it again: `makesync snapshot -f DOCUMENTS --zone " + text.ShellQuote(zone) +
				" -o " + text.ShellQuote(path) + "`",
		}
	}
	unfit := failure{
		exit:    exit.Invalid,
		message: "the file " + path + " is no snapshot that this makesync reads",
		hint:    "take one with this makesync: `makesync snapshot -f DOCUMENTS -o FILE`",
	}
	for _, problem := range checkSnapshot(data) {
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

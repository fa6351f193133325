package command

import (
	"context"
	"errors"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/report"
)

// plannedRun is a run that makes a plan: what it was asked, what it has read so far, and the plan.
// plan, undo and apply are such runs.
type plannedRun struct {
	r       *runtimeEnv
	command string
	options planOptions
	began   time.Time

	desired  *spec.Desired  // nil until documents are loaded
	guards   *spec.Guards   // nil for a saved plan
	policies *policies      // nil until documents are loaded
	zones    *zones         // nil until they are connected, and offline
	problems []spec.Problem // of documents, zones and snapshots
	fetched  time.Time      // when reading began
	before   baselines      // of --since; nil without
	read     *reading       // kept for --snapshot-out; nil without
	ports    readers        // the zones, or what stands in for them, once they are read
	// against says what the plan compares with when it is no live zone.
	against string
	// rules are what changed of the rules since the documents of --base.
	rules []spec.RuleChange
	plan  *plan.Plan
	// changed are the keys that --changed-since leaves.
	changed map[string]bool
	// noMoney is why the run may move no money; "" when it may. keepsJournal: what of billing was
	// sent is known, and will be.
	noMoney      string
	keepsJournal bool
	// claims: the run claims an offer, which takes nothing back that changed in the zone.
	claims bool
}

func newPlannedRun(r *runtimeEnv, command string, o planOptions) *plannedRun {
	return &plannedRun{r: r, command: command, options: o, began: r.Now(), keepsJournal: true}
}

// connect loads the documents and connects their zones. With an error the problems say what the
// documents have to do with it.
func (p *plannedRun) connect(ctx context.Context, may access) error {
	o := p.options
	loading := ctx
	if exit.OutOfTime(ctx) { // a plan without a word of any zone is still one
		loading = context.WithoutCancel(ctx)
	}
	o.documents.part = partOf(o)
	found := load(loading, p.r.Env, o.documents, o.zones, online)
	if loading.Err() != nil {
		return failure{exit: exit.Worst(exit.PartlyVisible, exit.StopExit(ctx)),
			message: "stopped while the documents were read; nothing was changed"}
	}
	p.desired, p.policies, p.problems = found.desired, found.policies, found.problems
	if spec.HasErrors(found.problems) {
		return errInvalid
	}
	if err := p.r.files.readsNamed(p.desired); err != nil {
		return err
	}
	p.guards = &found.desired.Guards
	var err error
	p.zones, err = openZonesOf(p.r, p.desired, o.documents.referenceRoots, found.endpoints, o.zones, may)
	return err
}

// planning makes a plan: out of documents, or out of the story of a run.
type planning func(context.Context, planner.Request) (*plan.Plan, error)

// make reads the zones and makes the plan.
func (p *plannedRun) make(ctx context.Context, plan planning) error {
	store, err := openStore(p.r.Env, p.options.journal)
	if err != nil {
		return err
	}
	request, err := p.request(p.zones.readers(), p.options.documents.only(p.desired.Zones))
	if err != nil {
		return err
	}
	seen, err := addMemory(&request, store, p.zones)
	if err != nil {
		return err
	}
	request.Progress = p.r.bar.read
	if request.NoMoney = p.noMoney; p.keepsJournal {
		request.Billing = store.Billing()
	}
	p.plan, err = plan(ctx, request)
	p.r.bar.Done()
	if err != nil {
		return tooLarge(err)
	}
	addSignedOut(ctx, p.plan, p.zones, p.options.zones.concurrency)
	if err := seen.Remember(p.plan); err != nil {
		p.r.log.Warn("remember since when something waits", "error", err)
	}
	return nil
}

// addMemory gives a request what earlier runs have seen of the zones.
func addMemory(request *planner.Request, store *history.Store, zones *zones) (*history.Seen, error) {
	seen, err := store.Seen()
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error()}
	}
	refusals, err := store.Refusals(zones.places())
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error()}
	}
	request.Memory, request.FirstSeen, request.Refusals = store.Memory(), seen, refusals
	return seen, nil
}

// request is what every plan is made from. The zone is the one that the run is restricted to, ""
// for none.
func (p *plannedRun) request(zones readers, zone string) (planner.Request, error) {
	before, err := readBaselines(p)
	if err != nil {
		return planner.Request{}, err
	}
	p.before, p.ports = before, zones
	var salt []byte
	if p.needsFingerprints() {
		salt, err = newSalt(p.r.Env)
	}
	p.fetched = p.r.Now()
	o := p.options
	judge := p.policies.judge(p.fetched, o.shard, p.zones, o.zones.concurrency)
	p.problems = append(p.problems, p.policies.voidSuppressions(p.fetched)...)
	request := planner.Request{
		Desired: p.desired, Zones: zones, ZoneURLs: o.zones.urls, Scope: o.scope.in(zone),
		Allow: o.allow, Shard: o.shard, Concurrency: o.zones.concurrency,
		Now: p.fetched.UTC(), Salt: salt, Tool: p.r.Build.Version,
		ExitCode: o.exitCode, ListUnmanaged: o.scope.showUnmanaged, Problems: p.problems, Rules: p.rules,
		GuardsDigest: spec.GuardsDigest(p.desired.Settings), Judge: judge,
		Since: p.before.planned(), MostSecrets: offline.MostFingerprints,
	}
	if p.read != nil {
		request.Read = p.read.add
	}
	return request, err
}

// needsFingerprints tells whether the plan is compared later: by an apply, of this run or of the
// file of -o. What a zone's plan prints as JSON can be applied too.
func (p *plannedRun) needsFingerprints() bool {
	o := &p.options
	switch p.command {
	case "apply":
		return true
	case "plan", "undo":
		printed := o.result.format == formatJSON || o.result.outJSON.path != ""
		return o.out != "" || printed && !o.offline.set()
	}
	return false
}

const divideHint = "divide it with --shard I/N, or narrow it with --target GLOB"

// tooLarge is the error of a plan that is larger than plans may be, in the words of a run.
func tooLarge(err error) error {
	switch {
	case errors.Is(err, planner.ErrTooManyChanges):
		return failure{exit: exit.Invalid, message: "the plan has more than " + text.Number(history.MostSteps) +
			" changes, as many as one run can do", hint: divideHint}
	case errors.Is(err, planner.ErrTooManySecrets):
		return failure{exit: exit.Invalid, hint: divideHint,
			message: "the plan needs fingerprints of more than " + text.Number(offline.MostFingerprints) +
				" different sensitive values, each of which takes some 80 ms of a core"}
	}
	return err
}

// close lets go of the zones.
func (p *plannedRun) close() {
	if p.zones == nil {
		return
	}
	if err := p.zones.close(); err != nil {
		p.r.log.Warn("close the zones", "error", err)
	}
}

// end is how the run ended; applied is the report of an apply.
func (p *plannedRun) end(applied *report.Report, problems []spec.Problem, code exit.Code) runEnd {
	return runEnd{
		command: p.command, began: p.began, options: p.options, zones: p.zones, plan: p.plan,
		applied: applied, problems: problems, exit: code,
	}
}

// connectNamed connects the zones that a plan or a journal names, as this run's documents, flags
// and environment reach them. A zone that they do not know is left out.
func connectNamed(
	r *runtimeEnv, list []plan.Zone, documents *document.Documents, o documentOptions, reach zoneOptions, may access,
) (*zones, []spec.Problem, error) {
	only := o.only(documents.Zones())
	var names, known []string
	for _, zone := range list {
		known = append(known, zone.Name)
		if only == "" || only == zone.Name {
			names = append(names, zone.Name)
		}
	}
	endpoints, problems := document.Endpoints(documents.Zones(), names, document.EndpointOptions{
		LookupEnv: r.LookupEnv, ZoneURLs: reach.urls, Known: known, Named: o.namedZones(r.Env),
		ReferenceRoots: o.referenceRoots, Sandboxes: reach.sandboxes,
	})
	problems = withoutUnknownZones(problems)
	if spec.HasErrors(problems) {
		return nil, problems, errInvalid
	}
	secrets := document.SecretsOf(documents.Zones(), r.LookupEnv, o.referenceRoots)
	connected, err := openZones(r, secrets, endpoints, reach, may)
	return connected, problems, err
}

// unknownZoneRule is that of a zone that is neither built in nor declared nor given by --zone-url.
const unknownZoneRule = "unknown-zone"

// unknownZone tells of a --zone or MAKE_ZONE that is no zone, where the documents are not resolved
// by it.
func unknownZone(documents *document.Documents, zone string, reach zoneOptions) []spec.Problem {
	return documents.CheckDefaultZone(document.ResolveOptions{DefaultZone: zone, ZoneNames: zoneURLNames(reach.urls)})
}

func withoutUnknownZones(problems []spec.Problem) []spec.Problem {
	return slices.DeleteFunc(problems, func(p spec.Problem) bool { return p.Rule == unknownZoneRule })
}

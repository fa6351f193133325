package command

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/report"
	"makesync/sync/state"
)

const snapshotOutUsage = "write the snapshot for the next --since to `FILE` after the run: " +
	"as read back, but what is held, waits or failed as before; with several zones a folder"

// reading are the organizations as the plan read them, which is how they are where the run changed
// nothing: by zone and id.
type reading struct {
	mu   sync.Mutex
	live map[string]map[int64]*state.Organization
}

func (r *reading) add(zone string, live *state.Organization) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live == nil {
		r.live = map[string]map[int64]*state.Organization{}
	}
	if r.live[zone] == nil {
		r.live[zone] = map[int64]*state.Organization{}
	}
	r.live[zone][live.ID] = live
}

// of is what was read of an organization; nil when nothing was.
func (r *reading) of(zone string, id int64) *state.Organization { return r.live[zone][id] }

// nextSnapshot writes the snapshots for the next --since, once the run is over.
type nextSnapshot struct {
	*applyRun
	applied *report.Report
}

// prepareNext keeps what the plan will read, and tells before anything is changed that the snapshot
// could not be written.
func prepareNext(a *applyRun) error {
	if a.snapshotOut.path == "" {
		return nil
	}
	a.read = &reading{}
	if a.options.since.last != "" {
		if err := os.MkdirAll(a.snapshotOut.path, 0o700); err != nil {
			return failure{exit: exit.Internal, message: "--since-last: " + err.Error(), hint: "nothing was changed"}
		}
	}
	zones := a.zones.names()
	places := map[string]bool{}
	for _, zone := range zones {
		places[snapshotPlace(a.snapshotOut.path, zone)] = true
	}
	if len(places) < len(zones) {
		return failure{exit: exit.Invalid,
			message: "--snapshot-out " + a.snapshotOut.path + ": one file cannot hold " + text.And(zones),
			hint:    "nothing was changed; name a folder that is there, or apply one zone with --zone"}
	}
	for place := range places {
		if err := tryPut(a.snapshotOut, place); err != nil {
			return err
		}
	}
	return nil
}

// snapshotPlace is where the snapshot of a zone goes: into a folder under the zone's name.
func snapshotPlace(out, zone string) string {
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		return filepath.Join(out, zone+".json")
	}
	return out
}

// saveNext writes the snapshots of the zones. What hinders it is a warning: the former snapshot
// stays, by which what this run wrote is no drift either, since the documents agree.
func saveNext(ctx context.Context, a *applyRun, applied *report.Report) (problems []spec.Problem) {
	if a.snapshotOut.path == "" {
		return nil
	}
	next := nextSnapshot{a, applied}
	before := a.zones.reads()
	for _, zone := range a.zones.names() {
		if err := next.save(ctx, zone); err != nil {
			place := snapshotPlace(a.snapshotOut.path, zone)
			problems = append(problems, warnNotReported(a.r, "snapshot-out",
				"the snapshot of "+zone+" for the next run was not written: "+err.Error(),
				place+" is as it was before the run, if it was there"))
		}
	}
	applied.Calls.Read += a.zones.reads() - before
	return problems
}

func (a nextSnapshot) save(ctx context.Context, zone string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	read, err := a.readBack(ctx, zone)
	if err != nil {
		return err
	}
	former := a.before[zone]
	snapshot, err := a.make(read, former)
	if err != nil {
		return err
	}
	unsettled, err := a.unsettled(ctx, snapshot)
	if err != nil {
		return err
	}
	next := offline.Next(former, snapshot, func(id int64) []spec.Address { return unsettled[id] })
	data, err := offline.EncodeSnapshot(next)
	if err != nil {
		return err
	}
	place := a.snapshotOut
	place.path = snapshotPlace(place.path, zone)
	return a.r.files.put(place, data)
}

// readBack is the zone after the run: what it touched is read again.
func (a nextSnapshot) readBack(ctx context.Context, zone string) (*state.ZoneState, error) {
	need := offline.NeededOf(a.desired, zone)
	touched := map[string]bool{}
	for i := range a.plan.Organizations {
		touched[a.plan.Organizations[i].Key] = len(a.plan.Organizations[i].Steps) > 0
	}
	port := a.zones.readers()[zone]
	options := state.ReadOptions{
		Lists: everyList(), Wanted: need.Wanted, Concurrency: a.options.zones.concurrency, Memory: a.store.Memory(),
		OtherHosts: a.zones.otherHosts(a.desired, port.Endpoint),
		Select: func(live *state.Organization, _ string) bool {
			o := need.Of(live)
			return o != nil && touched[o.Key]
		},
	}
	read, err := state.ReadZone(ctx, port, options)
	if err != nil {
		return nil, err
	}
	again := map[int64]bool{}
	for _, live := range read.Organizations {
		again[live.ID] = true
	}
	for _, row := range read.Rows {
		if live := a.read.live[zone][row.ID]; live != nil && !again[row.ID] {
			read.Organizations = append(read.Organizations, live)
		}
	}
	return read, nil
}

// make keeps of values and e-mails what the former one kept, with its salt, since entries of
// both stand side by side.
func (a nextSnapshot) make(read *state.ZoneState, former *offline.Snapshot) (*offline.Snapshot, error) {
	need := offline.NeededOf(a.desired, read.Endpoint.Name)
	o := offline.SnapshotOptions{
		Taken: a.r.Now(), Tool: a.r.Build.Version, Values: offline.ValuesFingerprint,
		Sensitive: secretsIn(a.desired, read), Needed: need,
	}
	if former != nil {
		o.Values, o.HashEmails, o.Salt = former.Values, former.EmailsHashed, former.SaltBytes()
		return offline.MakeSnapshot(read, o), nil
	}
	var err error
	if o.Salt, err = newSalt(a.r.Env); err != nil {
		return nil, err
	}
	return offline.MakeSnapshot(read, o), nil
}

// unsettled are the objects, by organization, that are not as the documents want them, or of which
// the run cannot be sure: whatever it held, waits for or did not do, and what somebody else changed
// meanwhile, which the documents' comparison with the new snapshot shows.
func (a nextSnapshot) unsettled(
	ctx context.Context, snapshot *offline.Snapshot,
) (map[int64][]spec.Address, error) {
	ids, find := map[string]int64{}, snapshot.Finder()
	for i := range a.desired.Organizations {
		if o := &a.desired.Organizations[i]; o.Zone == snapshot.Zone {
			if saved := find(o); saved != nil {
				ids[o.Key] = saved.ID
			}
		}
	}
	objects, known := map[int64][]spec.Address{}, map[spec.Address]bool{}
	add := func(address spec.Address) {
		if id, there := ids[address.Key()]; there && !known[address] {
			known[address] = true
			objects[id] = append(objects[id], address)
		}
	}
	for i := range a.applied.Steps {
		if s := &a.applied.Steps[i]; s.Outcome != report.Succeeded {
			add(s.Address)
		}
	}
	addPlanned(a.plan, add)
	port := snapshot.Port(a.desired)
	again, err := planner.Make(ctx, planner.Request{
		Desired: a.desired, Zones: readers{snapshot.Zone: port}, Concurrency: a.options.zones.concurrency,
		Scope: spec.Scope{Zone: snapshot.Zone}, Now: a.r.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	for i := range again.Organizations {
		for j := range again.Organizations[i].Steps {
			add(again.Organizations[i].Steps[j].Address)
		}
	}
	addPlanned(again, add)
	return objects, nil
}

// addPlanned adds what a plan holds, and what waits for more than an answer.
func addPlanned(p *plan.Plan, add func(spec.Address)) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for _, h := range o.Held {
			add(h.Address)
		}
		for _, w := range o.Waiting {
			if !w.Unanswered {
				add(w.Address)
			}
		}
	}
}

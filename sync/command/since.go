package command

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/planner"
)

// sinceOptions say by which earlier state of the zones a plan tells drift.
type sinceOptions struct {
	// files are snapshots, one for each zone, or folders of them; empty with none.
	files []string
	// none: there is no earlier state yet.
	none bool
	// last is a folder in which runs leave snapshots for one another; a zone may have none yet.
	last string
}

// noSnapshot is the value of --since on the first night.
const noSnapshot = "none"

const sinceUsage = "say of each step why it is there, against the snapshot in `FILE`: pending, drift, conflict or " +
	"unknown; none on the first night; repeatable, one for each zone, or a folder of ZONE.json"

const sinceLastUsage = "compare with the snapshots in the folder `DIR`, none for a zone without one, " +
	"and leave the next there: --since and --snapshot-out in one, for every night from the first"

func sinceFlag() cli.Flag {
	return newInputsFlag(cli.StringSliceFlag{Name: "since", Usage: sinceUsage})
}

func readSinceOptions(c *cli.Context) (o sinceOptions, err error) {
	o.files, o.last = c.StringSlice("since"), c.String("since-last")
	if o.last != "" && (len(o.files) > 0 || c.IsSet("snapshot-out")) {
		return o, badUsage(c, "--since-last is --since and --snapshot-out in one, and goes with neither")
	}
	if !slices.Contains(o.files, noSnapshot) {
		return o, nil
	}
	if len(o.files) > 1 {
		return o, badUsage(c, "--since %s does not go with another --since", noSnapshot)
	}
	return sinceOptions{none: true}, nil
}

func (o sinceOptions) set() bool { return o.none || o.last != "" || len(o.files) > 0 }

// baselines are the earlier states of the run's zones, by name; nil when nobody asks for any.
type baselines map[string]*offline.Snapshot

// readBaselines reads the snapshots of --since; nil without. A guard that holds drift cannot do
// without.
func readBaselines(p *plannedRun) (baselines, error) {
	o := p.options.since
	zones := zonesOf(p.desired, p.options.documents.only(p.desired.Zones))
	if !o.set() {
		return nil, withoutBaseline(p)
	}
	all, paths, err := o.read(zones, p.zones)
	for _, path := range paths {
		p.problems = append(p.problems, doubtfulBaseline(p, path)...)
	}
	return all, err
}

// read reads the snapshots of zones, and tells where they stand. Connected is nil where no zone is
// asked.
func (o sinceOptions) read(zones []string, connected *zones) (all baselines, paths []string, err error) {
	all = baselines{}
	places := o.files
	if info, err := os.Stat(o.last); o.last != "" && err == nil && info.IsDir() {
		places = []string{o.last}
	}
	for _, path := range places {
		files, err := snapshotPaths(path, zones)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			if err := all.read(file, zones, connected); err != nil {
				return nil, nil, err
			}
		}
		paths = append(paths, files...)
	}
	for _, zone := range zones {
		if all[zone] == nil && !o.none && o.last == "" {
			return nil, nil, failure{exit: exit.Invalid,
				message: "--since names no snapshot of the zone " + zone + ", by which to tell drift",
				hint:    "add one for each zone, or plan one zone with --zone; the first time: --since " + noSnapshot}
		}
	}
	return all, paths, nil
}

// read adds a snapshot of one of the zones. Connected is nil where the plan asks no zone.
func (b baselines) read(path string, zones []string, connected *zones) error {
	snapshot, err := readSnapshot(path)
	if err != nil {
		return err
	}
	foreign := func(message string) error {
		return failure{exit: exit.Invalid, message: "--since " + path + ": " + message,
			hint: "name the snapshot that the last run on this zone left; the first time: --since " + noSnapshot}
	}
	switch {
	case !slices.Contains(zones, snapshot.Zone):
		return foreign("it is of the zone " + snapshot.Zone + ", and the documents are of " + text.And(zones))
	case b[snapshot.Zone] != nil:
		return foreign("it is a second snapshot of the zone " + snapshot.Zone)
	case connected != nil && (connected.ports[snapshot.Zone].endpoint.Sandbox != nil) != snapshot.Sandbox:
		return foreign("of the zone and its snapshot, one is a sandbox and the other is not")
	}
	b[snapshot.Zone] = snapshot
	return nil
}

// withoutBaseline refuses a run under guards.drift: hold that cannot tell what is drift. A preview
// without a zone is only told. The steps of a saved plan say themselves why they are there, or it
// is refused (checkRules).
func withoutBaseline(p *plannedRun) error {
	if !p.desired.Guards.HoldDrift || p.command == "undo" || p.claims || p.guards == nil {
		return nil
	}
	if p.options.offline.set() {
		p.problems = append(p.problems, spec.Problem{Severity: spec.Warning, Rule: "drift-unknown",
			Message: errDriftUnknown.message + ": no step below is held for it, " +
				"and apply refuses a file of such a plan",
			Hint: "add --since FILE to --live"})
		return nil
	}
	return errDriftUnknown
}

var errDriftUnknown = failure{exit: exit.Invalid,
	message: "guards.drift is hold, and without --since nobody can tell what is drift",
	hint: "nothing was changed; add --since FILE, the snapshot " +
		"that --snapshot-out left after the last run, the first time --since " + noSnapshot +
		", or every time --since-last DIR"}

// tellsNoOrigin tells whether a saved plan has steps of which it does not say why they are there:
// it was made without an earlier state. One that reverses a run is not made against any.
func tellsNoOrigin(p *plan.Plan) bool {
	if p.Undoes != "" {
		return false
	}
	return slices.ContainsFunc(p.Organizations, func(o plan.Organization) bool {
		return slices.ContainsFunc(o.Steps, func(s plan.Step) bool { return s.Origin == "" })
	})
}

// doubtfulBaseline warns of a snapshot by which drift is held and that authors of documents, or
// other users, can write: with an entry changed in it, drift looks like a change of the documents.
func doubtfulBaseline(p *plannedRun, path string) []spec.Problem {
	const rule, what = "since-place", "the snapshot"
	if !p.desired.Guards.HoldDrift {
		return nil
	}
	problems := writableByOthers(rule, what, path)
	if inside := insideFolder(path, p.options.documents); inside != "" {
		problems = append(problems, amongDocuments(rule, what, path, inside))
	}
	return problems
}

// snapshotPaths are a file, or those of the zones in a folder.
func snapshotPaths(path string, zones []string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // reading it tells what is wrong
	}
	var paths []string
	for _, zone := range zones {
		file := filepath.Join(path, zone+".json")
		if _, err := os.Stat(file); err == nil {
			paths = append(paths, file)
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, failure{exit: exit.Invalid, message: "read the snapshot " + file, cause: err}
		}
	}
	return paths, nil
}

// planned are the earlier states as the planner wants them; nil when no step is to say why it is
// there.
func (b baselines) planned() map[string]planner.Baseline {
	if b == nil {
		return nil
	}
	planned := map[string]planner.Baseline{}
	for zone, snapshot := range b {
		planned[zone] = snapshot.Baseline()
	}
	return planned
}

// describe names the snapshots for the plan's head; "" without --since.
func (b baselines) describe(o sinceOptions) string {
	if o.none || o.last != "" && len(b) == 0 {
		return "no snapshot yet"
	}
	var words []string
	for _, zone := range slices.Sorted(maps.Keys(b)) {
		words = append(words, "the snapshot of "+zone+" of "+b[zone].Taken.UTC().Format("2006-01-02 15:04 MST"))
	}
	return strings.Join(words, ", ")
}

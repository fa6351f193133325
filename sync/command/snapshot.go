package command

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/render"
	"makesync/sync/state"
)

type snapshotOptions struct {
	sourceOptions
	zone       string
	out        string // "-": stdout
	values     offline.SavedValues
	hashEmails bool
}

const snapshotDescription = "Saves what planning needs of one zone, with its time, " +
	"so that `plan --live FILE` can plan without the zone and without a token. " +
	"With -f: what those documents need; without: every kind of every organization. " +
	"Values and e-mails are kept only of what the documents declare: sensitive values as salted fingerprints. " +
	"Other variables are kept by name, other people by a hash; a plan that needs their values says `unknown`."

const valuesUsage = "`WHAT` how much of values is kept: none; fingerprint (of those that documents declare: " +
	"of sensitive ones a fingerprint, the others as they are); plain (all as they are, with all e-mails)"

func snapshotCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "snapshot",
		Usage:       "save live state for offline plans",
		Description: snapshotDescription,
		UsageText: "makesync snapshot --zone eu1 -o live.json\n" +
			"makesync snapshot -f clients/ -o live.json && makesync plan -f clients/ --live live.json",
		Flags: joined([]cli.Flag{
			zoneFlag("`NAME` of the zone (default: MAKE_ZONE, else the one zone of the documents)"),
			outFlag("write the snapshot to `FILE`; - is stdout", snapshotFile),
			&cli.StringFlag{Name: "values", Value: string(offline.ValuesFingerprint), Usage: valuesUsage},
			&cli.BoolFlag{
				Name:  "hash-emails",
				Usage: "keep e-mails as salted hashes and no names; a plan hashes its own to compare",
			},
		}, sourceFlags("what to save")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readSnapshotOptions(c, r.Env)
			if err != nil {
				return err
			}
			return tellInvalid(c, r, runSnapshot(c.Context, r, o))
		}),
	}
}

func readSnapshotOptions(c *cli.Context, env Env) (o snapshotOptions, err error) {
	o.out, o.hashEmails = c.String("out"), c.Bool("hash-emails")
	if o.sourceOptions, err = readSourceOptions(c, env); err != nil {
		return o, err
	}
	values, err := oneOf(c, "values",
		string(offline.ValuesNone), string(offline.ValuesFingerprint), string(offline.ValuesPlain))
	if err != nil {
		return o, err
	}
	o.values = offline.SavedValues(values)
	o.zone = documentOptions{zone: c.String("zone")}.defaultZone(env)
	switch {
	case o.out == "":
		return o, badUsage(c, "snapshot needs -o FILE, where to write to")
	case o.zone == "" && len(o.files) == 0:
		return o, badUsage(c, "snapshot needs --zone NAME, MAKE_ZONE, or -f with documents of one zone")
	}
	return o, nil
}

func runSnapshot(ctx context.Context, r *runtimeEnv, o snapshotOptions) error {
	name, err := zoneToSave(r.Env, o)
	if err != nil {
		return err
	}
	src, err := openSources(r, o.sourceOptions, name)
	if err != nil {
		return err
	}
	defer src.close()
	need := offline.NeededOf(src.desired, src.name(name))
	options := state.ReadOptions{
		Lists:  everyList(),
		Wanted: need.Wanted,
		Select: func(live *state.Organization, key string) bool {
			return o.selector.Selects(live.Name, need.Key(live, key)) && need.Needs(live)
		},
	}
	if err := recall(&options, r, src.zones); err != nil {
		return err
	}
	zone, err := src.readZone(ctx, name, options)
	if err != nil {
		return err
	}
	if err := src.checkRead(zone, "snapshot"); err != nil {
		return err
	}
	salt, err := newSalt(r.Env)
	if err != nil {
		return err
	}
	snapshot := offline.MakeSnapshot(zone, offline.SnapshotOptions{
		Taken: r.Now(), Tool: r.Build.Version, Values: o.values, HashEmails: o.hashEmails, Salt: salt,
		Sensitive: src.secretsIn(zone), Needed: need,
	})
	if err := saveSnapshot(r, snapshot, o); err != nil {
		return err
	}
	if err := tellSnapshot(r, zone, snapshot, o, len(src.desired.Organizations) > 0); err != nil {
		return err
	}
	return end(zone.Exit())
}

// recall takes along what the state folder knows of the zones, as planning does; a machine without
// one knows nothing.
func recall(options *state.ReadOptions, r *runtimeEnv, zones *zones) error {
	store, err := openStore(r.Env, "")
	if err != nil {
		return nil
	}
	refusals, err := store.Refusals(zones.places())
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	options.Memory, options.Refusals = store.Memory(), refusals
	return nil
}

// zoneToSave is --zone, else the one zone in which the documents' organizations live.
func zoneToSave(env Env, o snapshotOptions) (string, error) {
	if o.zone != "" {
		return o.zone, nil
	}
	documents, problems := document.Load(document.LoadOptions{Paths: o.files, Stdin: env.piped})
	desired, more := documents.Resolve(
		document.ResolveOptions{SkipReferences: true, ZoneNames: zoneURLNames(o.zones.urls)},
	)
	if problems = append(problems, more...); spec.HasErrors(problems) {
		return "", invalid(spec.SortProblems(problems))
	}
	zones := zonesOf(desired, "")
	if len(zones) != 1 {
		return "", usageError{
			message: fmt.Sprintf("snapshot takes one zone, and the documents name %d", len(zones)),
			hint:    "choose one with --zone",
		}
	}
	return zones[0], nil
}

func saveSnapshot(r *runtimeEnv, snapshot *offline.Snapshot, o snapshotOptions) error {
	data, err := offline.EncodeSnapshot(snapshot)
	if err != nil {
		return err
	}
	if o.out == "-" {
		_, err = r.Stdout.Write(data)
		return err
	}
	return r.files.put(output{"--out", o.out, snapshotFile}, data)
}

// tellSnapshot says what was saved, on stderr when stdout holds the snapshot itself.
func tellSnapshot(r *runtimeEnv, zone *state.ZoneState, snapshot *offline.Snapshot, o snapshotOptions,
	declared bool) error {
	w, color := r.Stdout, o.color
	if o.out == "-" {
		w, color = r.Stderr, false
	}
	problems := problemsOf(zone)
	if !declared && o.values == offline.ValuesFingerprint {
		problems = append(problems, spec.Problem{Severity: spec.Warning, Rule: "snapshot-undeclared",
			Message: "no document declares an organization, " +
				"so the snapshot holds no values, and e-mails as hashes only: " +
				"a plan from it says `unknown` for each value",
			Hint: "name the documents with -f, or keep everything with --values plain"})
	}
	return render.Snapshot(w, snapshot, o.out, zone.Complete(), problems,
		render.Options{Color: color, Width: r.Terminal.Width})
}

package command

import (
	"context"
	"fmt"
	"io"

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
	out        string
	values     offline.SavedValues
	hashEmails bool
	color      bool
}

func snapshotCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "snapshot",
		Usage: "save live state for offline plans",
		Description: "Saves what planning needs of one zone, with its time, so that `plan --live FILE` can plan without the zone and without a token. " +
			"With -f: what those documents need; without: every kind of every organization. Sensitive values are kept as salted fingerprints.",
		UsageText: "makesync snapshot --zone eu1 -o live.json\nmakesync snapshot -f clients/ -o live.json && makesync plan -f clients/ --live live.json",
		Flags: joined([]cli.Flag{
			&cli.StringFlag{
				Name:  "zone",
				Usage: "`NAME` of the zone (default: MAKE_ZONE, else the one zone of the documents)",
			},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the snapshot to `FILE`; - is stdout"},
			&cli.StringFlag{
				Name:  "values",
				Value: string(offline.ValuesFingerprint),
				Usage: "`WHAT` of variable values is kept: none; fingerprint (of sensitive ones, the others plain); plain (all as they are)",
			},
			&cli.BoolFlag{
				Name:  "hash-emails",
				Usage: "keep e-mails as salted hashes and no names; a plan hashes its own to compare",
			},
		}, sourceFlags("what to save")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := r.readSnapshotOptions(c)
			if err != nil {
				return err
			}
			return r.tell(c, r.runSnapshot(c.Context, o))
		}),
	}
}

func (r *runtimeEnv) readSnapshotOptions(c *cli.Context) (o snapshotOptions, err error) {
	o = snapshotOptions{
		zone:       c.String("zone"),
		out:        c.String("out"),
		hashEmails: c.Bool("hash-emails"),
		color:      r.colors(c),
	}
	if o.sourceOptions, err = readSourceOptions(c); err != nil {
		return o, err
	}
	values, err := oneOf(
		c,
		"values",
		string(offline.ValuesNone),
		string(offline.ValuesFingerprint),
		string(offline.ValuesPlain),
	)
	if err != nil {
		return o, err
	}
	o.values = offline.SavedValues(values)
	if o.zone == "" {
		o.zone = r.lookup("MAKE_ZONE")
	}
	switch {
	case o.out == "":
		return o, badUsage(c, "snapshot needs -o FILE, where to write to")
	case o.zone == "" && len(o.files) == 0:
		return o, badUsage(c, "snapshot needs --zone NAME, MAKE_ZONE, or -f with documents of one zone")
	}
	return o, nil
}

func (r *runtimeEnv) runSnapshot(ctx context.Context, o snapshotOptions) error {
	zone, err := r.zoneToSave(o)
	if err != nil {
		return err
	}
	src, err := r.openSources(o.sourceOptions, zone)
	if err != nil {
		return err
	}
	defer src.close()
	need := offline.NeededOf(src.desired, src.name(zone))
	state, err := src.readZone(
		ctx,
		zone,
		state.ReadOptions{
			Lists:  everyList(),
			Wanted: need.Wanted,
			Select: func(live *state.Organization, key string) bool {
				return o.selector.Selects(live.Name, need.Key(live, key)) && need.Needs(live)
			},
		},
	)
	if err != nil {
		return err
	}
	if unmatched := o.selector.Unmatched("the zone " + state.Endpoint.Name); len(unmatched) > 0 {
		return invalid(unmatched)
	}
	code := state.Exit()
	if code == exit.Refused || code == exit.Unreachable {
		return r.nothingRead(state, code, "snapshot", o.color)
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(r.Random, salt); err != nil {
		return err
	}
	snapshot := offline.MakeSnapshot(state, offline.SnapshotOptions{
		Taken: r.Now(), Tool: r.Build.Version, Values: o.values, HashEmails: o.hashEmails, Salt: salt, Sensitive: src.secretsIn(state), Keys: need.Keys(state)})
	if err := r.saveSnapshot(snapshot, o); err != nil {
		return err
	}
	if err := r.tellSnapshot(state, snapshot, o); err != nil {
		return err
	}
	return end(code)
}

// zoneToSave is --zone, else the one zone in which the documents' organizations live.
func (r *runtimeEnv) zoneToSave(o snapshotOptions) (string, error) {
	if o.zone != "" {
		return o.zone, nil
	}
	documents, problems := document.Load(document.LoadOptions{Paths: o.files})
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

func (r *runtimeEnv) saveSnapshot(snapshot *offline.Snapshot, o snapshotOptions) error {
	data, err := offline.EncodeSnapshot(snapshot)
	if err != nil {
		return err
	}
	if o.out == "-" {
		_, err = r.Stdout.Write(data)
		return err
	}
	return writeFile(o.out, data, 0o600)
}

// tellSnapshot says what was saved, on stderr when stdout holds the snapshot itself.
func (r *runtimeEnv) tellSnapshot(state *state.ZoneState, snapshot *offline.Snapshot, o snapshotOptions) error {
	w := r.Stdout
	if o.out == "-" {
		w = r.Stderr
	}
	return render.Snapshot(w, snapshot, o.out, state.Complete(), append(state.Problems, state.Unread()...),
		render.Options{Color: o.color && o.out != "-", Width: r.Terminal.Width})
}

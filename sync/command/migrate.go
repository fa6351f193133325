package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

type migrateOptions struct {
	sourceOptions
	folderOptions
	from, to string
	mapFile  string
	key      string
	region   string
}

const migrateDescription = "Reads both zones and changes neither. " +
	"Writes documents for the target in three numbered folders, each planned and applied on its own: " +
	"organizations; variables and feature controls, once the plans are bought; " +
	"people last, since invitations send e-mail. " +
	"Tells collisions and what cannot be carried over. Exit 5 when a collision kept an organization out."

const regionUsage = "`NAME` name or id of the region in which new organizations are made " +
	"(default: the map's, the only one, or the one that the zone is named after)"

func migrateCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "migrate",
		Usage:       "write documents that re-home organizations in another zone",
		Description: migrateDescription,
		UsageText: "makesync migrate --from eu1 --to us1 -o move\n" +
			"makesync migrate --from eu1 --to us1 --organization 'acme*' --map map.yaml -o move",
		Flags: joined([]cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "`ZONE` the zone to move from; it is only read"},
			&cli.StringFlag{Name: "to", Usage: "`ZONE` the zone to move to"},
			mapFlag("`FILE` renames, other e-mails, roles and regions"),
			&cli.StringFlag{
				Name:  "key",
				Value: "{key}",
				Usage: "`PATTERN` how to form the new keys, of {key}, {id}, {from} and {to} (default: {key})",
			},
			&cli.StringFlag{Name: "region", Usage: regionUsage},
		}, folderFlags(), sourceFlags("what is sensitive")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readMigrateOptions(c, r.Env)
			if err != nil {
				return err
			}
			return tellInvalid(c, r, runMigrate(c.Context, r, o))
		}),
	}
}

func mapFlag(usage string) cli.Flag { return newInputFlag(cli.StringFlag{Name: "map", Usage: usage}) }

func readMigrateOptions(c *cli.Context, env Env) (o migrateOptions, err error) {
	o = migrateOptions{
		folderOptions: readFolderOptions(c),
		from:          c.String("from"),
		to:            c.String("to"),
		mapFile:       c.String("map"),
		key:           c.String("key"),
		region:        c.String("region"),
	}
	if o.sourceOptions, err = readSourceOptions(c, env); err != nil {
		return o, err
	}
	switch {
	case o.from == "" || o.to == "":
		return o, badUsage(c, "migrate needs --from ZONE and --to ZONE")
	case o.from == o.to:
		return o, badUsage(c, "--from and --to are the same zone, %s", text.ShellQuote(o.from))
	case o.out == "":
		return o, badUsage(c, "migrate needs -o DIR, the folder to write to")
	case !strings.Contains(o.key, "{key}") && !strings.Contains(o.key, "{id}"):
		return o, badUsage(c, "--key %s: needs {key} or {id}, since keys are unique", text.ShellQuote(o.key))
	}
	return o, nil
}

// readMap reads the file of --map; the zero map without one.
func readMap(file string) (spec.MigrationMap, error) {
	if file == "" {
		return spec.MigrationMap{}, nil
	}
	decided, problems := document.LoadMigrationMap(file)
	if spec.HasErrors(problems) {
		return decided, invalid(problems)
	}
	return decided, nil
}

func runMigrate(ctx context.Context, r *runtimeEnv, o migrateOptions) error {
	decided, err := readMap(o.mapFile)
	if err != nil {
		return err
	}
	src, err := openSources(r, o.sourceOptions, o.from, o.to)
	if err != nil {
		return err
	}
	defer src.close()
	from, to, err := src.bothEnds(ctx, o)
	if err != nil {
		return err
	}
	if err := src.checkRead(from, "migrate"); err != nil {
		return err
	}
	moved := export.Migrate(export.Migration{
		From: from, To: to, Map: decided, Region: o.region, KeyPattern: o.key, Sensitive: src.secretsIn(from),
	})
	if spec.HasErrors(moved.Problems) {
		return invalid(moved.Problems)
	}
	moved.Problems = spec.OnceEach(append(append(moved.Problems, from.Unread()...), to.Unread()...))
	result, err := writeMigration(src, from, to, moved, o.folderOptions)
	if err != nil {
		return err
	}
	code := exitOfMigration(from, to, moved)
	tellLost(src.zones, &moved.Problems, &code)
	words := render.Options{Color: o.color, Width: r.Terminal.Width}
	if err := render.WriteMigration(r.Stdout, result, words); err != nil {
		return err
	}
	return end(code)
}

// bothEnds reads the source whole, and of the target what documents for it depend on.
func (s *sources) bothEnds(ctx context.Context, o migrateOptions) (from, to *state.ZoneState, err error) {
	from, err = s.readZone(ctx, o.from, state.ReadOptions{Select: s.choose,
		Wanted: func(live *state.Organization, key string) state.Wanted {
			wanted := export.WithBilling(live, key)
			wanted.Detail = true
			return wanted
		}})
	if err != nil {
		return nil, nil, err
	}
	to, err = s.readZone(
		ctx,
		o.to,
		state.ReadOptions{Lists: everyList(), Wanted: func(live *state.Organization, _ string) state.Wanted {
			wanted := state.Everything(live, false)
			wanted.Kinds = []spec.Kind{spec.KindFeatureControl}
			return wanted
		}},
	)
	return from, to, err
}

// everyList are the lists that making organizations needs too.
func everyList() []state.List { return append(state.ReadingLists(), state.Regions) }

// writeMigration writes the documents, in a folder for each stage.
func writeMigration(
	src *sources, from, to *state.ZoneState, moved *export.MigrationResult, o folderOptions,
) (render.Migration, error) {
	f := folder{folderOptions: o, src: src, zone: to.Endpoint.Name}
	result := render.Migration{From: planZone(from), To: planZone(to), Folder: o.out, MigrationResult: moved}
	var folders []string
	for i, stage := range moved.Stages {
		header := fmt.Sprintf("wave %d of the migration from %s to %s", i+1, from.Endpoint.Name, to.Endpoint.Name)
		written := render.MigrationStage{Folder: stage.Folder}
		for j := range stage.Documents {
			file, err := f.add(stage.Folder, stage.Documents[j], []string{header})
			if err != nil {
				return result, err
			}
			written.Files = append(written.Files, file)
		}
		if len(written.Files) > 0 {
			folders = append(folders, stage.Folder)
		}
		written.Plan, written.Apply = f.stageCommands(stage)
		result.Stages = append(result.Stages, written)
	}
	return result, f.write(folders...)
}

func exitOfMigration(from, to *state.ZoneState, moved *export.MigrationResult) exit.Code {
	exits := []exit.Code{from.Exit()}
	if to.Exit() != exit.OK { // the documents are there all the same
		exits = append(exits, exit.PartlyVisible)
	}
	if len(moved.Collisions) > 0 {
		exits = append(exits, exit.Held)
	}
	return exit.Worst(exits...)
}

// stageCommands plan and apply one folder.
func (f *folder) stageCommands(stage export.Stage) (plan, apply string) {
	var allow []string
	for _, rule := range stage.Allow {
		allow = append(allow, "--allow", rule)
	}
	dir := f.out + "/" + stage.Folder
	return f.command("plan", dir, false, allow...), f.command("apply", dir, false, allow...)
}

package command

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/commandline"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

type exportOptions struct {
	sourceOptions
	folderOptions
	zone     string
	profiles bool
	billing  bool // --with-billing
	update   bool // --update: see updating
	yes      bool
}

const exportDescription = "One file for each organization: ids pinned, names for roles and enums, " +
	"everybody who is there without an invite. " +
	"Secrets become references, with a list of the values to supply; " +
	"what has no form in a document is a comment that says why. " +
	"A plan of the documents has no steps; the last line of the output is that plan's command."

const pruneUsage = "let keys follow the names: an organization that has another name now gets another key and file, " +
	"and the file that an export wrote under the former one is removed (default: key and file stay)"

const withBillingUsage = "write what organizations pay for, and by what, as settings that plans compare " +
	"(default: as comments)"

const updateUsage = "add to the documents of -f what is there in Make and none of them speaks of, " +
	"at its place, every other byte as it is; shows a unified diff, and asks (instead of -o)"

func exportCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "export",
		Usage:       "write live organizations as documents",
		Description: exportDescription,
		UsageText: "makesync export --zone eu1 -o clients\n" +
			"makesync export --zone eu1 --organization 'acme*' -o clients\n" +
			"makesync export --zone eu1 --profiles -o clients\n" +
			"makesync export --zone eu1 --update -f clients",
		Flags: joined([]cli.Flag{
			zoneFlag("`NAME` the zone to export (default: MAKE_ZONE)"),
			&cli.BoolFlag{
				Name:  "profiles",
				Usage: "move what more than half of the organizations share into a profile",
			},
			&cli.BoolFlag{Name: "with-billing", Usage: withBillingUsage},
			&cli.BoolFlag{Name: "prune", Usage: pruneUsage},
			&cli.BoolFlag{Name: "update", Usage: updateUsage},
			&cli.BoolFlag{Name: "yes", Usage: "with --update: answer the question with yes; people are left out"},
		}, folderFlags(), sourceFlags("what is sensitive")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readExportOptions(c, r.Env)
			if err != nil {
				return err
			}
			if o.update {
				return tellInvalid(c, r, runExportUpdate(c.Context, r, o))
			}
			return tellInvalid(c, r, runExport(c.Context, r, o))
		}),
	}
}

func readExportOptions(c *cli.Context, env Env) (o exportOptions, err error) {
	o.folderOptions, o.profiles = readFolderOptions(c), c.Bool("profiles")
	o.billing = c.Bool("with-billing")
	o.prune, o.update, o.yes = c.Bool("prune"), c.Bool("update"), c.Bool("yes")
	if o.sourceOptions, err = readSourceOptions(c, env); err != nil {
		return o, err
	}
	o.zone = documentOptions{zone: c.String("zone")}.defaultZone(env)
	switch {
	case o.zone == "":
		return o, badUsage(c, "export needs --zone NAME, or MAKE_ZONE")
	case o.update && (o.out != "" || o.prune || o.profiles || o.force || o.billing):
		return o, badUsage(c, "--update changes the documents of -f; "+
			"-o, --force, --profiles, --prune and --with-billing go without it")
	case o.update && len(o.files) == 0:
		return o, badUsage(c, "--update needs -f DOCS, the documents to add to")
	case o.yes && !o.update:
		return o, badUsage(c, "--yes goes with --update: nothing else is asked")
	case o.out == "" && !o.update:
		return o, badUsage(c, "export needs -o DIR, the folder to write to")
	}
	return o, nil
}

func runExport(ctx context.Context, r *runtimeEnv, o exportOptions) error {
	src, err := openSources(r, o.sourceOptions, o.zone)
	if err != nil {
		return err
	}
	defer src.close()
	zone, err := src.readZone(ctx, o.zone, state.ReadOptions{Select: src.choose, Wanted: export.WithBilling})
	if err != nil {
		return err
	}
	exporter := newExporter(src, zone)
	exporter.Billing = export.BillingAsComments
	if o.billing {
		exporter.Billing = export.BillingAsSettings
	}
	exporter.SetAside(zone.Organizations)
	if err := src.checkRead(zone, "export"); err != nil {
		return err
	}
	f := &folder{folderOptions: o.folderOptions, src: src, zone: zone.Endpoint.Name}
	result, err := f.addExport(zone, exporter, o.profiles)
	if err != nil {
		return err
	}
	result.Next = f.command("plan", o.out, len(result.Secrets) > 0)
	if result.Twice = f.declaredTwice(zone); len(result.Twice) > 0 {
		update := commandline.Command{Verb: "export", Files: o.files, Zone: o.zone}
		result.Next = commandline.Quoted(update.Words("--update"))
	}
	if err := f.write(""); err != nil {
		return err
	}
	if result.Removed, err = removeFormer(f.former); err != nil {
		return err
	}
	code := zone.Exit()
	tellLost(src.zones, &result.Problems, &code)
	words := render.Options{Color: o.color, Width: r.Terminal.Width}
	if err := render.WriteExport(r.Stdout, result, words); err != nil {
		return err
	}
	return end(code)
}

// newExporter writes organizations of a zone.
func newExporter(src *sources, zone *state.ZoneState) *export.Exporter {
	return &export.Exporter{
		Zone:              zone.Endpoint.Name,
		Names:             zone.Names,
		OrganizationRoles: zone.Roles,
		Sensitive:         src.secretsIn(zone),
	}
}

// addExport adds a document for each organization that was read, and with profiles one for what
// they share.
func (f *folder) addExport(
	zone *state.ZoneState, exporter *export.Exporter, profiles bool,
) (render.Export, error) {
	header := []string{fmt.Sprintf(document.ExportedHeader+"%s (%s)", zone.Endpoint.Name, zone.Endpoint.URL)}
	again := newReexport(f, zone)
	result := render.Export{Zone: planZone(zone), Folder: f.out, Problems: problemsOf(zone)}
	documents := make([]export.Document, 0, len(zone.Organizations))
	for _, live := range zone.Organizations {
		documents = append(documents, exporter.Document(live, again.keys[live.ID]))
	}
	var cancelled map[string][]spec.Address
	if profiles {
		var err error
		if cancelled, err = f.addProfile(documents, &result); err != nil {
			return result, err
		}
	}
	paths := map[int64]string{}
	for _, draft := range documents {
		id, key := draft.Organization.ID, draft.Organization.Key
		paths[id] = again.path(f.out, id)
		written, err := f.addTo(paths[id], draft, header, cancelled[key]...)
		if err != nil {
			return result, err
		}
		result.Files = append(result.Files, written)
		result.Secrets = append(result.Secrets, draft.Secrets...)
	}
	var err error
	f.former, err = again.former(f.src.r, paths)
	return result, err
}

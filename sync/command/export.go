package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

type exportOptions struct {
	sourceOptions
	zone  string
	out   string
	force bool
	color bool
}

func exportCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write live organizations as documents",
		Description: "One file for each organization: ids pinned, names for roles and enums, everybody who is there without an invite. " +
			"Secrets become references, with a list of the values to supply; what has no form in a document is a comment that says why. " +
			"A plan of the documents has no steps; the last line of the output is that plan's command.",
		UsageText: "makesync export --zone eu1 -o clients\nmakesync export --zone eu1 --organization 'acme*' -o clients",
		Flags: joined([]cli.Flag{
			&cli.StringFlag{Name: "zone", Usage: "`NAME` of the zone to export (default: MAKE_ZONE)"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the documents to the folder `DIR`"},
			forceFlag(),
		}, sourceFlags("what is sensitive")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o := exportOptions{zone: c.String("zone"), out: c.String("out"), force: c.Bool("force"), color: r.colors(c)}
			var err error
			if o.sourceOptions, err = readSourceOptions(c); err != nil {
				return err
			}
			if o.zone == "" {
				o.zone = r.lookup("MAKE_ZONE")
			}
			switch {
			case o.zone == "":
				return badUsage(c, "export needs --zone NAME, or MAKE_ZONE")
			case o.out == "":
				return badUsage(c, "export needs -o DIR, the folder to write to")
			}
			return r.tell(c, r.runExport(c.Context, o))
		}),
	}
}

func forceFlag() cli.Flag {
	return &cli.BoolFlag{Name: "force", Usage: "overwrite files that are there already"}
}

// colors tells whether a text on stdout is coloured.
func (r *runtimeEnv) colors(c *cli.Context) bool {
	when := c.String("color")
	return when == "always" ||
		when == "auto" && r.Terminal.Stdout && r.lookup("NO_COLOR") == "" && r.lookup("TERM") != "dumb"
}

func (r *runtimeEnv) runExport(ctx context.Context, o exportOptions) error {
	src, err := r.openSources(o.sourceOptions, o.zone)
	if err != nil {
		return err
	}
	defer src.close()
	state, err := src.readZone(ctx, o.zone, state.ReadOptions{Select: src.choose})
	if err != nil {
		return err
	}
	if unmatched := o.selector.Unmatched("the zone " + state.Endpoint.Name); len(unmatched) > 0 {
		return invalid(unmatched)
	}
	code := state.Exit()
	if code == exit.Refused || code == exit.Unreachable {
		return r.nothingRead(state, code, "export", o.color)
	}
	exporter := export.Exporter{
		Zone:              state.Endpoint.Name,
		Names:             state.Names,
		OrganizationRoles: state.Roles,
		Sensitive:         src.secretsIn(state),
	}
	f := folder{dir: o.out, force: o.force, src: src, zone: state.Endpoint.Name}
	result := render.Export{Zone: planZone(state), Folder: o.out, Problems: append(state.Problems, state.Unread()...)}
	for _, live := range state.Organizations {
		document := exporter.Document(live, state.Keys[live.ID])
		written, err := f.add(
			"",
			document,
			[]string{fmt.Sprintf("exported from zone %s (%s)", state.Endpoint.Name, state.Endpoint.URL)},
		)
		if err != nil {
			return err
		}
		result.Files = append(result.Files, written)
		result.Secrets = append(result.Secrets, document.Secrets...)
	}
	if err := f.write(""); err != nil {
		return err
	}
	result.Next = f.command("plan", o.out, len(result.Secrets) > 0)
	if err := render.WriteExport(r.Stdout, result, render.Options{Color: o.color, Width: r.Terminal.Width}); err != nil {
		return err
	}
	return end(code)
}

// nothingRead ends a run in which no organization could be read: nothing is written.
func (r *runtimeEnv) nothingRead(state *state.ZoneState, exit exit.Code, verb string, color bool) error {
	problems := append(state.Problems, state.Unread()...)
	if err := r.printProblems(problems, exit, render.Options{Verb: verb, Color: color && r.Terminal.Stderr}); err != nil {
		return err
	}
	return end(exit)
}

// folder collects documents and writes them together, or none when one is in the way.
type folder struct {
	dir   string
	force bool
	src   *sources
	zone  string
	files []file
}

type file struct {
	path string
	data []byte
}

// add writes a document to the file of its key, in a folder below dir.
func (f *folder) add(below string, written export.Document, header []string) (render.WrittenFile, error) {
	var out bytes.Buffer
	schemaPath := document.DefaultSchema
	if below != "" {
		schemaPath = "../" + schemaPath
	}
	unwritten, err := document.WriteDocument(&out, []spec.Organization{written.Organization},
		document.WriteOptions{Zone: f.zone, Header: header, Schema: schemaPath, Comments: written.Comments()})
	if err != nil {
		return render.WrittenFile{}, err
	}
	written.Omit(unwritten)
	path := filepath.Join(f.dir, below, written.Organization.Key+".yaml")
	f.files = append(f.files, file{path, out.Bytes()})
	return render.WrittenFile{Path: path, Draft: written}, nil
}

// zonesFile can be no organization's: a key holds no underscore.
const zonesFile = "_zones.yaml"

// addZone declares the zone beside the documents where only -f knows how to reach it. A sandbox
// stays where it is: its files lie below the folder of the document that makes it one, so that
// document is named with -f beside the exported ones.
func (f *folder) addZone(below string) error {
	zone, declared := f.src.desired.Zones[f.zone]
	if _, overridden := f.src.o.zones.urls[f.zone]; !declared || overridden || zone.Sandbox != nil {
		return nil
	}
	zone.Name = f.zone
	var out bytes.Buffer
	if err := document.WriteZones(&out, []spec.Zone{zone}, []string{"how the zone " + f.zone + " is reached"}); err != nil {
		return err
	}
	f.files = append(f.files, file{filepath.Join(f.dir, below, zonesFile), out.Bytes()})
	return nil
}

// write puts the files into place, with the schema for editors. Nothing is written when a file is
// there already.
func (f *folder) write(folders ...string) error {
	for _, below := range folders {
		if err := f.addZone(below); err != nil {
			return err
		}
	}
	f.files = append(f.files, file{filepath.Join(f.dir, document.DefaultSchema), schema.Document()})
	if f.isFile() {
		return failure{
			exit:    exit.Invalid,
			message: f.dir + " is a file; nothing was written",
			hint:    "-o names a folder to write to",
		}
	}
	if inTheWay := f.inTheWay(); len(inTheWay) > 0 && !f.force {
		return failure{exit: exit.Invalid, message: "there already: " + someOf(inTheWay, 5) + "; nothing was written",
			hint: "choose another folder with -o, or overwrite them with --force"}
	}
	for _, file := range f.files {
		if err := os.MkdirAll(filepath.Dir(file.path), 0o755); err != nil {
			return failure{exit: exit.Internal, message: "make the folder " + filepath.Dir(file.path), cause: err}
		}
		if err := writeFile(file.path, file.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// someOf joins the first few of many names.
func someOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// isFile tells whether the folder to write to is something else.
func (f *folder) isFile() bool {
	info, err := os.Stat(f.dir)
	return err == nil && !info.IsDir()
}

// inTheWay lists files that are there and would change.
func (f *folder) inTheWay() []string {
	var paths []string
	for _, file := range f.files {
		data, err := os.ReadFile(file.path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && bytes.Equal(data, file.data) {
			continue
		}
		paths = append(paths, file.path)
	}
	return paths
}

// command is a command line about a folder, ready to paste.
func (f *folder) command(verb, dir string, skipReferences bool, more ...string) string {
	line := []string{programName, verb, "-f", text.ShellQuote(dir)}
	if url, given := f.src.o.zones.urls[f.zone]; given {
		line = append(line, "--zone-url", text.ShellQuote(f.zone+"="+url))
	}
	for _, word := range more {
		line = append(line, text.ShellQuote(word))
	}
	if skipReferences {
		line = append(line, "--skip-references")
	}
	return strings.Join(line, " ")
}

package command

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/factor"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/commandline"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/render"
)

// folder collects documents and writes them together, or none when one is in the way.
type folder struct {
	folderOptions
	src   *sources
	zone  string
	files []file
	// former are documents of organizations that have another file now.
	former []formerFile
}

type file struct {
	path string
	data []byte
}

// add writes a document to the file of its key, in a folder below dir.
func (f *folder) add(below string, written export.Document, header []string) (render.WrittenFile, error) {
	return f.addTo(filepath.Join(f.out, below, export.FileName(written.Organization.Key)), written, header)
}

// addTo writes a document to a file. cancelled is what it takes back of its profiles.
func (f *folder) addTo(path string, written export.Document, header []string,
	cancelled ...spec.Address) (render.WrittenFile, error) {
	var out bytes.Buffer
	schemaPath := document.DefaultSchema
	if up, err := filepath.Rel(filepath.Dir(path), f.out); err == nil && up != "." {
		schemaPath = filepath.ToSlash(up) + "/" + schemaPath
	}
	unwritten, err := document.WriteDocument(&out, []spec.Organization{written.Organization},
		document.WriteOptions{Zone: f.zone, Header: header, Schema: schemaPath, Comments: written.Comments(),
			Cancelled: cancelled, BillingAsComments: written.BillingAsComments})
	if err != nil {
		return render.WrittenFile{}, err
	}
	written.Omit(unwritten)
	f.files = append(f.files, file{path, out.Bytes()})
	return render.WrittenFile{Path: path, Draft: written}, nil
}

// The profile that export makes, and its file, which can be no organization's.
const (
	profileName  = "standard"
	profilesFile = "_profiles.yaml"
)

// addProfile moves what more than half of the organizations share into a profile with a file of its
// own, and gives what each takes back of it.
func (f *folder) addProfile(documents []export.Document, told *render.Export) (map[string][]spec.Address, error) {
	organizations := make([]spec.Organization, len(documents))
	for i := range documents {
		organizations[i] = documents[i].Organization
	}
	profile, rests := factor.Common(organizations, profileName, len(organizations)/2+1)
	if profile.IsEmpty() {
		return nil, nil
	}
	cancelled := map[string][]spec.Address{}
	for i := range rests {
		documents[i].Organization = rests[i].Organization
		cancelled[rests[i].Organization.Key] = rests[i].Cancelled
	}
	comments := map[spec.Address][]string{}
	for address, count := range profile.Shares {
		if address.Name() != "" && count < profile.Of {
			comments[address] = []string{fmt.Sprintf("in %d of %d", count, profile.Of)}
		}
	}
	var out bytes.Buffer
	_, err := document.WriteProfile(&out, profile.Name, &profile.Contents, document.WriteOptions{
		Header:   []string{fmt.Sprintf("what more than half of %d organizations share", profile.Of)},
		Comments: comments,
	})
	told.Profile = render.WrittenProfile{Path: filepath.Join(f.out, profilesFile), Name: profile.Name,
		Settings: len(profile.Shares)}
	f.files = append(f.files, file{told.Profile.Path, out.Bytes()})
	return cancelled, err
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
	header := []string{"how the zone " + f.zone + " is reached"}
	if err := document.WriteZones(&out, []spec.Zone{zone}, header); err != nil {
		return err
	}
	f.files = append(f.files, file{filepath.Join(f.out, below, zonesFile), out.Bytes()})
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
	f.files = append(f.files, file{filepath.Join(f.out, document.DefaultSchema), schema.Document()})
	if f.isFile() {
		return failure{
			exit:    exit.Invalid,
			message: f.out + " is a file; nothing was written",
			hint:    "-o names a folder to write to",
		}
	}
	inTheWay := f.dropUnchanged()
	if len(inTheWay) > 0 && !f.force {
		hint := "choose another folder with -o"
		if !f.never {
			hint += ", or overwrite them with --force"
		}
		return failure{exit: exit.Invalid, message: "there already: " + someOf(inTheWay, 5) + "; nothing was written",
			hint: hint}
	}
	for _, file := range f.files { // all of them, before the first is written
		if err := checkDocument(file); err != nil {
			return err
		}
		if err := f.src.r.files.check(output{"--out", file.path, documentFile}); err != nil {
			return err
		}
	}
	for _, file := range f.files {
		if err := os.MkdirAll(filepath.Dir(file.path), 0o755); err != nil {
			return failure{exit: exit.Internal, message: "make the folder " + filepath.Dir(file.path),
				cause: text.FileError(err), hint: "name one that you may write to with -o"}
		}
		if err := f.src.r.files.put(output{"--out", file.path, documentFile}, file.data); err != nil {
			return err
		}
	}
	return nil
}

// checkDocument reads a document back before it is kept.
func checkDocument(f file) error {
	if !document.IsDocumentName(f.path) || strings.HasPrefix(filepath.Base(f.path), ".") ||
		!bytes.Contains(f.data, []byte("apiVersion: "+document.APIVersion)) {
		return nil // a workflow is somebody else's YAML
	}
	if err := document.CheckWritten(f.data); err != nil {
		return failure{exit: exit.Internal, message: f.path + " is not written", cause: err,
			hint: "this is a defect of makesync; please report it"}
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
	info, err := os.Stat(f.out)
	return err == nil && !info.IsDir()
}

// dropUnchanged drops files that are there as they would be written, and lists those that are there
// and would change.
func (f *folder) dropUnchanged() (inTheWay []string) {
	f.files = slices.DeleteFunc(f.files, func(file file) bool {
		data, err := regular.ReadFile(file.path, document.MaxDocument)
		same := err == nil && bytes.Equal(data, file.data)
		_, missing := os.Lstat(file.path) // a link that leads nowhere is there
		if !same && !errors.Is(missing, fs.ErrNotExist) {
			inTheWay = append(inTheWay, file.path)
		}
		return same
	})
	return inTheWay
}

// command is a command line about a folder, ready to paste.
func (f *folder) command(verb, dir string, skipReferences bool, more ...string) string {
	line := append(f.arguments(verb, dir), more...)
	if skipReferences {
		line = append(line, "--skip-references")
	}
	return commandline.Quoted(line)
}

// arguments are a command about documents, as the program takes it: with all that says how their
// zone is reached.
func (f *folder) arguments(verb string, documents ...string) []string {
	c := commandline.Command{Verb: verb, Files: documents}
	if f.src.desired.Zones[f.zone].Sandbox != nil { // only its own document says where it is
		c.Files = slices.Concat(f.src.o.files, documents)
	}
	if slices.Contains(f.src.o.zones.sandboxes, f.zone) {
		c.Sandboxes = []string{f.zone}
	}
	if url, given := f.src.o.zones.urls[f.zone]; given {
		c.ZoneURLs = map[string]string{f.zone: url}
	}
	return c.Words()
}

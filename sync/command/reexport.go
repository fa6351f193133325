package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

// reexport is an export into a folder that holds documents of some of the organizations already. An
// organization is known by its id: it keeps its key and its file, whatever its name is now, since
// guards, patterns and histories name it by its key. With --prune keys follow the names, and the
// files of former names go.
type reexport struct {
	prune bool
	// declared are the documents in the folder, of organizations of the zone.
	declared []document.Declared
	keys     map[int64]string // of all organizations of the zone, by id
}

func newReexport(f *folder, zone *state.ZoneState) reexport {
	e := reexport{prune: f.prune, keys: zone.Keys}
	for _, d := range document.DeclaredIn(f.out) {
		if _, here := zone.Keys[d.ID]; here && (d.Zone == "" || d.Zone == zone.Endpoint.Name) {
			e.declared = append(e.declared, d)
		}
	}
	if !e.prune {
		e.keys = keptKeys(zone.Keys, e.declared)
	}
	return e
}

// keptKeys are the keys of a zone, where documents declare some by their ids already. Who has none
// yet gives way.
func keptKeys(derived map[int64]string, declared []document.Declared) map[int64]string {
	keys, taken := map[int64]string{}, map[string]bool{}
	for _, d := range declared {
		if _, twice := keys[d.ID]; !twice && !taken[d.Key] {
			keys[d.ID], taken[d.Key] = d.Key, true
		}
	}
	for id, key := range derived {
		if _, kept := keys[id]; kept {
			continue
		}
		if keys[id] = key; taken[key] {
			keys[id] += "-" + strconv.FormatInt(id, 10)
		}
	}
	return keys
}

// path is the file of an organization below the folder of the export.
func (e reexport) path(folder string, id int64) string {
	for _, d := range e.declared {
		if d.ID == id && d.Exported && d.Key == e.keys[id] {
			return d.Path
		}
	}
	return filepath.Join(folder, export.FileName(e.keys[id]))
}

// formerFile is a document that an export wrote under a former name.
type formerFile struct{ path, now string }

// former lists the other files that declare the organizations that will be written. They are those
// of former names; one that is not an export's alone ends the run: two documents of one
// organization cannot be planned.
func (e reexport) former(r *runtimeEnv, written map[int64]string) ([]formerFile, error) {
	var former []formerFile
	for _, d := range e.declared {
		path, here := written[d.ID]
		if !here || d.Path == filepath.Clean(path) {
			continue
		}
		if !e.prune || !d.Exported {
			return nil, inTwoFiles(d, path, e.prune)
		}
		if r.files.readBy(d.Path) != "" {
			return nil, usageError{
				message: "--prune would remove " + text.ShellQuote(d.Path) +
					", which this run reads; nothing was written",
				hint: "leave it out of -f",
			}
		}
		former = append(former, formerFile{d.Path, path})
	}
	return former, nil
}

func inTwoFiles(d document.Declared, path string, prune bool) error {
	hint := "remove it there, or choose another folder with -o"
	if d.Exported && !prune {
		hint = "let --prune remove what exports wrote under former names"
	}
	return failure{
		exit: exit.Invalid,
		message: fmt.Sprintf("%s declares the organization with id %d too, which %s shall hold; nothing was written",
			d.Path, d.ID, path),
		hint: hint,
	}
}

// removeFormer removes the files of former names.
func removeFormer(former []formerFile) (removed []render.RemovedFile, err error) {
	for _, f := range former {
		if err := os.Remove(f.path); err != nil {
			return removed, failure{exit: exit.Internal, message: "remove " + f.path, cause: err}
		}
		removed = append(removed, render.RemovedFile{Path: f.path, Now: f.now})
	}
	return removed, nil
}

// declaredTwice are the organizations that both the documents of -f and those of the folder would
// declare in a plan that reads both, as one about a sandbox does.
func (f *folder) declaredTwice(zone *state.ZoneState) []string {
	if f.src.desired.Zones[f.zone].Sandbox == nil {
		return nil
	}
	var keys []string
	for _, declared := range f.src.desired.Organizations {
		exported := slices.ContainsFunc(zone.Organizations, func(live *state.Organization) bool {
			return live.ID == declared.ID || declared.ID == 0 && live.Name == declared.Name
		})
		at := filepath.Clean(declared.At[""].File)
		own := slices.ContainsFunc(f.files, func(written file) bool { return filepath.Clean(written.path) == at })
		if exported && !own {
			keys = append(keys, declared.Key)
		}
	}
	return keys
}

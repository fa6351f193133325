package document

import (
	"bytes"
	"path/filepath"
	"strconv"

	"makesync/spec"
	"makesync/spec/regular"
)

// ExportedHeader begins the comment by which a document that an export wrote is known; the zone's
// name follows.
const ExportedHeader = "exported from zone "

// Declared is an organization that a document in a folder declares by its id.
type Declared struct {
	Path, Key string
	ID        int64
	Zone      string // "" when the document names none
	// Exported: the file holds what an export wrote there, for this organization alone, and nothing
	// that an export never writes.
	Exported bool
}

// DeclaredIn lists the organizations with an id that the documents in a folder declare, as far as
// they can be read.
func DeclaredIn(folder string) []Declared {
	var list []Declared
	files, _ := filesOf(folder)
	for _, path := range files {
		documents, problems := Load(LoadOptions{Paths: []string{path}, Concurrency: 1})
		whole := !spec.HasErrors(problems) && len(documents.organizations) == 1 && onlyOrganizations(documents)
		for _, l := range documents.organizations {
			id, err := strconv.ParseInt(l.id.text, 10, 64)
			if err != nil {
				continue
			}
			zone := l.zone.text
			if zone == "" {
				zone = l.zoneOfDoc.text
			}
			list = append(list, Declared{
				Path: filepath.Clean(path), Key: l.key, ID: id, Zone: zone,
				Exported: whole && l.asExported() && saysExported(path),
			})
		}
	}
	return list
}

// saysExported looks for the comment of an export above the first key.
func saysExported(path string) bool {
	data, err := regular.ReadFile(path, MaxDocument)
	for err == nil && bytes.HasPrefix(data, []byte("#")) {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if bytes.HasPrefix(line, []byte("# "+ExportedHeader)) {
			return true
		}
		data = rest
	}
	return false
}

// onlyOrganizations tells whether the documents hold no settings beside organizations.
func onlyOrganizations(d *Documents) bool {
	guards := len(d.stated.limits) + len(d.stated.requiredAdmins) + len(d.stated.emails) + len(d.stated.protect)
	return guards+len(d.zones)+len(d.sensitive)+len(d.policies)+len(d.profiles) == 0
}

// asExported tells whether an organization holds nothing that only people write.
func (l *layer) asExported() bool {
	if l.state.text != "" || len(l.purge) > 0 || len(l.extensions) > 0 {
		return false
	}
	for i := range l.members.items {
		if m := &l.members.items[i]; m.invite.set || m.state.text != "" {
			return false
		}
	}
	for i := range l.variables.items {
		if f := l.variables.items[i].fields(); f.state.text != "" || f.ignore.text != "" {
			return false
		}
	}
	return true
}

package sync

import (
	"fmt"
	"sort"

	"makesync/spec"
)

// Draft is one organization as a document is to say it, with what has to stand
// beside it in words.
type Draft struct {
	Organization spec.Organization
	Notes        []Note
	// Secrets are the values that the document only refers to: someone has to supply them.
	Secrets []Secret
	// Partly is set when a kind could not be read, so that the document says less than is there.
	Partly bool
}

// Note is a comment in a draft: why something is not written, or what a reader should know.
type Note struct {
	// Kind and Name say beside what it stands: KindOrganization for the organization as a whole, a kind
	// without a name for its block.
	Kind spec.Kind
	Name string
	Text string
	// Omitted: the note stands for something that is there and not written.
	Omitted bool
}

// Secret is a value that a document refers to and does not hold.
type Secret struct {
	Address spec.Address
	// Variable is the environment variable of the reference.
	Variable string
}

func (d *Draft) note(kind spec.Kind, name, format string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Name: name, Text: fmt.Sprintf(format, args...)})
}

// omit notes what is there and not written, and why.
func (d *Draft) omit(kind spec.Kind, name, format string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Name: name, Text: fmt.Sprintf(format, args...), Omitted: true})
}

// sortNotes puts notes in the order of kinds, then of names, then of texts.
func (d *Draft) sortNotes() {
	order := map[spec.Kind]int{}
	for i, kind := range spec.Kinds() {
		order[kind] = i
	}
	sort.SliceStable(d.Notes, func(i, j int) bool {
		a, b := d.Notes[i], d.Notes[j]
		if a.Kind != b.Kind {
			return order[a.Kind] < order[b.Kind]
		}
		return a.Name < b.Name
	})
}

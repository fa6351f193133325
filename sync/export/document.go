package export

import (
	"fmt"
	"sort"

	"makesync/spec"
	"makesync/sync/state"
)

// Document is one organization as its file says it, with what has to stand
// beside it in words.
type Document struct {
	Organization spec.Organization
	Notes        []Note
	// Secrets are the values that the document only refers to: someone has to supply them.
	Secrets []Secret
	// BillingAsComments: what the organization pays is written as comments.
	BillingAsComments bool
	// Partly is set when a kind could not be read, so that the document says less than is there.
	Partly bool
}

// Note is a comment beside a document: why something is not written, or what a reader should know.
type Note struct {
	// Kind and Name say beside what it stands: KindOrganization for the organization as a whole, a
	// kind without a name for its block.
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

func (d *Document) note(kind spec.Kind, name, format string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Name: name, Text: fmt.Sprintf(format, args...)})
}

// omit notes what is there and not written, and why.
func (d *Document) omit(kind spec.Kind, name, format string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Name: name, Text: fmt.Sprintf(format, args...), Omitted: true})
}

// sortNotes puts notes in the order of kinds, then of names, then of texts.
func (d *Document) sortNotes() {
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

// Comments are the notes as a document's writer wants them: beside the object
// when it is written, above its block when only that is, else above the organization.
func (d *Document) Comments() map[spec.Address][]string {
	comments := map[spec.Address][]string{}
	for _, note := range d.Notes {
		at := d.place(note)
		text := note.Text
		if at == spec.Address(d.Organization.Key) && note.Kind != spec.KindOrganization {
			text = string(note.Kind) + ": " + text
		}
		comments[at] = append(comments[at], text)
	}
	return comments
}

func (d *Document) place(note Note) spec.Address {
	o := &d.Organization
	if note.Name != "" && !note.Omitted && d.holds(note.Kind, note.Name) {
		return spec.NewAddress(o.Key, note.Kind, note.Name)
	}
	written := map[spec.Kind]bool{
		spec.KindFeatureControl: o.FeatureControls != nil, spec.KindVariable: o.Variables != nil,
		spec.KindMember: o.Members != nil, spec.KindOwner: o.Owner != "",
		spec.KindSubscription: o.Subscription != nil, spec.KindPaymentMethods: o.PaymentMethods != nil,
	}
	if written[note.Kind] {
		return spec.NewAddress(o.Key, note.Kind, "")
	}
	return spec.Address(o.Key)
}

func (d *Document) holds(kind spec.Kind, name string) bool {
	switch kind {
	case spec.KindVariable:
		return state.FindVariable(d.Organization.Variables, name) != nil
	case spec.KindFeatureControl:
		return state.FindControl(d.Organization.FeatureControls, name) != nil
	case spec.KindMember:
		return state.FindMember(d.Organization.Members, name) != nil
	}
	return false
}

// Omit takes over what the writer of a document found to have no valid form. The comment stands
// there already.
func (d *Document) Omit(unwritten []spec.Unwritten) {
	for _, u := range unwritten {
		d.omit(u.Address.Kind(), u.Address.Name(), "not written: %s", u.Reason)
	}
	d.sortNotes()
}

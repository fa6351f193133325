package command

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/edit"
	"makesync/spec/text"
	"makesync/sync/export"
	"makesync/sync/offline"
	"makesync/sync/render"
	"makesync/sync/state"
)

// updating is an export under way that adds to documents what none of them declares yet. What they
// declare stays as it is, whatever is there in Make: that is for plan and adopt.
type updating struct {
	rewriting
	zone     *state.ZoneState
	desired  *spec.Desired
	exporter *export.Exporter
	yes      bool
}

func runExportUpdate(ctx context.Context, r *runtimeEnv, o exportOptions) error {
	src, err := openSources(r, o.sourceOptions, o.zone)
	if err != nil {
		return err
	}
	defer src.close()
	u := updating{rewriting: newRewriting(), desired: src.desired, yes: o.yes}
	if err := u.load(src.desired.Files); err != nil {
		return err
	}
	needed := offline.NeededOf(src.desired, src.name(o.zone))
	undeclared := 0
	u.zone, err = src.readZone(ctx, o.zone, state.ReadOptions{Select: func(live *state.Organization, key string) bool {
		chosen := src.choose(live, key)
		if chosen && needed.Of(live) == nil {
			undeclared++
		}
		return chosen && needed.Of(live) != nil
	}})
	if err != nil {
		return err
	}
	if err := src.checkRead(u.zone, "export"); err != nil {
		return err
	}
	u.exporter = newExporter(src, u.zone)
	for declared, live := range bindAll(needed, u.zone.Organizations) {
		u.add(declared, live)
	}
	if undeclared > 0 {
		u.notes = append(u.notes, text.Count(undeclared, "organization stands", "organizations stand")+
			" in no document: `makesync export --zone NAME` without --update writes new ones")
	}
	return u.finish(ctx, r, o)
}

// finish shows the diff, asks, and writes.
func (u *updating) finish(ctx context.Context, r *runtimeEnv, o exportOptions) error {
	changed, err := u.prepare(u.desired.Files, "export fewer organizations at a time, or write them by hand")
	if err != nil {
		return err
	}
	if err := u.show(r.Stdout, changed, "added", secretsBeside(u.desired)); err != nil {
		return err
	}
	code := u.zone.Exit()
	if problems := problemsOf(u.zone); len(problems) > 0 {
		words := render.Options{Verb: "export", Color: o.color && r.Terminal.Stderr}
		if err := r.printProblems(problems, code, words); err != nil {
			return err
		}
	}
	if err := u.put(ctx, r, changed, o.yes); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(r.Stdout, "makesync: export: %d added in %s, %d left; exit %d (%s)\n", u.written,
		text.Count(len(changed), "file", "files"), len(u.left), code.Code, code.Name); err != nil {
		return err
	}
	return end(code)
}

// bindAll pairs declared organizations with live ones, by key. Where two live ones fit a name
// nobody can tell which is meant: plan says so.
func bindAll(needed offline.Needed, all []*state.Organization) iter.Seq2[*spec.Organization, *state.Organization] {
	found := map[*spec.Organization][]*state.Organization{}
	var declared []*spec.Organization
	for _, live := range all {
		o := needed.Of(live)
		if found[o] == nil {
			declared = append(declared, o)
		}
		found[o] = append(found[o], live)
	}
	slices.SortFunc(declared, func(a, b *spec.Organization) int { return strings.Compare(a.Key, b.Key) })
	return func(yield func(*spec.Organization, *state.Organization) bool) {
		for _, o := range declared {
			if len(found[o]) == 1 && o.State != spec.Absent && !yield(o, found[o][0]) {
				return
			}
		}
	}
}

// addition is an object that no document declares: what is written, or why it is not.
type addition struct {
	address spec.Address
	value   edit.Value
	why     string
	// people: somebody has rights by it.
	people bool
}

// add writes what an organization's documents do not speak of.
func (u *updating) add(declared *spec.Organization, live *state.Organization) {
	document := u.exporter.Document(live, declared.Key)
	written := &document.Organization
	place, path := edit.Place{Organization: declared.Key}, declared.At[""].File
	for _, a := range slices.Concat(fieldsOf(declared, written), controlsOf(declared, written),
		u.variablesOf(declared, live, written), peopleOf(declared, written)) {
		file, err := u.open(path)
		switch {
		case err == nil && file.Has(place, a.value) > 0:
			continue // null: a document speaks of it, to say that it is not managed
		case err == nil && a.why == "" && a.people && u.yes:
			a.why = "it gives somebody rights in the documents, which --yes never does: run without --yes"
		case err == nil && a.why == "":
			err = file.Set(place, a.value)
		}
		if err != nil {
			a.why = err.Error()
		}
		if a.why != "" {
			u.leave(a.address, a.why)
			continue
		}
		u.written++
	}
}

// fieldsOf are the settings of the organization itself.
func fieldsOf(declared, written *spec.Organization) (added []addition) {
	organization := spec.NewAddress(declared.Key, spec.KindOrganization, "")
	field := func(address spec.Address, has bool, key, text string) {
		if !has && text != "" {
			added = append(added, addition{address: address, value: edit.Field(key, text)})
		}
	}
	field(organization, declared.Country != "" || !document.Holds(written.Country), "country",
		document.TextOfName(written.Country))
	field(organization, declared.Timezone != "" || !document.Holds(written.Timezone), "timezone",
		document.TextOfName(written.Timezone))
	if written.TFAEnforced != nil {
		field(spec.NewAddress(declared.Key, spec.KindTFA, ""), declared.TFAEnforced != nil, "tfaEnforced",
			strconv.FormatBool(*written.TFAEnforced))
	}
	return added
}

func controlsOf(declared, written *spec.Organization) (added []addition) {
	for _, control := range written.FeatureControls {
		if state.FindControl(declared.FeatureControls, control.Name) == nil {
			added = append(added, addition{
				address: spec.NewAddress(declared.Key, spec.KindFeatureControl, control.Name),
				value:   edit.Control(control.Name, strconv.FormatBool(control.Enabled)),
			})
		}
	}
	return added
}

// variablesOf leaves secrets, which no document holds, and names that documents tell from no other.
func (u *updating) variablesOf(declared *spec.Organization, live *state.Organization, written *spec.Organization) (
	added []addition) {
	taken := map[string]bool{}
	for _, v := range declared.Variables {
		taken[strings.ToLower(v.Name)] = true
	}
	for i := range written.Variables {
		v := &written.Variables[i]
		if state.FindVariable(declared.Variables, v.Name) != nil {
			continue
		}
		a := addition{address: spec.NewAddress(declared.Key, spec.KindVariable, v.Name)}
		value, err := document.TextOfVariable(v)
		secret := v.Reference != "" || spec.LooksSecret(v.Value.Reveal()) ||
			spec.IsSensitiveIn(a.address, live.ID, u.desired.Sensitive)
		switch a.value = edit.Variable(v.Name, value); {
		case secret:
			a.why = "it is a secret, which no document holds: write a reference, " + v.Name + `: "${env:NAME}"`
		case taken[strings.ToLower(v.Name)]:
			a.why = "another variable has this name but for upper and lower case"
		case err != nil:
			a.why = err.Error()
		}
		taken[strings.ToLower(v.Name)] = true
		added = append(added, a)
	}
	return added
}

// peopleOf are people, with the role that they have, and the owner.
func peopleOf(declared, written *spec.Organization) (added []addition) {
	owner := false
	for i := range written.Members {
		m := &written.Members[i]
		owner = owner || m.Email == written.Owner
		if state.FindMember(declared.Members, m.Email) != nil {
			continue
		}
		a := addition{address: spec.NewAddress(declared.Key, spec.KindMember, m.Email), people: true}
		switch {
		case m.Role == "":
			a.value = edit.Role(m.Email, "{}")
		default:
			a.value = edit.Role(m.Email, document.TextOfName(m.Role))
		}
		added = append(added, a)
	}
	if declared.Owner == "" && written.Owner != "" && owner {
		added = append(added, addition{address: spec.NewAddress(declared.Key, spec.KindOwner, ""), people: true,
			value: edit.Field("owner", document.TextOfKey(written.Owner))})
	}
	return added
}

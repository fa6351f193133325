package adopt

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/edit"
	"makesync/sync/export"
	"makesync/sync/lookup"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// Undeclared asks for what is live and stands in no document of an organization that has one. What
// is declared stays as it is, whatever is there in Make: that is for plan and Live.
type Undeclared struct {
	Desired *spec.Desired
	// Needed finds the declared organization of a live one.
	Needed   offline.Needed
	Exporter *export.Exporter
	// Unattended: nobody is asked, so that nobody gets rights in the documents.
	Unattended bool
}

// Into writes what the documents do not speak of into the texts, or there why it is not written.
// Where two live organizations fit a name nobody can tell which is meant: plan says so.
func (u Undeclared) Into(texts *Texts, all []*state.Organization) {
	found := map[*spec.Organization][]*state.Organization{}
	for _, live := range all {
		if o := u.Needed.Of(live); o != nil && o.State != spec.Absent {
			found[o] = append(found[o], live)
		}
	}
	for i := range u.Desired.Organizations {
		if o := &u.Desired.Organizations[i]; len(found[o]) == 1 {
			u.add(texts, o, found[o][0])
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
func (u *Undeclared) add(texts *Texts, declared *spec.Organization, live *state.Organization) {
	document := u.Exporter.Document(live, declared.Key)
	written := &document.Organization
	place, path := edit.Place{Organization: declared.Key}, declared.At[""].File
	for _, a := range slices.Concat(fieldsOf(declared, written), controlsOf(declared, written),
		u.variablesOf(declared, live, written), peopleOf(declared, written)) {
		file, err := texts.open(path)
		switch {
		case err == nil && file.Has(place, a.value) > 0:
			continue // null: a document speaks of it, to say that it is not managed
		case err == nil && a.why == "" && a.people && u.Unattended:
			a.why = "it gives somebody rights in the documents, which --yes never does: run without --yes"
		case err == nil && a.why == "":
			err = file.Set(place, a.value)
		}
		if err != nil {
			a.why = err.Error()
		}
		if a.why != "" {
			texts.leave(a.address, a.why)
			continue
		}
		texts.Written++
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
	has := lookup.Controls(declared.FeatureControls)
	for _, control := range written.FeatureControls {
		if has(control.Name) == nil {
			added = append(added, addition{
				address: spec.NewAddress(declared.Key, spec.KindFeatureControl, control.Name),
				value:   edit.Control(control.Name, strconv.FormatBool(control.Enabled)),
			})
		}
	}
	return added
}

// variablesOf leaves secrets, which no document holds, and names that documents tell from no other.
func (u *Undeclared) variablesOf(declared *spec.Organization, live *state.Organization, written *spec.Organization) (
	added []addition) {
	taken, has := map[string]bool{}, lookup.Variables(declared.Variables)
	for _, v := range declared.Variables {
		taken[strings.ToLower(v.Name)] = true
	}
	for i := range written.Variables {
		v := &written.Variables[i]
		if has(v.Name) != nil {
			continue
		}
		a := addition{address: spec.NewAddress(declared.Key, spec.KindVariable, v.Name)}
		value, err := document.TextOfVariable(v)
		secret := v.Reference != "" || v.Value.IsSecret() ||
			spec.IsSensitiveIn(a.address, live.ID, u.Desired.Sensitive)
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
	owner, has := false, lookup.Members(declared.Members)
	for i := range written.Members {
		m := &written.Members[i]
		owner = owner || m.Email == written.Owner
		if has(m.Email) != nil {
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

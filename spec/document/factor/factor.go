// Package factor finds what many organizations have in common and moves it into a profile. In go
// organizations as export writes them; out come a profile and what each organization still says
// for itself:
//
//	[]spec.Organization ─ Common ─▶ Profile + []Rest {Organization, Cancelled}
//
// The factored documents mean what the unfactored ones mean, to the last object: what an
// organization has otherwise overrides the profile, and what it lacks cancels it (null).
package factor

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
)

// Profile is what organizations have in common, with the number of those that have each of it.
type Profile struct {
	Name string
	// Contents holds the shared objects; it has neither key nor name nor id.
	Contents spec.Organization
	// Shares tells, by address below the profile's name, how many organizations have the object.
	Shares map[spec.Address]int
	// Of is the number of organizations that were looked at.
	Of int
}

// IsEmpty tells that there is nothing in common.
func (p *Profile) IsEmpty() bool { return len(p.Shares) == 0 }

// Rest is what an organization says besides its profile.
type Rest struct {
	Organization spec.Organization
	// Cancelled are the objects and blocks of the profile that the organization does not have.
	Cancelled []spec.Address
}

// Common moves into a profile of the given name what at least `least` of the organizations have
// alike, and never less than two of them. Every organization uses the profile if it holds anything.
func Common(organizations []spec.Organization, name string, least int) (Profile, []Rest) {
	least = max(least, 2)
	p := Profile{Name: name, Shares: map[spec.Address]int{}, Of: len(organizations)}
	rests := make([]Rest, len(organizations))
	for i := range organizations {
		rests[i].Organization = organizations[i]
	}
	for _, f := range texts {
		factorText(&p, rests, f, least)
	}
	factorTFA(&p, rests, least)
	factorBlock(&p, rests, controls, least)
	factorBlock(&p, rests, variables, least)
	factorBlock(&p, rests, members, least)
	if p.IsEmpty() {
		return p, rests
	}
	for i := range rests {
		rests[i].Organization.Profiles = append([]string{name}, rests[i].Organization.Profiles...)
		slices.Sort(rests[i].Cancelled)
	}
	return p, rests
}

// textField is a setting that is one text.
type textField struct {
	key string
	get func(*spec.Organization) *string
}

var texts = []textField{
	{"region", func(o *spec.Organization) *string { return &o.Region }},
	{"country", func(o *spec.Organization) *string { return &o.Country }},
	{"timezone", func(o *spec.Organization) *string { return &o.Timezone }},
}

func factorText(p *Profile, rests []Rest, f textField, least int) {
	counts := map[string]int{}
	for i := range rests {
		counts[*f.get(&rests[i].Organization)]++
	}
	delete(counts, "")
	value, count := mostFrequent(counts)
	if count < least || !allSay(rests, func(o *spec.Organization) bool { return *f.get(o) != "" }) {
		return
	}
	*f.get(&p.Contents) = value
	p.share(spec.KindOrganization, f.key, count)
	for i := range rests {
		if text := f.get(&rests[i].Organization); *text == value {
			*text = ""
		}
	}
}

func factorTFA(p *Profile, rests []Rest, least int) {
	counts := map[bool]int{}
	for i := range rests {
		if on := rests[i].Organization.TFAEnforced; on != nil {
			counts[*on]++
		}
	}
	value, count := true, counts[true]
	if counts[false] > count {
		value, count = false, counts[false]
	}
	isSet := func(o *spec.Organization) bool { return o.TFAEnforced != nil }
	if count < least || !allSay(rests, isSet) {
		return
	}
	p.Contents.TFAEnforced = &value
	p.share(spec.KindTFA, "", count)
	for i := range rests {
		if on := rests[i].Organization.TFAEnforced; on != nil && *on == value {
			rests[i].Organization.TFAEnforced = nil
		}
	}
}

// allSay tells whether a setting can go into the profile: an organization that says nothing of it
// would inherit it, so all of them have to say something.
func allSay(rests []Rest, isSet func(*spec.Organization) bool) bool {
	return !slices.ContainsFunc(rests, func(r Rest) bool { return !isSet(&r.Organization) })
}

func mostFrequent(counts map[string]int) (value string, count int) {
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if counts[key] > count {
			value, count = key, counts[key]
		}
	}
	return value, count
}

func (p *Profile) share(kind spec.Kind, name string, count int) {
	p.Shares[spec.NewAddress(p.Name, kind, name)] = count
}

// block is how the objects of one block are compared and moved.
type block[T any] struct {
	kind  spec.Kind
	items func(*spec.Organization) *[]T
	name  func(*T) string
	// form is the object's meaning as a text; "" when it cannot stand in a profile.
	form func(*T) string
	// stays tells that an organization has to name an object itself, whatever its profile says.
	stays func(*spec.Organization, *T) bool
}

var controls = block[spec.FeatureControl]{
	kind:  spec.KindFeatureControl,
	items: func(o *spec.Organization) *[]spec.FeatureControl { return &o.FeatureControls },
	name:  func(c *spec.FeatureControl) string { return c.Name },
	form:  document.FormOfControl,
}

var variables = block[spec.Variable]{
	kind:  spec.KindVariable,
	items: func(o *spec.Organization) *[]spec.Variable { return &o.Variables },
	name:  func(v *spec.Variable) string { return v.Name },
	form:  document.FormOfVariable,
}

var members = block[spec.Member]{
	kind:  spec.KindMember,
	items: func(o *spec.Organization) *[]spec.Member { return &o.Members },
	name:  func(m *spec.Member) string { return m.Email },
	form:  document.FormOfMember,
	stays: func(o *spec.Organization, m *spec.Member) bool { return strings.EqualFold(m.Email, o.Owner) },
}

// candidate is one name of a block over all organizations.
type candidate struct {
	name  string
	forms map[string]int
	unfit bool // some organization has it in another spelling, or in a form that overrides nothing
}

// factorBlock moves the objects that enough organizations have in the same form.
func factorBlock[T any](p *Profile, rests []Rest, b block[T], least int) {
	shared := map[string]string{} // name → form
	for _, c := range b.candidates(rests) {
		form, count := mostFrequent(c.forms)
		if c.unfit || count < least {
			continue
		}
		shared[c.name] = form
		p.share(b.kind, c.name, count)
	}
	if len(shared) == 0 {
		return
	}
	contents := b.items(&p.Contents)
	for i := range rests {
		b.split(&rests[i], shared, contents)
	}
	slices.SortFunc(*contents, func(a, c T) int { return cmp.Compare(b.name(&a), b.name(&c)) })
}

func (b block[T]) candidates(rests []Rest) map[string]*candidate {
	all := map[string]*candidate{}
	for i := range rests {
		items := *b.items(&rests[i].Organization)
		for j := range items {
			folded := strings.ToLower(b.name(&items[j]))
			c := all[folded]
			if c == nil {
				c = &candidate{name: b.name(&items[j]), forms: map[string]int{}}
				all[folded] = c
			}
			form := b.form(&items[j])
			c.forms[form]++
			c.unfit = c.unfit || form == "" || c.name != b.name(&items[j])
		}
	}
	return all
}

// split leaves in an organization what its profile does not say, cancels what it lacks, and gives
// the profile each shared object once.
func (b block[T]) split(rest *Rest, shared map[string]string, contents *[]T) {
	o := &rest.Organization
	items := b.items(o)
	if *items == nil { // not read, or not managed: so it stays
		rest.Cancelled = append(rest.Cancelled, spec.Address(o.Key+"/"+string(b.kind)))
		return
	}
	var own []T
	if o.Purges(b.kind) {
		own = []T{} // a purge wants its block
	}
	has := map[string]bool{}
	for i := range *items {
		item := &(*items)[i]
		name := b.name(item)
		has[name] = true
		form, isShared := shared[name]
		if !isShared || form != b.form(item) {
			own = append(own, *item)
			continue
		}
		if b.stays != nil && b.stays(o, item) {
			own = append(own, *item)
		}
		if !slices.ContainsFunc(*contents, func(c T) bool { return b.name(&c) == name }) {
			*contents = append(*contents, *item)
		}
	}
	for name := range shared {
		if !has[name] {
			rest.Cancelled = append(rest.Cancelled, spec.NewAddress(o.Key, b.kind, name))
		}
	}
	*items = own
}

package explain

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// guards are the rules that speak of the object, those that hold it first.
func (f *Facts) guards(out *Outcome) []Guard {
	list := []Guard{}
	add := func(guard, path, value, says string) {
		list = append(list, Guard{Guard: guard, Says: says, Source: f.source(path, value)})
	}
	f.patterns(add)
	f.people(add)
	f.limits(add)
	f.others(add)
	for _, h := range out.Held {
		i := slices.IndexFunc(list, func(g Guard) bool { return g.Guard == h.Guard })
		if i < 0 {
			list = append(list, Guard{Guard: h.Guard, Says: "why stands below", Holds: true})
			continue
		}
		list[i].Holds = true
	}
	f.policies(&list)
	slices.SortStableFunc(list, func(a, b Guard) int {
		switch {
		case a.Holds == b.Holds:
			return 0
		case a.Holds:
			return -1
		}
		return 1
	})
	return list
}

// source is where a rule stands; nil where it is a default.
func (f *Facts) source(path, value string) *spec.Source {
	for _, s := range f.Desired.Settings {
		if s.Path == path && (value == "" || s.Value == value) {
			return s.Source.Position()
		}
	}
	return nil
}

type adder func(guard, path, value, says string)

// patterns are those that fit the address.
func (f *Facts) patterns(add adder) {
	for _, glob := range f.Desired.Guards.Protect {
		one := spec.Guards{Protect: []spec.Glob{glob}, FormerKeys: f.Desired.Guards.FormerKeys}
		switch pattern, within := one.Protecting(f.Address, f.id()); {
		case within:
			says := "never deleted: what " + text.Quote(pattern) + " protects would go with it"
			add("protect", "guards.protect", pattern, says)
		case pattern != "":
			add("protect", "guards.protect", pattern, "never deleted: "+text.Quote(pattern)+" fits it")
		}
	}
	if f.isSecret() {
		says := "its value is masked everywhere: by its name, a pattern, its shape, or because it is a reference"
		path, value := "", ""
		for _, glob := range f.Desired.Sensitive {
			if spec.IsSensitiveIn(f.Address, f.id(), []spec.Glob{glob}) && !spec.IsSensitiveIn(f.Address, f.id(), nil) {
				path, value = "sensitive", glob.String()
				says = "its value is masked everywhere: " + text.Quote(value) + " fits it"
			}
		}
		add("sensitive", path, value, says)
	}
	if want := f.want(); want != nil && want.Purges(f.Address.Kind()) {
		add("purge", "organizations."+want.Key+".purge", "",
			"what no document of "+want.Key+" declares of this kind is deleted")
	}
}

// people are the rules about who may have rights.
func (f *Facts) people(add adder) {
	kind, email := f.Address.Kind(), f.Address.Name()
	if want := f.want(); kind == spec.KindOwner && want != nil {
		email = want.Owner
	}
	if kind != spec.KindMember && kind != spec.KindOwner {
		return
	}
	g := &f.Desired.Guards
	if g.Requires(email) {
		add("requiredAdmins", "guards.requiredAdmins", email, email+" has to stay Owner or Admin")
	}
	if list, ok := g.Refusing(email); !ok && email != "" {
		add("emails", "guards.emails", "", email+" fits none of "+globs(list)+
			": may be neither invited, promoted nor made owner")
	} else if len(g.EmailLists) > 0 && email != "" {
		add("emails", "guards.emails", "", email+" fits, and may be invited, promoted and made owner")
	}
	words := text.Count(g.MinAdmins, "accepted Owner or Admin", "accepted Owners and Admins")
	add("minAdmins", "guards.minAdmins", "", words+" must remain"+adminsNow(f.Live))
}

// admins say how many there are now.
func adminsNow(live *state.Organization) string {
	if !live.Read(spec.KindMember) {
		return ""
	}
	n := plan.AdminsOf(live).Size()
	return "; there " + text.Word(n, "is ", "are ") + strconv.Itoa(n) + " now"
}

func globs(list []spec.Glob) string {
	words := make([]string, len(list))
	for i, g := range list {
		words[i] = g.String()
	}
	return text.Commas(words, 5)
}

// limits are the numbers that count changes of the kind.
func (f *Facts) limits(add adder) {
	kind, g := f.Address.Kind(), &f.Desired.Guards
	number := func(counts map[spec.Kind]int, defaults map[spec.Kind]int) (int, bool) {
		if n, ok := counts[kind]; ok {
			return n, true
		}
		n, ok := defaults[kind]
		return n, ok
	}
	defaults := spec.DefaultGuards()
	word := string(kind)
	if n, ok := number(g.MaxCreates, defaults.MaxCreates); ok {
		add("maxCreates", "guards.maxCreates."+word, "", atMost(n)+" created in one zone and run")
	}
	if kind == spec.KindMember {
		add("maxInvites", "guards.maxInvites", "",
			"at most "+text.Count(g.MaxInvites, "invitation", "invitations")+" in one organization and run")
	}
	if n, ok := number(g.MaxDeletes, defaults.MaxDeletes); ok {
		add("maxDeletes", "guards.maxDeletes."+word, "",
			atMost(n)+" deleted in one organization and run")
	}
	if n, ok := number(g.MaxDeletesPerRun, defaults.MaxDeletesPerRun); ok {
		add("maxDeletesPerRun", "guards.maxDeletesPerRun."+word, "",
			atMost(n)+" deleted in one run, over all organizations")
	}
}

func atMost(n int) string {
	if n == 0 {
		return "none may be"
	}
	return "at most " + strconv.Itoa(n) + " may be"
}

// others are the rules of single kinds.
func (f *Facts) others(add adder) {
	kind := f.Address.Kind()
	if kind == spec.KindTFA {
		add("tfa", "", "", "enforcing is held unless the token's user has two-factor authentication herself")
	}
	if kind.Bills() {
		add("billing", "", "", "what moves money is held unless --allow OP:"+string(kind)+"<=AMOUNTCUR@"+
			f.Address.Key()+" lets it through")
	}
	if f.Desired.Guards.HoldDrift {
		add("drift", "guards.drift", "", "what was changed in Make since the snapshot of --since is held, not reverted")
	}
}

// policies are those that the object, its organization or the plan breaks.
func (f *Facts) policies(list *[]Guard) {
	if f.Plan == nil || f.Plan.Policies == nil {
		return
	}
	for _, r := range f.Plan.Policies.Results {
		about := r.Address == "" || f.is(r.Address) || r.Address == spec.Address(f.Address.Key())
		name := spec.PolicyGuard(r.ID)
		i := slices.IndexFunc(*list, func(g Guard) bool { return g.Guard == name })
		switch {
		case !about:
		case i >= 0:
			(*list)[i].Source = r.Source
		default:
			*list = append(*list, Guard{Guard: name, Says: strings.TrimSuffix(r.Words(), "."), Source: r.Source,
				Holds: r.Severity == spec.PolicyError && r.Suppressed == nil && r.Further == 0})
		}
	}
}

package offline

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/lookup"
	"makesync/sync/state"
)

// ForLater warns of what head says otherwise than base of things that are not there yet, or there
// already, as base has it: no step shows it, and it counts all the same once somebody is invited or
// something is made. former are as for NoLongerManaged.
func ForLater(base, head *spec.Desired, former map[string]string) (later []spec.Problem) {
	heads, ids := byFormerKey(head, former), newNameIDs()
	for i := range base.Organizations {
		o := &base.Organizations[i]
		if now := heads[o.Key]; now != nil && o.State != spec.Absent && now.State != spec.Absent {
			later = append(later, laterOf(o, now, ids)...)
		}
	}
	return later
}

func laterOf(o, now *spec.Organization, ids *nameIDs) (later []spec.Problem) {
	add := func(kind spec.Kind, name, what string, source *spec.Source) {
		address := spec.NewAddress(now.Key, kind, name)
		later = append(later, spec.Problem{Severity: spec.Warning, Rule: "for-later", Address: address, Source: source,
			Message: string(address) + ": " + what + " is another than before; it counts once it is sent or made, " +
				"and no step shows it until then",
			Hint: "look at it as at a step"})
	}
	other := func(list state.List, a, b string) bool { return ids.text(list, a) != ids.text(list, b) }
	if other(state.Regions, o.Region, now.Region) && o.ID == 0 && now.ID == 0 {
		add(spec.KindOrganization, "", "the region in which the organization would be made", now.PositionOf("region"))
	}
	variables, members := lookup.Variables(o.Variables), lookup.Members(o.Members)
	for i := range now.Variables {
		v := &now.Variables[i]
		if was := variables(v.Name); was != nil && was.IgnoreValue && v.IgnoreValue && !sameValue(was, v) {
			add(spec.KindVariable, v.Name, "the first value", &v.Source)
		}
	}
	for i := range now.Members {
		m := &now.Members[i]
		if was := members(m.Email); was != nil && was.State != spec.Absent && m.State != spec.Absent {
			if keys := otherInvite(was.Invite, m.Invite, ids); len(keys) > 0 {
				add(spec.KindMember, m.Email, "the invitation ("+strings.Join(keys, ", ")+")", &m.Source)
			}
			if m.Email == o.Owner && m.Email == now.Owner && other(state.Roles, was.Role, m.Role) {
				add(spec.KindMember, m.Email, "the role until "+m.Email+" is the Owner", &m.Source)
			}
		}
	}
	return later
}

// sameValue compares what would be sent, whether it is shown or not; references that were not read
// are the same by their text.
func sameValue(a, b *spec.Variable) bool {
	if (a.Unknown || b.Unknown) && a.Reference != b.Reference {
		return false
	}
	return a.Type == b.Type && a.Unknown == b.Unknown && a.Value.Masked().Equal(b.Value.Masked())
}

// otherInvite are the keys in which an invitation says something else than before; none where there
// is none any more.
func otherInvite(was, now *spec.Invite, ids *nameIDs) (other []string) {
	if now == nil {
		return nil
	}
	if was == nil {
		was = &spec.Invite{}
	}
	for _, key := range []struct {
		name string
		same bool
	}{
		{"name", was.Name == now.Name},
		{"teams", slices.Equal(ids.sorted(state.Teams, was.Teams), ids.sorted(state.Teams, now.Teams))},
		{"note", was.Note == now.Note},
	} {
		if !key.same {
			other = append(other, key.name)
		}
	}
	return other
}

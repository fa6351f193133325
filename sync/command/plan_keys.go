package command

import (
	"cmp"
	"fmt"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// checkKeys refuses a plan that calls an organization otherwise than the documents do: guards and
// policies go by keys, and who made up another would get around them. What the documents do not
// declare may be called anything.
func checkKeys(a *applyRun, documents *document.Documents) error {
	desired, _ := documents.Resolve(document.ResolveOptions{ // without a default zone
		LookupEnv: a.r.LookupEnv, SkipReferences: true, SkipUnset: true, ZoneNames: zoneURLNames(a.options.zones.urls),
	})
	keys := declaredKeys(a, desired)
	for i := range a.plan.Organizations {
		o := &a.plan.Organizations[i]
		meant := keys.of(placeOf(a, o.Zone, desired), o)
		if slices.Contains(meant, o.Key) || len(meant) == 0 && !keys.declared[o.Key] {
			continue
		}
		called := "another one so"
		if len(meant) > 0 {
			called = "it otherwise (" + text.Or(meant) + ")"
		}
		a.problems = append(a.problems, spec.Problem{Severity: spec.Error, Rule: "plan-keys",
			Address: spec.Address(o.Key),
			Message: fmt.Sprintf("the plan calls organization %d of zone %s so, and the documents call %s",
				o.ID, text.OneLine(o.Zone), called),
			Hint: "make a new plan from these documents"})
	}
	if spec.HasErrors(a.problems) {
		return errStale
	}
	return nil
}

// organizationKeys are the keys by which documents call organizations. One for which they name no
// zone is meant in whichever zone of the plan it stands: which one that was is decided by the
// MAKE_ZONE or --zone of the plan, and nobody knows that any more.
type organizationKeys struct {
	declared map[string]bool
	zoned    map[identity][]string
	zoneless map[identity][]string
}

// identity is what documents mean an organization by: its id, else its name. Those without a zone
// have no place.
type identity struct{ place, name string }

func identityOf(place, name string, id int64) identity {
	if id != 0 {
		return identity{place, "id:" + state.FormatID(id)}
	}
	return identity{place, "name:" + state.NormalName(name)}
}

func declaredKeys(a *applyRun, desired *spec.Desired) organizationKeys {
	k := organizationKeys{map[string]bool{}, map[identity][]string{}, map[identity][]string{}}
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		k.declared[o.Key] = true
		list, place := k.zoneless, ""
		if o.Zone != "" {
			list, place = k.zoned, placeOf(a, o.Zone, desired)
		}
		own := identityOf(place, o.Name, o.ID)
		list[own] = append(list[own], o.Key)
	}
	return k
}

// of are the keys that documents mean by an organization of a plan. What they say of its zone goes
// before what they say of none, and an id before a name.
func (k organizationKeys) of(place string, o *plan.Organization) []string {
	for _, keys := range [][]string{
		k.zoned[identityOf(place, o.Name, o.ID)], k.zoned[identityOf(place, o.Name, 0)],
		k.zoneless[identityOf("", o.Name, o.ID)], k.zoneless[identityOf("", o.Name, 0)],
	} {
		if len(keys) > 0 {
			return keys
		}
	}
	return nil
}

// placeOf is where a zone is, whichever of its names it is called by.
func placeOf(a *applyRun, zone string, desired *spec.Desired) string {
	if p, connected := a.zones.ports[zone]; connected {
		return p.endpoint.Place()
	}
	return cmp.Or(spec.URLPlace(a.options.zones.urls[zone]), spec.ZonePlace(zone, desired.Zones))
}

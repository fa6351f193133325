package planner_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
)

// TestLawAPartIsThePlanOfTheWholeFiltered: where a run looks at some organizations only, it plans of
// them what it plans when it looks at all. Limits of the run count over what is looked at, so they
// are out of the way here.
func TestLawAPartIsThePlanOfTheWholeFiltered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		for kind := range r.Desired.Guards.MaxDeletesPerRun {
			r.Desired.Guards.MaxDeletesPerRun[kind] = 1000
		}
		r.Desired.Guards.MaxCreates[spec.KindOrganization] = 1000
		whole := plantest.Make(t, r)
		part := *r.Desired
		part.Organizations = slices.Clone(part.Organizations)
		for i := range part.Organizations {
			part.Organizations[i].NamesOnly = rapid.Bool().Draw(t, "unchanged")
		}
		r.Desired = &part
		clear(zone.Calls)
		got := plantest.Make(t, r)

		var want []plan.Organization
		for _, o := range whole.Organizations {
			at := slices.IndexFunc(part.Organizations, func(p spec.Organization) bool { return p.Key == o.Key })
			if !part.Organizations[at].NamesOnly {
				want = append(want, o)
				continue
			}
			for call := range zone.Calls {
				if strings.HasSuffix(call, fmt.Sprintf(" %d", o.ID)) && o.ID != 0 {
					t.Fatalf("%s, which nobody looks at, cost the call %q", o.Key, call)
				}
			}
		}
		if diff := cmp.Diff(asJSON(renumbered(want)), asJSON(renumbered(got.Organizations))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// renumbered gives steps the numbers that they have within their organization.
func renumbered(organizations []plan.Organization) []plan.Organization {
	out := slices.Clone(organizations)
	for i := range out {
		out[i].Steps = slices.Clone(out[i].Steps)
		for j := range out[i].Steps {
			s := &out[i].Steps[j]
			first := organizations[i].Steps[0].N
			s.N -= first
			s.After = slices.Clone(s.After)
			for k := range s.After {
				s.After[k] -= first
			}
		}
	}
	return out
}

func asJSON(organizations []plan.Organization) string {
	text, err := json.MarshalIndent(organizations, "", " ")
	if err != nil || len(organizations) == 0 {
		return ""
	}
	return string(text)
}

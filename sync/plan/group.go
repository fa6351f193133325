package plan

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"makesync/spec"
)

// One edited profile changes sixty organizations in the same way. That is one decision, and people
// shall read it once:
//
//	client-01/variable/RETRIES  update  5 → 7 ─┐
//	client-02/variable/RETRIES  update  5 → 7 ─┼─▶ variable/RETRIES  update  5 → 7   client-01, client-02, …
//	client-03/variable/RETRIES  update  5 → 7 ─┘
//	client-04/variable/RETRIES  update  3 → 7 ───▶ another change: the old value differs
//
// The steps stay as they are: a group is a view of them, which apply never sees. Package grouping
// puts together what is held or waits likewise.

// Group is one change that several organizations have in common: equal in kind, name, op, risk,
// origin, forecast and fields, of which secrets count as equal because nobody can see them.
type Group struct {
	Kind spec.Kind `json:"kind"`
	// Name is the object's name below its kind, "" where there is one of a kind: the organization
	// itself, its two-factor setting, its owner.
	Name          string   `json:"name"`
	Op            Op       `json:"op"`
	Risk          Risk     `json:"risk"`
	Origin        Origin   `json:"origin,omitempty"`
	Foreseen      string   `json:"foreseen,omitempty"`
	Fields        []Field  `json:"fields"`
	Organizations []string `json:"organizations"` // keys, in the order of the plan
	Count         int      `json:"count"`
	// Steps are the members, one for each organization, in the same order.
	Steps []*Step `json:"-"`
}

// Groups are the changes that at least two organizations have in common, the riskiest first, then
// the most frequent, then by kind and name.
func Groups(organizations []Organization) []Group { return GroupsOf(organizations, 2) }

// GroupsOf are those that at least so many organizations have in common.
func GroupsOf(organizations []Organization, least int) []Group {
	var keys []string // in order of appearance
	steps := map[string][]*Step{}
	for i := range organizations {
		for j := range organizations[i].Steps {
			step := &organizations[i].Steps[j]
			key := changeKey(step)
			if steps[key] == nil {
				keys = append(keys, key)
			}
			steps[key] = append(steps[key], step)
		}
	}
	var groups []Group
	for _, key := range keys {
		// Nothing stands twice in one organization in a plan that makesync made; what does is
		// counted once.
		same := slices.CompactFunc(steps[key], func(a, b *Step) bool { return a.Address.Key() == b.Address.Key() })
		if len(same) >= least {
			groups = append(groups, newGroup(same))
		}
	}
	slices.SortStableFunc(groups, compareGroups)
	return groups
}

func newGroup(steps []*Step) Group {
	first := steps[0]
	group := Group{Kind: first.Kind, Name: first.Address.Name(), Op: first.Op, Risk: first.Risk,
		Origin: first.Origin, Foreseen: first.Foreseen, Fields: first.ShownFields(), Count: len(steps), Steps: steps}
	for _, step := range steps {
		group.Organizations = append(group.Organizations, step.Address.Key())
	}
	return group
}

// changeKey is equal for equal changes.
func changeKey(s *Step) string {
	seen := slices.Clone(s.ShownFields())
	for i := range seen {
		seen[i].From.Fingerprint, seen[i].To.Fingerprint = "", ""
	}
	fields, err := json.Marshal(seen)
	if err != nil { // only a scalar of a foreign kind; it then equals itself alone
		fields = []byte(s.Address)
	}
	parts := []string{string(s.Kind), s.Address.Name(), string(s.Op), string(s.Risk), string(s.Origin), s.Foreseen,
		string(fields)}
	return strings.Join(parts, "\x00")
}

// risksByWeight are the risks, worst first.
var risksByWeight = []Risk{RiskIrreversible, RiskDestructive, RiskCaution, RiskNone}

func compareGroups(a, b Group) int {
	return cmp.Or(
		cmp.Compare(a.Foreseen, b.Foreseen),
		cmp.Compare(slices.Index(risksByWeight, a.Risk), slices.Index(risksByWeight, b.Risk)),
		cmp.Compare(a.Steps[0].Standing(), b.Steps[0].Standing()),
		cmp.Compare(b.Count, a.Count),
		cmp.Compare(slices.Index(spec.Kinds(), a.Kind), slices.Index(spec.Kinds(), b.Kind)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Op, b.Op),
		cmp.Compare(changeKey(a.Steps[0]), changeKey(b.Steps[0])),
	)
}

// SameGroups compares what a file says with what follows from its steps.
func SameGroups(a, b []Group) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if len(x.Fields) == 0 && len(y.Fields) == 0 { // none and an empty list are the same
			x.Fields, y.Fields = nil, nil
		}
		x.Steps, y.Steps = nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

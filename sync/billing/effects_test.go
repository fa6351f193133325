package billing_test

import (
	"slices"
	"testing"

	"makesync/sync/billing"
)

// What somebody has more of than the next plan offers is said, and so is what nobody can tell.
func TestBeyond(t *testing.T) {
	t.Parallel()
	n := func(n int) *int { return &n }
	has := billing.Holding{Teams: n(3), ActiveScenarios: n(9), Members: n(12)}
	for name, c := range map[string]struct {
		product *billing.Product
		has     billing.Holding
		want    []string
	}{
		"not in the catalogue":   {nil, has, []string{billing.MembersUntold}},
		"the published example":  {&billing.Product{Name: "Core", Teams: n(1), Scenarios: n(-1)}, has, []string{"has 3 teams, and Core offers 1", billing.MembersUntold}},
		"members are told":       {&billing.Product{Name: "Core", Members: n(5)}, has, []string{"has 12 members, and Core offers 5"}},
		"enough":                 {&billing.Product{Name: "Core", Teams: n(3), Members: n(12)}, has, nil},
		"any number":             {&billing.Product{Name: "Core", Members: n(-1)}, billing.Holding{}, nil},
		"members were not read":  {&billing.Product{Name: "Core", Members: n(1)}, billing.Holding{}, []string{"Core offers 1 member, and how many there are was not read: no document declares them"}},
		"a name from a document": {&billing.Product{Name: "Co\nre", Teams: n(1), Members: n(50)}, has, []string{"has 3 teams, and Co re offers 1"}},
	} {
		if got := c.product.Beyond(c.has); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

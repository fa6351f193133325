package sync

import (
	"context"
	"fmt"
	"testing"

	"makesync/spec"
)

// BenchmarkPlan plans organizations of fifty variables that are all as they should be; what it
// costs beyond the fake's own copies is the planner's part.
func BenchmarkPlan(b *testing.B) {
	const organizations, size = 100, 50
	zone := newFakeZone()
	var orgs []spec.Organization
	for i := range organizations {
		live := liveOrganization(int64(i+1), fmt.Sprint("Org ", i))
		o := desired(fmt.Sprintf("org-%04d", i), live.Name, variables())
		for v := range size {
			name := fmt.Sprintf("VARIABLE_%03d", v)
			variable(live, name, spec.TypeString, "value")
			o.Variables = append(o.Variables, textVariable(name, "value"))
		}
		zone.orgs, orgs = append(zone.orgs, live), append(orgs, o)
	}
	r := request(zone, orgs...)
	b.ReportAllocs()
	for b.Loop() {
		p, err := MakePlan(context.Background(), r)
		if err != nil || p.Summary.Unchanged != organizations*(size+1) {
			b.Fatalf("%v %+v", err, p.Summary)
		}
	}
}

// Equal pairs must not cost an allocation: of a million variables nearly all are equal.
func TestEqualVariablesAllocateNothing(t *testing.T) {
	plan := func(size int) float64 {
		live := acme()
		o := desired("acme", "Acme", variables())
		for v := range size {
			name := fmt.Sprintf("VARIABLE_%05d", v)
			variable(live, name, spec.TypeString, "value")
			o.Variables = append(o.Variables, textVariable(name, "value"))
		}
		r := request(newFakeZone(live), o)
		return testing.AllocsPerRun(5, func() { makePlan(t, r) })
	}
	if few, many := plan(10), plan(2000); many-few > 20 {
		t.Errorf("%v allocations for 10 variables, %v for 2000", few, many)
	}
}

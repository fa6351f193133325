package planner_test

import (
	"context"
	"fmt"
	"testing"

	"makesync/spec"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// BenchmarkPlan plans organizations of fifty variables that are all as they should be; what it
// costs beyond the fake's own copies is the planner's part.
func BenchmarkPlan(b *testing.B) {
	const organizations, size = 100, 50
	zone := zonetest.New()
	var orgs []spec.Organization
	for i := range organizations {
		live := zonetest.Organization(int64(i+1), fmt.Sprint("Org ", i))
		o := zonetest.Desired(fmt.Sprintf("org-%04d", i), live.Name, zonetest.Variables())
		for v := range size {
			name := fmt.Sprintf("VARIABLE_%03d", v)
			zonetest.Variable(live, name, spec.TypeString, "value")
			o.Variables = append(o.Variables, zonetest.TextVariable(name, "value"))
		}
		zone.Orgs, orgs = append(zone.Orgs, live), append(orgs, o)
	}
	r := plantest.Request(zone, orgs...)
	b.ReportAllocs()
	for b.Loop() {
		p, err := planner.Make(context.Background(), r)
		if err != nil || p.Summary.Unchanged != organizations*(size+1) {
			b.Fatalf("%v %+v", err, p.Summary)
		}
	}
}

// Equal pairs must not cost an allocation: of a million variables nearly all are equal.
func TestEqualVariablesAllocateNothing(t *testing.T) {
	plan := func(size int) float64 {
		live := zonetest.Acme()
		o := zonetest.Desired("acme", "Acme", zonetest.Variables())
		for v := range size {
			name := fmt.Sprintf("VARIABLE_%05d", v)
			zonetest.Variable(live, name, spec.TypeString, "value")
			o.Variables = append(o.Variables, zonetest.TextVariable(name, "value"))
		}
		r := plantest.Request(zonetest.New(live), o)
		return testing.AllocsPerRun(5, func() { plantest.Make(t, r) })
	}
	if few, many := plan(10), plan(2000); many-few > 20 {
		t.Errorf("%v allocations for 10 variables, %v for 2000", few, many)
	}
}

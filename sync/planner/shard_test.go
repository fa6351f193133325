package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// TestEveryKeyIsInOneShard: also keys that nobody has thought of.
func TestEveryKeyIsInOneShard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key, count := rapid.StringMatching(`[a-z0-9-]{0,20}`).Draw(t, "key"), rapid.IntRange(1, 200).Draw(t, "count")
		homes := 0
		for i := 1; i <= count; i++ {
			if (&spec.Shard{Index: i, Count: count}).Has(key) {
				homes++
			}
		}
		if homes != 1 {
			t.Fatalf("%q is in %d of %d shards", key, homes, count)
		}
	})
}

// TestShardsAreEven: no shard has much more than its part.
func TestShardsAreEven(t *testing.T) {
	t.Parallel()
	const keys, count = 20_000, 16
	var sizes [count]int
	for k := range keys {
		for i := range sizes {
			if (&spec.Shard{Index: i + 1, Count: count}).Has(fmt.Sprintf("client-%d", k)) {
				sizes[i]++
			}
		}
	}
	for i, n := range sizes {
		if n < keys/count*9/10 || n > keys/count*11/10 {
			t.Errorf("shard %d of %d has %d of %d keys", i+1, count, n, keys)
		}
	}
}

// TestShardsAreStable pins where keys belong: pods of two versions of makesync must agree.
func TestShardsAreStable(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]int{"acme": 1, "alder": 7, "birch": 6, "cedar": 2, "old": 7} {
		for i := 1; i <= 8; i++ {
			if got := (&spec.Shard{Index: i, Count: 8}).Has(key); got != (i == want) {
				t.Errorf("shard %d of 8 has %s: %v", i, key, got)
			}
		}
	}
}

// TestAllowNumbersAreDivided: a rule over several organizations lets a shard do its part of N, one that
// names an organization all of N, and the rule that a shard prints suffices for it.
func TestAllowNumbersAreDivided(t *testing.T) {
	t.Parallel()
	zone := zonetest.New()
	var orgs []spec.Organization
	for i := range 12 {
		live, want := crowd(int64(i+1), string(rune('A'+i)), 9)
		zone.Orgs, orgs = append(zone.Orgs, live), append(orgs, want)
	}
	shard := &spec.Shard{Index: 1, Count: 2}
	plan := func(rules ...string) *plan.Plan {
		r := plantest.Request(zone, orgs...)
		r.Shard = shard
		for _, rule := range rules {
			r.Allow = append(r.Allow, plantest.MustAllow(t, rule))
		}
		return plantest.Make(t, r)
	}
	deletes := plan().Summary.Held // 25 in the run are 13 a shard
	if deletes < 2*9 || deletes == 12*9 {
		t.Fatalf("%d held: the shard is too small or too large for this test", deletes)
	}
	for _, c := range []struct {
		rule string
		held int
	}{
		{fmt.Sprintf("delete:variable<=%d@*", 2*deletes), 0},
		{fmt.Sprintf("delete:variable<=%d@*", 2*deletes-2), deletes},
		{"delete:variable@*", 0},
		{strings.Join(heldRules(plan()), " "), 0},
		{fmt.Sprintf("delete:variable<=9@%s", plan().Organizations[0].Key), deletes - 9},
	} {
		if got := plan(c.rule).Summary.Held; got != c.held {
			t.Errorf("%s: %d held, want %d", c.rule, got, c.held)
		}
	}
}

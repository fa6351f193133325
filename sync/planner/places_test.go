package planner_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// buyAndPurge are documents in whose organizations, by the name of their zone, a plan is bought for
// 34.12 USD a month and two variables are purged. The names lead to these places.
func buyAndPurge(t *testing.T, urls, zones map[string]string) planner.Request {
	t.Helper()
	r := planner.Request{
		Desired: &spec.Desired{Guards: spec.DefaultGuards()}, Zones: map[string]state.Port{},
		Concurrency: 2, Billing: plantest.NothingSent{},
	}
	places := map[string]*zonetest.Zone{}
	for name, url := range urls {
		if places[url] == nil {
			places[url] = zonetest.New()
		}
		r.Zones[name] = state.Port{
			Reader:   places[url],
			Endpoint: spec.Endpoint{Name: name, URL: url, Hosts: []string{zonetest.Host}},
		}
	}
	for i, key := range slices.Sorted(maps.Keys(zones)) {
		live := zonetest.Organization(int64(11+i), "The "+key)
		live.OwnerID = int64(100 + i)
		zonetest.Subscribe(live, zonetest.Sold.Products[0].Prices[0])
		zonetest.PayingBy(live, "card_4242")
		zonetest.Variable(live, "ONE", spec.TypeString, "1")
		zonetest.Variable(live, "TWO", spec.TypeString, "2")
		z := places[urls[zones[key]]]
		z.Orgs = append(z.Orgs, live)
		o := zonetest.Desired(key, live.Name, zonetest.Variables(), zonetest.Purge(spec.KindVariable))
		o.ID, o.Zone = live.ID, zones[key]
		o.Subscription = &spec.Subscription{Plan: "Teams", Operations: 10000, Period: spec.Month}
		r.Desired.Organizations = append(r.Desired.Organizations, o)
	}
	for _, o := range plantest.Make(t, r).Organizations {
		for _, h := range o.Held {
			if h.Kind.Bills() && h.Allow != "" {
				r.Allow = append(r.Allow, plantest.MustAllow(t, h.Allow))
			}
		}
	}
	return r
}

// TestLimitsByPlace: what bounds a zone counts it once, whatever its names, and two zones apart; what
// bounds a run counts them all.
func TestLimitsByPlace(t *testing.T) {
	t.Parallel()
	const here, there = "https://" + zonetest.Host, "https://us1.make.com"
	one := map[string]string{"eu1": here}
	twoNames := map[string]string{"eu1": here, "again": here}
	twoZones := map[string]string{"eu1": here, "us1": there}
	for _, c := range []struct {
		name        string
		urls        map[string]string
		second      string // the zone of the second organization
		monthly     string
		deletes     int // maxDeletesPerRun
		buys, purge int // steps that remain
	}{
		{"one name, room", one, "eu1", "68.24", 4, 2, 4},
		{"one name", one, "eu1", "68.23", 3, 0, 0},
		{"two names, room", twoNames, "again", "68.24", 4, 2, 4},
		{"two names", twoNames, "again", "68.23", 3, 0, 0},
		{"two zones, room", twoZones, "us1", "34.12", 4, 2, 4},
		{"two zones", twoZones, "us1", "34.11", 3, 0, 0},
	} {
		r := buyAndPurge(t, c.urls, map[string]string{"acme": "eu1", "beta": c.second})
		r.Desired.Guards.MaxMonthly = map[string]string{"USD": c.monthly}
		r.Desired.Guards.MaxDeletesPerRun = map[spec.Kind]int{spec.KindVariable: c.deletes}
		p := plantest.Make(t, r)
		if buys, purge := len(movesMoney(p)), p.Summary.Delete; buys != c.buys || purge != c.purge {
			t.Errorf("%s: %d subscriptions and %d deletions, want %d and %d\n%s", c.name, buys, purge, c.buys, c.purge,
				strings.Join(plantest.Lines(p), "\n"))
		}
	}
}

// TestLimitsByShard: the shards of a run together stay below what bounds the whole of it, however
// its organizations fall to them, and none of them moves money.
func TestLimitsByShard(t *testing.T) {
	t.Parallel()
	zones := map[string]string{}
	for i := range 12 {
		zones[fmt.Sprintf("org-%02d", i)] = []string{"eu1", "again"}[i%2]
	}
	const here = "https://" + zonetest.Host
	for limit := range 30 {
		for _, count := range []int{1, 2, 3, 5} {
			deletes, chosen := 0, 0
			for index := 1; index <= count; index++ {
				r := buyAndPurge(t, map[string]string{"eu1": here, "again": here}, zones)
				r.Desired.Guards.MaxMonthly = map[string]string{"USD": "10000"}
				r.Desired.Guards.MaxDeletesPerRun = map[spec.Kind]int{spec.KindVariable: limit}
				r.Shard = &spec.Shard{Index: index, Count: count}
				p := plantest.Make(t, r)
				if buys := movesMoney(p); len(buys) > 0 {
					t.Errorf("shard %d of %d buys %s", index, count, buys[0].Address)
				}
				deletes, chosen = deletes+p.Summary.Delete, chosen+len(p.Organizations)
			}
			if deletes > limit || chosen != len(zones) || limit >= 24 && count == 1 && deletes != 24 {
				t.Errorf("%d shards delete %d of at most %d in %d organizations", count, deletes, limit, chosen)
			}
		}
	}
}

package guard

import (
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
)

const (
	billingGuard = "billing"
	monthlyGuard = "billing.maxMonthly"
)

// holdForbidden holds what no rule lifts: what the diff has found to be forbidden, and everything
// that moves money in a run that may not.
func (g *Guard) holdForbidden(r *review) {
	none := func(*plan.Change) string { return "" }
	r.hold(billingGuard, none, func(c *plan.Change) string {
		switch {
		case c.Forbidden != "":
			return withWords(c, c.Forbidden)
		case !c.MovesMoney():
			return ""
		case g.shard != nil:
			return withWords(c, "a shard moves no money, for shards do not know of each other; run it without --shard")
		}
		return withWords(c, g.noMoney)
	})
}

// movesMoney holds whatever moves money: only a rule that names organization and amount lets it
// through.
func (g *Guard) movesMoney(_ *review, c *plan.Change) string {
	if !c.MovesMoney() {
		return ""
	}
	if c.Money == nil || c.Money.Amount == 0 {
		return withWords(c, "it changes what is paid for, or by what")
	}
	return withWords(c, "it costs "+c.Money.Price().String()+" a "+string(c.Money.Period)+" by the catalogue")
}

// withWords adds what the step would do: a step that is held has no notes of its own.
func withWords(c *plan.Change, reason string) string {
	if reason == "" || len(c.Notes) == 0 {
		return reason
	}
	return reason + "; " + strings.Join(c.Notes, "; ")
}

// holdMonthly bounds what the new subscriptions of a zone cost a month, together and without what
// they replace. A currency without a bound has none that could be kept, so it is held.
func (g *Guard) holdMonthly(reviews []*review) {
	if len(g.guards.MaxMonthly) == 0 {
		return
	}
	type scope struct{ place, currency string }
	sums := map[scope]spec.Amount{}
	for _, r := range reviews {
		for i := range r.changes {
			if m := r.changes[i].Money; m.Monthly() > 0 {
				at := scope{r.Place, m.Currency}
				sums[at] = sums[at].Plus(m.Monthly())
			}
		}
	}
	for _, r := range reviews {
		r.hold(monthlyGuard, func(*plan.Change) string { return "" }, func(c *plan.Change) string {
			if c.Money.Monthly() == 0 {
				return ""
			}
			return g.overMonthly(r.Zone, c.Money.Currency, sums[scope{r.Place, c.Money.Currency}])
		})
	}
}

func (g *Guard) overMonthly(zone, currency string, sum spec.Amount) string {
	bound, stated := g.guards.MaxMonthly[currency]
	if !stated {
		return "guards." + monthlyGuard + " gives no amount in " + currency + "; it has " +
			strings.Join(slices.Sorted(maps.Keys(g.guards.MaxMonthly)), ", ")
	}
	if spec.CompareDecimals(sum.String(), bound) <= 0 {
		return ""
	}
	return "the new subscriptions of zone " + zone + " cost " + sum.String() + " " + currency +
		" a month, and guards." + monthlyGuard + " allows " + bound
}

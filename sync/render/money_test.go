package render

import (
	"bytes"
	"testing"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// moneyPlan buys, begins, ends and prefers, in two currencies.
func moneyPlan() *plan.Plan {
	text := state.Text
	cost := func(amount, currency string, period spec.Period, charged billing.Charged) *billing.Cost {
		parsed, err := spec.ParseAmount(amount)
		if err != nil {
			panic(err)
		}
		return &billing.Cost{Amount: parsed, Currency: currency, Period: period, Charged: charged}
	}
	step := func(n int, address string, op plan.Op, money *billing.Cost, fields ...plan.Field) plan.Step {
		s := step(n, address, op, plan.RiskIrreversible, fields...)
		s.Money = money
		return s
	}
	change := step(1, "alder/subscription", plan.OpUpdate, cost("34.12", "USD", spec.Month, billing.ChargedNow),
		field("plan", text("Core"), text("Pro")), field("price", text("10.59 USD"), text("34.12 USD")))
	change.Notes = []string{"Core with 10,000 credits a month for 10.59 USD a month → Pro with 20,000 credits a month for 34.12 USD a month",
		"charged at once, and a new cycle begins today", "loses the discount of 20 %", billing.MembersUntold}
	cancel := step(4, "cedar/subscription", plan.OpDelete, cost("0", "USD", "", billing.ChargedNone), field("plan", text("Teams"), state.None()))
	cancel.Notes = []string{billing.MembersUntold}
	p := &plan.Plan{Created: sampleTime, Expires: sampleTime.AddDate(0, 0, 1), Digest: "sha256:ab", Zones: samplePlan().Zones,
		Organizations: []plan.Organization{
			{Key: "alder", Zone: "eu1", ID: 101, Name: "Alder", Steps: []plan.Step{change,
				step(2, "alder/paymentMethods/pm_b", plan.OpUpdate, nil, field("subscription", state.Bool(false), state.Bool(true)))}},
			{Key: "birch", Zone: "eu1", ID: 102, Name: "Birch", Steps: []plan.Step{
				step(3, "birch/subscription", plan.OpCreate, cost("348", "EUR", spec.Year, billing.ChargedNext), field("plan", text("Free"), text("Teams")))}},
			{Key: "cedar", Zone: "eu1", ID: 103, Name: "Cedar", Steps: []plan.Step{cancel}},
		}}
	p.Exit = exit.OK
	p.Money, p.Summary = plan.MoneyOf(p.Organizations), plan.Summarize(p.Organizations)
	return p
}

// TestMoneyHasABlock: whatever is moved stands together under a heading, with the sum of the run by currency.
func TestMoneyHasABlock(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"plan-money.txt":  func(b *bytes.Buffer) error { return Plan(b, moneyPlan(), Options{Saved: "plan.json"}) },
		"plan-money.md":   func(b *bytes.Buffer) error { return Markdown(b, moneyPlan(), 0, Options{}) },
		"plan-money.html": func(b *bytes.Buffer) error { return HTML(b, moneyPlan(), Options{}) },
	} {
		golden(t, name, rendered(t, write))
	}
}

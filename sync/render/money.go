package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/plan"
)

// MoneySum is an amount of money in each currency: 34.12 USD and 10.00 EUR; "" for none.
func MoneySum(sum map[string]spec.Amount) string {
	var words []string
	for _, currency := range slices.Sorted(maps.Keys(sum)) {
		words = append(words, sum[currency].String()+" "+Clean(currency))
	}
	return text.And(words)
}

// moneyWords say what a plan costs; "" when it costs nothing.
func moneyWords(p *plan.Plan) string {
	if sum := MoneySum(p.Money); sum != "" {
		return sum + " by the catalogue; the charge may differ (tax, proration, discounts)"
	}
	return ""
}

// moneyLine is one line of the block that says what is charged when.
type moneyLine struct{ Label, Text string }

// chargedWords are when a step is charged, in the order in which the block tells.
var chargedWords = []struct {
	charged billing.Charged
	label   string
}{
	{billing.ChargedNow, "charged at once"},
	{billing.ChargedNext, "when somebody pays"},
}

// moneyLines are the block about money of a plan: the sum, what of it is charged when and for whom,
// what it comes to a month, and what else changes of payments. None for a plan that moves no money.
func moneyLines(p *plan.Plan) (lines []moneyLine) {
	say := func(label, words string) {
		if words != "" {
			lines = append(lines, moneyLine{label, words})
		}
	}
	say("costs", moneyWords(p))
	for _, when := range chargedWords {
		sum, who := map[string]spec.Amount{}, []string(nil)
		eachMoney(p, func(o *plan.Organization, s *plan.Step) {
			if s.Money != nil && s.Money.Amount > 0 && s.Money.Charged == when.charged {
				sum[s.Money.Currency] = sum[s.Money.Currency].Plus(s.Money.Amount)
				period := cmp.Or(string(s.Money.Period), "period")
				who = append(who, Clean(o.Key)+" "+s.Money.Price().String()+" a "+Clean(period))
			}
		})
		if len(who) > 0 {
			say(when.label, MoneySum(sum)+": "+text.AndMore(who, named))
		}
	}
	monthly, free := map[string]spec.Amount{}, []string(nil)
	eachMoney(p, func(_ *plan.Organization, s *plan.Step) {
		if m := s.Money.Monthly(); m > 0 {
			monthly[s.Money.Currency] = monthly[s.Money.Currency].Plus(m)
		}
		if s.Money == nil || s.Money.Amount == 0 {
			free = append(free, string(s.Op)+" "+Clean(string(s.Address)))
		}
	})
	say("new, a month", MoneySum(monthly))
	say("without a charge", text.AndMore(free, named))
	if plans := membersUntold(p); len(plans) > 0 {
		say("not told", "how many members "+text.And(plans)+" may have: the catalogue has no such limit")
	}
	return lines
}

// membersUntold are the plans to which steps lead and of which nobody tells how many members they
// offer.
func membersUntold(p *plan.Plan) (plans []string) {
	eachMoney(p, func(_ *plan.Organization, s *plan.Step) {
		if !slices.Contains(s.Notes, billing.MembersUntold) {
			return
		}
		to := spec.FreePlan // a cancel leads there
		for _, f := range s.Fields {
			if f.Path == "plan" && !f.To.IsNone() {
				to = f.To.String()
			}
		}
		if !slices.Contains(plans, Clean(to)) {
			plans = append(plans, Clean(to))
		}
	})
	slices.Sort(plans)
	return plans
}

// writeMoney writes the block about money, above the summary.
func writeMoney(p *printer, lines []moneyLine) {
	if len(lines) == 0 {
		return
	}
	const label = 18
	p.hanging(0, redBold, "Money", "")
	for _, line := range lines {
		p.labelled(2, redBold, line.Label, label, line.Text)
	}
	p.gap()
}

// moneyMarkdown is the same block for comments.
func moneyMarkdown(lines []moneyLine) string {
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n#### Money\n\n")
	for _, line := range lines {
		b.WriteString("- **" + line.Label + "**: " + prose(cut(line.Text, 2*maxProse)) + "\n")
	}
	return b.String()
}

func eachMoney(p *plan.Plan, do func(*plan.Organization, *plan.Step)) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			if o.Steps[j].MovesMoney() {
				do(o, &o.Steps[j])
			}
		}
	}
}

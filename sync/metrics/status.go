package metrics

import (
	"strconv"
	"time"

	"makesync/sync/fleet"
)

// What `status` measures, by organization. A value that is not known, or was not asked for, has no
// sample: a zero would look like no credits left.

// perRow are the samples of each organization of a status, which begin with its zone and key.
func perRow(samples func(*fleet.Row) []sample) func(*Run) []sample {
	return func(m *Run) (all []sample) {
		if m.Status == nil {
			return nil
		}
		for i := range m.Status.Organizations {
			row := &m.Status.Organizations[i]
			for _, s := range samples(row) {
				all = append(all, sample{append([]string{row.Zone, row.Key}, s.labels...), s.value})
			}
		}
		return all
	}
}

func attentionCounts(m *Run) (samples []sample) {
	if m.Status == nil {
		return nil
	}
	counts := map[[2]string]int{}
	for _, a := range m.Status.Attention {
		counts[[2]string{string(a.Severity), a.Rule}]++
	}
	for _, severity := range []fleet.Severity{fleet.Bad, fleet.Warning} {
		for _, rule := range fleet.Rules() {
			n := counts[[2]string{string(severity), rule}]
			if n > 0 || len(m.Status.NotLookedAt) == 0 { // 0 of what nobody looked at would be good news
				samples = append(samples, sample{[]string{string(severity), rule}, float64(n)})
			}
		}
	}
	return samples
}

// known is a sample of a value that may not be known.
func known(value *float64, labels ...string) []sample {
	if value == nil {
		return nil
	}
	return []sample{{labels, *value}}
}

func creditsOf(row *fleet.Row) []sample {
	if row.Credits == nil {
		return nil
	}
	return append(known(row.Credits.Used, "used"), known(row.Credits.Left, "left")...)
}

func resetOf(row *fleet.Row) []sample {
	if row.Credits == nil || row.Credits.Reset == nil {
		return nil
	}
	return one(unixOf(*row.Credits.Reset))
}

func lastsOf(row *fleet.Row) []sample {
	if row.Credits == nil || row.Credits.Lasts == nil {
		return nil
	}
	return one(flag01(*row.Credits.Lasts))
}

func membersOf(row *fleet.Row) []sample {
	m := row.Members
	if m == nil {
		return nil
	}
	samples := []sample{
		{[]string{"accepted"}, float64(m.Total)}, {[]string{"admin"}, float64(m.Admins)},
		{[]string{"pending"}, float64(m.Pending)}, {[]string{"expired"}, float64(m.Expired)},
	}
	if m.WithoutTwoFactor != nil {
		samples = append(samples, sample{[]string{"without-two-factor"}, float64(*m.WithoutTwoFactor)})
	}
	return samples
}

func changesSamples(row *fleet.Row) []sample {
	c := row.Changes
	if c == nil {
		return nil
	}
	samples := []sample{
		{[]string{"pending"}, float64(c.Pending)}, {[]string{"held"}, float64(c.Held)},
		{[]string{"waiting"}, float64(c.Waiting)},
	}
	if c.Drift != nil {
		samples = append(samples, sample{[]string{"drift"}, float64(*c.Drift)},
			sample{[]string{"conflict"}, float64(*c.Conflict)})
	}
	return samples
}

func enforcedOf(row *fleet.Row) []sample {
	if row.TFAEnforced == nil {
		return nil
	}
	return one(flag01(*row.TFAEnforced))
}

func nextBillOf(row *fleet.Row) []sample {
	if row.Subscription == nil || row.Subscription.NextBill == nil {
		return nil
	}
	return one(unixOf(*row.Subscription.NextBill))
}

func amountOf(row *fleet.Row) []sample {
	if row.Subscription == nil {
		return nil
	}
	amount, err := strconv.ParseFloat(row.Subscription.Amount, 64)
	if err != nil {
		return nil
	}
	return []sample{{[]string{row.Subscription.Currency, row.Subscription.Period}, amount}}
}

func unixOf(t time.Time) float64 { return float64(t.Unix()) }

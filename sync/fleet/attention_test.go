package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func inDaysFromNow(n int) *time.Time { return ptr(now.AddDate(0, 0, n)) }

// Each rule at its limits, with just the keys that it looks at. What is not known is never bad.
func TestRulesOfAttention(t *testing.T) {
	t.Parallel()
	outside, err := spec.ParseGlob("*@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	limits := Limits{Guards: &spec.Guards{EmailLists: [][]spec.Glob{{outside}}}}
	credits := func(used, left float64) Row {
		return Row{Credits: &Credits{Used: &used, Left: &left, Total: ptr(used + left)}}
	}
	forecast := func(daysLeft float64, auto bool) Row {
		r := credits(10, 90)
		r.Credits.DaysLeft, r.Credits.Lasts, r.Credits.PerDay = &daysLeft, ptr(false), ptr(9.0)
		r.Credits.Reset, r.Credits.AutoPurchase = inDaysFromNow(20), &auto
		return r
	}
	method := func(m PaymentMethod) Row { return Row{PaymentMethod: &m} }
	people := func(m Members) Row { return Row{Members: &m} }
	for _, test := range []struct {
		about string
		row   Row
		want  string // severity rule, with commas
	}{
		{"nothing is known", Row{}, ""},
		{"not paused", Row{OnHold: ptr(false)}, ""},
		{"paused", Row{OnHold: ptr(true)}, "bad on-hold"},
		{"74.9 % used", credits(749, 251), ""},
		{"75 % used", credits(75, 25), "warning credits-low"},
		{"89.9 % used", credits(899, 101), "warning credits-low"},
		{"90 % used", credits(90, 10), "bad credits-low"},
		{"all used", credits(100, 0), "bad credits-low"},
		{"no credits at all", credits(0, 0), ""},
		{"used is not known", Row{Credits: &Credits{Left: ptr(0.0)}}, ""},
		{"does not last, for long", forecast(7, true), "warning credits-forecast"},
		{"does not last, not for long", forecast(6.9, false), "bad credits-forecast, warning auto-purchase-off"},
		{"does not last, more is bought", forecast(1, true), "warning credits-forecast"},
		{"failed", Row{LastPayment: &Payment{Status: "Failed"}}, "bad payment-failed"},
		{"past due", Row{LastPayment: &Payment{Status: "past_due"}}, "bad payment-failed"},
		{"pending", Row{LastPayment: &Payment{Status: "Pending"}}, ""},
		{"invalid", method(PaymentMethod{Valid: ptr(false)}), "bad payment-method"},
		{"valid", method(PaymentMethod{Valid: ptr(true), Expires: "2027-03"}), ""},
		{"expired", method(PaymentMethod{Expires: "2026-10"}), "bad payment-method"},
		{"expires this month", method(PaymentMethod{Expires: "2026-11"}), "warning payment-method"},
		{"expires next month", method(PaymentMethod{Expires: "2026-12"}), ""},
		{"none, nothing known of a plan", method(PaymentMethod{None: true}), ""},
		{"none, and nothing to pay", Row{PaymentMethod: &PaymentMethod{None: true}, Subscription: &Subscription{Amount: "0.00"}}, ""},
		{"none, and something to pay", Row{PaymentMethod: &PaymentMethod{None: true}, Subscription: &Subscription{Amount: "9.00"}}, "bad payment-method"},
		{"owner inside", Row{Owner: "ops@acme.example"}, ""},
		{"owner outside", Row{Owner: "ops@other.example"}, "bad owner-outside"},
		{"open invitations", people(Members{Admins: 2, Pending: 3}), ""},
		{"expired invitations", people(Members{Admins: 2, Expired: 1}), "warning invitation-expired"},
		{"one admin", people(Members{Admins: 1}), "warning single-admin"},
		{"members without", people(Members{Admins: 2, WithoutTwoFactor: ptr(9), AdminsWithoutTwoFactor: ptr(0)}), ""},
		{"an admin without", people(Members{Admins: 2, WithoutTwoFactor: ptr(1), AdminsWithoutTwoFactor: ptr(1)}), "warning two-factor"},
		{"lacking is no failure", Row{NotRead: []string{"usage"}}, ""},
		{"failed to read", Row{NotRead: []string{"usage"}, failed: []string{"usage"}}, "warning not-read"},
	} {
		var got []string
		for _, a := range Look([]Row{test.row}, limits, now) {
			got = append(got, string(a.Severity)+" "+a.Rule)
			if a.Message == "" {
				t.Errorf("%s: %s has no message", test.about, a.Rule)
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %q, want %q", test.about, got, test.want)
		}
	}
}

// Whatever comes in, bad things come first, and no two different things are equal in the order.
func TestAttentionIsInTotalOrder(t *testing.T) {
	t.Parallel()
	draw := rapid.Custom(func(r *rapid.T) Attention {
		return Attention{
			Severity:     rapid.SampledFrom([]Severity{Bad, Warning}).Draw(r, "severity"),
			Rule:         rapid.SampledFrom(Rules()).Draw(r, "rule"),
			Organization: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "organization"),
			Zone:         rapid.SampledFrom([]string{"eu1", "us1"}).Draw(r, "zone"),
		}
	})
	rapid.Check(t, func(r *rapid.T) {
		a, b, c := draw.Draw(r, "a"), draw.Draw(r, "b"), draw.Draw(r, "c")
		if compareAttention(a, b) != -compareAttention(b, a) {
			r.Errorf("%v and %v are not the other way round", a, b)
		}
		if (compareAttention(a, b) == 0) != (a == b) {
			r.Errorf("%v and %v are equal in the order", a, b)
		}
		if compareAttention(a, b) <= 0 && compareAttention(b, c) <= 0 && compareAttention(a, c) > 0 {
			r.Errorf("%v, %v, %v are no order", a, b, c)
		}
		all := []Attention{a, b, c}
		slices.SortFunc(all, compareAttention)
		if all[2].Severity == Bad && all[0].Severity == Warning {
			r.Errorf("a warning goes before something bad: %v", all)
		}
	})
}

package export

import (
	"errors"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func method(id, brand, last4 string, subscription, extras bool) billing.PaymentMethod {
	return billing.NewPaymentMethod(billing.PaymentMethod{ID: id, Brand: brand, Default: subscription, DefaultForExtras: extras},
		last4)
}

// TestBillingSaysWhatIsThere: every name is one that means this method alone, and what no document can hold is said, not
// written.
func TestBillingSaysWhatIsThere(t *testing.T) {
	t.Parallel()
	pro := billing.Subscription{Plan: "Pro", Amount: "34.120", Currency: "usd", Period: "1 month", PriceID: 3, Operations: 20000}
	odd, unpriced := pro, pro
	odd.Plan = "Pro\n  purge: [member]"
	unpriced.Amount, unpriced.Period, unpriced.Operations = "", "2 weeks", 0
	for name, test := range map[string]struct {
		subscription *billing.Subscription
		methods      []billing.PaymentMethod
		plan, price  string
		pays, extras string
		omitted      int
	}{
		"all of it": {&pro, []billing.PaymentMethod{method("pm_1", "Visa", "4242", true, false), method("pm_2", "visa", "5555", false, true)},
			"Pro", "34.12 USD", "visa-4242", "visa-5555", 0},
		"two of one name": {&pro, []billing.PaymentMethod{method("pm_1", "visa", "4242", true, true), method("pm_2", "visa", "4242", false, false)},
			"Pro", "34.12 USD", "pm_1", "pm_1", 0},
		"named like another": {&pro, []billing.PaymentMethod{method("pm_1", "visa", "4242", true, true), method("visa-4242", "amex", "1", false, false)},
			"Pro", "34.12 USD", "pm_1", "pm_1", 0},
		"a debit":           {&pro, []billing.PaymentMethod{method("pm_1", "", "3000", true, false)}, "Pro", "34.12 USD", "pm_1", "", 0},
		"no default":        {&pro, []billing.PaymentMethod{method("pm_1", "visa", "4242", false, false)}, "Pro", "34.12 USD", "", "", 0},
		"an unfit id":       {&pro, []billing.PaymentMethod{method("${env:HOME}", "", "", true, false)}, "Pro", "34.12 USD", "", "", 1},
		"Free":              {nil, nil, "Free", "", "", "", 0},
		"an unfit plan":     {&odd, nil, "", "", "", "", 1},
		"what is not known": {&unpriced, nil, "Pro", "", "", "", 0},
	} {
		live := zonetest.Organization(11, "Acme")
		live.Account, live.PaymentMethods = &billing.Account{Subscription: test.subscription}, test.methods
		e := Exporter{Zone: "eu1", Billing: BillingAsSettings, Sensitive: func(spec.Address) bool { return false }}
		d := e.Document(live, "acme")
		plan, price, pays, extras := "", "", "", ""
		if s := d.Organization.Subscription; s != nil {
			plan = s.Plan
			if s.Price != nil {
				price = s.Price.String()
			}
		}
		if m := d.Organization.PaymentMethods; m != nil {
			pays, extras = m.Subscription, m.Extras
		}
		omitted := 0
		for _, note := range d.Notes {
			if note.Kind.Bills() && note.Omitted {
				omitted++
			}
		}
		if plan != test.plan || price != test.price || pays != test.pays || extras != test.extras || omitted != test.omitted {
			t.Errorf("%s: %q %q, %q %q, %d omitted: %+v", name, plan, price, pays, extras, omitted, d.Notes)
		}
	}
}

// TestBillingThatCannotBeRead: as a comment nobody misses it, as a setting the document says less than is there.
func TestBillingThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for form, partly := range map[BillingForm]bool{BillingAsComments: false, BillingAsSettings: true} {
		live := zonetest.Organization(11, "Acme")
		live.Failed = map[spec.Kind]error{spec.KindSubscription: errors.New("no right to see payments")}
		live.Lacks = map[spec.Kind]string{spec.KindVariable: "", spec.KindMember: "", spec.KindFeatureControl: ""}
		e := Exporter{Zone: "eu1", Billing: form, Sensitive: func(spec.Address) bool { return false },
			Names: map[state.List][]state.Name{state.Countries: zonetest.New().Lists[state.Countries],
				state.Timezones: zonetest.New().Lists[state.Timezones]}}
		e.SetAside([]*state.Organization{live})
		d := e.Document(live, "acme")
		if said := strings.Join(d.Comments()["acme"], "\n"); d.Partly != partly || !strings.Contains(said, "no right to see payments") {
			t.Errorf("%v: partly %v\n%s", form, d.Partly, said)
		}
		if failed := live.Failed[spec.KindSubscription] != nil; failed != partly {
			t.Errorf("%v: it counts as failed: %v", form, failed)
		}
	}
}

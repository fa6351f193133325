package plan

import (
	"slices"
	"testing"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/state"
)

// TestInvalidMethod: a step about a payment method shows of each target what it does: it makes pay what did not, or
// removes what pays for nothing.
func TestInvalidMethod(t *testing.T) {
	t.Parallel()
	no, yes := state.Bool(false), state.Bool(true)
	card := state.Text("visa-4242")
	shown := map[Op]Field{OpUpdate: {"method", card, card}, OpDelete: {Path: "method", From: card}}
	subscription, extras := Field{"subscription", no, yes}, Field{"extras", no, yes}
	for name, c := range map[string]struct {
		op     Op
		target billing.Target
		fields []Field
		valid  bool
		// nameless: it does not say which method it is about.
		nameless bool
	}{
		"for subscriptions":      {OpUpdate, billing.ForSubscription, []Field{subscription}, true, false},
		"for both":               {OpUpdate, billing.ForBoth, []Field{extras, subscription}, true, false},
		"for nobody knows which": {OpUpdate, billing.ForSubscription, []Field{subscription}, false, true},
		"for another one":        {OpUpdate, billing.ForSubscription, []Field{extras}, false, false},
		"more than it does":      {OpUpdate, billing.ForSubscription, []Field{extras, subscription}, false, false},
		"what pays already":      {OpUpdate, billing.ForExtras, []Field{{"extras", yes, yes}}, false, false},
		"a removal":              {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: no}}, true, false},
		"a removal of what pays": {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: yes}}, false, false},
		"a removal of half":      {OpDelete, "", []Field{{Path: "extras", From: no}}, false, false},
		"as text":                {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: state.Text("false")}}, false, false},
	} {
		if c.fields = slices.Clip(c.fields); !c.nameless {
			c.fields = append(c.fields, shown[c.op])
		}
		s := Step{Address: spec.NewAddress("acme", spec.KindPaymentMethods, "pm_a"), Kind: spec.KindPaymentMethods, Op: c.op,
			Fields: c.fields, Arguments: Arguments{PaymentMethod: "pm_a", Target: c.target}}
		if why := invalidMethod(&s, false); (why == "") != c.valid {
			t.Errorf("%s: %q", name, why)
		}
	}
}

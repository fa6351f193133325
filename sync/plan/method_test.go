package plan

import (
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
	subscription, extras := Field{"subscription", no, yes}, Field{"extras", no, yes}
	for name, c := range map[string]struct {
		op     Op
		target billing.Target
		fields []Field
		valid  bool
	}{
		"for subscriptions":      {OpUpdate, billing.ForSubscription, []Field{subscription}, true},
		"for both":               {OpUpdate, billing.ForBoth, []Field{extras, subscription}, true},
		"for another one":        {OpUpdate, billing.ForSubscription, []Field{extras}, false},
		"more than it does":      {OpUpdate, billing.ForSubscription, []Field{extras, subscription}, false},
		"what pays already":      {OpUpdate, billing.ForExtras, []Field{{"extras", yes, yes}}, false},
		"a removal":              {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: no}}, true},
		"a removal of what pays": {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: yes}}, false},
		"a removal of half":      {OpDelete, "", []Field{{Path: "extras", From: no}}, false},
		"as text":                {OpDelete, "", []Field{{Path: "extras", From: no}, {Path: "subscription", From: state.Text("false")}}, false},
	} {
		s := Step{Address: spec.NewAddress("acme", spec.KindPaymentMethods, "pm_a"), Kind: spec.KindPaymentMethods, Op: c.op,
			Fields: c.fields, Arguments: Arguments{PaymentMethod: "pm_a", Target: c.target}}
		if why := invalidMethod(&s, false); (why == "") != c.valid {
			t.Errorf("%s: %q", name, why)
		}
	}
}

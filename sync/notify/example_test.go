package notify_test

import (
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/notify"
	"makesync/sync/plan"
)

// Drift that was told last night is not told again tonight.
func Example() {
	run := notify.Run{Command: "plan", Exit: exit.OK, Plan: &plan.Plan{
		Organizations: []plan.Organization{{
			Key:   "acme",
			Steps: []plan.Step{{Address: "acme/tfa", Op: plan.OpUpdate, Risk: plan.RiskCaution}},
			Held:  []plan.Held{{Address: "acme/variable/OLD", Op: plan.OpDelete, Guard: "maxDeletes", Reason: "1 more than 0"}},
		}},
	}}
	runs := func(spec.Address, string) int { return 0 } // nothing waits
	events := notify.EventsOf(run, 7, runs)

	lastNight := events.Alerts[0].ID
	unreported := events.Unreported(func(a notify.Alert) bool { return a.ID == lastNight })
	n := notify.New(run, unreported, time.Unix(1795320000, 0))
	for _, alert := range n.Alerts {
		fmt.Println(alert.What, alert.Address)
	}
	fmt.Println(n.Reported, "told before;", n.Text)
	// Output:
	// held acme/variable/OLD
	// 1 told before; makesync plan: 0 to change, 0 waiting, 0 held; exit 0 (ok)
}

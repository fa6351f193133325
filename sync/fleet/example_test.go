package fleet_test

import (
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/state"
)

// A reading becomes a row; rows are looked over, and what needs attention comes out, worst first.
func Example() {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	used, left := 8700.0, 1300.0
	organization := &state.Organization{Organization: spec.Organization{ID: 11, Name: "Acme"}, OwnerID: 1, Plan: "Pro"}
	organization.Members = []spec.Member{{Email: "ops@acme.example", Role: "11", UserID: 1}}
	reading := fleet.Reading{
		Key: "acme", Zone: "eu1", Organization: organization,
		Balance: state.Balance{Used: &used, Left: &left, Reset: now.AddDate(0, 0, 10)},
		Usage:   week(now, 450),
		Read:    map[fleet.Part]bool{fleet.PartCredits: true, fleet.PartUsage: true, fleet.PartMembers: true},
	}
	row := fleet.NewRow(&reading, now)
	for _, a := range fleet.Look([]fleet.Row{row}, fleet.Limits{}, now) {
		fmt.Printf("%s %s: %s\n", a.Severity, a.Rule, a.Message)
	}
	// Output:
	// bad credits-forecast: 1,300 credits are left, and 450 go in a day: they last 2 days, the reset is in 10 days
	// warning credits-low: 87 % of 10,000 credits are used; the reset is in 10 days
	// warning single-admin: one person alone administers it
}

// week are seven days before today, each with as many credits.
func week(now time.Time, credits float64) []state.UsageDay {
	var days []state.UsageDay
	for i := -7; i < 0; i++ {
		days = append(days, state.UsageDay{Date: now.AddDate(0, 0, i).Format(time.DateOnly), Credits: &credits})
	}
	return append(days, state.UsageDay{Date: now.Format(time.DateOnly), Credits: new(float64)})
}

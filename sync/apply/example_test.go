package apply_test

import (
	"context"
	"fmt"
	"time"

	"makesync/sync/apply"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// variables is a writer of variables to one organization in memory.
type variables struct{ organization *state.Organization }

func (v variables) Write(_ context.Context, w plan.Write) (plan.Answer, error) {
	fmt.Println(w.Verb, w.Address)
	zonetest.Variable(v.organization, w.Arguments.Name, w.Arguments.Type, w.Arguments.Value.Value().Reveal())
	return plan.Answer{}, nil
}

type clock struct{}

func (clock) Now() time.Time                                   { return time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC) }
func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// A plan of one step is walked: the variable is written, read back, and reported.
func ExampleRun() {
	acme := zonetest.Acme()
	zone := zonetest.New(acme)
	request := plantest.Request(zone,
		zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("API_BASE", "https://api.acme.example"))))
	made, err := planner.Make(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}

	port := apply.Port{Port: request.Zones["eu1"], Writer: variables{acme}}
	report := apply.Run(context.Background(), made, apply.Options{
		Zones: map[string]apply.Port{"eu1": port}, Clock: clock{}, Fetched: clock{}.Now(),
	})
	for _, step := range report.Steps {
		fmt.Println(step.Op, step.Address, step.Outcome)
	}
	fmt.Println("planned", report.Planned, "succeeded", report.Succeeded, "exit", report.Exit.Name)

	// Output:
	// createVariable acme/variable/API_BASE
	// create acme/variable/API_BASE succeeded
	// planned 1 succeeded 1 exit ok
}

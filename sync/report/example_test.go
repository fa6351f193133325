package report_test

import (
	"fmt"

	"makesync/sync/plan"
	"makesync/sync/report"
)

// A journal of a run that was killed: the answer to one request is missing.
func ExampleRun_Open() {
	run := &report.Run{Run: "20261122T031500Z-7f3a", Entries: []report.Entry{
		{Intent: &report.Intent{Step: 1, Address: "acme/variable/A", Verb: plan.UpdateVariable, Attempt: 1}},
		{Result: &report.Outcome{Step: 1, Verb: plan.UpdateVariable, Attempt: 1, Outcome: report.Succeeded}},
		{Intent: &report.Intent{Step: 2, Address: "acme/variable/B", Verb: plan.CreateVariable, Attempt: 1}},
	}}
	fmt.Println(run.Status())
	for _, intent := range run.Open() {
		fmt.Println("what became of", intent.Verb, intent.Address, "is not known")
	}
	// Output:
	// unfinished
	// what became of createVariable acme/variable/B is not known
}

// A reason is one text, with a code in front for programs.
func ExampleParseReason() {
	reason := report.ParseReason("licence: the organization's plan does not include custom variables")
	fmt.Println(reason.Code, "|", reason.Text)
	// Output: licence | the organization's plan does not include custom variables
}

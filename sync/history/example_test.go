package history_test

import (
	"fmt"
	"os"
	"time"

	"makesync/spec"
	"makesync/sync/commandline"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// A run is killed between a request and its answer; the next one finds out from the journal.
func Example() {
	dir, err := os.MkdirTemp("", "makesync")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	store := history.Open(history.Options{Dir: dir, Now: func() time.Time { return noon }})
	places := map[string]string{"eu1": "https://eu1.make.com"}

	const run = "20261122T120000Z-7f3a91c2"
	journal, err := store.Begin(run, places, commandline.Command{})
	if err != nil {
		fmt.Println(err)
		return
	}
	invite := spec.Address("acme/member/jane@x.example")
	p := &plan.Plan{
		Zones: []plan.Zone{{Name: "eu1", URL: "https://eu1.make.com"}},
		Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Steps: []plan.Step{
			{N: 1, Address: invite, Kind: spec.KindMember, Op: plan.OpInvite},
		}}},
	}
	intent := report.Intent{Step: 1, Address: invite, Verb: plan.InviteMember, Attempt: 1, At: noon}
	fmt.Println(journal.Begin(run, p), journal.Intent(intent))
	journal.Close() // the process ends here, without a result

	killed, err := store.Unresolved(places)
	fmt.Println(len(killed), err)
	for _, story := range killed {
		fmt.Println(story.Run, story.Status(), story.Open()[0].Address)
	}

	// Output:
	// <nil> <nil>
	// 1 <nil>
	// 20261122T120000Z-7f3a91c2 unfinished acme/member/jane@x.example
}

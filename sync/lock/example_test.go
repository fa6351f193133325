package lock_test

import (
	"context"
	"fmt"
	"os"

	"makesync/spec"
	"makesync/sync/lock"
)

// Two shards of one run share a zone; a whole run has to wait for both.
func ExampleTake() {
	dir, err := os.MkdirTemp("", "locks")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), 1) // one try
	defer cancel()
	for _, shard := range []*spec.Shard{{Index: 1, Count: 2}, {Index: 2, Count: 2}, {Index: 1, Count: 3}, nil} {
		held, err := lock.Take(ctx, lock.Folder(dir), lock.Claim{Zone: "eu1.make.com", Shard: shard}, lock.Owner{})
		fmt.Println(shard, err)
		if held != nil {
			defer held.Release()
		}
	}
	// Output:
	// &{1 2} <nil>
	// &{2 2} <nil>
	// &{1 3} another run has another number of shards than this run
	// <nil> another run is at work
}

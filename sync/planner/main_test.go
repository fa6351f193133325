package planner_test

import (
	"os"
	"testing"

	"makesync/sync/state"
)

func TestMain(m *testing.M) {
	state.CheapenFingerprints()
	os.Exit(m.Run())
}

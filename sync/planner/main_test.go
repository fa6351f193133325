package planner_test

import (
	"os"
	"testing"

	"makesync/spec"
)

func TestMain(m *testing.M) {
	spec.CheapenFingerprints()
	os.Exit(m.Run())
}

package command

import (
	"math"
	"runtime/debug"

	"makesync/spec/document"
)

// comparedMemory is where the collector begins to work harder: a comparison of two sides, each of
// which may have been written by strangers, is not to take a gigabyte.
const comparedMemory = 700 << 20

// bothSides is the room that two sides share, which also bounds what is garbage beside them.
func bothSides(room *document.Room) *document.Room {
	collectEarlier()
	return room
}

// collectEarlier bounds what is garbage, unless whoever started makesync has set a bound.
func collectEarlier() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(comparedMemory)
	}
}

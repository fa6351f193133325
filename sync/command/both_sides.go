package command

import (
	"math"
	"runtime/debug"
)

// comparedMemory is where the collector begins to work harder: a comparison of two sides, each of
// which may have been written by strangers, is not to take a gigabyte.
const comparedMemory = 700 << 20

// collectEarlier bounds what is garbage beside two sides that share a room, for the rest of this
// process, unless whoever started makesync has set a bound.
func collectEarlier() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(comparedMemory)
	}
}

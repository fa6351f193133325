package command

import (
	"math"
	"runtime/debug"
)

// boundedMemory is where the collector begins to work harder: to read what strangers may have
// written, or to compare two sides of it, is not to take a gigabyte.
const boundedMemory = 700 << 20

// collectEarlier bounds what is garbage beside two sides that share a room, for the rest of this
// process, unless whoever started makesync has set a bound.
func collectEarlier() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(boundedMemory)
	}
}

// collectEarlierUntil bounds what is garbage beside the documents until they are read.
func collectEarlierUntil() (read func()) {
	before := debug.SetMemoryLimit(-1)
	collectEarlier()
	return func() { debug.SetMemoryLimit(before) }
}

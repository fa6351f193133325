//go:build !windows

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the most memory that a process held at once, in bytes.
func peakMemory(process *os.ProcessState) int64 {
	usage, ok := process.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024 // others count in KiB
}

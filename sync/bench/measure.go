package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// figures are what one run of a process cost.
type figures struct {
	wall, cpu time.Duration
	peak      int64 // bytes
	requests  int
	dials     int
}

// measure runs a command to its end; an exit code other than want is an error.
func measure(command *exec.Cmd, want int) (figures, error) {
	if command.Stderr == nil {
		command.Stderr = os.Stderr
	}
	start := time.Now()
	err := command.Run()
	f := figures{wall: time.Since(start)}
	if command.ProcessState == nil {
		return f, err
	}
	if code := command.ProcessState.ExitCode(); code != want {
		return f, fmt.Errorf("%v: exit %d, want %d", command.Args, code, want)
	}
	f.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	f.peak = peakMemory(command.ProcessState)
	return f, nil
}

// spread is minimum, median and maximum.
type spread[T cmp.Ordered] struct{ min, median, max T }

func spreadOf[R any, T cmp.Ordered](runs []R, pick func(R) T) spread[T] {
	values := make([]T, len(runs))
	for i, r := range runs {
		values[i] = pick(r)
	}
	slices.Sort(values)
	return spread[T]{values[0], values[len(values)/2], values[len(values)-1]}
}

func wallOf(f figures) float64 { return f.wall.Seconds() }
func cpuOf(f figures) float64  { return f.cpu.Seconds() }
func peakOf(f figures) float64 { return float64(f.peak) / (1 << 20) }

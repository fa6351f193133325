package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// runShards measures the processor time of a plan in shards, one after the other, beside that of
// the same plan in one process; for a file each and for one file. Loading is counted apart: it is
// what a run costs to whom the zone refuses the first request, start-up included.
func runShards(args []string) error {
	b := bench{out: os.Stdout, concurrency: "auto"}
	s := size{organizations: 5000, variables: 50}
	set := flag.NewFlagSet("shards", flag.ContinueOnError)
	sizeFlag(set, &s)
	count := set.Int("shards", 16, "how many shards")
	set.IntVar(&b.runs, "runs", 3, "counted runs of each, after one that is not counted")
	set.StringVar(&b.makesync, "makesync", "", "the binary to measure; built when it is not given")
	if err := set.Parse(args); err != nil {
		return err
	}
	if err := b.build(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	fmt.Fprintf(b.out, "%d cores, %s, %s/%s, %s, %d runs: CPU s, medians\n\n", runtime.NumCPU(),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, s, b.runs)
	fmt.Fprintln(b.out, shardsHeading+"\n|---|---|---|---|---|---|---|")
	for _, layout := range []struct {
		name    string
		oneFile bool
	}{{"one each", false}, {"one for all", true}} {
		b.oneFile = layout.oneFile
		docs := filepath.Join(b.dir, layout.name)
		if err := writeDocuments(docs, s, b.oneFile); err != nil {
			return err
		}
		if err := b.measureShards(s, docs, layout.name, *count); err != nil {
			return err
		}
	}
	return nil
}

// phases are what the processes of one plan cost.
type phases struct {
	loading, all, peak float64 // together; of the peaks the highest
	longest            float64 // loading of the one that took longest
}

func (b *bench) measureShards(s size, docs, name string, count int) error {
	open, stop, err := b.startFixture(s, 0, "same")
	if err != nil {
		return err
	}
	defer stop()
	closed, stop, err := b.startFixture(s, 0, "refused")
	if err != nil {
		return err
	}
	defer stop()
	whole := []scenario{{name: "plan", args: []string{"plan"}}}
	var shards []scenario
	for i := range count {
		args := []string{"plan", "--shard", fmt.Sprintf("%d/%d", i+1, count)}
		shards = append(shards, scenario{name: "plan", args: args})
	}
	var wholes, parts []phases
	for run := range b.runs + 1 {
		one, err := b.planIn(open, closed, docs, whole)
		if err != nil {
			return err
		}
		many, err := b.planIn(open, closed, docs, shards)
		if err != nil {
			return err
		}
		if run > 0 {
			wholes, parts = append(wholes, one), append(parts, many)
		}
	}
	fmt.Fprintln(b.out, phasesRow(name, 1, wholes))
	fmt.Fprintln(b.out, phasesRow(name, count, parts))
	return nil
}

// planIn runs the processes of one plan against both zones.
func (b *bench) planIn(open, closed, docs string, processes []scenario) (p phases, err error) {
	for _, sc := range processes {
		load, err := b.quietly(closed, docs, sc, 7)
		if err != nil {
			return p, err
		}
		all, err := b.quietly(open, docs, sc, 0)
		if err != nil {
			return p, err
		}
		p.loading, p.longest = p.loading+cpuOf(load), max(p.longest, cpuOf(load))
		p.all, p.peak = p.all+cpuOf(all), max(p.peak, peakOf(all))
	}
	return p, nil
}

// quietly runs a plan whose words nobody reads.
func (b *bench) quietly(host, docs string, sc scenario, exit int) (figures, error) {
	command := b.makesyncCommand(host, docs, sc)
	if exit != 0 {
		command.Stderr = io.Discard
	}
	return b.once(host, command, exit)
}

// shardsHeading is that of the table as it stands in the help topic.
const shardsHeading = "| files | processes | loading, longest | loading, all | the rest, all | all | MiB |"

func phasesRow(name string, count int, runs []phases) string {
	median := func(pick func(p phases) float64) float64 { return spreadOf(runs, pick).median }
	return fmt.Sprintf("| %s | %d | %.2f | %.2f | %.2f | %.2f | %.0f |", name, count,
		median(func(p phases) float64 { return p.longest }),
		median(func(p phases) float64 { return p.loading }),
		median(func(p phases) float64 { return p.all - p.loading }),
		median(func(p phases) float64 { return p.all }),
		spreadOf(runs, func(p phases) float64 { return p.peak }).max)
}

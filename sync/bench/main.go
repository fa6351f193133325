// Command bench measures makesync, as a whole process, beside a bare client that
// fetches and sends the same bytes with the same number of requests in flight
// and does nothing else with them. `make bench` runs it.
//
//	go run ./sync/bench run -sizes 100x50,1000x50 -latencies 0,20ms -runs 5
//	go run ./sync/bench shards -size 5000x50 -shards 16
//
// The zone is a fixture in a process of its own, with answers rendered beforehand,
// so that it costs as little as a zone can; its latency is a sleep per request.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

var commands = map[string]func(args []string) error{
	"fixture": serveFixture,
	"bare":    runBare,
	"run":     runTable,
	"shards":  runShards,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: bench run|shards|fixture|bare [flags]")
		os.Exit(64)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// size is organizations × variables of each. A quarter of the variables are dates, whose type has
// to be written, but where they are plain.
type size struct {
	organizations, variables int
	plain                    bool
}

func (s size) String() string {
	if s.plain {
		return fmt.Sprintf("%dx%d%s", s.organizations, s.variables, plainEnding)
	}
	return fmt.Sprintf("%dx%d", s.organizations, s.variables)
}

const plainEnding = "-plain"

// words is a size as the tables write it.
func (s size) words() string {
	words := fmt.Sprintf("%s × %d", thousands(s.organizations), s.variables)
	if s.plain {
		words += ", plain"
	}
	return words
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func parseSize(text string) (s size, err error) {
	text, s.plain = strings.CutSuffix(text, plainEnding)
	if _, err = fmt.Sscanf(text, "%dx%d", &s.organizations, &s.variables); err != nil {
		return s, fmt.Errorf("size %q is not like 100x50 or 10000x100-plain", text)
	}
	return s, nil
}

// sizeFlag registers -size.
func sizeFlag(set *flag.FlagSet, s *size) {
	set.Func("size", "organizations x variables, such as 100x50", func(text string) (err error) {
		*s, err = parseSize(text)
		return err
	})
}

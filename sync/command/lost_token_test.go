package command_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/sandbox"
)

// TestTheTokenIsLostAtAnyCall: whatever a command was reading when the zone stopped accepting the token, also what may
// be missing, it asks nothing more, says so once, with what to do, and does not end as if all had been read.
func TestTheTokenIsLostAtAnyCall(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"plan":          {"plan", "-f", "DOCUMENTS"},
		"plan history":  {"plan", "-f", "DOCUMENTS", "--history"},
		"undo":          {"undo", "-f", "DOCUMENTS", "RUN"},
		"adopt":         {"adopt", "-f", "DOCUMENTS", "--yes", "acme/variable/API_BASE"},
		"explain":       {"explain", "-f", "DOCUMENTS", "acme/variable/API_BASE"},
		"status":        {"status", "-f", "DOCUMENTS", "--show", "all"},
		"compare":       {"compare", "--billing", "eu1", "DOCUMENTS"},
		"export":        {"export", "--zone", "eu1", "-o", "OUT"},
		"export update": {"export", "-f", "DOCUMENTS", "--zone", "eu1", "--update", "--yes"},
		"snapshot":      {"snapshot", "-f", "DOCUMENTS", "-o", "OUT.json"},
		"migrate":       {"migrate", "--from", "eu1", "--to", "us1", "-o", "OUT"},
	} {
		nth := 1
		for loseTheToken(t, name, args, nth) {
			nth++
		}
		if nth < 4 {
			t.Errorf("%s: %d calls", name, nth-1)
		}
	}
}

// loseTheToken runs a command that loses the token at its nth call; false when it has fewer.
func loseTheToken(t *testing.T, name string, args []string, nth int) (lost bool) {
	synctest.Test(t, func(t *testing.T) {
		e := newEverything(t, false, nil)
		run := ""
		if slices.Contains(args, "RUN") {
			run = e.apply("--target", "acme/variable/*").Run
		}
		words := strings.NewReplacer("DOCUMENTS", e.documents, "OUT", filepath.Join(e.home, "out"), "RUN", run)
		line := slices.Insert(slices.Clone(args), 1, "--concurrency", "1")
		for i := range line {
			line[i] = words.Replace(line[i])
		}
		heard := hear(e.stage)
		e.fault(fmt.Sprintf("zone=eu1,nth=%d,kind=lost-token", nth))
		code, stdout, stderr := e.run(line...)
		asked := slices.DeleteFunc(heard.all, func(c sandbox.CallEvent) bool { return c.Zone != "eu1" })
		if lost = len(asked) >= nth; !lost {
			return
		}
		sideBySide := func(c sandbox.CallEvent) bool { // what is read of the zone as a whole
			return !strings.Contains(c.Path, "/organizations/")
		}
		if after := slices.DeleteFunc(asked[nth:], sideBySide); len(after) > 0 {
			t.Errorf("%s, call %d: %d calls after it", name, nth, len(after))
		}
		told := strings.Join(strings.Fields(stdout+stderr), " ")
		if said := strings.Count(told, "check MAKE_API_KEY"); said != 1 || code != 6 && code != 7 {
			t.Errorf("%s, call %d: exit %d, told %d times\n%s%s", name, nth, code, said, stdout, stderr)
		}
	})
	return lost
}

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// quickstart has a change of every kind; the zone runs in this process, makesync in another.
const quickstart = top + "/examples/quickstart"

// zoneUnderTest is a simulated zone with what a makesync needs to reach it.
type zoneUnderTest struct {
	*sandbox.World
	url   string
	state string // XDG_STATE_HOME
}

func newZoneUnderTest(t *testing.T) *zoneUnderTest { return newZoneOf(t, quickstart) }

// newZoneOf is the zone as an example's seed has it.
func newZoneOf(t *testing.T, example string) *zoneUnderTest {
	t.Helper()
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(example, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := world.Handler("try")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &zoneUnderTest{world, server.URL, t.TempDir()}
}

// makesync is the program as a child process on the zone.
func (z *zoneUnderTest) makesync(args ...string) *exec.Cmd {
	args = slices.Insert(args, 1, "-f", quickstart, "--zone-url", "try="+z.url)
	c := exec.Command("makesync", args...)
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+z.state, "MAKE_API_KEY="+z.FirstToken(),
		"MAKESYNC_PAGER=") // a test that wants one names it
	return c
}

// run expects an exit code and gives what was printed.
func (z *zoneUnderTest) run(t *testing.T, code int, args ...string) string {
	t.Helper()
	c := z.makesync(args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	_ = c.Run()
	if got := c.ProcessState.ExitCode(); got != code {
		t.Fatalf("makesync %s: exit %d instead of %d\n%s", strings.Join(args, " "), got, code, &out)
	}
	return out.String()
}

func (z *zoneUnderTest) store() *history.Store {
	return history.Open(history.Options{Dir: filepath.Join(z.state, "makesync")})
}

// TestKill ends makesync with SIGKILL while the zone holds its n-th write, before and
// after the commit, for every n. Each time resuming must lead to where an undisturbed run
// leads, without making anything twice, and the journals must tell what the zone has done.
func TestKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some hundred processes")
	}
	calm := newZoneUnderTest(t)
	calm.run(t, 0, "apply", "--yes")
	calm.run(t, 0, "plan", "--exit-code")
	writes := len(calm.Log())
	if writes < 15 {
		t.Fatalf("only %d writes: this is no plan of every kind", writes)
	}
	var kills atomic.Int64
	var group errgroup.Group
	group.SetLimit(16) // they mostly wait
	for n := 1; n <= writes; n++ {
		for _, after := range []bool{false, true} {
			group.Go(func() error {
				t.Run(fmt.Sprintf("write %d after %v", n, after), func(t *testing.T) { killAt(t, n, after); kills.Add(1) })
				return nil
			})
		}
	}
	_ = group.Wait() // the tests keep their errors
	if kills.Load() < int64(2*writes) {
		t.Errorf("%d kills instead of %d", kills.Load(), 2*writes)
	}
}

func killAt(t *testing.T, n int, after bool) {
	z := newZoneUnderTest(t)
	hold := z.Hold(n, after)
	defer hold.Release(false)
	child := z.makesync("apply", "--yes")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := hold.Wait(ctx); err != nil {
		_ = child.Process.Kill()
		t.Fatalf("the write never came: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	hold.Release(after)
	runs, err := z.store().List()
	if err != nil || len(runs) != 1 || runs[0].Status != report.RunUnfinished || runs[0].Open == 0 {
		t.Fatalf("after the kill: %+v %v", runs, err)
	}
	z.run(t, 0, "apply", "--resume", runs[0].Run, "--yes")
	z.run(t, 0, "plan", "--exit-code")
	wantOnce(t, z)
	wantTold(t, z)
}

// wantOnce looks in the zone's own log for things that may be made only once.
func wantOnce(t *testing.T, z *zoneUnderTest) {
	t.Helper()
	made := map[string]int{}
	for _, w := range z.Log() {
		if w.Operation == "POST /organizations" || strings.HasSuffix(w.Operation, "/invite") {
			made[w.Operation+" "+string(w.Body)]++
		}
	}
	if len(made) == 0 {
		t.Error("the zone's log names no creation at all")
	}
	for what, times := range made {
		if times != 1 {
			t.Errorf("%d times: %s", times, what)
		}
	}
}

// wantTold compares the journals of all runs with the zone's log: as many writes of each kind.
func wantTold(t *testing.T, z *zoneUnderTest) {
	t.Helper()
	told, done := map[string]int{}, map[string]int{}
	runs, err := z.store().List()
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		story, err := z.store().Read(run.Run)
		if err != nil {
			t.Fatal(err)
		}
		if run.Status != report.RunFinished && run.Status != report.RunResolved || run.Open > 0 {
			t.Errorf("run %s is %s with %d open", run.Run, run.Status, run.Open)
		}
		for _, e := range story.Entries {
			if e.Result != nil && e.Result.Outcome == report.Succeeded {
				told[operations[e.Result.Verb]]++
			}
		}
	}
	for _, w := range z.Log() {
		done[w.Operation]++
	}
	if fmt.Sprint(told) != fmt.Sprint(done) {
		t.Errorf("the journals tell\n%v\nthe zone has done\n%v", told, done)
	}
}

// operations are the calls of the verbs, as the zone's log names them.
var operations = map[plan.Verb]string{
	plan.CreateOrganization: "POST /organizations", plan.UpdateOrganization: "PATCH /organizations/{organizationId}",
	plan.DeleteOrganization: "DELETE /organizations/{organizationId}",
	plan.CreateVariable:     "POST /organizations/{organizationId}/variables",
	plan.UpdateVariable:     "PATCH /organizations/{organizationId}/variables/{variableName}",
	plan.DeleteVariable:     "DELETE /organizations/{organizationId}/variables/{variableName}",
	plan.SetControl:         "PATCH /organizations/{organizationId}/feature-controls",
	plan.EnforceTFA:         "PATCH /organizations/{organizationId}/tfa-enforcement",
	plan.InviteMember:       "POST /organizations/{organizationId}/invite",
	plan.SetRole:            "POST /users/{userId}/user-organization-roles/{organizationId}",
	plan.RemoveMember:       "POST /users/{userId}/user-organization-roles/{organizationId}",
	plan.TransferOwner:      "POST /organizations/{organizationId}/user-organization-roles/transfer",
}

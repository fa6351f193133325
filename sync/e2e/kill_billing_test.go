package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// billingExample moves money in every way that leaves something to be paid.
const billingExample = top + "/examples/billing"

// billingRules let all of it through.
var billingRules = []string{
	"update:subscription<=34.12USD@alder", "update:paymentMethods<=0USD@alder", "delete:paymentMethods<=0USD@alder",
	"create:subscription<=34.12USD@birch", "delete:subscription<=0USD@cedar",
}

// moneyUnderTest is a zone with money, and a folder for plans and pages.
type moneyUnderTest struct {
	*zoneUnderTest
	dir string
}

func newMoneyUnderTest(t *testing.T) *moneyUnderTest {
	z := &moneyUnderTest{newZoneOf(t, billingExample), t.TempDir()}
	if err := z.Alter(withoutLimits); err != nil {
		t.Fatal(err)
	}
	first := z.file("first.yaml")
	text := "apiVersion: makesync/v1\nzone: try\nzones: {try: {sandbox: {}}}\norganizations:\n  dogwood: {name: Dogwood, id: 104, variables: {A: a}}\n"
	if err := os.WriteFile(first, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := z.run(t, "apply", "-f", first, "--yes"); len(z.Log()) != 1 { // without a run nothing is cancelled
		t.Fatal(said)
	}
	return z
}

// withoutLimits lets nobody wait for a rate window: here the time is real.
func withoutLimits(s *sandbox.State) {
	for _, zone := range s.Zones {
		for _, o := range zone.Organizations {
			o.License = map[string]json.RawMessage{"apiLimit": json.RawMessage("100000")}
		}
	}
}

func (z *moneyUnderTest) file(name string) string { return filepath.Join(z.dir, name) }

func (z *moneyUnderTest) makesync(args ...string) *exec.Cmd {
	c := exec.Command("makesync", slices.Insert(args, 1, "--zone-url", "try="+z.url)...)
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+z.state, "MAKE_API_KEY="+z.FirstToken())
	return c
}

func (z *moneyUnderTest) run(t *testing.T, args ...string) string {
	t.Helper()
	c := z.makesync(args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	_ = c.Run()
	if code := c.ProcessState.ExitCode(); code < 0 || code == 1 || code == 64 {
		t.Fatalf("makesync %s: exit %d\n%s", strings.Join(args, " "), code, &out)
	}
	return out.String()
}

// save saves a plan that moves money.
func (z *moneyUnderTest) save(t *testing.T, name string) (file string) {
	args := []string{"plan", "-f", billingExample, "-o", z.file(name)}
	for _, rule := range billingRules {
		args = append(args, "--allow", rule)
	}
	z.run(t, args...)
	return z.file(name)
}

func (z *moneyUnderTest) applying(file string) []string {
	return []string{"apply", "-f", billingExample, "--yes", "--allow-partial", "--checkout-file", z.file("pages.txt"), file}
}

// TestKillAtMoney ends makesync with SIGKILL at every write of a plan that moves money, before and after the zone has
// done it. Whatever the nights after it do, nothing is charged, begun or cancelled twice, and what arrived stays done.
func TestKillAtMoney(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some hundred processes")
	}
	calm := newMoneyUnderTest(t)
	before := len(calm.Log())
	said := calm.run(t, calm.applying(calm.save(t, "plan.json"))...)
	writes := len(calm.Log()) - before
	if audit := calm.Audit(); writes < 6 || audit.Charges != 1 || audit.Checkouts != 1 {
		t.Fatalf("only %d writes, %d charges, %d checkouts\n%s", writes, audit.Charges, audit.Checkouts, said)
	}
	var group errgroup.Group
	group.SetLimit(4)
	for n := 1; n <= writes; n++ {
		for _, after := range []bool{false, true} {
			group.Go(func() error {
				t.Run(fmt.Sprintf("write %d after %v", n, after), func(t *testing.T) { killAtMoney(t, n, after) })
				return nil
			})
		}
	}
	_ = group.Wait() // the tests keep their errors
}

func killAtMoney(t *testing.T, n int, after bool) {
	z := newMoneyUnderTest(t)
	plan := z.save(t, "plan.json")
	hold := z.Hold(len(z.Log())+n, after)
	defer hold.Release(false)
	child := z.makesync(z.applying(plan)...)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := hold.Wait(ctx)
	_ = child.Process.Kill()
	_ = child.Wait()
	if err != nil {
		t.Fatalf("the write never came: %v", err)
	}
	hold.Release(after)
	for night := range 2 {
		z.run(t, z.applying(z.save(t, fmt.Sprintf("plan%d.json", night)))...)
	}
	counts := map[string]int{}
	for _, w := range z.Log() {
		if strings.Contains(w.Operation, "/subscription") {
			counts[fmt.Sprintf("%s %d %s", w.Operation, w.OrganizationID, w.Body)]++
		}
	}
	for what, times := range counts {
		if times > 1 {
			t.Errorf("%d times: %s", times, what)
		}
	}
	audit := z.Audit()
	if audit.Charges > 1 || audit.Checkouts > 1 {
		t.Errorf("%d charges and %d checkouts", audit.Charges, audit.Checkouts)
	}
	runs, err := z.store().List()
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		if run.Status == report.RunUnfinished {
			t.Errorf("run %s is left %s", run.Run, run.Status)
		}
	}
}

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// agency has a dozen organizations, some of them on plans that lack something.
const agency = top + "/examples/agency"

// result runs makesync on the agency, with a rule that keeps the divided limits of the run from binding, and
// leaves the JSON in a file; the exit code must be 0.
func (z *zoneUnderTest) result(file string, args ...string) error {
	args = slices.Concat(args, []string{"-f", agency, "--zone-url", "try=" + z.url, "--out-json", file, "--allow", "delete:variable@*"})
	c := exec.Command("makesync", args...)
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+z.state, "MAKE_API_KEY="+z.FirstToken())
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}

// shards runs all shards side by side, as pods do, and merges what they leave.
func (z *zoneUnderTest) shards(t *testing.T, count int, args ...string) map[string]any {
	t.Helper()
	dir := t.TempDir()
	var group errgroup.Group
	for i := range count {
		group.Go(func() error {
			shard := fmt.Sprintf("%d/%d", i+1, count)
			return z.result(filepath.Join(dir, fmt.Sprintf("%03d.json", i)), append(args, "--shard", shard)...)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	merged, err := exec.Command("makesync", "report", "merge", "--format", "json", dir).Output()
	if err != nil {
		t.Fatalf("merge: %v", err)
	}
	return comparable(t, merged)
}

func (z *zoneUnderTest) one(t *testing.T, args ...string) map[string]any {
	t.Helper()
	file := filepath.Join(t.TempDir(), "one.json")
	if err := z.result(file, args...); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return comparable(t, data)
}

// comparable is a result without what two runs never have in common: run, times, the salt and what it
// salts; and without the number of reads, since each shard reads the list of the zone itself.
func comparable(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"run", "started", "durationSeconds", "created", "expires", "salt", "tool"} {
		delete(document, key)
	}
	delete(document["calls"].(map[string]any), "read")
	for _, zone := range document["zones"].([]any) {
		delete(zone.(map[string]any), "url")
	}
	organizations, _ := document["organizations"].([]any)
	for _, o := range organizations {
		for _, w := range o.(map[string]any)["waiting"].([]any) {
			delete(w.(map[string]any), "since")
		}
		for _, s := range o.(map[string]any)["steps"].([]any) {
			delete(s.(map[string]any), "precondition")
		}
	}
	return document
}

// TestShardsAddUpToOneRun: shards are disjoint and complete, and their merged plan and report are those of one
// run, whatever their number; also that of more shards than organizations.
func TestShardsAddUpToOneRun(t *testing.T) {
	t.Parallel()
	whole := newZoneOf(t, agency)
	plan := whole.one(t, "plan")
	report := whole.one(t, "apply", "--yes")
	after := whole.one(t, "plan")
	if report["succeeded"] == 0.0 {
		t.Fatal("the agency has nothing to do")
	}
	for _, count := range []int{1, 3, 16} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			parts := newZoneOf(t, agency)
			for _, c := range []struct {
				name       string
				merged, of map[string]any
			}{
				{"plan", parts.shards(t, count, "plan"), plan},
				{"report", parts.shards(t, count, "apply", "--yes"), report},
				{"plan afterwards", parts.one(t, "plan"), after},
			} {
				if diff := cmp.Diff(c.of, c.merged); diff != "" {
					t.Errorf("%s: one run against %d merged shards:\n%s", c.name, count, diff)
				}
			}
		})
	}
}

//go:build linux && !race

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// snapshotReaders are the command lines that read a snapshot, or a folder of them.
var snapshotReaders = []string{
	"plan -f DOCS --live FILE", "plan -f DOCS --since FILE", "plan -f DOCS --since DIR", "apply --yes -f DOCS --since FILE",
	"apply --yes -f DOCS --since-last DIR", "adopt --yes -f DOCS --since FILE", "status -f DOCS --since FILE",
	"explain -f DOCS --live FILE acme", "explain -f DOCS --since FILE acme", "compare FILE DOCS", "show FILE",
}

// TestHostileSnapshots costs each at most what the kernel gives. They are snapshots in all but the
// number of what is in them.
func TestHostileSnapshots(t *testing.T) {
	dir := t.TempDir()
	docs, file := filepath.Join(dir, "docs.yaml"), filepath.Join(dir, "last", "demo.json")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	snapshot, right := takeSnapshot(t, docs, file, "one of many")
	row := strings.Replace(right, `"ID"`, "9%d", 1) + ","
	for _, hostile := range []struct {
		list    string
		n       int
		row     string
		readers []string
		code    int
	}{
		{"elsewhere", 50_001, `{"id":1%d,"name":"A","host":"us1.make.com"},`, snapshotReaders, 3},
		{"organizations", 300e3, `{"id":%d},`, snapshotReaders, 3},
		{"names", 300e3, "[%d],", snapshotReaders, 3},
		{"organizations", 50_000, row, []string{"show FILE"}, 0}, // the most there may be
	} {
		large := maps.Clone(snapshot)
		large[hostile.list] = json.RawMessage("[" + strings.TrimSuffix(rows(hostile.n, hostile.row), ",") + "]")
		text, err := json.Marshal(large)
		if err != nil {
			t.Fatal(err)
		}
		// the format stands first, as makesync writes it
		text = append([]byte(`{"format":"makesync.snapshot/v2",`), text[1:]...)
		text = []byte(strings.Replace(string(text), `,"format":"makesync.snapshot/v2"`, "", 1))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, reader := range hostile.readers {
			t.Run(fmt.Sprint(hostile.n, hostile.list, "/", reader), func(t *testing.T) {
				places := strings.NewReplacer("FILE", file, "DOCS", docs, "DIR", filepath.Dir(file))
				out, code := runLimited(t, strings.Fields(places.Replace(reader))...)
				if code != hostile.code || hostile.code != 0 && len(out) > 1<<20 {
					t.Errorf("exit %d, %d bytes\n%.1500s", code, len(out), out)
				}
			})
		}
	}
}

// takeSnapshot saves the documents of one organization and a snapshot of it, and gives that, and the row of its
// organization, which has "ID" for an id and this name.
func takeSnapshot(t *testing.T, docs, path, name string) (snapshot map[string]json.RawMessage, row string) {
	t.Helper()
	if err := os.WriteFile(docs, []byte(hostileHead+"organizations: {acme: {id: 11}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "makesync", "snapshot", "-f", docs, "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(whole, &snapshot); err != nil {
		t.Fatal(err)
	}
	var organizations []map[string]any
	if err := json.Unmarshal(snapshot["organizations"], &organizations); err != nil {
		t.Fatal(err)
	}
	organizations[0]["id"], organizations[0]["name"] = "ID", name
	right, err := json.Marshal(organizations[0])
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, string(right)
}

//go:build linux && !race

package e2e

import (
	"encoding/json"
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
	if err := os.WriteFile(docs, []byte(hostileHead+"organizations: {acme: {id: 11}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "makesync", "snapshot", "-f", docs, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for list, row := range map[string]string{
		"elsewhere": `{"id":1%d,"name":"A","host":"us1.make.com"},`, "organizations": `{"id":%d},`, "names": "[%d],",
	} {
		var snapshot map[string]json.RawMessage
		if err := json.Unmarshal(whole, &snapshot); err != nil {
			t.Fatal(err)
		}
		snapshot[list] = json.RawMessage("[" + strings.TrimSuffix(rows(300e3, row), ",") + "]")
		text, err := json.Marshal(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		// the format stands first, as makesync writes it
		text = append([]byte(`{"format":"makesync.snapshot/v2",`), text[1:]...)
		text = []byte(strings.Replace(string(text), `,"format":"makesync.snapshot/v2"`, "", 1))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, reader := range snapshotReaders {
			t.Run(list+"/"+reader, func(t *testing.T) {
				places := strings.NewReplacer("FILE", file, "DOCS", docs, "DIR", filepath.Dir(file))
				if out, code := runLimited(t, strings.Fields(places.Replace(reader))...); code != 3 || len(out) > 1<<20 {
					t.Errorf("exit %d, %d bytes\n%.1500s", code, len(out), out)
				}
			})
		}
	}
}

//go:build linux && !race

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostileJSON are files that say of what format they are and exhaust whoever reads on: many rows, many names, one long
// text, one row of many, many values that are right.
var hostileJSON = map[string]string{
	"rows":    `"organizations":[` + strings.Repeat("{},", 9.9e6) + "{}]",
	"more":    `"steps":[` + strings.Repeat("{},", 20e6) + "{}]",
	"names":   `"organizations":{` + rows(2e6, `"k%d":1,`) + `"k":1}`,
	"text":    `"against":"` + strings.Repeat("a", 60e6) + `"`,
	"one row": `"organizations":[{"steps":[` + strings.Repeat("{},", 9.9e6-10) + "{}]}]",
	"values":  `"notLookedInto":[` + strings.Repeat(`"",`, 9.9e6) + `""]`,
}

// fileReaders are the command lines that read a file which is no document, with the format of the file.
var fileReaders = []struct {
	format string
	args   []string
}{
	{"makesync.plan/v2", []string{"show", "FILE"}},
	{"makesync.report/v1", []string{"show", "FILE"}},
	{"makesync.plan/v2", []string{"apply", "--yes", "-f", "DOCS", "FILE"}},
	{"makesync.plan/v2", []string{"approve", "--yes", "FILE"}},
	{"makesync.plan/v2", []string{"report", "merge", "FILE"}},
	{"makesync.report/v1", []string{"report", "merge", "FILE"}},
	{"makesync.snapshot/v2", []string{"plan", "-f", "DOCS", "--live", "FILE"}},
	{"makesync-guards/v1", []string{"plan", "-f", "DOCS", "--guards", "FILE"}},
	{"makesync-map/v1", []string{"migrate", "-f", "DOCS", "--from", "demo", "--to", "us1", "--map", "FILE", "-o", "OUT"}},
}

// TestHostileFiles costs each file at most what the kernel gives, whichever command reads it: a process that needs more
// is killed or crashes, and does not end with 3.
func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("some fifty megabytes for each")
	}
	dir := t.TempDir()
	docs, file := filepath.Join(dir, "docs.yaml"), filepath.Join(dir, "hostile.json")
	if err := os.WriteFile(docs, []byte(hostileHead+"organizations: {acme: {name: Acme}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, body := range hostileJSON {
		for _, reader := range fileReaders {
			t.Run(what+"/"+strings.Join(reader.args, " ")+reader.format, func(t *testing.T) {
				text := fmt.Sprintf(`{"format":%q,"seal":"none",%s}`, reader.format, body)
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				args := make([]string, len(reader.args))
				for i, arg := range reader.args {
					args[i] = strings.NewReplacer("FILE", file, "DOCS", docs, "OUT", filepath.Join(dir, "out")).Replace(arg)
				}
				if out, code := runLimited(t, args...); code != 3 || len(out) > 1<<20 {
					t.Errorf("exit %d, %d bytes\n%.1500s", code, len(out), out)
				}
			})
		}
	}
}

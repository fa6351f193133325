//go:build linux && !race

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// organizationsOf are documents of so many organizations, each with a row like this.
func organizationsOf(n int, row string) string {
	return hostileHead + "organizations:\n" + rows(n, row)
}

// oneOf are documents of one organization with so many rows of a kind.
func oneOf(kind string, n int, row string) string {
	return hostileHead + "organizations:\n  acme:\n    name: A\n    " + kind + ":\n" + rows(n, "      "+row)
}

// variablesOf are documents of so many variables, a thousand in each organization.
func variablesOf(n int, value string) string {
	row := "  o%[1]d: {name: O%[1]d, variables: {" + strings.ReplaceAll(rows(1000, "A%d: "+value+","), "%", "%%") + "}}\n"
	return hostileHead + "organizations:\n" + rows(n/1000, row)
}

// brokenBy are documents of 50,000 variables by one profile, and of so many policies that each of
// them breaks.
func brokenBy(policies int, value string) string {
	return hostileHead + "profiles:\n  p:\n    variables:\n" + rows(2000, "      V%d: "+value+"\n") +
		"organizations:\n" + rows(25, "  o%[1]d: {id: 1%[1]d, profiles: [p]}\n") +
		"policies:\n  - {id: all, on: plan, require: 'true', message: m}\n" + rows(policies, "  - {id: p%d, on: step, require: 'false', severity: warning, message: "+
		strings.Repeat("m", 200)+"}\n")
}

// hostilePairs are two sides of which each is read alone. What both sides are more than, is told;
// what they are not, is compared.
var hostilePairs = map[string]struct {
	a, b  func() string
	args  []string
	code  int
	tells string
}{
	"organizations": {
		a:    func() string { return organizationsOf(80e3, "  o%[1]d: {name: O%[1]d}\n") },
		b:    func() string { return organizationsOf(80e3, "  p%[1]d: {name: O%[1]d}\n") },
		args: []string{"plan -f B --base A", "plan -f B --changed-since A", "compare A B"}, code: 3, tells: "both sides together",
	},
	"members": {
		a:    func() string { return oneOf("members", 80e3, "a%d@b.example: Member\n") },
		b:    func() string { return oneOf("members", 80e3, "c%d@b.example: Member\n") },
		args: []string{"plan -f B --base A", "plan -f B --changed-since A", "compare A B"}, code: 3, tells: "both sides together",
	},
	"variables": {
		a:    func() string { return variablesOf(700e3, "x") },
		b:    func() string { return variablesOf(700e3, "z") },
		args: []string{"plan -f B --base A", "plan -f B --changed-since A"}, code: 3, tells: "both sides together",
	},
	"variables compared": {
		a:    func() string { return variablesOf(400e3, "x") },
		b:    func() string { return variablesOf(400e3, "z") },
		args: []string{"compare A B"}, code: 3, tells: "both sides together",
	},
	"variables that may be compared": {
		a:    func() string { return variablesOf(300e3, strings.Repeat("x", 90)) },
		b:    func() string { return variablesOf(300e3, strings.Repeat("z", 90)) },
		args: []string{"compare A B"}, code: 2, tells: "300 different",
	},
	"texts": {
		a:    func() string { return variablesOf(200e3, strings.Repeat("x", 190)) },
		b:    func() string { return variablesOf(200e3, strings.Repeat("z", 190)) },
		args: []string{"compare A B"}, code: 3, tells: "more than is read: at most 64 MB",
	},
	"organizations that may be": {
		a:    func() string { return organizationsOf(74e3, "  o%[1]d: {name: O%[1]d}\n") },
		b:    func() string { return organizationsOf(74e3, "  o%[1]d: {name: P%[1]d}\n") },
		args: []string{"plan -f B --base A"}, tells: "against documents",
	},
	"members of one": {
		a:    func() string { return oneOf("members", 74e3, "a%d@b.example: Member\n") },
		b:    func() string { return oneOf("members", 74e3, "c%d@b.example: Member\n") },
		args: []string{"plan -f B --base A"}, tells: "against documents",
	},
	"variables of one": {
		a:    func() string { return oneOf("variables", 110e3, "A%d: x\n") },
		b:    func() string { return oneOf("variables", 110e3, "B%d: x\n") },
		args: []string{"plan -f B --base A"}, tells: "against documents",
	},
	"policies that every step breaks": {
		a: func() string { return brokenBy(0, "x") },
		b: func() string { return brokenBy(99, "z") }, code: 3, tells: "further",
		args: []string{"plan -f B --base A --skip-references", "plan -f B --base A --skip-references --format json",
			"plan -f B --base A --skip-references --format markdown"},
	},
	"names that the snapshot lacks": {
		b:    func() string { return organizationsOf(20e3, "  o%[1]d: {name: O%[1]d}\n") },
		args: []string{"plan -f B --live SNAPSHOT"}, tells: "against snapshot",
	},
	"ids that the snapshot lacks": {
		b:    func() string { return organizationsOf(20e3, "  o%[1]d: {name: O%[1]d, id: 7%[1]d}\n") },
		args: []string{"plan -f B --live SNAPSHOT"}, code: 3, tells: "shows no organization with id",
	},
	"organizations of a snapshot": {
		b:     func() string { return organizationsOf(20e3, "  o%[1]d: {name: 'one of many %[1]d'}\n") },
		args:  []string{"plan -f B --live SNAPSHOT", "plan -f B --live SNAPSHOT --since SNAPSHOT"},
		tells: "No changes.",
	},
}

// TestHostilePairs costs each pair at most what the kernel gives: what it costs to compare two
// sides grows with both, and not with their product.
func TestHostilePairs(t *testing.T) {
	dir := t.TempDir()
	a, b, snapshot := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml"), filepath.Join(dir, "snapshot.json")
	places := strings.NewReplacer("SNAPSHOT", snapshot, " A", " "+a, " B", " "+b)
	writeSnapshot(t, snapshot, 20_000)
	for what, pair := range hostilePairs {
		for path, text := range map[string]func() string{a: pair.a, b: pair.b} {
			if text == nil {
				continue
			}
			if err := os.WriteFile(path, []byte(text()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range pair.args {
			t.Run(what+"/"+args, func(t *testing.T) {
				out, code := runLimited(t, strings.Fields(places.Replace(args))...)
				if code != pair.code || !strings.Contains(strings.Join(strings.Fields(out), " "), pair.tells) {
					t.Errorf("exit %d instead of %d, without %s\n%.1500s", code, pair.code, pair.tells, out)
				}
			})
		}
	}
}

// writeSnapshot saves a snapshot of so many organizations, whose names all end in their number.
func writeSnapshot(t *testing.T, path string, n int) {
	t.Helper()
	snapshot, right := takeSnapshot(t, filepath.Join(t.TempDir(), "makesync.yaml"), path, "one of many %[1]d")
	row := strings.Replace(right, `"ID"`, "9%[1]d", 1) + ","
	snapshot["organizations"] = json.RawMessage("[" + strings.TrimSuffix(rows(n, row), ",") + "]")
	text, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

//go:build linux && !race

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hostileHead = "apiVersion: makesync/v1\nzone: demo\nzones: {demo: {sandbox: {}}}\n"

// hostileDocuments are made to exhaust whoever reads them; each is refused with its rule.
var hostileDocuments = map[string]struct {
	rule string
	text func() string
}{
	"a list":       {"documents-too-large", func() string { return hostileHead + "x-a: [" + strings.Repeat("a,", 30e6) + "]\n" }},
	"many lines":   {"documents-too-large", func() string { return hostileHead + strings.Repeat("#\n", 30e6) }},
	"larger":       {"file-too-large", func() string { return hostileHead + strings.Repeat("# more\n", 10e6) }},
	"keys":         {"unknown-key", func() string { return hostileHead + rows(800e3, "u%d: 1\n") }},
	"nested":       {"syntax", func() string { return hostileHead + "x-a: " + strings.Repeat("[", 2e6) }},
	"organization": {"documents-too-large", func() string { return hostileHead + "organizations:\n" + rows(500e3, "  o%d: {name: O}\n") }},
	"problems":     {"missing-key", func() string { return hostileHead + "organizations:\n" + rows(150e3, "  o%d: {nam: O}\n") }},
	"documents":    {"file-too-large", func() string { return strings.Repeat("---\napiVersion: makesync/v1\n", 1e5) }},
	"variables": {"documents-too-large", func() string {
		return hostileHead + "organizations: {acme: {name: A, variables: {" + rows(2e6, "A%d: x,") + "}}}\n"
	}},
	"aliases": {"alias-bomb", func() string {
		return hostileHead + "x-a: &a {name: A, variables: {" + rows(1000, "A%d: x,") + "}}\norganizations:\n" + rows(1e5, "  o%d: *a\n")
	}},
	"a profile of many": {"documents-too-large", func() string {
		return hostileHead + "profiles:\n  p: {variables: {" + rows(1000, "A%d: x,") + "}}\norganizations:\n" +
			rows(1e5, "  o%[1]d: {name: O%[1]d, profiles: [p]}\n")
	}},
	"a profile many times": {"documents-too-large", func() string {
		return hostileHead + "profiles:\n  p: {variables: {" + rows(1e4, "A%d: x,") + "}}\norganizations:\n" +
			rows(100, "  o%[1]d: {name: O%[1]d, profiles: ["+strings.Repeat("p,", 4000)+"]}\n")
	}},
	"what profiles fill in": {"documents-too-large", func() string {
		return hostileHead + "profiles:\n  p: {variables: {" + rows(1000, "A%d: \""+strings.Repeat("${org.x-a}", 50)+"\",") +
			"}}\norganizations:\n" + rows(200, "  o%[1]d: {name: O%[1]d, x-a: "+strings.Repeat("y", 10000)+", profiles: [p]}\n")
	}},
	"unknown profiles": {"unknown-profile", func() string {
		return hostileHead + "profiles:\n" + rows(1e5, "  pro%d: {}\n") + "organizations:\n" +
			rows(1e5, "  o%[1]d: {name: O%[1]d, profiles: [prx%[1]d]}\n")
	}},
	"patterns": {"documents-too-large", func() string {
		return hostileHead + "guards:\n  protect:\n" + rows(1e5, "  - ox%d\n") + "organizations:\n" +
			rows(1e5, "  o%[1]d: {name: O%[1]d}\n")
	}},
	"zones": {"documents-too-large", func() string {
		return "apiVersion: makesync/v1\nzone: z1\nzones:\n" + rows(300e3, "  z%[1]d: {sandbox: {}, token: tttttttttttt%[1]d}\n")
	}},
	"members": {"documents-too-large", func() string {
		return hostileHead + "organizations:\n  acme:\n    name: A\n    members:\n" + rows(1.2e6, "      a%d@b.example: Admin\n")
	}},
	"one organization": {"documents-too-large", func() string {
		return hostileHead + "organizations:\n  acme:\n    name: A\n    variables:\n" + rows(1e6, "      A%[1]d: x%[1]d\n")
	}},
	"a text of a profile": {"too-long", func() string {
		return hostileHead + "profiles:\n  p: {variables: {A: \"" + strings.Repeat("${org.x-a}", 1e5) + "\"}}\norganizations:\n" +
			"  acme: {name: A, x-a: " + strings.Repeat("y", 1e6) + ", profiles: [p]}\n"
	}},
	"e-mails": {"documents-too-large", func() string {
		return hostileHead + "guards:\n  emails:\n" + rows(1e5, "  - '*@a%d.example'\n") + "organizations:\n" +
			rows(2e4, "  o%[1]d: {name: O%[1]d, members: {a@b%[1]d.example: {}}}\n")
	}},
}

// rows repeats a row with its number.
func rows(n int, row string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, row, i)
	}
	return b.String()
}

// TestHostileDocuments costs each at most what the kernel gives: a process that needs more is killed
// or crashes, and does not end with 3.
func TestHostileDocuments(t *testing.T) {
	for name, hostile := range hostileDocuments {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "makesync.yaml")
			if err := os.WriteFile(path, []byte(hostile.text()), 0o600); err != nil {
				t.Fatal(err)
			}
			out, code := runLimited(t, "validate", "-f", path, "--skip-references", "--format", "json")
			if code != 3 || !strings.Contains(out, `"`+hostile.rule+`"`) {
				t.Errorf("exit %d, not 3 for %s\n%.2000s", code, hostile.rule, out)
			}
		})
	}
}

//go:build linux && !race

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hostileReferences are texts of variables and tokens that read more than a machine bears.
var hostileReferences = map[string]string{
	"a large file by many": hostileHead + "organizations:\n  acme:\n    name: A\n    variables:\n" +
		rows(100e3, "      A%d: {type: string, value: \"${file:big}\"}\n"),
	"a large file in one": hostileHead + "organizations:\n  acme:\n    name: A\n    variables:\n" +
		"      A: \"" + strings.Repeat("${file:big}", 2000) + "\"\n",
	"a large variable in one": hostileHead + "organizations:\n  acme:\n    name: A\n    variables:\n" +
		"      A: \"" + strings.Repeat("${env:BIG}", 2000) + "\"\n",
	"files that are not there": hostileHead + "organizations:\n  acme:\n    name: A\n    variables:\n" +
		rows(190e3, "      A%[1]d: {type: string, value: \"${file:missing%[1]d}\"}\n"),
	"a token": "apiVersion: makesync/v1\nzone: demo\nzones: {demo: {sandbox: {}, token: \"" +
		strings.Repeat("${file:big}", 2000) + "\"}}\norganizations: {acme: {name: A}}\n",
}

// TestHostileReferences costs each at most what the kernel gives, with a limit of references and without one.
func TestHostileReferences(t *testing.T) {
	t.Setenv("BIG", strings.Repeat("x", 100e3))
	dir := t.TempDir()
	docs := filepath.Join(dir, "makesync.yaml")
	if err := os.WriteFile(filepath.Join(dir, "big"), []byte(strings.Repeat("x", 1e6)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for what, text := range hostileReferences {
		for _, limit := range []string{"", "file:**,env:*"} {
			t.Run(what+"/"+limit, func(t *testing.T) {
				if limit != "" {
					t.Setenv("MAKESYNC_REFERENCES", limit)
				}
				if err := os.WriteFile(docs, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				out, code := runLimited(t, "validate", "-f", docs, "--format", "json")
				if code != 3 || !strings.Contains(out, "64 MB") && !strings.Contains(out, "files of references") {
					t.Errorf("exit %d\n%.1500s", code, out)
				}
			})
		}
	}
}

// TestReferencesThatAreNoFiles: nobody is waited for at the other end of what a value or a token names.
func TestReferencesThatAreNoFiles(t *testing.T) {
	dir := t.TempDir()
	docs := filepath.Join(dir, "makesync.yaml")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		hostileHead + "organizations: {acme: {name: A, variables: {A: \"${file:pipe}\"}}}\n",
		"apiVersion: makesync/v1\nzone: demo\nzones: {demo: {sandbox: {}, token: \"${file:pipe}\"}}\norganizations: {acme: {name: A}}\n",
	} {
		if err := os.WriteFile(docs, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"validate", "plan"} {
			if out, code := runLimited(t, command, "-f", docs); code != 3 || !strings.Contains(out, "no regular file") {
				t.Errorf("%s: exit %d\n%.1500s", command, code, out)
			}
		}
	}
}

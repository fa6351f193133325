package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/command"
	"makesync/sync/sandbox"
)

// stageOf is a stage of a world and documents that are given as text.
func stageOf(t *testing.T, seed, documents string) *stage {
	t.Helper()
	dir := memoryDir(t)
	for name, text := range map[string]string{"seed.json": seed, "makesync.yaml": documents} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(dir, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	return newStage(t, world, filepath.Join(dir, "makesync.yaml"))
}

const (
	slowSeed = `{"version": 1, "users": [{"email": "ops@acme.example"}],
 "zones": [{"name": "eu1", "organizations": [{"name": "Slow & Steady", "license": {"apiLimit": 3}}]}]}`
	slowDocuments = `apiVersion: makesync/v1
zone: eu1
organizations:
  slow: {id: 11, variables: {A: 1, B: 2, C: 3, D: 4}}
`
)

// TestWaitsAreShown: a run that rests for a rate limit says so to whoever watches, and to the log.
func TestWaitsAreShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		terminal bool
		term     string
		flags    []string
		shows    string
		hides    string
	}{
		{"at a dumb terminal", true, "dumb", nil, "waiting 1m0s for the rate limit of Slow & Steady\n", "\r"},
		{"at a terminal", true, "xterm", nil, "\r\x1b[Kwaiting 1m0s for the rate limit of Slow & Steady", "level=INFO"},
		{"in a log", false, "", []string{"--log-level", "info"}, `level=INFO msg="wait for the rate limit" zone=eu1 organization=11 name="Slow & Steady" seconds=60`, "\r"},
		{"at night", false, "", nil, "", "waiting"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stageOf(t, slowSeed, slowDocuments)
				s.terminal, s.env["TERM"] = command.Terminal{Stderr: test.terminal}, test.term
				code, stdout, stderr := s.run(append([]string{"apply", "-f", s.documents, "--yes"}, test.flags...)...)
				if code != 0 || !strings.Contains(stdout, "4 succeeded") {
					t.Fatalf("exit %d\n%s\n%s", code, stdout, stderr)
				}
				if !strings.Contains(stderr, test.shows) || strings.Contains(stderr, test.hides) {
					t.Errorf("stderr shows no %q, or %q:\n%q", test.shows, test.hides, stderr)
				}
			})
		})
	}
}

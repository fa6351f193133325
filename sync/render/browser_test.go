package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestHTMLInBrowser drives the page in a real Chromium: filters, keyboard,
// names and roles, contrast, the policy, print, phone width, 10,000 steps. The checks stand in
// testdata/browser/plan.mjs at the root. MAKESYNC_BROWSER names the Chromium; MAKESYNC_SCREENSHOTS a folder that keeps the pictures.
func TestHTMLInBrowser(t *testing.T) {
	chromium := os.Getenv("MAKESYNC_BROWSER")
	if chromium == "" {
		t.Skip("MAKESYNC_BROWSER does not name a Chromium (on Debian: apt-get install chromium nodejs npm, then MAKESYNC_BROWSER=/usr/bin/chromium); the page is not tried in a browser")
	}
	harness, err := filepath.Abs(filepath.Join("..", "..", "testdata", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(harness, "node_modules", "playwright-core")); err != nil {
		run(t, harness, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	}
	out := os.Getenv("MAKESYNC_SCREENSHOTS")
	if out == "" {
		out = t.TempDir()
	}
	big := filepath.Join(t.TempDir(), "big.html")
	file, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := HTML(file, bigPlan(10_000, 50), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	plan, err := filepath.Abs(filepath.Join("testdata", "plan.html"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, harness, "node", "plan.mjs", chromium, plan, big, out)
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = dir
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, output)
	}
}

package render

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// TestHTMLInBrowser drives the pages of plans and of the status in a real Chromium: filters, tiles,
// keyboard, names and roles, contrast, the policy, print, phone width, 10,000 steps, 1,000 organizations. The checks stand in
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
	pages := t.TempDir()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"plan.html":   func(b *bytes.Buffer) error { return HTML(b, samplePlan(), sampleOptions()) },
		"big.html":    func(b *bytes.Buffer) error { return HTML(b, bigPlan(10_000, 50), Options{}) },
		"fleet.html":  func(b *bytes.Buffer) error { return HTML(b, leaverInAFleet(1_000), Options{}) },
		"status.html": func(b *bytes.Buffer) error { return StatusHTML(b, sampleStatus(), Options{}) },
		"many.html":   func(b *bytes.Buffer) error { return StatusHTML(b, statusOfMany(1_000), Options{}) },
	} {
		if err := os.WriteFile(filepath.Join(pages, name), rendered(t, write), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, harness, "node", "plan.mjs", chromium, pages, out)
}

// leaverInAFleet is an edited profile, with somebody who is held in many organizations, and one
// organization with changes of its own.
func leaverInAFleet(organizations int) *plan.Plan {
	p := editedProfile(organizations)
	for i := range p.Organizations {
		if o := &p.Organizations[i]; i%5 == 1 {
			o.Held = []plan.Held{{Address: spec.NewAddress(o.Key, spec.KindMember, "leo@acme.example"), Op: plan.OpDelete, Kind: spec.KindMember,
				Guard: "requiredAdmins", Reason: "leo@acme.example is one of guards.requiredAdmins", Allow: "delete:member@" + o.Key}}
		}
	}
	o := &p.Organizations[6]
	o.Steps = append(o.Steps, step(1, o.Key+"/owner", plan.OpTransfer, plan.RiskIrreversible, field("owner", state.Text("ops@acme.example"), state.Text("jane@acme.example"))))
	return summed(p)
}

// statusOfMany are organizations of which some need attention, each with thirty days of usage.
func statusOfMany(n int) *fleet.Status {
	s := sampleStatus()
	rows := s.Organizations
	s.Organizations, s.Problems = nil, nil
	for i := range n {
		row := rows[1]
		if i%25 == 0 {
			row = rows[0]
		}
		row.Key, row.Name, row.ID = fmt.Sprintf("client-%04d", i), fmt.Sprintf("Client %d", i), int64(i+11)
		s.Organizations = append(s.Organizations, row)
	}
	s.Attention = fleet.Look(s.Organizations, fleet.Limits{}, statusNow)
	return s
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = dir
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, output)
	}
}

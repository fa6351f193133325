//go:build linux && !race

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const hostilePublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUdS1pRTg3gOqsrTAkMZD1b2WJ3zL3Oy1B0dYpbPzBP"

const (
	metricsHead  = "# HELP makesync_runs_total x\n# TYPE makesync_runs_total counter\n"
	guardsHead   = "apiVersion: makesync-guards/v1\n"
	policyBefore = guardsHead + "policies:\n  - {id: p, on: plan, severity: error, message: m, require: \""
)

// everyNumber runs through 10^8 combinations.
var everyNumber = strings.Repeat("[1,2,3,4,5,6,7,8,9,10].all(a, ", 8) + "a > 0" + strings.Repeat(")", 8)

// hostileOthers are files that are neither documents nor JSON of ours, each with the command that reads it.
var hostileOthers = map[string]struct {
	text string
	args string
	code int
}{
	"approvers: one line":   {strings.Repeat("x ", 500e3), "show --approvals 1 --approvers FILE PLAN", 5},
	"approvers: patterns":   {strings.Repeat(strings.Repeat("*a", 400)+" "+hostilePublicKey+"\n", 900), "show --approvals 1 --approvers FILE PLAN", 5},
	"approvers: lists":      {strings.Repeat(strings.Repeat("*,", 100)+"a "+hostilePublicKey+"\n", 3000), "show --approvals 1 --approvers FILE PLAN", 5},
	"approvers: people":     {rows(9000, "u%d "+hostilePublicKey+"\n"), "show --approvals 1 --approvers FILE PLAN", 5},
	"approvers: apply":      {rows(9000, "u%d "+hostilePublicKey+"\n"), "apply --yes --sandbox eu1 -f DOCS --approvals 1 --approvers FILE PLAN", 5},
	"approvers: more":       {strings.Repeat("\n", 30e6), "show --approvals 1 --approvers FILE PLAN", 3},
	"key: one line":         {"-----BEGIN OPENSSH PRIVATE KEY-----\n" + strings.Repeat("A", 1e6), "approve --yes --key FILE PLAN", 3},
	"key: zeros":            {strings.Repeat("\x00", 1<<20), "approve --yes --key FILE PLAN", 3},
	"key: more":             {strings.Repeat("A", 50e6), "approve --yes --key FILE PLAN", 3},
	"metrics: labels":       {metricsHead + "makesync_runs_total{" + rows(70e3, `l%d="x",`) + "} 1\n", "plan --sandbox eu1 -f DOCS --metrics-file FILE", 0},
	"metrics: samples":      {metricsHead + rows(30e3, "makesync_runs_total{exit=\"e%d\"} 1\n"), "plan --sandbox eu1 -f DOCS --metrics-file FILE", 0},
	"metrics: more":         {metricsHead + strings.Repeat("makesync_runs_total 1\n", 5e6), "plan --sandbox eu1 -f DOCS --metrics-file FILE", 0},
	"guards: patterns":      {guardsHead + "guards: {protect: [" + rows(100e3, "id:1%d,") + "a]}\n", "plan --sandbox eu1 -f DOCS --guards FILE", 0},
	"guards: sensitive":     {guardsHead + "sensitive: [" + rows(900e3, "a%d,") + "a]\n", "plan --sandbox eu1 -f DOCS --guards FILE", 3},
	"policies: tests":       {policyBefore + "true\", tests: [" + strings.Repeat("{given: {plan: {}}, passes: true},", 100e3) + "]}\n", "validate -f DOCS --guards FILE", 3},
	"policies: cost":        {policyBefore + everyNumber + "\", tests: [" + strings.Repeat("{given: {plan: {}}, passes: true},", 90) + "]}\n", "validate -f DOCS --guards FILE", 3},
	"policies: many":        {guardsHead + "policies:\n" + rows(50e3, "  - {id: p%d, on: plan, severity: error, message: m, require: \"true\"}\n"), "validate -f DOCS --guards FILE", 3},
	"policies: nested":      {policyBefore + strings.Repeat("(", 500e3) + "true" + strings.Repeat(")", 500e3) + "\"}\n", "validate -f DOCS --guards FILE", 3},
	"policies: expressions": {policyBefore + strings.Repeat("'a'.matches('((a{99}){99}){99}') && ", 100) + "true\"}\n", "validate -f DOCS --guards FILE", 3},
	"map: ids":              {"apiVersion: makesync-map/v1\norganizations: {" + rows(900e3, "o%[1]d: %[1]d,") + "}\n", "migrate -f DOCS --from eu1 --to us1 --map FILE -o OUT", 3},
}

// TestHostileOthers costs each file at most what the kernel gives.
func TestHostileOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "docs"), os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	docs, plan, file := filepath.Join(dir, "docs"), filepath.Join(dir, "plan.json"), filepath.Join(dir, "hostile")
	made := exec.CommandContext(t.Context(), "makesync", "plan", "--sandbox", "eu1", "-f", docs, "-o", plan)
	made.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
	if out, err := made.CombinedOutput(); err != nil && made.ProcessState.ExitCode() != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	for what, hostile := range hostileOthers {
		t.Run(what, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(hostile.text), 0o600); err != nil {
				t.Fatal(err)
			}
			places := strings.NewReplacer("FILE", file, "DOCS", docs, "PLAN", plan, "OUT", filepath.Join(dir, "out"))
			out, code := runLimited(t, strings.Fields(places.Replace(hostile.args))...)
			if code != hostile.code || len(out) > 1<<20 {
				t.Errorf("exit %d instead of %d, %d bytes\n%.1500s", code, hostile.code, len(out), out)
			}
		})
	}
}

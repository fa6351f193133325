//go:build linux && !race

package e2e

import (
	"errors"
	"fmt"
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

// hostilePlaces are what stands in other places than one file: a folder, the standard input, or beside another file.
var hostilePlaces = map[string]struct {
	put   func(dir string) error
	stdin string
	args  string
	code  int
}{
	"key: its public half": {put: func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "key.pub"), []byte(strings.Repeat("A", 50e6)), 0o600)
	}, args: "approve --yes --key DIR/key.pub PLAN", code: 3},
	"approvals: files":      {put: approvalsOf(2100, 1), args: "show --approvals 1 --approvers DIR/approvers PLAN", code: 3},
	"approvals: statements": {put: approvalsOf(1900, 40e3), args: "show --approvals 1 --approvers DIR/approvers PLAN", code: 5},
	"stdin: documents":      {stdin: strings.Repeat("# more\n", 12e6), args: "validate -f -", code: 3},
	"stdin: values":         {stdin: hostileHead + "x-a: [" + strings.Repeat("a,", 15e6) + "]\n", args: "validate -f -", code: 3},
	"documents of a folder": {put: linksOf(hostileHead+"organizations: {acme: {name: A}}\n", ".yaml"), args: "validate -f DIR/folder", code: 3},
	"a folder of runs": {put: linksOf(strings.ReplaceAll(journalHead, hostileRun, "r")+"]}]}\n", ".jsonl"),
		args: "runs list --journal DIR/folder", code: 0},
	"a folder of runs, to apply": {put: linksOf(`{"type":"begin"}`+"\n"+`{"type":"resolved"}`+"\n", ".jsonl"),
		args: "apply --yes --sandbox eu1 -f DOCS --journal DIR/folder", code: 0},
	"a folder of runs, to complete": {put: linksOf("", ".jsonl"), args: "completion values -- runs show --journal DIR/folder =r", code: 0},
}

// folderFiles is how many files a folder holds; six times as many take a few seconds.
const folderFiles = 12_000

// linksOf fills a folder with files that all hold the same.
func linksOf(text, ending string) func(dir string) error {
	return func(dir string) error {
		folder := filepath.Join(dir, "folder")
		first := filepath.Join(folder, "r0"+ending)
		err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(first, []byte(text), 0o600))
		for i := 1; i < folderFiles && err == nil; i++ {
			err = os.Link(first, filepath.Join(folder, fmt.Sprintf("r%d%s", i, ending)))
		}
		return err
	}
}

// approvalsOf are so many statements with signatures beside the plan, and a file of approvers.
func approvalsOf(n, size int) func(dir string) error {
	return func(dir string) error {
		folder := filepath.Join(dir, "plan.json.approval")
		err := errors.Join(os.Mkdir(folder, 0o700),
			os.WriteFile(filepath.Join(dir, "approvers"), []byte("a "+hostilePublicKey+"\n"), 0o600))
		for i := 0; i < n && err == nil; i++ {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("a%d.txt", i)), []byte(strings.Repeat("a", size)), 0o600)
		}
		return err
	}
}

// TestHostilePlaces costs each at most what the kernel gives.
func TestHostilePlaces(t *testing.T) {
	for what, hostile := range hostilePlaces {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			places := strings.NewReplacer("PLAN", hostilePlan(t, dir), "DOCS", filepath.Join(dir, "docs"), "DIR", dir)
			if hostile.put != nil {
				if err := hostile.put(dir); err != nil {
					t.Fatal(err)
				}
			}
			out, code := runLimitedWith(t, strings.NewReader(hostile.stdin), strings.Fields(places.Replace(hostile.args))...)
			if code != hostile.code || len(out) > 16<<20 {
				t.Errorf("exit %d instead of %d, %d bytes\n%.1500s", code, hostile.code, len(out), out)
			}
		})
	}
}

// hostilePlan is a plan of the documents that it copies beside it.
func hostilePlan(t *testing.T, dir string) string {
	t.Helper()
	docs, plan := filepath.Join(dir, "docs"), filepath.Join(dir, "plan.json")
	if err := os.CopyFS(docs, os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	made := exec.CommandContext(t.Context(), "makesync", "plan", "--sandbox", "eu1", "-f", docs, "-o", plan)
	made.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
	if out, err := made.CombinedOutput(); err != nil && made.ProcessState.ExitCode() != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	return plan
}

// TestHostileOthers costs each file at most what the kernel gives.
func TestHostileOthers(t *testing.T) {
	dir := t.TempDir()
	docs, plan, file := filepath.Join(dir, "docs"), hostilePlan(t, dir), filepath.Join(dir, "hostile")
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

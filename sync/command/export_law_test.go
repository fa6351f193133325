package command_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/sync/command"
	"makesync/sync/sandbox"
)

// runIn runs one command line in process, with an environment of its own.
func runIn(home string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = command.Main(context.Background(), append([]string{"makesync"}, args...), command.Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now, Random: rand.Reader,
		LookupEnv: func(name string) (string, bool) {
			value, ok := map[string]string{"HOME": home, "MAKESYNC_SANDBOX": "eu1,us1"}[name]
			return value, ok
		},
	})
	return code, out.String(), errs.String()
}

// generatedWorld writes a state with all the oddities that seeding knows, under drawn switches, and documents that name its zones.
func generatedWorld(t *rapid.T, dir string) (documents string) {
	state := sandbox.Generate(sandbox.GenerateOptions{
		Organizations: rapid.IntRange(1, 12).Draw(t, "organizations"), Variables: rapid.IntRange(0, 10).Draw(t, "variables"),
		Members: rapid.IntRange(1, 6).Draw(t, "members"), Seed: rapid.Int64().Draw(t, "seed"),
	})
	state.Switches = map[string]string{}
	for _, s := range sandbox.SwitchTable() {
		state.Switches[s.Name] = rapid.SampledFrom(s.Values).Draw(t, s.Name)
	}
	state.Switches["rate-limit"] = "off" // how long one waits is not what is tested here
	if err := state.WriteFile(filepath.Join(dir, "lab.json")); err != nil {
		t.Fatal(err)
	}
	documents = filepath.Join(dir, "zones.yaml")
	text := "apiVersion: makesync/v1\nzones:\n  eu1: {sandbox: {state: lab.json}}\n  us1: {sandbox: {state: lab.json}}\nsensitive: [\"*/variable/VAR_00[1-4]\"]\n"
	if err := os.WriteFile(documents, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return documents
}

type planResult struct {
	Organizations []struct {
		Key   string
		Steps []struct{ Address, Op string }
		Held  []struct{ Address, Reason string }
	}
	Problems []struct{ Severity, Message string }
}

// checkNoSteps runs a plan and fails when it would do or hold anything.
func checkNoSteps(t *rapid.T, dir string, args ...string) {
	code, stdout, stderr := runIn(dir, append(args, "--format", "json")...)
	var plan planResult
	if err := json.Unmarshal([]byte(stdout), &plan); err != nil {
		t.Fatalf("%v: exit %d: %v\n%s", args, code, err, stderr)
	}
	for _, o := range plan.Organizations {
		if len(o.Steps)+len(o.Held) > 0 {
			t.Fatalf("%v: %s has steps %v, held %v", args, o.Key, o.Steps, o.Held)
		}
	}
	if code != 0 {
		t.Fatalf("%v: exit %d, problems %v", args, code, plan.Problems)
	}
}

// fewerChecks keeps a test in which each check is five runs of the program short; -rapid.checks=N asks for more.
func fewerChecks(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set("rapid.checks", checks.DefValue) })
	}
}

// TestExportThenPlanHasNoSteps is the law of export, for every state that the sandbox can generate;
// from a snapshot of the same state, with e-mails hashed or not, the same holds.
func TestExportThenPlanHasNoSteps(t *testing.T) {
	fewerChecks(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "makesync-law")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		zones := generatedWorld(t, dir)
		zone := rapid.SampledFrom([]string{"eu1", "us1"}).Draw(t, "zone")
		out := filepath.Join(dir, "out")
		profiles := fmt.Sprint(rapid.Bool().Draw(t, "profiles"))
		money := fmt.Sprint(rapid.Bool().Draw(t, "with billing"))
		code, stdout, stderr := runIn(dir, "export", "-f", zones, "--zone", zone, "-o", out, "--profiles="+profiles,
			"--with-billing="+money)
		if code != 0 {
			t.Fatalf("export: exit %d\n%s%s", code, stdout, stderr)
		}
		lines := strings.Split(strings.TrimSpace(stdout), "\n")
		next := strings.Fields(lines[len(lines)-1])
		if next[0] != "makesync" || next[1] != "plan" {
			return // the zone holds nothing
		}
		if written, _ := filepath.Glob(filepath.Join(out, "*.yaml")); len(written) == 0 {
			return // nothing of it could be read
		}
		checkNoSteps(t, dir, next[1:]...)
		live := filepath.Join(dir, "live.json")
		hash := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "hash") == 9)
		if code, _, stderr := runIn(dir, "snapshot", "-f", zones, "-f", out, "--zone", zone, "--hash-emails="+hash, "-o", live); code != 0 {
			t.Fatalf("snapshot: exit %d\n%s", code, stderr)
		}
		checkNoSteps(t, dir, append(next[1:], "--live", live)...)
		checkNoSteps(t, dir, append(next[1:], "--base", out)...)
	})
}

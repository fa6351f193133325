package command_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/sandbox"
)

// logs are log flags; the loudest tell the most.
var logs = [][]string{{"--log-level", "debug"}, {"--log-level", "debug", "--log-format", "json"}, {"--log-level", "info"}, {"--log-level", "error"}}

// leakTest is a test on a stage of its own, on which waiting costs nothing. Fingerprints of secrets cost much on
// purpose, and too much under the race detector, to which these tests are nothing special.
func leakTest(t *testing.T, test func(*leakStage)) {
	t.Helper()
	t.Parallel()
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newLeakStage(t)
		test(s)
		s.lookThroughFiles()
	})
}

func with(verb string, groups ...[]string) []string {
	args := strings.Fields(verb)
	for _, group := range groups {
		args = append(args, group...)
	}
	return args
}

// No plan in any format shows a secret: not to be applied, saved, of a snapshot, of documents before.
func TestPlansShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.docs()}
		for i, format := range []string{"text", "json", "markdown", "html"} {
			s.want(0, with("plan --color always --history --format "+format, on, logs[i], []string{"--out-json", s.written("plan." + format)})...)
		}
		s.terminal = true
		s.want(0, with("plan", on)...)
		s.terminal = false
		s.want(2, with("plan --exit-code --skip-references", on)...)
		for _, format := range []string{"text", "json", "github"} {
			s.want(0, with("validate --format "+format, on)...)
		}
		s.give("base.yaml", strings.ReplaceAll(leakDocuments[:strings.Index(leakDocuments, "      FROM_ENV")], "new and open", "different"))
		for _, format := range []string{"text", "json", "markdown", "html"} {
			s.want(0, with("plan --format "+format, on, []string{"--base", filepath.Join(s.in, "base.yaml")})...)
			s.want(0, with("plan --format "+format, []string{"-f", filepath.Join(s.in, "base.yaml"), "--base", s.docs()})...)
		}
	})
}

// Nothing of an apply shows a secret: report, journal, the story of the run, undoing and resuming it.
func TestAppliesShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.docs()}
		s.terminal, s.stdin = true, "Acme Works\n"
		s.want(0, with("apply --color always", on, logs[0])...)
		s.terminal = false
		s.want(0, with("plan --exit-code", on)...)
		run := s.lastRun()
		for _, format := range []string{"text", "json"} {
			s.want(0, with("runs list --color always --format "+format)...)
			s.want(0, "runs", "show", "--format", format, run)
		}
		for _, format := range []string{"text", "json", "markdown", "html"} {
			s.want(0, with("undo --format "+format, on, logs[1], []string{"-o", s.written("undo.json"), "--allow", "delete:member@acme", run})...)
		}
		s.want(0, with("apply --yes --format json", on, logs[1], []string{"--resume", run})...)
		s.want(0, with("apply --yes --log-level debug", on, []string{s.written("undo.json")})...)
	})
}

func (s *leakStage) lastRun() string {
	var list struct{ Runs []struct{ Run string } }
	s.must(json.Unmarshal([]byte(s.want(0, "runs", "list", "--format", "json")), &list))
	if len(list.Runs) == 0 {
		s.Fatal("there is no run")
	}
	return list.Runs[len(list.Runs)-1].Run
}

// A saved plan holds no secret, nor does what becomes of it: good, stale, used, tampered with, or broken.
func TestSavedPlansShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.savable()}
		few := append([]string{"--target", "acme/variable/FROM_*", "--target", "acme/variable/DB_PASSWORD"}, on...)
		plan := s.written("plan.json")
		s.want(0, with("plan", few, []string{"-o", plan})...)
		s.must(s.world.Alter(func(state *sandbox.State) {
			state.Zones[0].Organizations[0].Variables[3].Value = json.RawMessage(`"` + canaries["unmanaged"] + `"`)
		}))
		s.want(9, with("apply --yes --format json", on, logs[1], []string{plan})...)
		s.want(0, with("plan", few, []string{"-o", plan})...)
		s.env["CANARY"] = canaries["purged"]
		s.want(9, with("apply --yes", on, logs[0], []string{plan})...)
		s.env["CANARY"] = canaries["from env"]
		s.want(0, with("plan", on, []string{"-o", plan})...)
		s.want(0, with("apply --yes --format json", on, logs[1], []string{plan})...)
		s.want(9, with("apply --yes", on, []string{plan})...)
		for _, key := range []string{"", canaries["seal key"] + "x"} {
			s.env["MAKESYNC_SEAL_KEY"] = key
			s.want(3, with("apply --yes", on, []string{plan})...)
		}
	})
}

// What is written of a live zone holds no secret: documents, snapshots, a migration. Only a snapshot with --values plain
// keeps values, since that is what it is for.
func TestLiveStateIsWrittenWithoutSecrets(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.docs()}
		s.want(0, with("export --zone eu1 --color always", on, logs[0], []string{"-o", s.written("export")})...)
		s.want(0, with("validate --skip-references -f "+s.written("export"))...)
		s.run(with("plan --exit-code --skip-references -f "+s.written("export"), logs[1])...)
		s.run(with("migrate --from eu1 --to us1", on, logs[0], []string{"-o", s.written("move")})...)
		for _, values := range []string{"none", "fingerprint"} {
			file := s.written("live-" + values + ".json")
			s.want(0, with("snapshot --zone eu1 --values "+values, logs[1], on, []string{"-o", file})...)
			s.want(0, with("snapshot --zone eu1 --hash-emails -o - --values "+values, logs[0], on)...)
		}
		plain := s.give("live-plain.json", "")
		s.want(0, with("snapshot --zone eu1 --values plain", logs[1], on, []string{"-o", plain})...)
		for _, format := range []string{"text", "json", "markdown", "html"} {
			s.want(0, with("plan --format "+format, on, []string{"--live", s.written("live-fingerprint.json")})...)
		}
		s.want(0, with("plan --format json", on, []string{"--live", plain})...)
		s.want(0, with("plan --format json", on, []string{"--live", s.written("live-none.json")})...)
		for _, format := range []string{"text", "json"} {
			for _, a := range []string{s.docs(), plain, s.written("live-fingerprint.json"), s.written("live-none.json")} {
				s.want(2, with("compare --color always --format "+format, on, logs[1], []string{a, "us1"})...)
				s.run(with("compare --format "+format, on, logs[0], []string{"eu1", a})...)
			}
			s.want(2, with("compare --format "+format, on, []string{plain, s.docs()})...)
		}
	})
}

// An invitation's hash is a key, and shows nowhere.
func TestInvitationsShowNoHash(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for i, format := range []string{"text", "json"} {
			hash := []string{canaries["invitation"]}
			s.want(0, with("invitation show --zone eu1 --format "+format, logs[i], hash)...)
			s.run(with("invitation accept --yes --zone eu1 --format "+format, logs[i], hash)...)
			s.run(with("invitation show --zone eu1 --format "+format, logs[i], []string{canaries["seal key"]})...)
		}
		s.must(writeEmpty(s.written("some")))
	})
}

// The remaining commands know no secret; the environment is full of them all the same.
func TestOtherCommandsShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for _, args := range []string{"version", "version --format json", "schema", "schema plan", "completion bash", "help", "help plan", "runs list",
			"runs show nonsense", "undo nonsense", "apply nonsense.json", "plan --nonsense", "nonsense"} {
			s.run(strings.Fields(args)...)
		}
		state := filepath.Join(s.in, "state.json")
		world := leakZones()
		world.Zones[0].Name = "try"
		s.must(world.WriteFile(state))
		s.give("try.yaml", fmt.Sprintf("apiVersion: makesync/v1\nzones: {try: {sandbox: {state: state.json}, token: %q}}\norganizations: {acme: {id: 11, zone: try, variables: {A: \"${env:CANARY}\"}}}\n", canaries["token"]))
		for i, verb := range []string{"plan --format json", "apply --yes", "snapshot --values none -o -"} {
			s.want(0, with(verb+" -f "+filepath.Join(s.in, "try.yaml"), logs[i%2])...)
		}
		if data, err := os.ReadFile(state); err != nil || !strings.Contains(string(data), `"A"`) {
			s.Errorf("the secret was not written, %v", err)
		}
		s.must(writeEmpty(s.written("some")))
	})
}

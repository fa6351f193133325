package command_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"makesync/sync/sandbox"
)

// walked are the command lines of the walk below, in the order in which they depend on each other. IN and OUT are
// folders of inputs, which may hold secrets, and of what is written; FORMAT stands for each format of the line.
var walked = []struct{ line, formats string }{
	{"validate -f IN/docs.yaml", "text json github"},
	{"plan -f IN/docs.yaml --out-json OUT/plan.FORMAT.json --metrics-file OUT/plan.prom", "text json markdown html"},
	{"plan -f IN/savable.yaml -o OUT/saved.json", "text"},
	{"show OUT/saved.json", "text html"},
	{"show OUT/plan.text.json", "text"},
	{"approve --yes --key IN/key OUT/saved.json", ""},
	{"snapshot -f IN/docs.yaml -o OUT/live.json --force", ""},
	{"show OUT/live.json", "text json markdown html"},
	{"status -f IN/docs.yaml --show all --metrics-file OUT/status.prom", "text json csv html"},
	{"doctor -f IN/docs.yaml", "text json"},
	{"explain maxDeletes", ""},
	{"explain -f IN/docs.yaml acme", "text json"},
	{"explain -f IN/docs.yaml acme/variable/DB_PASSWORD", "text json"},
	{"explain -f IN/docs.yaml acme/variable/FROM_ENV", "text json"},
	{"explain -f IN/docs.yaml acme/variable/OPEN", "text json"},
	{"completion values -- plan -f IN/docs.yaml --target =acme/variable/", ""},
	{"compare -f IN/docs.yaml IN/docs.yaml eu1", "text json"},
	{"export -f IN/docs.yaml --zone eu1 -o OUT/export", ""},
	{"export --zone eu1 --update -f IN/docs.yaml --yes", ""},
	{"migrate -f IN/docs.yaml --from eu1 --to us1 -o OUT/move", ""},
	{"init --zone eu1 -f IN/docs.yaml --workflow github --profiles --organization * -o OUT/first", ""},
	{"adopt -f IN/docs.yaml --yes acme/variable/DB_PASSWORD acme/variable/FROM_ENV acme/variable/OPEN", ""},
	{"adopt -f IN/docs.yaml --since OUT/live.json --yes", ""},
	{"billing claim-offer -f IN/docs.yaml acme", "text json"},
	{"apply -f IN/docs.yaml --yes --out-json OUT/report.json --metrics-file OUT/apply.prom", "text"},
	{"apply -f IN/docs.yaml --yes OUT/saved.json", "text json"},
	{"show OUT/report.json", "text markdown"},
	{"plan -f IN/docs.yaml --shard 1/1 --out-json OUT/shard.json", "text"},
	{"report merge OUT/shard.json", "text json markdown"},
	{"runs list", "text json"},
	{"runs show RUN", "text json"},
	{"undo -f IN/docs.yaml -o OUT/undo.json RUN", "text json markdown html"},
	{"invitation list --zone eu1", "text json"},
	{"invitation show --zone eu1 " + canaries["invitation"], "text json"},
	{"invitation accept --zone eu1 --yes " + canaries["invitation"], "text json"},
	{"invitation accept --zone eu1 --yes --all --organization *", "text json"},
	{"sandbox init -o OUT/world.json", ""},
	{"schema", ""}, {"version", "text json"}, {"completion bash", ""}, {"help plan", ""}, {"help trust", ""},
}

// Whatever command is run, in whatever format and as loud as can be, no secret shows: not in what it prints, nor in
// any file that it writes. A command that is not among the lines fails the test, and so does one that writes to a zone
// and should not, or never did.
func TestEveryCommandShowsNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{7}, ed25519.SeedSize))
		block, err := ssh.MarshalPrivateKey(key, "")
		s.must(err)
		s.give("key", string(pem.EncodeToMemory(block)))
		s.must(s.world.Alter(func(state *sandbox.State) { // whose token it is, is invited too
			ann := state.Zones[0].Organizations[0].Members[1]
			for id, hash := range map[int]string{13: ann.Invitation.Hash, 14: "another-hash"} {
				state.Zones[0].Organizations = append(state.Zones[0].Organizations, &sandbox.Organization{
					ID: id, Name: fmt.Sprint("Guests ", id), Plan: "Enterprise", Members: []*sandbox.Member{
						{Email: "ops@acme.example", Role: ann.Role, Invitation: &sandbox.Invitation{Sent: time.Now(), Hash: hash}},
					}})
			}
			ann.Invitation.Hash = "hash-of-ann"
		}))
		done, digests, wrote := map[string]bool{}, map[[32]byte]bool{}, map[string]bool{}
		for i, row := range walked {
			for _, format := range strings.Split(row.formats, " ") {
				line := strings.NewReplacer("IN/", s.in+"/", "OUT/", s.out+"/", "FORMAT", format).Replace(row.line)
				if strings.Contains(line, "RUN") {
					line = strings.ReplaceAll(line, "RUN", s.lastRun())
				}
				args := strings.Fields(line)
				done[args[0]], done[strings.Join(args[:min(2, len(args))], "-")] = true, true
				if row.formats != "" {
					args = slices.Insert(args, flagsAt(args), "--format", format)
				}
				if !slices.Contains([]string{"schema", "version", "completion", "help", "sandbox", "explain"}, args[0]) {
					args = slices.Insert(args, flagsAt(args), logs[i%2]...)
				}
				s.terminal, s.stdin = args[0] == "billing", "Acme Works\n"
				writes := len(s.world.Log())
				code, stdout, stderr := s.run(args...)
				if len(s.world.Log()) > writes {
					wrote[strings.Join(args[:flagsAt(args)], " ")] = true
				}
				if code == 64 {
					s.Errorf("%s is no such command:\n%s", strings.Join(args, " "), stderr)
				}
				digests[sha256.Sum256([]byte(stdout))] = true
			}
		}
		if s.texts < 100_000 || len(digests) < len(walked) {
			s.Errorf("only %d bytes and %d different outputs: nearly nothing was tested", s.texts, len(digests))
		}
		if writers := slices.Sorted(maps.Keys(wrote)); !slices.Equal(writers, []string{"apply", "billing claim-offer", "invitation accept"}) {
			s.Errorf("%q have written", writers)
		}
		s.wantAllCommands(done)
	})
}

// flagsAt is behind the words of a command.
func flagsAt(args []string) int {
	if slices.Contains([]string{"report", "runs", "invitation", "billing", "sandbox"}, args[0]) {
		return 2
	}
	return 1
}

// wantAllCommands compares what was run with the pages of the manual, of which each command has one.
func (s *leakStage) wantAllCommands(done map[string]bool) {
	s.Helper()
	dir := s.written("man")
	s.want(0, "help", "--man", dir)
	entries, err := os.ReadDir(dir)
	s.must(err)
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutPrefix(filepath.Base(entry.Name()), "makesync-"); ok && strings.HasSuffix(name, ".1") {
			names = append(names, strings.TrimSuffix(name, ".1"))
		}
	}
	for _, name := range names {
		// Serving goes on until it is stopped; a test of its own reads what it logs.
		if !done[name] && name != "sandbox-serve" {
			s.Errorf("nothing looks whether %s shows a secret", name)
		}
	}
	if len(names) < 20 {
		s.Errorf("only %d pages", len(names))
	}
}

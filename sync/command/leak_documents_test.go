package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mistakes are documents with secrets where something is wrong: %q is a secret in quotes, %s one without line breaks.
var mistakes = map[string]string{
	"type of a literal":    "variables: {DB_PASSWORD: {type: number, value: %q}}",
	"type of a reference":  "variables: {A: {type: number, value: \"${env:CANARY}\"}, B: {type: boolean, value: \"${env:CANARY}\"}, C: {type: date, value: \"${env:CANARY}\"}}",
	"type of a file":       "variables: {A: {type: date, value: \"${file:secret.txt}\"}}",
	"type of a number":     "variables: {PIN_SECRET: {type: boolean, value: 83174962051.25}}",
	"key":                  "variables: {DB_PASSWORD: {vaule: %q}}",
	"unknown key":          "secrets: [%q]",
	"list":                 "variables: {DB_PASSWORD: [%q, %q]}",
	"object":               "variables: {DB_PASSWORD: {value: {a: %q}}}",
	"variables is a value": "variables: %q",
	"twice":                "variables: {DB_PASSWORD: %q, DB_PASSWORD: %q}",
	"not closed":           "variables: {DB_PASSWORD: %q",
	"tag":                  "variables: {DB_PASSWORD: !secret %q}",
	"comment":              "variables: {DB_PASSWORD: 010} # %s",
	"anchor":               "variables: {DB_PASSWORD: &a %q, <<: *a}",
	"placeholder":          "variables: {A: \"##${env:CANARY}##\", DB_PASSWORD: \"${oops %s}\"}",
	"unset":                "variables: {A: \"${env:NOT_SET}%s\"}",
	"unreadable":           "variables: {A: \"${file:nothing/here}\", DB_PASSWORD: \"${file:../out/x}%s\"}",
	"unusable name":        "variables: {\"1 DB_PASSWORD\": %q}",
	"elsewhere":            "members: {a@acme.example: {role: Admin, password: %q}}\n    owner: [%q]",
	"token":                "zone: lab\nzones: {lab: {url: \"https://user:%s@h.example\", token: %q, tokne: %q}}",
	"token of two lines":   "zone: eu1\nzones: {eu1: {token: \"${file:secret.txt}\"}}",
	"broken token":         "zone: lab\nzones: {lab: {host: h.example, token: \"${env:CANARY}${env:NOT_SET}\"}}",
}

// Whatever is wrong with documents, no command tells it with a secret.
func TestMistakesShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for name, text := range mistakes {
			for i, secret := range []string{"by name", "by pattern", "from a file"} {
				s.Log(name, secret)
				s.mistake(text, canaries[secret], i)
			}
		}
		s.must(writeEmpty(s.written("some")))
	})
}

func (s *leakStage) mistake(text, secret string, turn int) {
	s.Helper()
	quoted, _ := json.Marshal(secret)
	text = strings.NewReplacer("%q", string(quoted), "%s", strings.ReplaceAll(secret, "\n", " ")).Replace(text)
	if !strings.HasPrefix(text, "zone:") {
		text = "zone: eu1\norganizations:\n  acme:\n    name: Acme Works\n    " + text
	} else {
		text += "\norganizations: {acme: {name: Acme Works, variables: {OPEN: new}}}"
	}
	bad := s.give("bad/makesync.yaml", "apiVersion: makesync/v1\n"+text+"\n")
	s.give("bad/secret.txt", canaries["from a file"])
	for _, verb := range [][]string{{"validate", "--format", "json"}, {"validate", "--format", "github"}, {"validate"}, {"plan", "--format", "html"}, {"apply", "--yes", "--format", "json"}}[turn:] {
		if code, stdout, _ := s.run(with(strings.Join(verb, " "), logs[turn%2], []string{"-f", bad})...); code != 3 && !strings.Contains(text, "token: \"${file:") { // nobody reads it yet
			s.Errorf("%v: exit %d, want 3 of\n%s\n%s", verb, code, text, stdout)
		}
	}
	s.run(with("snapshot --zone eu1 --values none -o - -f "+bad, logs[0])...)
	s.run(with("compare --format json", []string{bad, "us1"})...)
}

// brokenFiles are files beside documents that cannot be read, with secrets in them: plans, reports, snapshots, maps, journals.
func TestBrokenFilesShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		s.want(0, with("apply --yes --format json", []string{"-f", s.docs(), "--shard", "1/1", "--out-json", s.written("report.json")}, oneSecret)...)
		for _, format := range []string{"text", "json", "markdown"} {
			s.want(0, "report", "merge", "--format", format, s.written("report.json"))
		}
		s.want(0, with("plan", []string{"-f", s.savable(), "-o", s.written("plan.json")}, oneSecret)...)
		s.want(0, "snapshot", "--zone", "eu1", "-f", s.docs(), "-o", s.written("live.json"))
		run := s.lastRun()
		journal := filepath.Join(s.home, "makesync", "runs", run+".jsonl")
		for _, spoil := range []func(string) string{withSecretValues, withSecretText, cutInSecret} {
			for name, try := range map[string][]string{
				"plan.json":   with("apply --yes --log-level debug -f " + s.docs()),
				"report.json": with("report merge --format json"),
				"live.json":   with("plan -f " + s.docs() + " --live"),
			} {
				data, err := os.ReadFile(s.written(name))
				s.must(err)
				s.run(append(try, s.give("broken/"+name, spoil(string(data))))...)
			}
			s.run("migrate", "--from", "eu1", "--to", "us1", "-o", s.written("move"), "--map", s.give("map.yaml", spoil(`{"renames": {"a": "b"}}`)), "-f", s.docs())
			good, err := os.ReadFile(journal)
			s.must(err)
			s.must(os.WriteFile(filepath.Join(s.give("journal/x", ""), "..", run+".jsonl"), []byte(spoil(string(good))), 0o600))
			for _, verb := range []string{"runs list", "runs show --format json", "undo -f " + s.docs()} {
				args := append(strings.Fields(verb), "--journal", filepath.Join(s.in, "journal"))
				s.run(append(args, run)[:len(args)+min(1, strings.Count(verb, "show")+strings.Count(verb, "undo"))]...)
			}
		}
	})
}

// Ways to spoil a JSON file so that its mistake has to do with a secret.
func withSecretValues(text string) string {
	return strings.NewReplacer(`: 1,`, ": "+quotedCanary("by name")+",", `: "`, `: {"`+canaries["token"]+`": `, `true`, quotedCanary("by pattern")).Replace(text)
}

func withSecretText(text string) string { return canaries["by name"] + canaries["from a file"] + text }

func cutInSecret(text string) string {
	return text[:len(text)/2] + `"value": "` + canaries["by pattern"]
}

func quotedCanary(name string) string {
	data, _ := json.Marshal(canaries[name])
	return string(data)
}

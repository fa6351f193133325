package command_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"makesync/sync/command"
	"makesync/sync/makeapi"
	"makesync/sync/sandbox"
)

// fileReaders are commands that read a file to which anybody may have written: FILE.
var fileReaders = []struct {
	file     string
	commands []string
}{
	{"makesync/runs/R1.jsonl", []string{"runs list", "runs show R1", "runs show --format json R1", "undo -f DOCS -o OUT R1", "apply --yes -f DOCS --resume R1"}},
	{"plan.json", []string{"apply --yes --no-journal -f DOCS FILE", "report merge FILE"}},
	{"live.json", []string{"plan -f DOCS --live FILE", "compare DOCS FILE"}},
	{"report.json", []string{"report merge FILE", "report merge --format markdown FILE"}},
}

const fuzzDocuments = `apiVersion: makesync/v1
zone: eu1
organizations:
  acme: {id: 11, name: Acme, timezone: Europe/Rome, variables: {A: new, OLD: {state: absent}}, featureControls: {Make AI Tools: false},
    members: {new@acme.example: {role: Member, invite: {name: New}}}}
`

// fuzzWorld is a zone to begin with.
func fuzzWorld() http.Handler {
	world := sandbox.New(&sandbox.State{Version: 1, Users: []*sandbox.User{{Email: "ops@acme.example", Token: tokenGeneral}},
		Switches: map[string]string{"rate-limit": "off"}, Zones: []*sandbox.Zone{{Name: "eu1", Organizations: []*sandbox.Organization{{ID: 11, Name: "Acme", Plan: "Enterprise",
			Variables: []sandbox.Variable{{Name: "A", Value: []byte(`"old"`)}, {Name: "OLD", Value: []byte("1")}}}}}}}, nil)
	handler, err := world.Handler("eu1")
	if err != nil {
		panic(err)
	}
	return handler
}

// fuzzRun runs a command line in a folder, on a zone.
func fuzzRun(dir, file, text string, zone http.Handler) (code int, out string) {
	fill := strings.NewReplacer("DOCS", filepath.Join(dir, "docs.yaml"), "FILE", filepath.Join(dir, file), "OUT", filepath.Join(dir, "out.json"))
	env := map[string]string{"XDG_STATE_HOME": dir, "MAKE_API_KEY": tokenGeneral}
	var b bytes.Buffer
	code = command.Main(context.Background(), append([]string{"makesync"}, strings.Fields(fill.Replace(text))...), command.Env{
		Stdin: strings.NewReader(""), Stdout: &b, Stderr: &b, Now: time.Now, Random: rand.NewChaCha8([32]byte{9}),
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Transport: func(string) http.RoundTripper { return makeapi.HandlerTransport(zone) },
	})
	return code, b.String()
}

// goodFiles makes one file of each kind in a folder.
func goodFiles(t testing.TB, dir string) {
	t.Helper()
	put(t, filepath.Join(dir, "docs.yaml"), []byte(fuzzDocuments))
	zone := fuzzWorld()
	for _, text := range []string{"plan -f DOCS -o FILE/plan.json", "snapshot --zone eu1 -o FILE/live.json", "apply -f DOCS --yes --shard 1/1 --out-json FILE/report.json"} {
		if code, out := fuzzRun(dir, "", text, zone); code != 0 {
			t.Fatalf("%s: exit %d\n%s", text, code, out)
		}
	}
	runs, _ := filepath.Glob(filepath.Join(dir, "makesync", "runs", "*.jsonl"))
	if len(runs) != 1 {
		t.Fatalf("%d journals", len(runs))
	}
	data, err := os.ReadFile(runs[0])
	if err != nil {
		t.Fatal(err)
	}
	run := strings.TrimSuffix(filepath.Base(runs[0]), ".jsonl")
	put(t, filepath.Join(dir, "makesync", "runs", "R1.jsonl"), bytes.ReplaceAll(data, []byte(run), []byte("R1")))
}

// put writes a file, and the folder above it.
func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzFiles gives commands journals, plans, snapshots and reports that somebody has changed: no command breaks, hangs or
// prints what a terminal would obey.
func FuzzFiles(f *testing.F) {
	dir := f.TempDir()
	goodFiles(f, dir)
	for kind, reader := range fileReaders {
		data, err := os.ReadFile(filepath.Join(dir, reader.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kind, data)
		f.Add(kind, bytes.ReplaceAll(data, []byte("acme"), []byte("../x\\u001b[2J")))
		f.Add(kind, bytes.ReplaceAll(data, []byte(`"value"`), []byte(`"a":null,"value"`)))
	}
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		if kind < 0 || kind >= len(fileReaders) || len(data) > 1<<16 {
			return
		}
		reader, dir := fileReaders[kind], t.TempDir()
		for _, text := range reader.commands {
			put(t, filepath.Join(dir, "docs.yaml"), []byte(fuzzDocuments))
			put(t, filepath.Join(dir, reader.file), data)
			code, out := fuzzRun(dir, reader.file, text, fuzzWorld())
			if strings.Contains(out, "internal error") || strings.ContainsAny(out, "\x1b\x00\x7f") {
				t.Fatalf("%s: exit %d\n%q", text, code, out)
			}
		}
	})
}

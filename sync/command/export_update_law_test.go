package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// After export --update a plan of the documents has the steps that it had before, and nothing else is unmanaged of
// what could be written; every line of the document is still there, in its order.
func TestLawExportUpdate(t *testing.T) {
	fewerChecks(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "update")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		write := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		run := func(args ...string) string {
			code, out, errs := runIn(dir, args...)
			if code != 0 {
				t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
			}
			return out
		}
		write("seed.json", `{"version": 1, "users": [{"name": "O", "email": "ops@acme.example", "twoFactor": true}],
  "zones": [{"name": "try", "organizations": [
  {"id": 11, "name": "Acme", "plan": "Enterprise", "members": [{"email": "ops@acme.example", "role": "Owner"}]}]}]}`)
		const head = "apiVersion: makesync/v1\nzone: try\nzones:\n  try: {sandbox: {seed: seed.json, state: try.json}}\n"
		values := map[string]string{}
		live := head + "organizations:\n  acme:\n    name: Acme\n    variables:\n      LAST: 1\n"
		for _, name := range []string{"A", "B", "C", "D", "Number", "true"} {
			values[name] = strings.ReplaceAll(drawnValue(t, name), `"${x}"`, `"other"`)
			live += "      \"" + name + "\": " + values[name] + "\n"
		}
		run("apply", "-f", write("live.yaml", live), "--yes")

		parts := []string{"    name: Acme # the first\n", "    timezone: Europe/Prague\n", "    featureControls: {make ai tools: false}\n",
			"    members: {}\n", "    tfaEnforced: false\n"}
		doc := head + "organizations:\n  acme:\n" + parts[0]
		for _, part := range parts[1:] {
			if rapid.Bool().Draw(t, part) {
				doc += part
			}
		}
		switch rapid.IntRange(0, 3).Draw(t, "variables") {
		case 1:
			doc += "    variables: {A: " + values["A"] + "}\n"
		case 2:
			doc += "    variables:\n" + drawnEntry(t, "A", values["A"]) + drawnEntry(t, "B", values["B"])
		case 3:
			doc += "    variables: {}\n"
		}
		doc += rapid.SampledFrom([]string{"", "# the end\n", "    # the end\n", "    purge: []\n"}).Draw(t, "end")
		path := write("docs.yaml", doc)
		run("apply", "-f", path, "--yes")

		out := run("export", "--zone", "try", "--update", "-f", path, "--yes")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		after := string(data)
		if got := strings.Count(out, "not added: "); got != strings.Count(out, "it gives somebody rights") {
			t.Fatalf("something is left\n%s\n%s", out, doc)
		}
		if code, stdout, stderr := runIn(dir, "plan", "-f", path, "--exit-code", "--show-unmanaged"); code != 0 ||
			strings.Contains(stdout, "acme/variable") || strings.Contains(stdout, "acme/featureControl") {
			t.Fatalf("exit %d\n%s%s\n%s\nadded:\n%s", code, stdout, stderr, after, out)
		}
		checkLines(t, doc, after, map[string]bool{"variables": true, "featureControls": true, "members": true})
		if again := run("export", "--zone", "try", "--update", "-f", path, "--yes"); !strings.Contains(again, "0 added in 0 files") {
			t.Fatalf("a second time adds\n%s\n%s", again, after)
		}
	})
}

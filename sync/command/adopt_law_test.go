package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawnValue is a value of a variable as somebody writes it into a document.
func drawnValue(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"5", "7.5", "true", "a", `"5"`, `"no"`, `"a: b # c"`, `"${x}"`, `"$${env:HOME}"`, "'it''s'", `"two\nlines"`,
		`"2026-11-20"`, "naïve", `"é \" \\"`}).Draw(t, label)
}

// drawnEntry writes a variable in one of the forms.
func drawnEntry(t *rapid.T, name, value string) string {
	value = strings.ReplaceAll(value, `"${x}"`, `"plain"`)
	switch rapid.IntRange(0, 3).Draw(t, "form of "+name) {
	case 0:
		return fmt.Sprintf("      %s: %s\n", name, value)
	case 1:
		return fmt.Sprintf("      # above %s\n      %s:   %s   # behind %s\n", name, name, value, name)
	case 2:
		return fmt.Sprintf("      %s: {value: %s, ignoreValue: false}\n", name, value)
	}
	return fmt.Sprintf("      %s:\n        value: %s # %s\n", name, value, name)
}

// After adopt of all drift a plan has no step for what was adopted, and of the documents no other line has changed: whatever
// form the values stand in, in the organization or in a profile, and whatever somebody did in Make.
func TestLawAdopt(t *testing.T) {
	fewerChecks(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "adopt")
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
		run := func(want string, args ...string) string {
			code, out, errs := runIn(dir, args...)
			if !strings.Contains(want, fmt.Sprint(code)) {
				t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
			}
			return out
		}
		path := filepath.Join(dir, "docs")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		write("docs/seed.json", `{"version": 1, "users": [{"name": "O", "email": "ops@acme.example", "twoFactor": true},
  {"name": "J", "email": "jane@acme.example"}], "zones": [{"name": "try", "organizations": [
  {"id": 11, "name": "Acme", "plan": "Enterprise", "members": [{"email": "ops@acme.example", "role": "Owner"}, {"email": "jane@acme.example", "role": "Admin"}]},
  {"id": 12, "name": "Beta", "plan": "Enterprise", "members": [{"email": "ops@acme.example", "role": "Owner"}]}]}]}`)
		const head = "apiVersion: makesync/v1\nzone: try\nzones:\n  try: {sandbox: {seed: seed.json, state: try.json}}\n"
		profiles := "profiles:\n  standard:\n    variables:\n"
		for _, name := range []string{"P", "Q"} {
			profiles += drawnEntry(t, name, drawnValue(t, name))
		}
		doc := "organizations:\n  acme: # first\n    name: Acme\n    profiles: [standard]\n    timezone: Europe/Prague\n" +
			"    featureControls: {Make AI Tools: true}\n    members: {jane@acme.example: Admin}\n"
		names := []string{"A", "B", "C", "D"}
		touched := map[string]bool{"timezone": true, "featureControls": true, "members": true, "NEW": true}
		if touched["variables"] = rapid.Bool().Draw(t, "flow"); touched["variables"] {
			doc += drawnFlow(t, names)
		} else {
			doc += "    variables:\n"
			for _, name := range names {
				doc += drawnEntry(t, name, drawnValue(t, name))
			}
		}
		if rapid.Bool().Draw(t, "purge") {
			doc += "    purge: [variable]\n"
		}
		doc += "  beta: {name: Beta, profiles: [standard]}\n"
		shape := drawShape(t)
		files := shape.files(head, profiles, doc)
		for name, text := range files {
			write(filepath.Join("docs", name), text)
		}
		run("0", "apply", "-f", path, "--yes", "--since", "none", "--snapshot-out", filepath.Join(dir, "base.json"))

		hand := strings.NewReplacer("seed.json", "docs/seed.json", "try.json", "docs/try.json").Replace(head) + "organizations:\n  acme:\n    name: Acme\n"
		if rapid.Bool().Draw(t, "timezone") {
			hand += "    timezone: Europe/Berlin\n"
		}
		if rapid.Bool().Draw(t, "control") {
			hand += "    featureControls: {Make AI Tools: false}\n"
		}
		if rapid.Bool().Draw(t, "role") {
			hand += "    members: {jane@acme.example: Member}\n"
		}
		hand += "    variables:\n"
		for _, name := range append([]string{"P", "NEW"}, names...) {
			switch rapid.IntRange(0, 2).Draw(t, "hand "+name) {
			case 0:
				hand += "      " + name + ": {state: absent}\n"
				touched[name] = true
			case 1:
				hand += "      " + name + ": " + strings.ReplaceAll(drawnValue(t, "hand value "+name), `"${x}"`, `"other"`) + "\n"
				touched[name] = true
			}
		}
		run("0", "apply", "-f", write("hand.yaml", strings.Replace(hand, "    variables:\n", "    variables:\n      LAST: 1\n", 1)), "--yes")

		out := run("0", "adopt", "-f", path, "--since", filepath.Join(dir, "base.json"), "--yes")
		if strings.Contains(out, "not adopted: ") {
			t.Fatalf("something is left\n%s\n%s", out, doc)
		}
		if code, stdout, stderr := runIn(dir, "plan", "-f", path, "--exit-code"); code != 0 {
			t.Fatalf("steps are left: exit %d\n%s%s\nadopted:\n%s", code, stdout, stderr, out)
		}
		for name, before := range files {
			after, err := os.ReadFile(filepath.Join(path, name))
			if err != nil {
				t.Fatal(err)
			}
			checkLines(t, before, string(after), touched)
			shape.check(t, string(after))
		}
	})
}

// checkLines fails when a line that names nothing touched is not as before, in its order.
func checkLines(t *rapid.T, before, after string, touched map[string]bool) {
	rest := strings.Split(after, "\n")
	owner := ""
	for _, line := range strings.Split(before, "\n") {
		if key, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && !strings.HasPrefix(line, "        ") {
			owner = key
		}
		at := -1
		for i, candidate := range rest {
			if candidate == line {
				at = i
				break
			}
		}
		switch {
		case at >= 0:
			rest = rest[at+1:]
		case !touched[owner] || strings.HasPrefix(strings.TrimSpace(line), "#"):
			t.Fatalf("the line %q is gone, or moved\n%s", line, after)
		}
	}
}

// drawnFlow is a block of variables in one line.
func drawnFlow(t *rapid.T, names []string) string {
	entries := make([]string, len(names))
	for i, name := range names {
		entries[i] = name + ": " + strings.ReplaceAll(drawnValue(t, name), `"${x}"`, `"plain"`)
		if rapid.Bool().Draw(t, "long "+name) {
			entries[i] = name + ": {value: " + strings.TrimPrefix(entries[i], name+": ") + "}"
		}
	}
	return "    variables: {" + strings.Join(entries, ", ") + "} # in one line\n"
}

// docShape is how documents lie in files.
type docShape struct {
	crlf, bom, bare bool // line ends, a mark at the beginning, no line end at the end
	layout          int  // one document, two in a file, two files
}

func drawShape(t *rapid.T) docShape {
	return docShape{rapid.Bool().Draw(t, "crlf"), rapid.Bool().Draw(t, "bom"), rapid.Bool().Draw(t, "bare"),
		rapid.IntRange(0, 2).Draw(t, "layout")}
}

const docHead = "apiVersion: makesync/v1\nzone: try\n"

func (s docShape) files(head, profiles, organizations string) map[string]string {
	files := map[string]string{"docs.yaml": head + profiles + organizations}
	switch s.layout {
	case 1:
		files["docs.yaml"] = head + profiles + "--- # the clients\n" + docHead + organizations
	case 2:
		files = map[string]string{"a.yaml": head + profiles, "b.yaml": docHead + organizations}
	}
	for name, text := range files {
		if s.bare {
			text = strings.TrimSuffix(text, "\n")
		}
		if s.crlf {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		if s.bom {
			text = "\ufeff" + text
		}
		files[name] = text
	}
	return files
}

// check fails when a file is written in another way than before.
func (s docShape) check(t *rapid.T, after string) {
	lines, windows := strings.Count(after, "\n"), strings.Count(after, "\r\n")
	switch {
	case s.crlf && windows != lines, !s.crlf && windows > 0:
		t.Fatalf("line ends are mixed: %q", after)
	case s.bom != strings.HasPrefix(after, "\ufeff"):
		t.Fatalf("the mark at the beginning has changed: %q", after)
	}
}

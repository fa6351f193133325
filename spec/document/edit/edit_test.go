package edit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/edit"
)

var acme = edit.Place{Organization: "acme"}

func open(t testing.TB, text string) *edit.File {
	t.Helper()
	file, err := edit.Open("acme.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func variable(t testing.TB, name string, kind spec.VariableType, value string) edit.Value {
	t.Helper()
	text, err := document.TextOfVariable(&spec.Variable{Name: name, Type: kind, Value: spec.Plain(value)})
	if err != nil {
		t.Fatal(err)
	}
	return edit.Variable(name, text)
}

// The lines of one organization before and after; what is not shown stays.
func TestOnlyTheValueChanges(t *testing.T) {
	t.Parallel()
	seven := func(t testing.TB) edit.Value { return variable(t, "A", spec.TypeNumber, "7") }
	long := func(t testing.TB) edit.Value { return variable(t, "A", spec.TypeDate, "2026-11-20T00:00:00.000Z") }
	gone := func(t testing.TB) edit.Value { return seven(t).Absent() }
	for name, row := range map[string]struct {
		before, after string
		value         func(testing.TB) edit.Value
	}{
		"plain":            {"variables: {A: 5, B: 1}  # why", "variables: {A: 7, B: 1}  # why", seven},
		"block":            {"variables:\n      # above\n      A:   5   # five\n      B: 1", "variables:\n      # above\n      A:   7   # five\n      B: 1", seven},
		"double quotes":    {`variables: {A: "5, \"}", B: 1}`, `variables: {A: 7, B: 1}`, seven},
		"single quotes":    {`variables: {A: '5'', }', B: 1}`, `variables: {A: 7, B: 1}`, seven},
		"literal":          {"variables:\n      A: |\n        5\n\n        6\n      # below\n      B: 1", "variables:\n      A: 7\n      # below\n      B: 1", seven},
		"alias":            {"x-a: &a 5\n    variables: {A: *a, B: *a}", "x-a: &a 5\n    variables: {A: 7, B: *a}", seven},
		"long":             {"variables: {A: {type: number, value: 5, ignoreValue: false}}", "variables: {A: {type: number, value: 7, ignoreValue: false}}", seven},
		"long block":       {"variables:\n      A:\n        # type first\n        type: number\n        value: 5 # now\n      B: 1", "variables:\n      A:\n        # type first\n        type: number\n        value: 7 # now\n      B: 1", seven},
		"another type":     {"variables: {A: {type: number, value: 5}}", `variables: {A: {type: date, value: "2026-11-20T00:00:00.000Z"}}`, long},
		"short to long":    {"variables: {A: 5}", `variables: {A: {type: date, value: "2026-11-20T00:00:00.000Z"}}`, long},
		"only a type":      {"variables: {A: {type: number}}", "variables: {A: {type: number, value: 7}}", seven},
		"new in brackets":  {"variables: {B: 1}", "variables: {B: 1, A: 7}", seven},
		"new in nothing":   {"variables: {}", "variables: {A: 7}", seven},
		"new in a block":   {"variables:\n      B: 1   # one\n    purge: []", "variables:\n      B: 1   # one\n      A: 7\n    purge: []", seven},
		"new block":        {"timezone: UTC # here", "timezone: UTC # here\n    variables: {A: 7}", seven},
		"gone":             {"variables: {A: 5, B: 1}", "variables: {A: {state: absent}, B: 1}", gone},
		"gone long":        {"variables:\n      A:\n        type: number\n        value: 5\n      B: 1", "variables:\n      A: {state: absent}\n      B: 1", gone},
		"back":             {"variables: {A: {state: absent}, B: 1}", "variables: {A: 7, B: 1}", seven},
		"switch":           {"featureControls: {make ai tools: true}", "featureControls: {make ai tools: false}", func(testing.TB) edit.Value { return edit.Control("Make AI Tools", "false") }},
		"role":             {"members: {Bob@Acme.example: Member}", "members: {Bob@Acme.example: Admin}", func(testing.TB) edit.Value { return edit.Role("bob@acme.example", "Admin") }},
		"role of a long":   {"members:\n      bob@acme.example: {role: Member, invite: {name: Bob}}", "members:\n      bob@acme.example: {role: Admin, invite: {name: Bob}}", func(testing.TB) edit.Value { return edit.Role("bob@acme.example", "Admin") }},
		"field":            {"timezone: \"Europe/Prague\"  # home", "timezone: Europe/Berlin  # home", func(testing.TB) edit.Value { return edit.Field("timezone", "Europe/Berlin") }},
		"characters":       {"variables: {Ž: x, A: \"ěšč\"} # ř", "variables: {Ž: x, A: 7} # ř", seven},
		"nothing stands":   {"timezone: UTC\n    x-n:\n    variables: {A: 1}", "timezone: UTC\n    x-n: y\n    variables: {A: 1}", func(testing.TB) edit.Value { return edit.Field("x-n", "y") }},
		"windows":          {"variables:\r\n      B: 1\r\n    purge: []\r", "variables:\r\n      B: 1\r\n      A: 7\r\n    purge: []\r", seven},
		"no end of a line": {"variables:\n      A: 5\n#END", "variables:\n      A: 7\n#END", seven},
	} {
		t.Run(name, func(t *testing.T) {
			wrap := func(s string) string {
				head, tail := "# top\napiVersion: makesync/v1\norganizations:\n  acme:\n    ", "\n  beta: {name: Beta, variables: {A: 5}}\n---\nzone: x\n"
				if strings.HasSuffix(s, "\r") {
					head, tail = strings.ReplaceAll(head, "\n", "\r\n"), strings.ReplaceAll(tail, "\n", "\r\n")[1:]
				}
				if s, cut := strings.CutSuffix(s, "\n#END"); cut {
					return head + s
				}
				return head + s + tail
			}
			file := open(t, wrap(row.before))
			if err := file.Set(acme, row.value(t)); err != nil {
				t.Fatal(err)
			}
			got, err := file.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != wrap(row.after) {
				t.Errorf("got\n%s\nwant\n%s", got, wrap(row.after))
			}
		})
	}
}

// What others share, or cannot be told apart from what stands around it, is left alone.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an anchor":       "organizations: {acme: {variables: {A: &a 5, B: *a}}}",
		"a shared block":  "x-v: &v {A: 5}\norganizations: {acme: {variables: *v}}",
		"an anchored one": "organizations: {acme: {variables: &v {A: 5}}}",
		"a shared whole":  "x-o: &o {variables: {A: 5}}\norganizations: {acme: *o}",
		"a tag":           "organizations: {acme: {variables: {A: !!str 5}}}",
		"several lines":   "organizations:\n  acme:\n    variables:\n      A: five\n        and six\n",
		"another one":     "organizations: {beta: {variables: {A: 5}}}",
	} {
		file := open(t, text)
		if err := file.Set(acme, variable(t, "A", spec.TypeNumber, "7")); err == nil {
			got, err := file.Bytes()
			t.Errorf("%s: is set: %s %v", name, got, err)
		} else if file.Changed() || file.Diff(nil) != "" {
			t.Errorf("%s: is changed all the same", name)
		}
	}
	for _, text := range []string{"a: 1\rb: 2", "a: 1\n---\n\ufeffb: 2", "a: \u2028", "a: \xff", "a: [", "a: b: c"} {
		if _, err := edit.Open("x.yaml", []byte(text)); err == nil {
			t.Errorf("%q is opened", text)
		}
	}
	if _, err := edit.Open("x.json", []byte("{}")); err == nil {
		t.Error("JSON is opened")
	}
}

// A mark at the beginning of a file stays, and counts in no position, also where all stands in the first line.
func TestByteOrderMarkStays(t *testing.T) {
	t.Parallel()
	for before, after := range map[string]string{
		"\ufefforganizations: {acme: {variables: {A: 5}}}":                        "\ufefforganizations: {acme: {variables: {A: 7}}}",
		"\ufefforganizations:\r\n  acme:\r\n    variables:\r\n      A: 5 # é\r\n": "\ufefforganizations:\r\n  acme:\r\n    variables:\r\n      A: 7 # é\r\n",
	} {
		file := open(t, before)
		if err := file.Set(acme, variable(t, "A", spec.TypeNumber, "7")); err != nil {
			t.Fatal(err)
		}
		if got, err := file.Bytes(); err != nil || string(got) != after {
			t.Errorf("%q becomes %q, %v", before, got, err)
		}
	}
}

// A comment within a value that goes as a whole would go with it.
func TestCommentsAreKept(t *testing.T) {
	t.Parallel()
	file := open(t, "organizations:\n  acme:\n    variables:\n      A:\n        # keep me\n        value: 5\n")
	if file.Set(acme, variable(t, "A", spec.TypeNumber, "7").Absent()) == nil {
		t.Error("the comment goes")
	}
}

// What is added to blocks that end in the same line: the inner one's goes first, whatever the order in which it was set.
func TestBlocksThatEndTogether(t *testing.T) {
	t.Parallel()
	file := open(t, "organizations:\n  acme:\n    name: Acme\n    members:\n      a@b.example: {role: Admin} # last")
	for _, v := range []edit.Value{edit.Field("timezone", "UTC"), edit.Control("X", "true"), edit.Role("c@b.example", "Member"),
		edit.Field("owner", "a@b.example"), edit.Role("d@b.example", "{}")} {
		if err := file.Set(acme, v); err != nil {
			t.Fatal(err)
		}
	}
	got, err := file.Bytes()
	want := "organizations:\n  acme:\n    name: Acme\n    members:\n      a@b.example: {role: Admin} # last\n" +
		"      c@b.example: Member\n      d@b.example: {}\n    timezone: UTC\n    featureControls: {X: true}\n    owner: a@b.example"
	if err != nil || string(got) != want {
		t.Errorf("got\n%s\n%v", got, err)
	}
	if diff := file.Diff(nil); strings.Index(diff, "d@b.example") > strings.Index(diff, "timezone") {
		t.Errorf("the diff has another order:\n%s", diff)
	}
}

func TestSeveralInBrackets(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]string{"{}": "{A: 7, B: 7}", "{C: 1}": "{C: 1, A: 7, B: 7}", "{ }": "{A: 7, B: 7 }"} {
		file := open(t, "organizations: {acme: {variables: "+before+"}}\n")
		for _, name := range []string{"A", "B"} {
			if err := file.Set(acme, variable(t, name, spec.TypeNumber, "7")); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := file.Bytes(); err != nil || string(got) != "organizations: {acme: {variables: "+want+"}}\n" {
			t.Errorf("%s becomes\n%s\n%v", before, got, err)
		}
	}
}

func TestDiffIsUnified(t *testing.T) {
	t.Parallel()
	file := open(t, "organizations:\n  acme:\n    name: Acme\n    variables:\n      A: 5 # five\n      B: 1\n    owner: a@b.example\n  beta:\n    name: Beta\n")
	for _, v := range []edit.Value{variable(t, "A", spec.TypeNumber, "7"), variable(t, "C", spec.TypeNumber, "3"),
		edit.Control("X", "true"), edit.Control("Z", "false")} {
		if err := file.Set(acme, v); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := file.Bytes(); err != nil {
		t.Fatal(err)
	}
	want := `--- acme.yaml
+++ acme.yaml
@@ -2,8 +2,10 @@
   acme:
     name: Acme
     variables:
-      A: 5 # five
+      A: 7 # five
       B: 1
+      C: 3
     owner: a@b.example
+    featureControls: {X: true, Z: false}
   beta:
     name: Beta
`
	if got := file.Diff(nil); got != want {
		t.Errorf("got\n%s", got)
	}
}

// Whatever somebody writes into a variable in Make is read back from the document as that text: never as a reference,
// never literally, and nothing else changes.
func FuzzAdoptedText(f *testing.F) {
	for _, text := range []string{"x", "${env:HOME}", "$${a}", "***", "##X##", "a: b # c", "no", "5", "' }, B: 2", "\"", "\\", "a\nb",
		"\u2028", "- x", "&a", "*a", "!!int 5", "{state: absent}", "---", "é", "${file:/etc/passwd}", "%", "null", " x "} {
		f.Add(text, 0)
		f.Add(text, 1)
		f.Add(text, 2)
		f.Add(text, 3)
	}
	forms := []string{"A: old", "A: {type: string, value: old}", "A:\n        value: old # why", "C: 3"}
	f.Fuzz(func(t *testing.T, text string, form int) {
		v := spec.Variable{Name: "A", Type: spec.TypeString, Value: spec.Plain(text)}
		written, err := document.TextOfVariable(&v)
		if err != nil {
			return
		}
		before := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  acme:\n    name: Acme\n    variables:\n      " +
			forms[((form%len(forms))+len(forms))%len(forms)] + "\n      B: 1\n"
		file := open(t, before)
		if err := file.Set(acme, edit.Variable("A", written)); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		after, err := file.Bytes()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		path := filepath.Join(t.TempDir(), "acme.yaml")
		if err := os.WriteFile(path, after, 0o600); err != nil {
			t.Fatal(err)
		}
		documents, problems := document.Load(document.LoadOptions{Paths: []string{path}})
		desired, more := documents.Resolve(document.ResolveOptions{})
		if spec.HasErrors(append(problems, more...)) {
			for _, p := range append(problems, more...) {
				if p.Rule == "literal-token" || strings.Contains(p.Rule, "token") || strings.Contains(p.Rule, "secret") {
					return // a token is refused wherever it comes from
				}
			}
			t.Fatalf("%q: %s\n%v", text, after, append(problems, more...))
		}
		for _, got := range desired.Organizations[0].Variables {
			switch got.Name {
			case "A":
				if got.Value.Reveal() != text || got.Reference != "" || got.Literal || got.Type != spec.TypeString {
					t.Fatalf("%q became %q\n%s", text, got.Value.Reveal(), after)
				}
			case "B":
				if got.Value.Reveal() != "1" {
					t.Fatalf("B became %q\n%s", got.Value.Reveal(), after)
				}
			}
		}
	})
}

// What stands beside a change may be a secret.
func TestDiffMasksSecrets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"zones: {a: {token: \"canary\"}}\norganizations:\n  acme: {variables: {A: 5, PASSWORD: canary, B: 1}}\n",
		"zones:\n  a:\n    token: canary\norganizations:\n  acme:\n    variables:\n      A: 5\n      PASSWORD: &x |\n        canary\n        canary\n      B: 1\n",
		"organizations:\n  acme:\n    variables:\n      A: 5\n      PASSWORD:\n        type: string\n        value: 'canary'\n      B: 1\n",
		"organizations:\n  acme:\n    variables:\n      A: 5\n      PASSWORD: canary\n        canary\n      B: 1\n",
	} {
		file := open(t, text)
		if err := file.Set(acme, variable(t, "A", spec.TypeNumber, "7")); err != nil {
			t.Fatal(err)
		}
		got := file.Diff(func(_ edit.Place, name, _ string) bool { return name == "PASSWORD" })
		if strings.Contains(got, "canary") || !strings.Contains(got, "(sensitive)") || !strings.Contains(got, "A: 7") && !strings.Contains(got, "{A: 7") {
			t.Errorf("%s", got)
		}
		after, err := file.Bytes()
		if err != nil || !strings.Contains(string(after), "canary") {
			t.Errorf("%v\n%s", err, after)
		}
	}
}

// A number sign within quotes is no comment.
func TestQuotedNumberSign(t *testing.T) {
	t.Parallel()
	file := open(t, "organizations: {acme: {variables: {A: {value: \"a # b\", type: string}}}}\n")
	if err := file.Set(acme, variable(t, "A", spec.TypeNumber, "7").Absent()); err != nil {
		t.Error(err)
	}
}

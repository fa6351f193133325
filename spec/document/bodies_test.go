package document

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

func isA(key string) bool { return key == "a" }

// TestWithoutOthers shows what is taken off, and what has a file be read as a whole.
func TestWithoutOthers(t *testing.T) {
	t.Parallel()
	const head = "---\napiVersion: makesync/v1\norganizations:\n  a:\n    name: A\n    variables:\n      ONE: 1\n  b:\n    name: B\n"
	const body = "    variables: # theirs\n    # more\n      TWO: \"${env:TWO}\" # why\n      # more\n\n      THREE: {type: date, value: '2026-01-01'}\n"
	text, ok := withoutOthers([]byte(head+body+"    id: 7\n"), isA)
	for i, line := range strings.Split(head+"    variables: {} # theirs\n    # more\n\n\n\n\n    id: 7\n", "\n") {
		if got := strings.Split(string(text), "\n"); !ok || strings.TrimRight(got[i], " ") != line {
			t.Fatalf("%v, line %d is %q, want %q:\n%s", ok, i+1, got, line, text)
		}
	}
	for name, rest := range map[string]string{
		"nothing of others":       "",
		"a rule":                  "    variables:\n      TWO: {value: x, literal: true}\n",
		"an empty block":          "    variables:\n      # none\n",
		"in one line":             "    variables: {TWO: 2}\n",
		"a text in several lines": body + "    owner: |\n      x\n",
		"open quotes":             body + "  c:\n    name: \"C\n  d:\n    name: x\"\n",
		"open brackets":           body + "  c: {name: C,\n    id: 3}\n",
		"an anchor":               body + "  c: &c\n    name: C\n",
		"an alias":                body + "    purge: *c\n",
		"a merge key":             body + "    <<: {}\n",
		"a tag":                   body + "    owner: !!str x\n",
		"an escape":               body + "    owner: \"a\\nb\"\n",
		"another document":        body + "---\n",
		"organizations twice":     body + "organizations:\n  c:\n    name: C\n",
		"a key of another case":   body + "Organizations:\n  c:\n    name: C\n",
		"a tab":                   body + "\t\n",
		"a line in between":       body + "   id: 3\n",
		"words without a key":     body + "      more\n",
		"a complex key":           body + "  ? c\n  : {name: C}\n",
	} {
		if text, ok := withoutOthers([]byte(head+rest), isA); ok {
			t.Errorf("%s: taken off:\n%s", name, text)
		}
	}
}

type failing interface {
	Helper()
	Fatalf(string, ...any)
}

// checkPartReadsAlike is the law: what a run looks at reads the same, whether the variables of the
// others are taken off or not, and what is told to be wrong only then stands in these.
func checkPartReadsAlike(t failing, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	read := func(load func(string) bool) (*spec.Desired, []spec.Problem) {
		documents, problems := Load(LoadOptions{Paths: []string{path}, Wanted: load})
		if spec.HasErrors(problems) {
			return nil, problems
		}
		desired, more := documents.Resolve(ResolveOptions{Wanted: isA, SkipReferences: true})
		for i := range desired.Organizations {
			if o := &desired.Organizations[i]; o.NamesOnly { // but for rules nobody asks for their variables
				literal := slices.DeleteFunc(o.Variables, func(v spec.Variable) bool { return !v.Literal })
				o.Variables = append([]spec.Variable(nil), literal...)
			}
		}
		return desired, append(problems, more...)
	}
	part, problems := read(isA)
	whole, mistakes := read(nil)
	text, taken := withoutOthers(data, isA)
	if taken && part != nil && whole == nil {
		for _, p := range mistakes {
			if p.Severity == spec.Error && !isTakenOff(data, text, p.Source) {
				t.Fatalf("a mistake is not told: %s\n%s\nread as\n%s", describeProblems([]spec.Problem{p}), data, text)
			}
		}
		return
	}
	if !reflect.DeepEqual(part, whole) || describeProblems(problems) != describeProblems(mistakes) {
		t.Fatalf("a part reads\n%+v\n%s\nand the whole\n%+v\n%s\n%s\nread as\n%s", part, describeProblems(problems), whole,
			describeProblems(mistakes), data, text)
	}
}

// isTakenOff tells whether a line, or one right above it that it would go on from, is another now.
func isTakenOff(data, text []byte, pos *spec.Source) bool {
	if pos == nil {
		return false
	}
	before, after := bytes.Split(data, []byte("\n")), bytes.Split(text, []byte("\n"))
	for line := min(pos.Line, len(before)) - 1; line >= max(0, pos.Line-2); line-- {
		if !bytes.Equal(before[line], after[line]) {
			return true
		}
	}
	return false
}

// strangeLines are what a hostile document is put together from, below and beside organizations.
var strangeLines = []string{
	"a:", "b:", "c:", "name: A", "name: B", "id: 7", "variables:", "variables: {}", "X: 1", `Y: "2"`, "Z: 'it'",
	"- x", "- X: 1", "# c", "", "X: |", "X: >-", `X: "open`, "X: 'open", `end"`, "end'", "X: {a: 1", "a: 2}", "X: [1,", "2]",
	"X: &n 1", "Y: *n", "<<: *n", "X: !!str 1", "? X", ": 1", "---", "...", `X: "a\`, "X: {value: 1, literal: true}",
	`X: "\""`, "X: ''''", "'X': 1", `"X": 1`, `X: {"a": "}"}`, `X: {a: b"c}`, "X: a # b", "X: a#b", "X: a: b", "X: a:",
	"X: https://a.example/{b}", "X: -", "X: - 1", "X: @a", "X: %a", "%YAML 1.2", "organizations:", "profiles:", "zone: eu1",
	"apiVersion: makesync/v1", "X: {type: number, value: 1}", "variables: # none", "variables:  ", "X: \u00e9", "X:\u00a01", "X: ~",
	"members:", `"jo@acme.example": {role: Member}`, "purge: [variable]", "featureControls: {Dark: true}", "X:", "  ", "X : 1",
	`"X" : 1`, `X: "a" b`, "X: {a: 1} b", "X: [a, {b: c}]", "X: {a}", "X: ? a", "X: {? a: b}", "X: [- a]", "-", "- - x", "-\ta",
}

// TestAPartReadsAsInTheWhole puts files together from lines that fit, and from odd ones.
func TestAPartReadsAsInTheWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	rapid.Check(t, func(t *rapid.T) {
		lines := []string{"apiVersion: makesync/v1", "zone: eu1", "organizations:"}
		for _, key := range []string{"a", "b", "c"} {
			lines = append(lines, "  "+key+":", "    name: N"+key)
			if rapid.Bool().Draw(t, "variables") {
				lines = append(lines, "    variables:", "      ONE: 1", `      TWO: "${env:`+key+`}"`)
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "odd lines") {
			odd := strings.Repeat(" ", rapid.SampledFrom([]int{0, 2, 3, 4, 6, 8}).Draw(t, "indent")) +
				rapid.SampledFrom(strangeLines).Draw(t, "line")
			at := rapid.IntRange(0, len(lines)).Draw(t, "at")
			lines = append(lines[:at], append([]string{odd}, lines[at:]...)...)
		}
		checkPartReadsAlike(t, path, []byte(strings.Join(lines, "\n")+"\n"))
	})
}

// FuzzPart looks for a text that reads otherwise without the variables of others.
func FuzzPart(f *testing.F) {
	for _, file := range problemFiles(f) {
		f.Add(file.Data)
	}
	f.Add([]byte("apiVersion: makesync/v1\norganizations:\n  a:\n    name: A\n  b:\n    name: B\n    variables:\n      X: 1\n      Y: 'a'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkPartReadsAlike(t, filepath.Join(t.TempDir(), "a.yaml"), data)
	})
}

// TestAPartCostsLess counts: a fiftieth of the organizations takes a quarter of the memory.
func TestAPartCostsLess(t *testing.T) {
	const organizations, variables = 300, 50
	path := writeFleet(t, organizations, variables, true)
	load := func(wanted func(string) bool) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		documents, problems := Load(LoadOptions{Paths: []string{path}, Wanted: wanted})
		if _, more := documents.Resolve(ResolveOptions{Wanted: wanted}); len(problems)+len(more) > 0 {
			t.Fatal(problems, more)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	part := load(func(key string) bool { return strings.HasSuffix(key, "00") || strings.HasSuffix(key, "50") })
	if whole := load(nil); part > whole/4 {
		t.Errorf("%d bytes for a part, and %d for the whole", part, whole)
	}
}

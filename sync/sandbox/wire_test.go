package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// wireExample is a file of testdata/api: a request to the starter and the answer
// that the source has. Of the answer the keys, the types and the forms of texts
// (instants, dates, decimal numbers, UUIDs) count; values count below the places
// in exact, since ids and times are the starter's own. A list stands for any
// number of entries like its first.
type wireExample struct {
	Operation string            `json:"operation"`
	Label     string            `json:"label"` // recorded, published, mock or derived; see the package comment
	Source    string            `json:"source"`
	Note      string            `json:"note"`
	Switches  map[string]string `json:"switches"`
	Setup     []wireRequest     `json:"setup"`
	Request   wireRequest       `json:"request"`
	Response  struct {
		Status int      `json:"status"`
		Body   any      `json:"body"`
		Text   string   `json:"text"`
		Exact  []string `json:"exact"` // places, as organization.teams.0
	} `json:"response"`
}

type wireRequest struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Token  string          `json:"token"` // default: the first user's
	Zone   string          `json:"zone"`  // default: eu1
	Body   json.RawMessage `json:"body"`
}

func (r wireRequest) send(c client) answer {
	c.t.Helper()
	if r.Token != "" {
		c = c.as(r.Token)
	}
	if r.Zone != "" {
		c = c.at(r.Zone)
	}
	a, err := c.try(r.Method, r.Path, string(r.Body))
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

const wireFolder = "../../testdata/api"

func wireExamples(t *testing.T) map[string]wireExample {
	t.Helper()
	examples := map[string]wireExample{}
	err := filepath.WalkDir(wireFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var x wireExample
		if err := json.Unmarshal(b, &x); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		examples[strings.TrimPrefix(filepath.ToSlash(path), wireFolder+"/")] = x
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// TestWireExamples compares every example with what the zone answers: no field
// missing, none invented.
func TestWireExamples(t *testing.T) {
	t.Parallel()
	for name, x := range wireExamples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := starter(t, func(s *sandbox.State) { s.Switches = x.Switches })
			for _, r := range x.Setup {
				if a := r.send(c); a.status != 200 {
					t.Fatalf("setup %s %s: %d %s", r.Method, r.Path, a.status, a.text)
				}
			}
			a := x.Request.send(c)
			if a.status != x.Response.Status {
				t.Fatalf("status %d, want %d: %s", a.status, x.Response.Status, a.text)
			}
			if c.world.Calls()[x.Operation] == 0 {
				t.Errorf("the request is none of %s", x.Operation)
			}
			if x.Response.Text != "" && a.text != x.Response.Text {
				t.Errorf("text %q, want %q", a.text, x.Response.Text)
			}
			for _, difference := range compare("", x.Response.Body, body(a), x.Response.Exact) {
				t.Error(difference)
			}
		})
	}
}

func body(a answer) any {
	if a.json == nil {
		return nil
	}
	return a.json
}

// TestEveryOperationHasAnExample also holds the examples to their labels.
func TestEveryOperationHasAnExample(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, x := range wireExamples(t) {
		seen[x.Operation] = true
		if !slices.Contains([]string{"recorded", "published", "mock", "derived"}, x.Label) || x.Source == "" {
			t.Errorf("%s: label %q, source %q", name, x.Label, x.Source)
		}
	}
	for _, op := range starter(t).world.Operations() {
		if !seen[op] {
			t.Errorf("no example of %s", op)
		}
	}
}

// compare lists the differences between what an example has and what was answered.
func compare(at string, want, got any, exact []string) []string {
	if slices.Contains(exact, at) {
		exact = []string{at + ".*"} // all below is exact
	}
	if len(exact) == 1 && strings.HasPrefix(at+".", strings.TrimSuffix(exact[0], "*")) && strings.HasSuffix(exact[0], "*") {
		if w, g := mustJSON(want), mustJSON(got); w != g {
			return []string{fmt.Sprintf("%s: %s, want %s", at, g, w)}
		}
		return nil
	}
	switch w := want.(type) {
	case map[string]any:
		return compareObjects(at, w, got, exact)
	case []any:
		return compareLists(at, w, got, exact)
	}
	if anyValue(at) || form(want) == form(got) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %v is %s, want %s as in %v", at, got, form(got), form(want), want)}
}

func compareObjects(at string, want map[string]any, got any, exact []string) []string {
	g, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %v, want an object", at, got)}
	}
	if openMap(at) {
		return nil
	}
	var differences []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if v, has := g[k]; has {
			differences = append(differences, compare(join(at, k), want[k], v, exact)...)
		} else {
			differences = append(differences, join(at, k)+" is missing")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(g)) {
		if _, has := want[k]; !has {
			differences = append(differences, join(at, k)+" is invented")
		}
	}
	return differences
}

func compareLists(at string, want []any, got any, exact []string) []string {
	g, ok := got.([]any)
	if !ok || len(want) > 0 && len(g) == 0 {
		return []string{fmt.Sprintf("%s: %v, want a list with entries", at, got)}
	}
	if len(want) == 0 {
		return nil
	}
	var differences []string
	for i, v := range g {
		differences = append(differences, compare(join(at, strconv.Itoa(i)), want[min(i, len(want)-1)], v, exact)...)
	}
	return differences
}

func join(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }

// anyValue and openMap are the places whose type or keys the API leaves open.
func anyValue(at string) bool {
	return strings.HasSuffix(at, ".value") && strings.HasPrefix(at, "organizationVariables.")
}

func openMap(at string) bool { return strings.HasSuffix(at, "license") || at == "paths" }

var forms = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"an instant", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)},
	{"a date", regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)},
	{"a UUID", regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)},
	{"an offset", regexp.MustCompile(`^[+-]\d{4}$`)},
	{"a decimal string", regexp.MustCompile(`^-?\d+$`)},
	{"an amount", regexp.MustCompile(`^\d+\.\d\d$`)},
	{"a URL", regexp.MustCompile(`^https://`)},
}

// form is the type of a value, and of a text the form that it has.
func form(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return "a number"
	case string:
		for _, f := range forms {
			if f.pattern.MatchString(v) {
				return f.name
			}
		}
	}
	return fmt.Sprintf("a %T", v)
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

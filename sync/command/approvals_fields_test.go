package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// unsignedFields are the fields of a plan file that can say something else below one signature: apply
// compares them with what is there, they follow from the steps, or they are told as the file's own words. Lists go without
// their numbers.
var unsignedFields = map[string]string{
	// What apply checks: how long the plan is good and for whom, and the state before.
	"created": "apply", "expires": "apply", "salt": "apply", "guardsDigest": "apply", "zones.url": "apply",
	"zones.user.id": "apply", "zones.user.email": "apply", "zones.world": "apply",
	"organizations.steps.precondition": "apply", "organizations.steps.arguments.value.fingerprint": "apply",
	// What follows from the steps.
	"digest": "steps", "summary": "steps", "organizations.steps.n": "steps",
	// The file's own words.
	"seal": "words", "organizations.unchanged": "words",
	"tool": "words", "shard": "words", "changedSince": "words", "against": "words", "calls.read": "words",
	"calls.write": "words", "unmanaged.organization": "words", "unmanagedOrganizations": "words",
	"problems": "words", "stillHasAccess": "words", "notLookedInto": "words", "exit.code": "words", "exit.name": "words",
	"rules": "words", "rulesDigest": "words", "policies": "words",
	"organizations.waiting": "words", "organizations.held": "words", "organizations.notRead": "words",
	"organizations.unmanaged": "words", "organizations.unmanagedAddresses": "words",
	"organizations.apiLimit": "words", "organizations.licence": "words",
	"organizations.steps.notes": "words", "organizations.steps.source": "words", "organizations.steps.origin": "words",
	"organizations.steps.foreseen": "words", "organizations.steps.looksLike": "words",
	"organizations.steps.lastChange": "words",
}

// TestOneSignatureOneMeaning: a plan file in which anything else is changed than what is told as its
// own word, or compared by apply, is refused, or its statement is another one.
func TestOneSignatureOneMeaning(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.json")
	if err := os.CopyFS(dir, os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	env, out, errs := testEnv("", false)
	env.LookupEnv = func(name string) (string, bool) {
		return map[string]string{"XDG_STATE_HOME": dir}[name], name == "XDG_STATE_HOME"
	}
	if code := Main(t.Context(), []string{programName, "plan", "-f", dir + "/makesync.yaml", "-o", file}, env); code != 0 {
		t.Fatal(out, errs)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tried, changed := map[string]bool{}, 0
	signedOf := func(data []byte) (string, bool) {
		p, problems := savedplan.DecodeToRead(data, spec.Value{})
		if len(problems) > 0 {
			return "", false
		}
		s, err := statementOf(p, time.Unix(1e9, 0), time.Unix(1e9, 0))
		if err != nil {
			return "", false
		}
		text, err := s.Text()
		return string(text), err == nil
	}
	good, ok := signedOf(data)
	if !ok {
		t.Fatal("the plan cannot be approved")
	}
	for n := 0; ; n++ {
		var form any
		if err := json.Unmarshal(data, &form); err != nil {
			t.Fatal(err)
		}
		left := n
		path := changeLeaf(form, "", &left)
		if path == "" {
			break
		}
		path = strings.TrimPrefix(path, ".")
		tried[path] = true
		if isUnsigned(path) {
			continue
		}
		changed++
		if got, ok := signedOf(withOwnDigest(t, form)); ok && got == good {
			t.Errorf("%s: another value has the same signature", path)
		}
	}
	for _, path := range []string{"organizations.name", "organizations.id", "organizations.steps.fields.from", "zones.name",
		"organizations.steps.consequences"} {
		if !tried[path] {
			t.Errorf("%s was not changed, of\n%s", path, slices.Sorted(maps.Keys(tried)))
		}
	}
	if changed < 100 {
		t.Errorf("only %d values were changed", changed)
	}
}

func isUnsigned(path string) bool {
	for i := range path + "." {
		if (i == len(path) || path[i] == '.') && unsignedFields[path[:i]] != "" {
			return true
		}
	}
	return false
}

// changeLeaf changes the n-th value of a form and gives its path; "" when there are fewer.
func changeLeaf(form any, path string, n *int) string {
	each := func(value any, path string, set func(any)) string {
		switch value := value.(type) {
		case map[string]any, []any:
			return changeLeaf(value, path, n)
		default:
			if *n--; *n >= 0 {
				return ""
			}
			set(otherThan(value))
			return path
		}
	}
	switch form := form.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(form)) {
			name := key
			if risk := form["risk"]; key == "notes" && (risk == "destructive" || risk == "irreversible") {
				name = "consequences"
			}
			if found := each(form[key], path+"."+name, func(v any) { form[key] = v }); found != "" {
				return found
			}
		}
	case []any:
		for i := range form {
			if found := each(form[i], path, func(v any) { form[i] = v }); found != "" {
				return found
			}
		}
	}
	return ""
}

func otherThan(value any) any {
	switch value := value.(type) {
	case bool:
		return !value
	case float64:
		return value + 1
	case string:
		return value + "x"
	}
	return "x"
}

// withOwnDigest is a changed plan as a file whose digest, sum and counts are those of its steps.
func withOwnDigest(t *testing.T, form any) []byte {
	t.Helper()
	data, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	var p plan.Plan
	if json.Unmarshal(data, &p) != nil {
		return data // which Decode refuses as well
	}
	p.Digest, p.Summary, p.Money = p.OwnDigest(), plan.Summarize(p.Organizations), plan.MoneyOf(p.Organizations)
	if data, err = json.Marshal(&p); err != nil {
		t.Fatal(fmt.Errorf("%w: %v", err, form))
	}
	return data
}

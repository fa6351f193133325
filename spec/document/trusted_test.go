package document

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/schema"
	"makesync/spec"
)

func guardsSchema(t *testing.T) object {
	t.Helper()
	data, ok := schema.Named("guards")
	if !ok {
		t.Fatal("there is no schema of guards")
	}
	var root object
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// An editor offers exactly what is read from a trusted file.
func TestTrustedTablesAndSchemaHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	root := guardsSchema(t)
	guards := root["definitions"].(object)["guards"].(object)["properties"].(object)
	keys := func(s any) []string { return slices.Sorted(maps.Keys(s.(object)["properties"].(object))) }
	for name, c := range map[string]struct{ table, schema []string }{
		"file":    {trustedFields.names(), keys(root)},
		"guards":  {trustedGuardFields.names(), slices.Sorted(maps.Keys(guards))},
		"billing": {billingFields.names(), keys(guards["billing"])},
	} {
		if !slices.Equal(c.table, c.schema) {
			t.Errorf("%s: %v are read, and the schema has %v", name, c.table, c.schema)
		}
	}
}

// trust loads a trusted file and puts it over documents.
func trust(t testing.TB, trusted, documents string) spec.Guards {
	t.Helper()
	dir := t.TempDir()
	guards, file := filepath.Join(dir, "guards"), filepath.Join(dir, "a.yaml")
	writeFile(t, guards, trusted)
	writeFile(t, file, documents)
	rules, problems := LoadTrusted([]string{guards})
	d, more := Load(LoadOptions{Paths: []string{file}})
	problems = append(append(problems, more...), d.Tighten(rules)...)
	desired, more := d.Resolve(ResolveOptions{})
	if all := append(problems, more...); spec.HasErrors(all) {
		t.Fatalf("%s\n%s\n%s", describeProblems(all), trusted, documents)
	}
	return desired.Guards
}

// Whatever documents state, nothing is let through that the trusted file alone would stop.
func TestDocumentsOnlyTighten(t *testing.T) {
	t.Parallel()
	const organization = "organizations: {acme: {name: Acme}}\n"
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) string {
			var b strings.Builder
			for _, guard := range []string{"maxInvites", "minAdmins"} {
				if rapid.Bool().Draw(rt, name+guard) {
					b.WriteString(guard + ": " + rapid.StringMatching(`[1-9][0-9]?`).Draw(rt, name) + ", ")
				}
			}
			if rapid.Bool().Draw(rt, name+"deletes") {
				b.WriteString("maxDeletes: {member: " + rapid.StringMatching(`[1-9]`).Draw(rt, name) + "}, ")
			}
			if rapid.Bool().Draw(rt, name+"emails") {
				b.WriteString(`emails: ["` + rapid.SampledFrom([]string{"*", "*@a.example", "j*"}).Draw(rt, name) + `"], `)
			}
			if rapid.Bool().Draw(rt, name+"lists") {
				b.WriteString(`requiredAdmins: [x@a.example], protect: ["**/member/*"], `)
			}
			return b.String()
		}
		trusted := "apiVersion: makesync-guards/v1\nguards: {" + draw("trusted") + "}\n"
		alone := trust(t, trusted, minimal+organization)
		both := trust(t, trusted, minimal+"guards: {"+draw("document")+"}\n"+organization)
		if both.MaxInvites > alone.MaxInvites || both.MinAdmins < alone.MinAdmins ||
			both.MaxDeletes[spec.KindMember] > alone.MaxDeletes[spec.KindMember] ||
			len(both.RequiredAdmins) < len(alone.RequiredAdmins) || len(both.Protect) < len(alone.Protect) {
			rt.Fatalf("%+v\nis weaker than\n%+v", both, alone)
		}
		for _, email := range []string{"jane@a.example", "jane@evil.example", "bob@a.example", "x"} {
			_, byBoth := both.Refusing(email)
			if _, byAlone := alone.Refusing(email); byBoth && !byAlone {
				rt.Fatalf("%s passes: %v, %v", email, both.EmailLists, alone.EmailLists)
			}
		}
	})
}

func FuzzLoadTrusted(f *testing.F) {
	for _, s := range []string{
		"apiVersion: makesync-guards/v1\nguards: {emails: [], drift: hold, billing: {maxMonthly: {USD: 1.5}}}\n",
		"policies: [{on: step, x-a: 1, given: {a: [1, null, {b: 1e3}]}}]\n", "policies: &a [*a]\n", "guards: {protect: ['[']}",
		"sensitive: [a, A, '**']", "{", "--- 1\n--- 2\n",
	} {
		f.Add(s)
	}
	path := filepath.Join(f.TempDir(), "guards.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		trusted, problems := LoadTrusted([]string{path})
		if trusted == nil || len(problems) > spec.MaxProblems+1 {
			t.Fatal(len(problems))
		}
		d, _ := Load(LoadOptions{Paths: []string{path}})
		d.Tighten(trusted)
		d.Resolve(ResolveOptions{})
	})
}

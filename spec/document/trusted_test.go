package document

import (
	"encoding/json"
	"fmt"
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
	return trustAll(t, []string{trusted}, documents)
}

func trustAll(t testing.TB, trusted []string, documents string) spec.Guards {
	t.Helper()
	dir := t.TempDir()
	var guards []string
	for i, text := range trusted {
		guards = append(guards, filepath.Join(dir, fmt.Sprintf("guards-%d", i)))
		writeFile(t, guards[i], text)
	}
	file := filepath.Join(dir, "a.yaml")
	writeFile(t, file, documents)
	rules, problems := LoadTrusted(guards)
	d, more := Load(LoadOptions{Paths: []string{file}})
	problems = append(append(problems, more...), d.Tighten(rules)...)
	desired, more := d.Resolve(ResolveOptions{})
	if all := append(problems, more...); spec.HasErrors(all) {
		t.Fatalf("%s\n%s\n%s", describeProblems(all), trusted, documents)
	}
	return desired.Guards
}

// What a guard lets through, by its line in a file, where more is weaker, and where less is.
var (
	mostGuards = map[string]func(*spec.Guards) int{
		"maxInvites: %s":                   func(g *spec.Guards) int { return g.MaxInvites },
		"maxDeletes: {member: %s}":         func(g *spec.Guards) int { return g.MaxDeletes[spec.KindMember] },
		"maxDeletesPerRun: {variable: %s}": func(g *spec.Guards) int { return g.MaxDeletesPerRun[spec.KindVariable] },
		"maxCreates: {organization: %s}":   func(g *spec.Guards) int { return g.MaxCreates[spec.KindOrganization] },
	}
	leastGuards = map[string]func(*spec.Guards) int{
		"minAdmins: %s": func(g *spec.Guards) int { return g.MinAdmins },
	}
	listGuards = []string{
		`emails: ["*"]`, `emails: ["*@a.example"]`, `emails: ["j*"]`, "requiredAdmins: [x@a.example]",
		"requiredAdmins: [y@a.example]", `protect: ["**/member/*"]`, "protect: [acme]", "drift: hold", "drift: revert",
		"minOrganizations: 1", "minOrganizations: 2",
	}
	// trustedGuards are those that no document may state.
	trustedGuards = []string{
		"emails: []", "approvals: 1", "approvals: 2", "billing: {maxMonthly: {USD: 9.5}}", "billing: {maxMonthly: {USD: 10}}",
		"billing: {maxMonthly: {EUR: 1}}",
	}
)

// drawGuards draws the lines of guards: each at most once, as a file has them.
func drawGuards(t *rapid.T, name string, lists ...string) string {
	lines := map[string]string{} // by key
	for _, guards := range []map[string]func(*spec.Guards) int{mostGuards, leastGuards} {
		for _, line := range sortedKeys(guards) {
			if rapid.Bool().Draw(t, name+line) {
				lines[line] = fmt.Sprintf(line, rapid.SampledFrom([]string{"1", "2", "3", "7", "60"}).Draw(t, name))
			}
		}
	}
	for _, line := range append(lists, listGuards...) {
		if key, _, _ := strings.Cut(line, ":"); rapid.IntRange(0, 2).Draw(t, name+line) == 0 {
			lines[key] = line
		}
	}
	return strings.Join(slices.Sorted(maps.Values(lines)), ", ")
}

// letsThrough says by which guard one set lets something through that another stops; "" by none.
func letsThrough(g, alone *spec.Guards) string {
	for _, line := range sortedKeys(mostGuards) {
		if most := mostGuards[line]; most(g) > most(alone) {
			return line
		}
	}
	for _, line := range sortedKeys(leastGuards) {
		if least := leastGuards[line]; least(g) < least(alone) {
			return line
		}
	}
	for _, email := range []string{"jane@a.example", "jane@evil.example", "bob@a.example", "x@a.example"} {
		if _, refused := alone.Refusing(email); !refused {
			if _, ok := g.Refusing(email); ok {
				return "emails: " + email
			}
		}
		if alone.Requires(email) && !g.Requires(email) {
			return "requiredAdmins: " + email
		}
	}
	for _, address := range []spec.Address{"acme", "acme/member/x@a.example", "acme/variable/A"} {
		if alone.Protects(address, 11) && !g.Protects(address, 11) {
			return "protect: " + string(address)
		}
	}
	for currency, bound := range alone.MaxMonthly {
		if mine, stated := g.MaxMonthly[currency]; !stated || spec.CompareDecimals(mine, bound) > 0 {
			return "maxMonthly: " + currency
		}
	}
	switch {
	case g.MinOrganizations < alone.MinOrganizations:
		return "minOrganizations"
	case alone.HoldDrift && !g.HoldDrift:
		return "drift"
	case g.Approvals < alone.Approvals:
		return "approvals"
	}
	return ""
}

// Whatever documents state, nothing is let through that the trusted file alone would stop; and of two trusted
// files neither lets through what the other stops.
func TestDocumentsOnlyTighten(t *testing.T) {
	t.Parallel()
	const head, organization = "apiVersion: makesync-guards/v1\n", "organizations: {acme: {name: Acme}, beta: {name: Beta}}\n"
	drawn := slices.Concat(sortedKeys(mostGuards), sortedKeys(leastGuards), listGuards, trustedGuards)
	for _, name := range trustedGuardFields.names() {
		if !slices.ContainsFunc(drawn, func(line string) bool { return strings.HasPrefix(line, name+":") }) {
			t.Errorf("%s is in no file below", name)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		trusted := "guards: {" + drawGuards(rt, "trusted", trustedGuards...) + "}\n"
		second := "guards: {" + drawGuards(rt, "second", trustedGuards...) + "}\n"
		stated := "guards: {" + drawGuards(rt, "document") + "}\n"
		alone := trust(t, head+trusted, minimal+organization)
		both := trust(t, head+trusted, minimal+stated+organization)
		if by := letsThrough(&both, &alone); by != "" || both.Approvals != alone.Approvals {
			rt.Fatalf("%s\n%s%s%+v\nis weaker than\n%+v", by, trusted, stated, both, alone)
		}
		for _, files := range [][]string{{head + trusted, head + second}, {head + second, head + trusted}} {
			two := trustAll(t, files, minimal+organization)
			for _, one := range files {
				single := trust(t, one, minimal+organization)
				// A file that is silent on a limit has the default one; another may state a wider one.
				if by := letsThrough(&two, &single); by != "" && strings.Contains(one, strings.SplitN(by, ":", 2)[0]+":") {
					rt.Fatalf("%s\n%s%s%+v\nis weaker than\n%+v", by, files[0], files[1], two, single)
				}
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

package document

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// load makes the desired state of documents that have to be right.
func load(t testing.TB, files ...string) *spec.Desired {
	t.Helper()
	dir := t.TempDir()
	for i, text := range files {
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%02d.yaml", i)), text)
	}
	documents, problems := Load(LoadOptions{Paths: []string{dir}})
	desired, more := documents.Resolve(ResolveOptions{LookupEnv: envOf("GOOD=5")})
	if all := append(problems, more...); spec.HasErrors(all) {
		t.Fatalf("%s\n%s", describeProblems(all), strings.Join(files, "\n---\n"))
	}
	return desired
}

func describeVariable(v spec.Variable) string {
	if v.State == spec.Absent {
		return "absent"
	}
	text := v.Type.String() + " " + v.Value.Reveal()
	if v.IgnoreValue {
		text += " ignored"
	}
	return text
}

// TestVariablesMerge is the table of the merger's comment, and what follows from it.
func TestVariablesMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ below, above, want string }{
		{"1", "2", "number 2"},
		{"{type: date, value: '2026-11-20'}", "text", "string text"},
		{"'2026-11-20'", "{type: date}", "date 2026-11-20T00:00:00.000Z"},
		{"{value: 1, ignoreValue: true}", "2", "number 2 ignored"},
		{"{value: 1, ignoreValue: true}", "{ignoreValue: false}", "number 1"},
		{"{value: 1, ignoreValue: true}", "{ignoreValue: null}", "number 1"},
		{"1", "{state: absent}", "absent"},
		{"{state: absent}", "1", "number 1"},
		{"{state: absent}", "{value: 1}", "number 1"},
		{"{state: absent}", "{}", "absent"},
		{"{state: absent}", "{state: present, value: 1}", "number 1"},
		{"{type: number, value: 1}", "{value: '2'}", "number 2"},
		{"1", "null", ""},
		{"{value: '***', literal: true}", "{value: '****'}", "string ****"},
		{"'1'", "{type: number}", "number 1"},
	} {
		desired := load(t, "apiVersion: makesync/v1\nzone: eu1\nprofiles: {p: {variables: {A: "+c.below+"}}}\n"+
			"organizations: {o: {name: O, profiles: [p], variables: {A: "+c.above+"}}}\n")
		got := ""
		for _, v := range desired.Organizations[0].Variables {
			got = describeVariable(v)
		}
		if got != c.want {
			t.Errorf("%s under %s: %q, want %q", c.below, c.above, got, c.want)
		}
	}
}

// TestVariablesOfTheirOwn: variables that are taken as they are, since nothing is below them, are
// what merging makes of them, and merging would have noted nothing.
func TestVariablesOfTheirOwn(t *testing.T) {
	t.Parallel()
	drawn := func(t *rapid.T, name string, forms ...form) scalar {
		s := scalar{form: rapid.SampledFrom(forms).Draw(t, name)}
		if s.form > formNull {
			s.text = rapid.SampledFrom([]string{"absent", "present", "true", ""}).Draw(t, "text")
		}
		return s
	}
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		v := writtenVariable{at: at{line: 1}, name: "A", null: rapid.IntRange(0, 5).Draw(t, "null") == 0}
		v.value = drawn(t, "value", formNull, formText, formText, formNumber, formBroken)
		if v.short = rapid.Bool().Draw(t, "short"); !v.short {
			v.long = &longForm{kind: drawn(t, "kind", formUnset, formUnset, formText, formNull),
				literal: drawn(t, "literal", formUnset, formUnset, formBoolean, formNull),
				ignore:  drawn(t, "ignore", formUnset, formUnset, formBoolean, formNull, formBroken),
				state:   drawn(t, "state", formUnset, formUnset, formText, formNull)}
		}
		if v.needsMerging() {
			return
		}
		taken++
		m, above := newMerger(), block[writtenVariable]{at: at{line: 1}, set: true, items: []writtenVariable{v}}
		var got, want block[writtenVariable]
		m.variables(&got, above)
		mergeBlock(m, "variables", &want, above, variableKey, m.variable)
		if !reflect.DeepEqual(got, want) || len(m.nulls)+len(m.contradictions)+len(m.kept) > 0 {
			t.Fatalf("%+v becomes %+v, and %+v by merging (%+v)", above, got, want, m)
		}
	})
	if taken == 0 {
		t.Error("nothing was taken as it is")
	}
}

func TestProfilesMerge(t *testing.T) {
	t.Parallel()
	const documents = `apiVersion: makesync/v1
zone: us1
profiles:
  base:
    timezone: Europe/Prague
    country: 203
    tfaEnforced: true
    featureControls: {Make AI Tools: false, Other: true}
    variables: {A: 1, B: 1, C: 1}
    members:
      ops@acme.example: {role: Admin, invite: {name: Ops, teams: [One, 2], note: Hi}}
      gone@acme.example: {state: absent, connections: delete}
    purge: [variable]
  more:
    variables: {B: 2, C: 2}
    timezone: 113
organizations:
  acme:
    name: Acme
    profiles: [base, more]
    tfaEnforced: false
    variables: {C: 3}
    featureControls: {make ai tools: true}
    members:
      OPS@acme.example: {invite: {note: Welcome, teams: [Three]}}
      gone@acme.example: Member
    purge: [member, variable]
  bare: {name: Bare, zone: eu1}
  none: {name: None, variables: {}, members: {}, featureControls: {}, profiles: []}
`
	desired := load(t, documents)
	acme, bare, none := desired.Organizations[0], desired.Organizations[1], desired.Organizations[2]
	var b strings.Builder
	fmt.Fprintln(&b, acme.Zone, acme.Timezone, acme.Country, *acme.TFAEnforced, acme.Purge, acme.Profiles)
	for _, v := range acme.Variables {
		fmt.Fprint(&b, v.Name, "=", describeVariable(v), "@", v.Source.Line, " ")
	}
	for _, c := range acme.FeatureControls {
		fmt.Fprint(&b, c.Name, "=", c.Enabled, " ")
	}
	for _, m := range acme.Members {
		fmt.Fprint(&b, m.Email, " ", m.Role, " ", m.State, " ", m.Invite, " ")
	}
	const want = "us1 113 203 false [member variable] [base more]\n" +
		"A=number 1@9 B=number 2@15 C=number 3@22 Other=true make ai tools=true " +
		"gone@acme.example Member  <nil> ops@acme.example Admin  &{Ops [Three] Welcome} "
	if b.String() != want {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
	if bare.Zone != "eu1" || bare.Variables != nil || bare.Members != nil || bare.FeatureControls != nil ||
		bare.Purge != nil {
		t.Errorf("what is not declared is not unmanaged: %+v", bare)
	}
	if none.Variables == nil || none.Members == nil || none.FeatureControls == nil {
		t.Errorf("an empty block is not none: %+v", none)
	}
	if acme.At["timezone"].Line != 16 || acme.At["name"].Line != 19 || acme.At[""].Line != 18 {
		t.Errorf("positions: %v", acme.At)
	}
}

func TestUnion(t *testing.T) {
	t.Parallel()
	desired := load(t,
		"apiVersion: makesync/v1\nzone: eu1\nguards: {protect: [a], emails: ['*@B.example'], requiredAdmins: "+
			"[X@b.example], maxInvites: 9, maxDeletes: {member: 2}}\n"+
			"sensitive: ['*/variable/A']\nzones: {lab: {host: lab.example}}\norganizations: {b: {name: B}}\n"+
			"---\napiVersion: makesync/v1\nzone: us1\norganizations: {c: {name: C}}\n",
		"apiVersion: makesync/v1\nguards: {protect: [b], emails: ['*@c.example'], requiredAdmins: "+
			"[a@b.example], maxDeletes: {variable: 3}}\n"+
			"sensitive: ['*/variable/B']\nzones: {try: {sandbox: {seed: seed.json}}}\norganizations: {a: {name: "+
			"A, zone: lab, variables: {A: 1, B: 2, C: 3}}}\n")
	g := desired.Guards
	if fmt.Sprint(g.Protect, g.EmailLists, g.RequiredAdmins, g.MaxInvites, g.MaxDeletes, g.MaxDeletesPerRun, g.MinAdmins,
		g.MaxCreates) !=
		"[a b] [[*@b.example] [*@c.example]] [a@b.example x@b.example] 9 map[member:2 organization:0 variable:3] "+
			"map[member:10 organization:0 variable:25] 1 map[organization:0]" {
		t.Errorf("%+v", g)
	}
	var keys, masked []string
	for _, o := range desired.Organizations {
		keys = append(keys, o.Key+"@"+o.Zone)
	}
	for _, v := range desired.Organizations[0].Variables {
		masked = append(masked, v.Value.String())
	}
	if fmt.Sprint(keys, masked) != "[a@lab b@eu1 c@us1] [(sensitive) (sensitive) 3]" {
		t.Error(keys, masked)
	}
	try := desired.Zones["try"].Sandbox
	if filepath.Base(try.Seed) != "seed.json" ||
		!strings.HasSuffix(try.State, filepath.Join(".makesync", "try.json")) || len(desired.Files) != 2 {
		t.Errorf("%+v %v", try, desired.Files)
	}
}

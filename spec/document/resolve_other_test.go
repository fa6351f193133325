package document

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

const partlyRead = `apiVersion: makesync/v1
zone: eu1
guards: {protect: ["b/variable/KEPT"]}
profiles:
  base: {variables: {SHARED: "${org.name}", RAW: {value: "##x##", literal: true}}, purge: [variable]}
  bare: {variables: {SHARED: null}, members: {"jo@acme.example": {role: Admin}}}
  counted: {variables: {COUNTER: {value: 1, ignoreValue: true}}}
  people: {members: {"jo@acme.example": {role: null}}}
  leavers: {members: {"gone@acme.example": {state: absent, connections: delete}}}
organizations:
  a: {name: A, profiles: [base], variables: {OWN: "1"}}
  b: {name: B, id: 2, profiles: [base, bare], variables: {KEPT: "2"}, featureControls: {Dark: false}}
  c: {name: C, profiles: [bare, people, counted], tfaEnforced: true, members: {"al@acme.example": {state: absent}}}
  d: {name: D, variables: {SECRET: "${env:D_SECRET}", RAW: {value: "##y##", literal: true}, COUNTER: {value: 1, ignoreValue: true}}}
  e: {id: 5, state: absent}
  f: {name: F, owner: jo@acme.example, variables: {}, purge: [variable, variable]}
  g: {name: G, profiles: [leavers]}
  h: {name: H, members: {"gone@acme.example": {state: absent, connections: delete}}}
`

// TestOthersAreResolvedByName: of whatever part of the organizations a run looks at, it knows the
// same as if it looked at all; of the others it knows the names, and all rules stay as they are.
func TestOthersAreResolvedByName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	writeFile(t, path, partlyRead)
	env := func(name string) (string, bool) { return "s3cr3t", name == "D_SECRET" }
	resolve := func(o ResolveOptions) (*spec.Desired, []spec.Problem) {
		documents, problems := Load(LoadOptions{Paths: []string{path}})
		desired, more := documents.Resolve(o)
		return desired, append(problems, more...)
	}
	whole, problems := resolve(ResolveOptions{LookupEnv: env})
	if len(problems) > 0 {
		t.Fatal(describeProblems(problems))
	}
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}), rapid.ID[string]).
			Draw(t, "chosen")
		names := rapid.Bool().Draw(t, "names")
		reads := 0
		part, problems := resolve(ResolveOptions{
			LookupEnv:     func(name string) (string, bool) { reads += countOf(name == "D_SECRET"); return env(name) },
			Wanted:        func(key string) bool { return slices.Contains(chosen, key) },
			NamesOfOthers: names,
		})
		if len(problems) > 0 {
			t.Fatal(describeProblems(problems))
		}
		if want := countOf(slices.Contains(chosen, "d")); reads != want {
			t.Fatalf("the secret of d was read %d times, want %d", reads, want)
		}
		if got, want := spec.RulesDigest(part), spec.RulesDigest(whole); got != want {
			t.Fatalf("the rules are\n%v\nand of the whole\n%v", part.Settings, whole.Settings)
		}
		for i := range whole.Organizations {
			checkPart(t, &part.Organizations[i], &whole.Organizations[i], slices.Contains(chosen, whole.Organizations[i].Key),
				names)
		}
	})
}

func checkPart(t *rapid.T, part, whole *spec.Organization, chosen, names bool) {
	if chosen {
		if !reflect.DeepEqual(part, whole) {
			t.Fatalf("%s reads otherwise in a part:\n%+v\n%+v", whole.Key, part, whole)
		}
		return
	}
	if !part.NamesOnly || part.Key != whole.Key || part.Name != whole.Name || part.ID != whole.ID ||
		part.Zone != whole.Zone || part.State != whole.State || !slices.Equal(part.Purge, whole.Purge) {
		t.Fatalf("%s is another one in a part: %+v", whole.Key, part)
	}
	for i := range part.Variables {
		if v := &part.Variables[i]; v.Value.Reveal() != "" {
			t.Fatalf("the value of %s was resolved", v.Name)
		}
	}
	for _, kind := range spec.Kinds() {
		if got, want := spec.Declared(part, kind), spec.Declared(whole, kind); names && !slices.Equal(got, want) {
			t.Fatalf("%s declares %v in a part, and %v", whole.Key, got, want)
		}
	}
}

func countOf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// TestOthersMistakesAreLeftToThem: what is wrong in the body of an organization stops those who look
// at it; what would make it another organization stops everybody.
func TestOthersMistakesAreLeftToThem(t *testing.T) {
	t.Parallel()
	for text, stops := range map[string]bool{
		`b: {name: B, variables: {X: "${env:UNSET}"}}`:             false,
		`b: {name: B, variables: {X: {type: number, value: "a"}}}`: false,
		`b: {name: B, profiles: [gone]}`:                           false,
		`b: {name: B, variables: {X: ""}}`:                         false,
		`b: {name: A}`:                                             true, // the same name as a
		`b: {name: B, zone: nowhere}`:                              true,
		`b: {}`:                                                    true,
		`b: {name: B, variabels: {}}`:                              true, // every file is checked
	} {
		path := filepath.Join(t.TempDir(), "a.yaml")
		writeFile(t, path, "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  a: {name: A}\n  "+text+"\n")
		for _, wanted := range []func(string) bool{nil, func(key string) bool { return key == "a" }} {
			documents, problems := Load(LoadOptions{Paths: []string{path}})
			_, more := documents.Resolve(ResolveOptions{Wanted: wanted})
			problems = append(problems, more...)
			if got, want := spec.HasErrors(problems), stops || wanted == nil; got != want {
				t.Errorf("%s: stops %v, want %v\n%s", text, got, want, describeProblems(problems))
			}
		}
	}
}

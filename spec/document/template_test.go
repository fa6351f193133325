package document

import (
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTemplates fills a profile in for two organizations, and reads no reference that was filled in.
func TestTemplates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), `apiVersion: makesync/v1
zone: eu1
profiles:
  p:
    timezone: "${org.x-tz}"
    variables:
      SLUG: "${org.x-slug}"
      BOTH: "${org.key}/${org.name}/${org.id} {id}"
      KEPT: "$${org.key}"
      MIXED: {type: string, value: "${org.key}:${env:PART}"}
    members:
      a@acme.example: {role: Member, invite: {name: "${org.name}", note: "for ${org.key}", teams: ["${org.x-team}", Ops]}}
organizations:
  acme: {name: Acme, id: 11, profiles: [p], x-slug: "${env:PART}", x-tz: Europe/Prague, x-team: 7}
  beta: {name: Beta, id: 12, profiles: [p], x-slug: "$${org.key}", x-tz: UTC, x-team: Sales, variables: {SLUG: own}}
`)
	for _, skip := range []bool{false, true} {
		documents, problems := Load(LoadOptions{Paths: []string{dir}})
		desired, more := documents.Resolve(ResolveOptions{SkipReferences: skip,
			LookupEnv: func(name string) (string, bool) { return "part", name == "PART" }})
		if problems = append(problems, more...); len(problems) > 0 {
			t.Fatalf("problems: %v", problems)
		}
		acme, beta := desired.Organizations[0], desired.Organizations[1]
		want := map[string]string{"SLUG": "${env:PART}", "BOTH": "acme/Acme/11 {id}", "KEPT": "${org.key}"}
		for _, v := range acme.Variables {
			switch text, ok := want[v.Name]; {
			case ok && (v.Value.Reveal() != text || v.Value.IsSensitive() || v.Reference != ""):
				t.Errorf("skip %v: %s is %q, %q", skip, v.Name, v.Value.Reveal(), v.Reference)
			case v.Name == "MIXED" && (v.Reference != "acme:${env:PART}" || v.Unknown != skip):
				t.Errorf("skip %v: MIXED is %+v", skip, v)
			}
		}
		for _, v := range beta.Variables {
			if v.Name == "SLUG" && v.Value.Reveal() != "own" {
				t.Errorf("an organization's own value is %q", v.Value.Reveal())
			}
		}
		invite := acme.Members[0].Invite
		got := strings.Join(append(invite.Teams, invite.Name, invite.Note, acme.Timezone, beta.Timezone), "|")
		if got != "7|Ops|Acme|for acme|Europe/Prague|UTC" {
			t.Errorf("filled: %s", got)
		}
	}
}

// TestFilledTextStaysText: whatever stands in an organization, a filled text that is read for
// references gives the words themselves, around the references that the profile wrote.
func TestFilledTextStaysText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"$", "{", "}", "${env:A}", "${file:a}", "$${", "${org.key}", "x", "${"})
		word := strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "word"), "")
		before := rapid.SampledFrom([]string{"", "x", "$", "$${"}).Draw(t, "before")
		written := before + "${org.key}" + rapid.SampledFrom([]string{"", "${env:REF}", "x${env:REF}"}).Draw(t, "after")
		if !speaksOfOrganization(written) { // the text before it escaped it
			return
		}
		filled, missing := fillTemplate(written, map[string]string{"key": word}, true)
		if missing == dollarBeforeReference {
			return // told as a problem
		}
		e := evaluator{literal: true, env: func(name string) (string, bool) { return "<" + name + ">", name == "REF" }}
		result, err := e.evaluate(filled)
		want := strings.NewReplacer("$${", "${", "${org.key}", word, "${env:REF}", "<REF>").Replace(written)
		if err != nil || result.text != want {
			t.Fatalf("%q with %q is %q, read as %q (%v), want %q", written, word, filled, result.text, err, want)
		}
	})
}

// TestTemplateCostsNothingElsewhere: a profile without such texts is not copied.
func TestTemplateCostsNothingElsewhere(t *testing.T) {
	t.Parallel()
	profile := &layer{isProfile: true}
	if fillProfile(nil, profile, &layer{}) != profile {
		t.Error("copied")
	}
}

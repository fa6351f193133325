package document

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
)

// rulesBetween compares the rules of two documents, without their positions.
func rulesBetween(t *testing.T, base, head string) string {
	t.Helper()
	changes, former := spec.CompareRules(load(t, base), load(t, head), nil)
	var lines []string
	for _, c := range changes {
		weakens := ""
		if c.Weakens {
			weakens = "!"
		}
		lines = append(lines, fmt.Sprintf("%s%s: %q -> %q", weakens, c.Path, c.From, c.To))
		if c.Source == nil && c.To != "" && !strings.HasPrefix(c.Path, "guards.m") {
			t.Errorf("%s has no position", c.Path)
		}
	}
	for now, before := range former {
		lines = append(lines, now+" was "+before)
	}
	return strings.Join(lines, "\n")
}

const ruled = `apiVersion: makesync/v1
zone: eu1
guards: {maxInvites: 0, minAdmins: 2, requiredAdmins: [ops@acme.example], emails: ["*@acme.example"], protect: [acme], maxDeletes: {member: 0}}
sensitive: ["*/variable/*_DSN"]
zones: {lab: {host: lab.example, token: "${env:A}"}}
organizations: {acme: {name: Acme, id: 11, variables: {A: {value: "***", literal: true}}, purge: [variable]}}
`

func TestRulesBetweenDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, base, head, want string }{
		{"equal", ruled, ruled, ""},
		{"all taken away", ruled, minimal + "organizations: {acme: {name: Acme, id: 11}}\n",
			`!guards.emails: "*@acme.example" -> ""
!guards.maxDeletes.member: "0" -> "5"
!guards.maxInvites: "0" -> "5"
!guards.minAdmins: "2" -> "1"
!guards.protect: "acme" -> ""
!guards.requiredAdmins: "ops@acme.example" -> ""
!sensitive: "*/variable/*_DSN" -> ""
!zones.lab: "lab.example" -> ""
!zones.lab.token: "${env:A}" -> ""
organizations.acme.purge: "variable" -> ""
organizations.acme.variables.A.literal: "true" -> ""`},
		{"a list beside a list narrows", ruled, ruled + "---\napiVersion: makesync/v1\nguards: {emails: ['*']}\n",
			`guards.emails: "" -> "*"`},
		{"a wider list", ruled, strings.Replace(ruled, `["*@acme.example"]`, `["*@acme.example", "*@evil.example"]`, 1),
			`!guards.emails: "*@acme.example" -> "*@acme.example, *@evil.example"`},
		{"stricter", ruled, strings.NewReplacer("minAdmins: 2", "minAdmins: 3", "protect: [acme]",
			"protect: [acme, 'acme/variable/A*']").Replace(ruled),
			`guards.minAdmins: "2" -> "3"
guards.protect: "" -> "acme/variable/A*"`},
		{"purge, a sandbox and another token", ruled, strings.NewReplacer("purge: [variable]",
			"members: {}, purge: [variable, member]", "${env:A}", "${env:B}", "host: lab.example", "sandbox: {}").
			Replace(ruled) + "---\napiVersion: makesync/v1\nzones: {eu1: {sandbox: {}}}\n",
			`!zones.eu1: "" -> "sandbox, state .makesync/eu1.json"
!zones.lab: "lab.example" -> "sandbox, state .makesync/lab.json"
!zones.lab.token: "${env:A}" -> "${env:B}"
!organizations.acme.purge: "variable" -> "member, variable"`},
		{"another key", ruled, strings.NewReplacer("{acme: {", "{acme-cz: {").Replace(ruled),
			`!organizations: "acme" -> "acme-cz"
acme-cz was acme`},
		{"another id, zone and less that is looked at", ruled, strings.NewReplacer("id: 11", "id: 12, zone: us1",
			"literal: true", "literal: true, ignoreValue: true").Replace(ruled),
			`!organizations.acme.id: "11" -> "12"
!organizations.acme.zone: "eu1" -> "us1"
!organizations.acme.variables.A.ignoreValue: "false" -> "true"`},
		{"no id, and more that is looked at", strings.Replace(ruled, "literal: true", "literal: true, ignoreValue: true", 1),
			strings.Replace(ruled, ", id: 11", "", 1), `!organizations.acme.id: "11" -> ""
organizations.acme.variables.A.ignoreValue: "true" -> "false"`},
		{"what is new ignores nothing that was looked at", ruled, ruled + `---
apiVersion: makesync/v1
organizations: {new: {name: New, zone: eu1, id: 12, variables: {B: {value: 1, ignoreValue: true}}}}
`, ""},
		{"an id instead of a name", minimal + "organizations: {a: {name: A}}\n", minimal + "organizations: {a: {id: 2}}\n",
			`!organizations.a.id: "" -> "2"`},
		{"another name without an id", minimal + "organizations: {a: {name: A}}\n",
			minimal + "organizations: {a: {name: B}}\n", `!organizations.a.name: "A" -> "B"`},
		{"another name beside an id", minimal + "organizations: {a: {name: A, id: 1}}\n",
			minimal + "organizations: {a: {name: B, id: 1}}\n", ""},
		{"ids change places", minimal + "organizations: {a: {name: A, id: 1}, b: {name: B, id: 2}}\n",
			minimal + "organizations: {a: {name: A, id: 2}, b: {name: B, id: 1}}\n",
			`!organizations.a.id: "1" -> "2"
!organizations.b.id: "2" -> "1"`},
		{"another key and another id", ruled, strings.NewReplacer("{acme: {", "{acme-cz: {", "id: 11", "id: 12").
			Replace(ruled), `!organizations.acme: "declared" -> ""
!organizations.acme-cz.purge: "" -> "variable"
!organizations.acme-cz.variables.A.literal: "" -> "true"
organizations.acme.purge: "variable" -> ""
organizations.acme.variables.A.literal: "true" -> ""`},
		{"another key in the same zone by another name", ruled, strings.NewReplacer("{acme: {", "{studio: {zone: eu1b, ",
			"zones: {", "zones: {eu1b: {host: EU1.make.com}, ").Replace(ruled), `!organizations: "acme" -> "studio"
!organizations.studio.zone: "eu1" -> "eu1b"
zones.eu1b: "" -> "EU1.make.com"
studio was acme`},
		{"the first token of a zone", minimal + "organizations: {}\n",
			minimal + "organizations: {}\nzones: {eu1: {token: \"${env:A}\"}}\n",
			`!zones.eu1.token: "" -> "${env:A}"
zones.eu1: "" -> "declared"`},
		{"a pattern that stood in the words of another",
			minimal + "guards: {emails: ['[q, *@evil.example, ]*@acme.example']}\norganizations: {}\n",
			minimal + "guards: {emails: ['*@evil.example']}\norganizations: {}\n",
			`!guards.emails: "[q,*@evil.example,]*@acme.example" -> "*@evil.example"`},
		{"an organization that is gone already",
			minimal + "organizations: {a: {id: 1, state: absent}, b: {id: 2}}\n", minimal + "organizations: {}\n",
			`!organizations.b: "declared" -> ""
organizations.a: "declared" -> ""`},
		{"another key where policies may speak of it", somePolicy + "organizations: {a: {id: 1}}\n",
			somePolicy + "organizations: {b: {id: 1}}\n", `!organizations: "a" -> "b"
b was a`},
	} {
		if got := rulesBetween(t, c.base, c.head); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

const somePolicy = minimal + "policies: [{id: p, on: step, require: 'true', message: None.}]\n"

// A name in the place of an id, and an id in the place of a name, under another key: who knows which
// organization has the name sees through that.
func TestRulesKnowOrganizationsByWhatIsThere(t *testing.T) {
	t.Parallel()
	byID := load(t, minimal+"guards: {protect: ['acme/variable/*']}\norganizations: {acme: {id: 11}}\n")
	byName := load(t, minimal+"guards: {protect: ['acme/variable/*']}\norganizations: {studio: {name: Acme}}\n")
	idOf := func(o *spec.Organization) int64 { return map[string]int64{"Acme": 11}[o.Name] }
	for _, pair := range [][2]*spec.Desired{{byID, byName}, {byName, byID}} {
		changes, former := spec.CompareRules(pair[0], pair[1], idOf)
		if len(former) != 1 || !slices.ContainsFunc(changes, isOtherKey) {
			t.Errorf("changes %v, former keys %v", changes, former)
		}
		if changes, former := spec.CompareRules(pair[0], pair[1], nil); len(former) != 0 || !changes[0].Weakens {
			t.Errorf("without ids: changes %v, former keys %v", changes, former)
		}
	}
}

func isOtherKey(c spec.RuleChange) bool {
	return c.Path == "organizations" && c.From != "" && c.To != ""
}

// Many changes of single organizations hide none that is about all of them, or about which
// organization is meant.
func TestRulesForAllComeFirst(t *testing.T) {
	t.Parallel()
	changes, _ := spec.CompareRules(
		load(t, minimal+"sensitive: ['*/variable/A']\norganizations: {z: {id: 1}}\n"),
		load(t, minimal+"organizations: {a: {name: A, variables: {}, purge: [variable]}, z: {id: 2}}\n"), nil)
	var paths []string
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	if got := strings.Join(paths, " "); got != "sensitive organizations.z.id organizations.a.purge" {
		t.Errorf("the order is %s", got)
	}
}

// TestPoliciesHaveNoTwin: who writes two policies can look for two whose shown hashes are equal, and show one. The hash
// is long enough that nobody finds them: of 64 bits a laptop would, within an hour.
func TestPoliciesHaveNoTwin(t *testing.T) {
	t.Parallel()
	changes, _ := spec.CompareRules(load(t, minimal+"organizations: {}\n"), load(t, somePolicy+"organizations: {}\n"), nil)
	if len(changes) != 1 || !regexp.MustCompile(`^p \([0-9a-f]{40,}\)$`).MatchString(changes[0].To) {
		t.Errorf("a policy is compared by %v", changes)
	}
}

func TestRulesDigest(t *testing.T) {
	t.Parallel()
	digest := spec.RulesDigest(load(t, ruled))
	if got := spec.RulesDigest(load(t, ruled)); got != digest {
		t.Errorf("equal rules have the digests %s and %s", digest, got)
	}
	for _, change := range [][2]string{
		{"minAdmins: 2", "minAdmins: 1"}, {"id: 11", "id: 12"}, {", id: 11", ""}, {"id: 11", "id: 11, zone: us1"},
		{"literal: true", "literal: true, ignoreValue: true"},
	} {
		head := strings.Replace(ruled, change[0], change[1], 1)
		if spec.RulesDigest(load(t, head)) == digest || rulesBetween(t, ruled, head) == "" {
			t.Errorf("%s instead of %s changes no rule", change[1], change[0])
		}
	}
}

// TestRulesOfOneOfMany: what a profile changes for many is one row for people, and each of them counts.
func TestRulesOfOneOfMany(t *testing.T) {
	t.Parallel()
	const all = minimal + `profiles: {all: {members: {gone@acme.example: {state: absent, connections: keep}}}}
organizations:
  a: {id: 1, zone: eu1, profiles: [all]}
  b: {id: 2, zone: eu1, profiles: [all]}
  c: {id: 3, zone: eu1, profiles: [all]}
`
	every := strings.Replace(all, "keep", "delete", 1)
	butOne := strings.Replace(every, "id: 2,", "id: 2, members: {gone@acme.example: {state: absent, connections: keep}},", 1)
	base := load(t, all)
	digests := map[string]int{spec.RulesDigest(base): 0}
	for head, want := range map[string]int{every: 3, butOne: 2} {
		desired := load(t, head)
		if changes, _ := spec.CompareRules(base, desired, nil); len(changes) != want {
			t.Errorf("%d changes, want %d: %v", len(changes), want, changes)
		}
		digests[spec.RulesDigest(desired)] = want
	}
	if len(digests) != 3 {
		t.Errorf("three sets of rules have the digests %v", digests)
	}
}

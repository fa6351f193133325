package document

import (
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
)

// rulesBetween compares the rules of two documents, without their positions.
func rulesBetween(t *testing.T, base, head string) string {
	t.Helper()
	changes, former := spec.CompareRules(load(t, base), load(t, head))
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
			`!organizations.acme.purge: "variable" -> "member, variable"
!zones.eu1: "" -> "sandbox, state .makesync/eu1.json"
!zones.lab: "lab.example" -> "sandbox, state .makesync/lab.json"
!zones.lab.token: "${env:A}" -> "${env:B}"`},
		{"another key", ruled, strings.NewReplacer("{acme: {", "{acme-cz: {").Replace(ruled),
			`!organizations: "acme" -> "acme-cz"
acme-cz was acme`},
		{"another id, zone and less that is looked at", ruled, strings.NewReplacer("id: 11", "id: 12, zone: us1",
			"literal: true", "literal: true, ignoreValue: true").Replace(ruled),
			`!organizations.acme.id: "11" -> "12"
!organizations.acme.variables.A.ignoreValue: "false" -> "true"
!organizations.acme.zone: "eu1" -> "us1"`},
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
			Replace(ruled), `!organizations.acme-cz.purge: "" -> "variable"
!organizations.acme-cz.variables.A.literal: "" -> "true"
organizations.acme.purge: "variable" -> ""
organizations.acme.variables.A.literal: "true" -> ""`},
	} {
		if got := rulesBetween(t, c.base, c.head); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
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

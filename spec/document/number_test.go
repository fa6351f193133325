package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
)

// otherForms are numbers that are not written in decimal digits, with the digits that they mean; ""
// where there are none.
var otherForms = map[string]string{
	"0x10": "16", "0x1F": "31", "-0x1F": "-31", "0o7": "7", "0b11": "3", "1_000": "1000", "+5": "5", "+0": "0", "5.": "5", "1e3": "1000",
	"1.5e+3": "1500", "010": "10 or 8", "-010": "-10 or -8", "00": "0", "08": "8", "0x_1F": "31",
	".5": "", "-.5": "", ".inf": "", "-.inf": "", ".nan": "", "1.5e+300": "", "12:30": "",
}

// numberFields are the places where a number can stand that is no value of a variable.
var numberFields = map[string]string{
	"id":       "organizations: {a: {id: N}}",
	"region":   "organizations: {a: {name: A, region: N}}",
	"country":  "organizations: {a: {name: A, country: N}}",
	"timezone": "organizations: {a: {name: A, timezone: N}}",
	"role":     "organizations: {a: {name: A, members: {x@a.example: N}}}",
	"role of":  "organizations: {a: {name: A, members: {x@a.example: {role: N}}}}",
	"teams":    "organizations: {a: {name: A, members: {x@a.example: {role: Member, invite: {name: X, teams: [N]}}}}}",
	"profile":  "profiles: {p: {country: N}}",
	"operations": "organizations: {a: {name: A, id: 1, subscription: {plan: Core, operations: N, period: month, " +
		"price: {amount: 1, currency: USD}}}}",
	"countryId":   "organizations: {a: {name: A, id: 1, subscription: {customer: {countryId: N}}}}",
	"amount":      "organizations: {a: {name: A, id: 1, subscription: {price: {amount: N, currency: USD}}}}",
	"maxInvites":  "guards: {maxInvites: N}",
	"minAdmins":   "guards: {minAdmins: N}",
	"maxDeletes":  "guards: {maxDeletes: {variable: N}}",
	"policy test": "policies: [{id: p, on: step, require: \"true\", message: m, tests: [{given: {step: {count: N}}, passes: true}]}]",
}

// A number that is not written in decimal digits is read in two ways by people and programs, so it
// is told wherever one stands, with the digits that were meant.
func TestNumbersInOtherForms(t *testing.T) {
	t.Parallel()
	problemsOf := func(text string) []spec.Problem {
		documents, problems := Load(LoadOptions{Paths: []string{"-"}, Stdin: []byte("apiVersion: makesync/v1\nzone: eu1\n" + text + "\n")})
		_, more := documents.Resolve(ResolveOptions{})
		return append(problems, more...)
	}
	trustedProblemsOf := func(text string) []spec.Problem {
		file := filepath.Join(t.TempDir(), "guards.yaml")
		if err := os.WriteFile(file, []byte("apiVersion: makesync-guards/v1\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, problems := LoadTrusted([]string{file})
		return problems
	}
	trapsOf := func(problems []spec.Problem) (hints []string) {
		for _, p := range problems {
			if p.Rule == ruleAmbiguous {
				hints = append(hints, p.Hint)
			}
		}
		return hints
	}
	fields := map[string]func(string) []spec.Problem{}
	for field, text := range numberFields {
		fields[field] = func(number string) []spec.Problem { return problemsOf(strings.Replace(text, "N", number, 1)) }
	}
	for _, guard := range []string{"billing: {maxMonthly: {USD: N}}", "minOrganizations: N", "approvals: N", "maxInvites: N"} {
		fields["trusted "+guard] = func(number string) []spec.Problem {
			return trustedProblemsOf("guards: {" + strings.Replace(guard, "N", number, 1) + "}")
		}
	}
	for field, problemsOf := range fields {
		for _, plain := range []string{"5", "5.0", `"x"`} {
			if hints := trapsOf(problemsOf(plain)); len(hints) > 0 {
				t.Errorf("%s: %s is a trap: %s", field, plain, hints)
			}
		}
		for form, decimal := range otherForms {
			hints := trapsOf(problemsOf(form))
			hidden := field == "countryId" || field == "policy test" // which excerpts do not show
			wanted := decimal == "" || hidden && strings.HasSuffix(hints[0], "decimal digits") || len(hints) == 1 && strings.HasSuffix(hints[0], "write "+decimal)
			if len(hints) != 1 || !wanted {
				t.Errorf("%s: %s has the hints %q, not one that ends with %q", field, form, hints, decimal)
			}
		}
	}
	for _, hidden := range []string{"0x7e57", "0b1010101", "0o7777"} {
		for _, text := range []string{"variables: {V: N}", "variables: {V: {type: number, value: N}}", "variables: {V: &v N}, id: *v"} {
			for _, p := range problemsOf("organizations: {a: {name: A, " + strings.Replace(text, "N", hidden, 1) + "}}") {
				if text := p.Message + p.Hint + p.Excerpt; strings.Contains(text, hidden) || strings.Contains(text, decimals(hidden)) {
					t.Errorf("%s shows %s", text, hidden)
				}
			}
		}
	}
	// JSON has one form of numbers, and a variable's value is what it means.
	for _, text := range []string{`organizations: {a: {name: A, variables: {V: 0x10, W: {type: number, value: +5}, X: .5}}}`} {
		if problems := problemsOf(text); slices.ContainsFunc(problems, func(p spec.Problem) bool { return p.Severity == spec.Error }) {
			t.Errorf("%s: %v", text, problems)
		}
	}
}

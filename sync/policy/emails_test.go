package policy

import (
	"strings"
	"testing"
)

// A policy about an e-mail in a form that none has judges nothing, so it is a mistake.
func TestEmailsThatNobodyHas(t *testing.T) {
	t.Parallel()
	env, err := environments[OnStep]()
	if err != nil {
		t.Fatal(err)
	}
	for text, wrong := range map[string]bool{
		`!organization.members.exists(m, m.email.endsWith("@xn--mller-kva.example"))`: true,
		`!organization.members.exists(m, m.email.endsWith("@Evil.example"))`:          true,
		`organization.owner == "Ops@acme.example"`:                                    true,
		`organization.owner in ["ops@acme.example", "Ops@acme.example"]`:              true,
		`step.address != "acme/member/Ops@acme.example"`:                              true,
		`!step.address.endsWith("@\uff45vil.example")`:                                true,
		`!organization.members.exists(m, m.email.endsWith("@m\u00fcller.example"))`:   false,
		`organization.owner.contains("xn--")`:                                         false,
		`organization.owner.startsWith("ops")`:                                        false,
		`step.address != "acme/variable/RETRIES"`:                                     false,
		`step.address != "acme/member/ops@acme.example"`:                              false,
		`step.fields.all(f, f.to != "Ops@acme.example")`:                              false,
		`organization.members.all(m, m.role != "Admin")`:                              false,
	} {
		_, problems := compileExpression(env, text)
		if (len(problems) > 0) != wrong || wrong && !strings.Contains(problems[0].Message, "in one form") {
			t.Errorf("%s: %v", text, problems)
		}
	}
}

// Nor does a policy judge anything that spells a word, or an address, as no plan does.
func TestSpellingsThatNoPlanHas(t *testing.T) {
	t.Parallel()
	env, err := environments[OnStep]()
	if err != nil {
		t.Fatal(err)
	}
	for text, hint := range map[string]string{
		`organization.members.all(m, m.role != "admin")`:                        "`Admin`",
		`organization.members.all(m, !(m.role in ["Owner", " ADMIN"]))`:         "`Admin`",
		`organization.members.all(m, m.invitation != "Pending")`:                "`pending`",
		`step.address != "id:11/variable/RETRIES"`:                              "organization.id == 11",
		`step.address != "acme/scenario/RETRIES"`:                               "what follows the key is",
		`step.address != "acme/variables/RETRIES"`:                              "`acme/variable/RETRIES`",
		`step.address != "acme/member/a/b@acme.example"`:                        "`acme/member/a%2Fb@acme.example`",
		`plan.stillHasAccess.all(a, a.role != "owner")`:                         "`Owner`",
		`plan.organizations.all(o, o.held.all(h, h.address != "id:11"))`:        "organization.id == 11",
		`organization.members.all(m, m.role != "App Developer")`:                "",
		`organization.members.all(m, m.role != "Administrator")`:                "",
		`organization.members.all(m, m.role in ["Owner", "Admin"])`:             "",
		`organization.members.all(m, m.invitation == "")`:                       "",
		`step.address != "acme/featureControl/Make AI Agents"`:                  "",
		`step.address != "acme/member/a%2Fb@acme.example"`:                      "",
		`step.address in ["acme", "acme/tfa", "acme/owner", "acme/variable/A"]`: "",
		`!step.address.endsWith("a%2Fb@acme.example")`:                          "",
		`organization.members.all(m, m.email.endsWith(" "))`:                    "no e-mail holds that",
		`step.address != ""`: "",
	} {
		_, problems := compileExpression(env, text)
		if (len(problems) > 0) != (hint != "") || hint != "" && !strings.Contains(problems[0].Hint, hint) {
			t.Errorf("%s: %v", text, problems)
		}
	}
}

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

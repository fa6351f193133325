package spec_test

import (
	"strings"
	"testing"

	"makesync/spec"
)

func TestLookalikes(t *testing.T) {
	t.Parallel()
	known := spec.NewLookalikes(&spec.Desired{
		Guards: spec.Guards{RequiredAdmins: []string{"root@acme.example"}},
		Organizations: []spec.Organization{{Owner: "olga@acme.example", Members: []spec.Member{
			{Email: "jane.doe@acme.example"}, {Email: "al@acme.example"}, {Email: "user10@acme.example"},
			{Email: "иван@почта.рф"}, {Email: "martin@acme.example"},
		}}},
	})
	for email, want := range map[string]string{
		"jane.doe@acme.example":  "",
		"jane.d0e@acme.example":  "jane.doe@acme.example",
		"jane.deo@acme.example":  "jane.doe@acme.example",
		"jane.do@acme.example":   "jane.doe@acme.example",
		"janee.doe@acme.example": "jane.doe@acme.example",
		"jane.doe@acrne.example": "jane.doe@acme.example",
		"jane.doe@acme.exampel":  "jane.doe@acme.example",
		"0lga@acme.example":      "olga@acme.example",
		"r00t@acme.example":      "root@acme.example",
		"rnartin@acme.example":   "martin@acme.example",
		"bo@acme.example":        "", // two short names are two people
		"user11@acme.example":    "", // numbered
		"user1@acme.example":     "",
		"zoe@other.example":      "",
		"jаne.doe@acme.example":  "U+0430 is a Cyrillic letter", // Cyrillic а
		"zоe@other.example":      "U+043E is a Cyrillic letter",
		"zoe@асе.example":        "U+0430 is a Cyrillic letter", // a whole label of Cyrillic that looks Latin
		"zoe@почта.рф":           "",
		"ελενη@acme.example":     "",
		"müller@acme.example":    "",
		"山田@acme.example":        "",
	} {
		got := known.Of(email, nil)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", email, got, want)
		}
	}
	// Whom the documents name no more, or never did, is in the organization still.
	members := spec.LookalikesOf([]string{"Carl@acme.example", "jane.doe@acme.example"})
	for email, want := range map[string]string{
		"car1@acme.example": "carl@acme.example, who is in the organization", "carl@acme.example": "",
		"jane.d0e@acme.example": "jane.doe@acme.example, whom the documents name", "zoe@acme.example": "",
	} {
		if got := known.Of(email, members); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", email, got, want)
		}
	}
	if got := (*spec.Lookalikes)(nil).Of("zоe@other.example", nil); !strings.Contains(got, "U+043E") {
		t.Errorf("without documents: %q", got)
	}
}

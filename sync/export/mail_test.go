package export_test

import (
	"fmt"
	"slices"
	"testing"

	"makesync/spec"
	"makesync/sync/export"
	"makesync/sync/state"
)

// TestMailPatterns: domains once each, the most frequent first; no public provider, and nothing that
// would be more than a domain where it is written.
func TestMailPatterns(t *testing.T) {
	t.Parallel()
	one, two := &state.Organization{}, &state.Organization{}
	for _, email := range []string{"ops@acme.example", "Jane@BETA.example", "jo@beta.example", "x@gmail.com", "",
		`e@evil.example"], x: ["*`, "w@*.example", "w@*", "n@line.exa\nmple", "q@a@b.example"} {
		one.Members = append(one.Members, spec.Member{Email: email})
	}
	two.Members = []spec.Member{{Email: "ops@acme.example"}}
	got := export.MailPatterns([]*state.Organization{one, two})
	if want := []string{"*@beta.example", "*@acme.example"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for i := range 50 {
		two.Members = append(two.Members, spec.Member{Email: fmt.Sprintf("a@d%02d.example", i)})
	}
	if got := export.MailPatterns([]*state.Organization{one, two}); len(got) != 20 || got[0] != "*@beta.example" {
		t.Errorf("%q", got)
	}
}

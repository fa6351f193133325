package command_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/billing"
	"makesync/sync/plan"
)

// TestMembersOfAPlan: how many members another plan may have is said where the catalogue tells it, and else that it does
// not; who is there counts where the documents speak of people.
func TestMembersOfAPlan(t *testing.T) {
	t.Parallel()
	const untold = "not told how many members Teams may have"
	for _, c := range []struct{ answer, members, says, not string }{
		{"absent", "", untold, "Teams offers"},
		{"licence", "", "Teams offers 50 members, and how many there are was not read: no document declares them", untold},
		{"licence", ", members: {ops@alder.example: {}}", "cannot be undone update alder/subscription", "Teams offers"}, // one of fifty
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, fmt.Sprintf(`{"product-users": %q}`, c.answer), "", "")
			text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  alder: {name: Alder, id: 101, " +
				"subscription: {plan: Teams, operations: 10000, period: month}" + c.members + "}\n"
			if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"plan", "-f", s.documents, "--allow", "update:subscription<=34.12USD@alder"}
			_, plain := s.say(args...)
			words := strings.Join(strings.Fields(plain), " ")
			if strings.Count(words, c.says) != 1 || strings.Contains(words, c.not) {
				t.Errorf("%s%s: want %q once, and not %q:\n%s", c.answer, c.members, c.says, c.not, plain)
			}
			var p plan.Plan
			_, stdout := s.say(append(args, "--format", "json")...)
			s.decode(stdout, &p)
			if notes := p.Organizations[0].Steps[0].Notes; slices.Contains(notes, billing.MembersUntold) != (c.says == untold) {
				t.Errorf("%s: %q", c.answer, notes)
			}
		})
	}
}

package spec

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPatternsThatCanMatchNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		subject PatternSubject
		pattern string
		can     bool
		nearest string
	}{
		{PatternOfDeletions, "acme", true, ""},
		{PatternOfDeletions, "**", true, ""},
		{PatternOfDeletions, "*/variable/A_*", true, ""},
		{PatternOfDeletions, "ac[mn]e/**", true, ""},
		{PatternOfDeletions, "acme/member/Jane@Acme.example", true, ""},
		{PatternOfDeletions, "acme/member/*@acme.example", true, ""},
		{PatternOfDeletions, "id:11/variable/BILLING_*", true, ""},
		{PatternOfDeletions, "id:11", true, ""},
		{PatternOfDeletions, "**_DSN", true, ""},
		{PatternOfDeletions, "Acme", false, "*/variable/Acme"},
		{PatternOfDeletions, "acme/*", false, "acme/**"},
		{PatternOfDeletions, "acme/variables/A_*", false, "acme/variable/A_*"},
		{PatternOfDeletions, "acme/Variable/A_*", false, "acme/variable/A_*"},
		{PatternOfDeletions, "ACME/variable/A_*", false, "acme/variable/A_*"},
		{PatternOfDeletions, "/acme/variable/A_TEXT", false, "acme/variable/A_TEXT"},
		{PatternOfDeletions, "acme/variable/A_TEXT ", false, "acme/variable/A_TEXT"},
		{PatternOfDeletions, "acme.variable.A_TEXT", false, "acme/variable/A_TEXT"},
		{PatternOfDeletions, "/ACME/variables/A_TEXT", false, "acme/variable/A_TEXT"},
		{PatternOfDeletions, "A_*", false, "*/variable/A_*"},
		{PatternOfDeletions, "jane@acme.example", false, "*/member/jane@acme.example"},
		{PatternOfDeletions, "acme/member/jane", false, ""},
		{PatternOfDeletions, "acme/tfa", false, ""},
		{PatternOfDeletions, "acme/variable/9*", false, ""},
		{PatternOfDeletions, "acme/member/bob@acme.example/", false, "acme/member/bob@acme.example"},
		{PatternOfDeletions, "acme/member/a/b@acme.example", true, ""},
		{PatternOfEmails, "*@acme.example/", false, ""},
		{PatternOfDeletions, "id:x/variable/A", false, ""},
		{PatternOfDeletions, "id:011/variable/A", false, ""},
		{PatternOfDeletions, "id:0", false, ""},
		{PatternOfDeletions, "id:9223372036854775807", true, ""},
		{PatternOfDeletions, "id:9223372036854775808", false, ""},
		{PatternOfDeletions, "id:99999999999999999999/variable/A", false, ""},
		{PatternOfVariables, "id:99999999999999999999/**", false, ""},
		{PatternOfVariables, "id:9999999999999999999*/variable/A", false, ""},
		{PatternOfVariables, "id:999999999999999999?/variable/A", true, ""},
		{PatternOfVariables, "id:999999999999999999??/variable/A", false, ""},
		{PatternOfSteps, "id:[1-9]9999999999999999999/**", false, ""},
		{PatternOfOrganizations, "id:18446744073709551616", false, ""},
		{PatternOfDeletions, "id:1*/variable/A", true, ""},
		{PatternOfDeletions, "id:*/variable/A", true, ""},
		{PatternOfVariables, "id:[0-9]1/variable/A", true, ""},
		{PatternOfVariables, "acme", false, "acme/variable/*"},
		{PatternOfVariables, "*", false, "*/variable/*"},
		{PatternOfVariables, "a_text", false, "*/variable/a_text"},
		{PatternOfVariables, "acme/member/*", false, ""},
		{PatternOfVariables, "*/variable/*_DSN", true, ""},
		{PatternOfSteps, "acme", true, ""},
		{PatternOfSteps, "**", true, ""},
		{PatternOfSteps, "acme/**", true, ""},
		{PatternOfSteps, "acme/tfa", true, ""},
		{PatternOfSteps, "acme/featureControl/Make AI Tools", true, ""},
		{PatternOfSteps, "acme/featureControls/Make AI Tools", false, "acme/featureControl/Make AI Tools"},
		{PatternOfSteps, "acme/variable", false, ""},
		{PatternOfSteps, "ACME/member/*", false, "acme/member/*"},
		{PatternOfSteps, "id:11/**", true, ""},
		{PatternOfSteps, "id:11/member/*@acme.example", true, ""},
		{PatternOfSteps, "id:x/**", false, ""},
		{PatternOfOrganizations, "id:11", true, ""},
		{PatternOfOrganizations, "id:11/**", false, ""},
		{PatternOfOrganizations, "client-*", true, ""},
		{PatternOfOrganizations, "acme/variable/*", false, ""},
		{PatternOfEmails, "*", true, ""},
		{PatternOfEmails, "*@acme.example", true, ""},
		{PatternOfEmails, "@acme.example", false, "*@acme.example"},
		{PatternOfEmails, "acme.example", false, "*@acme.example"},
		{PatternOfEmails, "*@acme.example ", false, "*@acme.example"},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.CanMatch(c.subject); got != c.can {
			t.Errorf("%q can match %d: %v", c.pattern, c.subject, got)
		}
		if got := NearestPattern(c.pattern, c.subject); !c.can && got != c.nearest {
			t.Errorf("%q: the nearest is %q, want %q", c.pattern, got, c.nearest)
		}
	}
}

// What fits an address is never called impossible.
func TestPatternThatMatchesCanMatch(t *testing.T) {
	t.Parallel()
	key := rapid.StringMatching(`[a-z0-9-]{1,4}`)
	name := rapid.StringMatching(`[A-Za-z_$][A-Za-z0-9_$]{0,4}`)
	email := rapid.StringMatching("[a-zé/%*+]{1,3}@[a-zé.]{1,4}")
	rapid.Check(t, func(t *rapid.T) {
		addresses := map[PatternSubject]string{
			PatternOfVariables: string(NewAddress(key.Draw(t, "key"), KindVariable, name.Draw(t, "name"))),
			PatternOfDeletions: string(NewAddress(key.Draw(t, "key"), KindMember, email.Draw(t, "email"))),
			PatternOfEmails:    email.Draw(t, "email"),
		}
		for subject, address := range addresses {
			pattern := blur(t, address)
			g, err := ParseGlob(pattern)
			if err != nil || !g.Match(address) {
				continue
			}
			if !g.CanMatch(subject) {
				t.Fatalf("%q matches %q and is called impossible", pattern, address)
			}
		}
	})
}

// blur puts wildcards in the place of parts of a text.
func blur(t *rapid.T, s string) string {
	var b strings.Builder
	for _, r := range s {
		switch rapid.IntRange(0, 9).Draw(t, "blur") {
		case 0:
			b.WriteString("*")
		case 1:
			b.WriteString("?")
		case 2:
			b.WriteString("**")
		case 3:
			b.WriteString("[!~]")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

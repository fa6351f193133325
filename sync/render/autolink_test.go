package render

import (
	"strings"
	"testing"
)

// TestProseMakesNoLinks: what pages of GitHub and GitLab link by itself stands in code, where it does not.
func TestProseMakesNoLinks(t *testing.T) {
	t.Parallel()
	for _, word := range []string{
		"GH-1", "gh-12", "(GH-1)", "x/GH-1", "deadbeef", "7f3a91c", "7f3a91c2e0b1d4f5a6978877665544332211ffee", "deadbee.",
		"%1.2", `%"v`, "!12", "&7", "~bug", "^alert", "#12", "@team",
	} {
		if got := prose("see " + word + " there"); !strings.Contains(got, "<code>") {
			t.Errorf("%s stands as %s", word, got)
		}
	}
	for _, word := range []string{"GHz-1", "decade", "Slow & Steady", "100%", "added!", "facade", "2026"} {
		if got := prose(word); strings.Contains(got, "<code>") {
			t.Errorf("%s stands as %s", word, got)
		}
	}
}

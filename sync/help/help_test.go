package help_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"makesync/sync/help"
)

func Example() {
	for _, e := range help.Explain("maxInvites") {
		fmt.Printf("%s: %s (%s %s)\n", e.Word, e.Cells[1].Text, e.Cells[0].Heading, e.Cells[0].Text)
	}
	// Output: maxInvites: invitations (they send e-mail), per organization and run (default 5)
}

// The topics that the help names; each is a page.
func TestTopics(t *testing.T) {
	t.Parallel()
	want := []string{"documents", "zones", "guards", "plans", "runs", "cron", "pull-requests", "migration", "shards",
		"exit-codes", "rules", "glossary", "trust", "speed", "install"}
	for _, name := range want {
		topic, found := help.Find(strings.ToUpper(name))
		if !found || topic.Title == "" || !strings.HasPrefix(topic.Markdown, "# ") {
			t.Errorf("%s: %v, title %q", name, found, topic.Title)
		}
	}
	if _, found := help.Find("../topics/guards"); found {
		t.Error("a path is a topic")
	}
}

// Whatever Markdown the pages have, a terminal shows neither its marks nor a line that is too wide.
func TestTextFits(t *testing.T) {
	t.Parallel()
	marks := regexp.MustCompile("\\]\\(|\\*\\*|^```|^\\||^#")
	for _, topic := range help.Topics() {
		for _, width := range []int{0, 60, 80, 160} {
			for line := range strings.Lines(topic.Text(width)) {
				line = strings.TrimRight(line, "\n")
				code := strings.HasPrefix(line, "    ")
				if !code && marks.MatchString(strings.ReplaceAll(line, "***", "")) {
					t.Errorf("%s at %d: %q", topic.Name, width, line)
				}
				oneWord := len(strings.Fields(line)) == 1
				if n := utf8.RuneCountInString(line); n > max(width, 40) && !code && !oneWord {
					t.Errorf("%s at %d: %d columns: %q", topic.Name, width, n, line)
				}
			}
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ word, topic string }{
		{"unknown-key", "rules"}, {"minAdmins", "guards"}, {"MINADMINS", "guards"}, {"4", "exit-codes"}, {"partial", "exit-codes"},
		{"143", "exit-codes"}, {"held", "exit-codes"}, {"waiting", "glossary"},
	} {
		entries := help.Explain(c.word)
		if !slices.ContainsFunc(entries, func(e help.Entry) bool { return e.Topic == c.topic && len(e.Cells) > 0 }) {
			t.Errorf("%s is explained by %v, want %s", c.word, entries, c.topic)
		}
	}
	if got := help.Explain("no such word"); len(got) != 0 {
		t.Errorf("explained: %v", got)
	}
	for _, word := range help.Words() {
		if len(help.Explain(word)) == 0 {
			t.Errorf("%q is a word that nothing explains", word)
		}
	}
}

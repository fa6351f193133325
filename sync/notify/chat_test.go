package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// markup is what chats act on: Slack's and Google's <…>, mentions, links, Markdown.
var markup = []*regexp.Regexp{
	regexp.MustCompile(`<[!@#/a-zA-Z]`),
	regexp.MustCompile(`(^|[^\pL\pN_+])@\S`),
	regexp.MustCompile(`\]\(`),
	regexp.MustCompile(`(?i)://|\bwww\.[a-z]`),
	regexp.MustCompile("[`~]"),
	regexp.MustCompile(`(^|\W)\*\w`),
	regexp.MustCompile(`(^|\s)_\w+_(\s|$)`),
}

// hostileWords are what somebody calls an organization, a variable or a person.
var hostileWords = []string{
	"<!channel>", "<!here|here>", "<users/all>", "<https://evil.example|log in again>", "@here", "@channel", "x @all",
	"[log in](https://evil.example)", "![x](http://evil.example/x.png)", "*bold*", "_soft_", "~gone~", "`code`",
	"http://evil.example", "www.evil.example", "<at>everyone</at>", "</font><a href=\"https://evil.example\">here</a>",
	"&lt;!channel&gt;", "\n\n# heading", "<@U123>", "<#C123>", "<!subteam^S1>", "HTTPS://evil.example", ".@everyone",
}

// hostileNight is a run in which everything that others choose holds the words.
func hostileNight(words string) Run {
	address := spec.NewAddress("acme", spec.KindVariable, words)
	p := &plan.Plan{Zones: []plan.Zone{{Name: "eu1"}}, Organizations: []plan.Organization{{
		Key: "acme", Zone: "eu1",
		Steps:   []plan.Step{{N: 1, Address: address, Kind: spec.KindVariable, Op: plan.OpDelete}},
		Held:    []plan.Held{{Address: address, Op: plan.OpDelete, Guard: "maxDeletes", Reason: words, Allow: "delete:variable<=12@acme"}},
		Waiting: []plan.Waiting{{Address: "acme/owner", Reason: words}},
	}}}
	r := &report.Report{Steps: []report.StepReport{
		{N: 1, Address: address, Op: plan.OpDelete, Outcome: report.Succeeded},
		{N: 2, Address: address, Op: plan.OpUpdate, Outcome: report.Failed, Error: &spec.APIError{Status: 400, Message: words}},
	}}
	return Run{Command: "apply", Plan: p, Report: r, Exit: badNight(1).Exit,
		Problems: []spec.Problem{{Severity: spec.Error, Rule: "x", Message: words}}}
}

// texts are all strings of a body that a chat shows.
func texts(t *testing.T, form string, body []byte) (list []string) {
	t.Helper()
	if form == FormText {
		return []string{string(body)}
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	var walk func(key string, value any)
	walk = func(key string, value any) {
		switch v := value.(type) {
		case string:
			if key == "text" {
				list = append(list, v)
			}
		case []any:
			for _, item := range v {
				walk(key, item)
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(key, v[key])
			}
		}
	}
	walk("", value)
	return list
}

// In no form does a chat find something to act on in words that others have chosen.
func TestNoFormHoldsMarkup(t *testing.T) {
	t.Parallel()
	for _, words := range hostileWords {
		for _, run := range []Run{hostileNight(words), {Command: "plan", Exit: badNight(1).Exit,
			Problems: []spec.Problem{{Severity: spec.Error, Message: words}}}} {
			n := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0))
			for _, form := range Forms() {
				body, err := n.In(form)
				if err != nil {
					t.Fatal(err)
				}
				shown := texts(t, form, body.Data)
				if len(shown) == 0 {
					t.Errorf("%s shows nothing", form)
				}
				for _, text := range shown {
					if form == FormSlack { // undone by Slack, after it has looked for markup
						if strings.ContainsAny(text, "<>") {
							t.Errorf("%s: unescaped: %s", form, text)
						}
						text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
					}
					for _, sign := range markup {
						if found := sign.FindString(text); found != "" {
							t.Errorf("%s: %q of %q stands in %q", form, found, words, text)
						}
					}
				}
				// In JSON addresses are data for programs: what they name, escaped as JSON is.
				if strings.Contains(string(body.Data), words) && strings.ContainsAny(words, "<@*") &&
					(form != FormJSON || strings.Contains(words, "<")) {
					t.Errorf("%s holds %q as it was: %s", form, words, body.Data)
				}
			}
		}
	}
}

// What people have to read and to paste stays as it is.
func TestNeutralKeepsWhatIsMeant(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"--allow delete:variable<=12@acme", "--allow create:organization<=50@*", "jane.doe+x@acme.example",
		"acme/variable/API_BASE_URL", "exit 4 (partial); 3 > 2", "5 < 6", "Café Ω", "acme/member/o_b@acme.example: is no member",
	} {
		if got := neutral(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestNeutralIsSettled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(append(hostileWords, "a", " ", "<", "@", "*", "_", "__", "＿", "](", "/", "://", "w", "ww.")), 0, 8)
		text := neutral(strings.Join(parts.Draw(t, "parts"), ""))
		if again := neutral(text); again != text {
			t.Fatalf("%q becomes %q", text, again)
		}
		if found := markup[0].FindString(text) + markup[2].FindString(text) + markup[3].FindString(text); found != "" {
			t.Fatalf("%q is left in %q", found, text)
		}
	})
}

// The bodies are those of the receivers' published forms, within their limits, whatever happened.
func TestFormsFitTheirReceivers(t *testing.T) {
	t.Parallel()
	long := hostileNight(strings.Repeat("<&>", 2000))
	for name, run := range map[string]Run{"bad": badNight(3), "many": badNight(5000), "long": long} {
		n := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0))
		for form, most := range map[string]int{FormText: 32_000, FormSlack: 100_000, FormTeams: 28_000, FormGoogleChat: 32_000} {
			body, err := n.In(form)
			if err != nil || len(body.Data) > most || !utf8.Valid(body.Data) {
				t.Errorf("%s, %s: %d bytes, %v", name, form, len(body.Data), err)
			}
			if form == FormText != (body.ContentType == typeText) {
				t.Errorf("%s is sent as %s", form, body.ContentType)
			}
			all := strings.Join(texts(t, form, body.Data), "\n")
			if name == "many" && !strings.Contains(all, " more") {
				t.Errorf("%s: nobody hears that there is more", form)
			}
			if name == "bad" && (!strings.Contains(all, "acme/variable/OLD") || !strings.Contains(all, "makesync apply: ")) {
				t.Errorf("%s: what happened is not told: %s", form, all)
			}
		}
		checkSlack(t, n)
		checkKeys(t, n, FormGoogleChat, "text") // it answers 400 to any other
		checkKeys(t, n, FormTeams, "type", "attachments")
		checkKeys(t, n, FormSlack, "text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media")
	}
}

func checkKeys(t *testing.T, n *Notification, form string, keys ...string) {
	t.Helper()
	body, _ := n.In(form)
	var top map[string]json.RawMessage
	if err := json.Unmarshal(body.Data, &top); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(top)); !slices.Equal(got, slices.Sorted(slices.Values(keys))) {
		t.Errorf("%s has the keys %v", form, got)
	}
}

// checkSlack: at most 50 blocks, sections of 1 to 3,000 characters, a text beside them.
func checkSlack(t *testing.T, n *Notification) {
	t.Helper()
	body, _ := n.In(FormSlack)
	var message struct {
		Text   string
		Blocks []struct {
			Type string
			Text struct {
				Type, Text string
				Verbatim   bool
			}
		}
	}
	if err := json.Unmarshal(body.Data, &message); err != nil {
		t.Fatal(err)
	}
	if message.Text == "" || len(message.Blocks) == 0 || len(message.Blocks) > 50 {
		t.Errorf("%d blocks beside %q", len(message.Blocks), message.Text)
	}
	for _, b := range message.Blocks {
		if size := utf8.RuneCountInString(b.Text.Text); b.Type != "section" || !b.Text.Verbatim || size == 0 || size > 3000 {
			t.Errorf("a block of type %s with %d characters", b.Type, size)
		}
	}
}

// A card of Teams is one attachment with an Adaptive Card of blocks that know no Markdown.
func TestTeamsCard(t *testing.T) {
	t.Parallel()
	run := badNight(1)
	body, err := New(run, EventsOf(run, 7, always(8)), time.Unix(1795320000, 0)).In(FormTeams)
	if err != nil {
		t.Fatal(err)
	}
	var message struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct {
					Type    string
					Inlines []struct{ Type, Text string }
				}
			}
		}
	}
	if err := json.Unmarshal(body.Data, &message); err != nil {
		t.Fatal(err)
	}
	if message.Type != "message" || len(message.Attachments) != 1 {
		t.Fatalf("%s", body.Data)
	}
	a := message.Attachments[0]
	if a.ContentType != "application/vnd.microsoft.card.adaptive" || a.Content.Type != "AdaptiveCard" || a.Content.Version != "1.4" {
		t.Errorf("%s", body.Data)
	}
	for _, b := range a.Content.Body {
		if b.Type != "RichTextBlock" || len(b.Inlines) != 1 || b.Inlines[0].Type != "TextRun" || b.Inlines[0].Text == "" {
			t.Errorf("%s", fmt.Sprint(b))
		}
	}
}

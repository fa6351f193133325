package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"makesync/sync/render"
)

// The forms in which a notification is posted.
const (
	FormJSON       = "json" // the whole of it, for programs: schema/notify.schema.json
	FormText       = "text" // plain text
	FormSlack      = "slack"
	FormTeams      = "teams"
	FormGoogleChat = "google-chat"
)

// Forms lists them.
func Forms() []string { return []string{FormJSON, FormText, FormSlack, FormTeams, FormGoogleChat} }

// Body is what is posted.
type Body struct {
	ContentType string
	Data        []byte
}

const (
	typeJSON = "application/json"
	typeText = "text/plain; charset=utf-8"
)

// In makes the body of a form.
func (n *Notification) In(form string) (Body, error) {
	switch form {
	case FormText:
		return Body{typeText, []byte(strings.Join(n.lines(longestPlain, 3), "\n") + "\n")}, nil
	case FormSlack:
		return encodeBody(slackMessage(n.lines(longestSlack, 3)))
	case FormTeams:
		return encodeBody(teamsMessage(n.lines(longestTeams, teamsRunSize)))
	case FormGoogleChat:
		return encodeBody(googleMessage{strings.Join(n.lines(longestGoogle, 3), "\n")})
	}
	data, err := n.Encode()
	return Body{typeJSON, data}, err
}

func encodeBody(message any) (Body, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(message)
	return Body{typeJSON, bytes.TrimSpace(b.Bytes())}, err
}

// How many bytes of text a message may have. Slack cuts a text at 40,000 characters and a section
// at 3,000, of which there may be 50; Teams takes 28 KB of a card, Google Chat 32,000 bytes, both
// with all that stands around the text.
const (
	longestPlain  = 30_000
	longestSlack  = 20_000
	longestTeams  = 24_000
	longestGoogle = 20_000

	slackSection = 2_900
	slackLine    = 550 // escaping can make five signs of one
	mostSections = 45

	teamsRunSize = 90 // what stands around a line of a card
)

// lines are the notification for people: what happened, then each change and alert. The first says
// it all in short; of what there is no room for the number is told. most is how many bytes there
// may be, around what each line takes besides its own.
func (n *Notification) lines(most, around int) []string {
	lines, size := []string{neutral(n.Text)}, len(n.Text)
	var rest []string
	for _, c := range n.Changes {
		rest = append(rest, "done: "+string(c.Op)+" "+neutral(render.Clean(string(c.Address))))
	}
	for _, a := range n.Alerts {
		line := a.What + ":"
		for _, word := range []string{string(a.Op), neutral(render.Clean(string(a.Address))), neutral(a.Text)} {
			if word != "" {
				line += " " + word
			}
		}
		if a.Runs > 0 {
			line += fmt.Sprintf(" (%d runs)", a.Runs)
		}
		rest = append(rest, line)
	}
	for i, line := range rest {
		if size += len(line) + around; size > most {
			lines = append(lines, fmt.Sprintf("and %d more", len(rest)-i))
			break
		}
		lines = append(lines, "- "+line)
	}
	if n.Reported > 0 {
		lines = append(lines, fmt.Sprintf("told before, and lasting: %d", n.Reported))
	}
	if n.Run != "" {
		lines = append(lines, "run "+n.Run)
	}
	return lines
}

// slack is a message of an incoming webhook:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. text is what
// notifications and screen readers tell, and must stand beside blocks.
type slack struct {
	Text        string       `json:"text"`
	Mrkdwn      bool         `json:"mrkdwn"`
	UnfurlLinks bool         `json:"unfurl_links"`
	UnfurlMedia bool         `json:"unfurl_media"`
	Blocks      []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type string    `json:"type"`
	Text slackText `json:"text"`
}

// slackText is shown as it is: verbatim makes no links and mentions of what looks like some.
type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

// slackEscape escapes the three signs with which Slack's own markup begins and ends.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func slackMessage(lines []string) slack {
	message := slack{Text: slackEscape.Replace(lines[0])}
	section := ""
	add := func() {
		if section != "" && len(message.Blocks) < mostSections {
			text := slackText{Type: "mrkdwn", Text: section, Verbatim: true}
			message.Blocks = append(message.Blocks, slackBlock{"section", text})
		}
		section = ""
	}
	for _, line := range lines {
		line = slackEscape.Replace(cutBytes(line, slackLine))
		if len(section)+len(line) >= slackSection {
			add()
		}
		section = strings.TrimPrefix(section+"\n"+line, "\n")
	}
	add()
	return message
}

// cutBytes cuts a text to a number of bytes, between two characters.
func cutBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most -= len("…"); most > 0 && !utf8.RuneStart(s[most]); {
		most--
	}
	return s[:most] + "…"
}

// teams is a message with an Adaptive Card, which Workflows and incoming webhooks of Teams take
// (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
type teams struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	ContentURL  *string   `json:"contentUrl"`
	Content     teamsCard `json:"content"`
}

type teamsCard struct {
	Schema  string            `json:"$schema"`
	Type    string            `json:"type"`
	Version string            `json:"version"`
	Body    []teamsBlock      `json:"body"`
	MSTeams map[string]string `json:"msteams"`
}

// teamsBlock is a RichTextBlock, whose runs of text know no Markdown; those of a TextBlock do.
type teamsBlock struct {
	Type    string     `json:"type"`
	Inlines []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Weight string `json:"weight,omitempty"`
}

func teamsMessage(lines []string) teams {
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		MSTeams: map[string]string{"width": "Full"},
	}
	for i, line := range lines {
		run := teamsRun{Type: "TextRun", Text: line}
		if i == 0 {
			run.Weight = "Bolder"
		}
		card.Body = append(card.Body, teamsBlock{"RichTextBlock", []teamsRun{run}})
	}
	return teams{"message", []teamsAttachment{{"application/vnd.microsoft.card.adaptive", nil, card}}}
}

// googleMessage is a message of an incoming webhook:
// https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages. Keys that it
// does not know are answered with 400.
type googleMessage struct {
	Text string `json:"text"`
}

// neutralised is the notification with words for people that no chat acts on: a receiver of JSON
// may well show them.
func (n *Notification) neutralised() Notification {
	shown := *n
	shown.Text = neutral(n.Text)
	shown.Alerts = slices.Clone(n.Alerts)
	for i := range shown.Alerts {
		shown.Alerts[i].Text = neutral(shown.Alerts[i].Text)
	}
	return shown
}

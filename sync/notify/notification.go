package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// Format is the version of the JSON that is posted; schema/notify.schema.json describes it.
const Format = "makesync.notify/v1"

// Notification is the body of a notification. It names organizations and people, and holds no value
// of anything. Its fields in JSON keep the words of the first version.
type Notification struct {
	Format string `json:"format"`
	// Text is one line for people; chat webhooks show a field of this name.
	Text    string `json:"text"`
	Command string `json:"command"` // plan, apply, status
	// Shard: each shard of a run tells of its own organizations.
	Shard   *spec.Shard `json:"shard,omitempty"`
	At      time.Time   `json:"at"` // UTC, whole seconds
	Run     string      `json:"run,omitempty"`
	Plan    string      `json:"plan,omitempty"` // the digest
	Zones   []Zone      `json:"zones"`
	Reasons []string    `json:"why"` // changed, pending, failed, held, waiting, attention; those that apply
	Summary Summary     `json:"summary"`
	Changes []Change    `json:"changes"`
	Alerts  []Alert     `json:"troubles"`
	// Reported counts alerts that last and were told by an earlier run; Omitted what there was no
	// room for.
	Reported int       `json:"toldBefore"`
	Omitted  int       `json:"omitted"`
	Exit     exit.Code `json:"exit"`
}

// Zone is a zone of the run.
type Zone struct {
	Name    string `json:"name"`
	Sandbox bool   `json:"sandbox,omitempty"`
}

// Summary holds the counts of the report; of a plan, Planned are the steps that it has.
type Summary struct {
	Planned   int `json:"planned"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Unknown   int `json:"unknown"`
	Waiting   int `json:"waiting"`
	Held      int `json:"held"`
}

// New makes the notification of a run's events.
func New(run Run, events Events, now time.Time) *Notification {
	n := &Notification{
		Format: Format, Command: run.Command, Shard: run.Shard, At: now.UTC().Truncate(time.Second),
		Zones:   []Zone{},
		Reasons: events.reasons(), Changes: append([]Change{}, events.Changes...),
		Alerts: append([]Alert{}, events.Alerts...), Reported: events.Reported, Exit: run.Exit,
	}
	for i := range n.Alerts {
		n.Alerts[i].Text = truncate(n.Alerts[i].Text)
	}
	n.count(run)
	for _, z := range run.zones() {
		n.Zones = append(n.Zones, Zone{z.Name, z.Sandbox})
	}
	if run.Plan != nil {
		n.Plan = run.Plan.Digest
	}
	n.Text = fmt.Sprintf("%smakesync %s: %s; exit %d (%s)", n.sandboxMark(), run.Command+shardWords(run.Shard),
		n.words(run)+gainWords(run.gains()), run.Exit.Code, run.Exit.Name)
	return n
}

func shardWords(s *spec.Shard) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf(", shard %d of %d", s.Index, s.Count)
}

// gainWords stand in the text, whatever else there is no room for.
func gainWords(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; rights of an Admin given: %d", n)
}

// sandboxMark begins the text of a run on a simulated zone.
func (n *Notification) sandboxMark() string {
	for _, z := range n.Zones {
		if z.Sandbox {
			return "SANDBOX "
		}
	}
	return ""
}

func (n *Notification) count(run Run) {
	switch {
	case run.Report != nil:
		n.Run, n.Summary = run.Report.Run, reportSummary(run.Report)
	case run.Plan != nil:
		n.Summary = planSummary(run.Plan)
	}
}

func reportSummary(r *report.Report) Summary {
	return Summary{r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown, r.Waiting, r.Held}
}

func planSummary(p *plan.Plan) Summary {
	s := Summary{Waiting: p.Summary.Waiting, Held: p.Summary.Held}
	for _, o := range p.Organizations {
		s.Planned += o.Changes()
	}
	return s
}

// words are those of the last line of the text that the command prints.
func (n *Notification) words(run Run) string {
	switch {
	case run.Status != nil && len(run.Status.Zones) > 0:
		return render.StatusCounts(run.Status)
	case run.Plan == nil && len(n.Alerts) > 0:
		return n.Alerts[0].Text
	case run.Report != nil:
		return render.ReportCounts(run.Report)
	case run.Plan != nil:
		return render.PlanCounts(run.Plan.Summary)
	}
	return "nothing was planned"
}

const (
	longestText     = 300      // characters of an alert's text
	maxListed       = 100      // changes, and alerts, in one notification
	maxNotification = 64 << 10 // bytes of one
)

// truncate makes a text of the result fit for a message.
func truncate(text string) string {
	r := []rune(render.Clean(text))
	if len(r) > longestText {
		return string(r[:longestText]) + "…"
	}
	return string(r)
}

// Encode gives compact JSON of at most 64 KiB and 100 changes and alerts each: what there is no
// room for is counted as omitted.
func (n *Notification) Encode() ([]byte, error) {
	shown := n.neutralised()
	n, cut := &shown, shown
	for most := maxListed; ; most /= 2 {
		cut.Changes, cut.Alerts = n.Changes[:min(most, len(n.Changes))], n.Alerts[:min(most, len(n.Alerts))]
		cut.Omitted = len(n.Changes) + len(n.Alerts) - len(cut.Changes) - len(cut.Alerts)
		var b bytes.Buffer
		if err := json.NewEncoder(&b).Encode(cut); err != nil { // < in addresses as \u003c
			return nil, err
		}
		if b.Len() <= maxNotification || most == 0 {
			return bytes.TrimSpace(b.Bytes()), nil
		}
	}
}

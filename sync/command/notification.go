package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"makesync/sync/exit"
	"makesync/sync/render"
)

// NotifyFormat is the version of the JSON that --notify posts; schema/notify.schema.json describes
// it.
const NotifyFormat = "makesync.notify/v1"

// notification is the body of a notification. It names organizations and people, and holds no value
// of anything.
type notification struct {
	Format string `json:"format"`
	// Text is one line for people; chat webhooks show a field of this name.
	Text     string         `json:"text"`
	Command  string         `json:"command"` // plan, apply
	At       time.Time      `json:"at"`
	Run      string         `json:"run,omitempty"`
	Plan     string         `json:"plan,omitempty"` // the digest
	Zones    []notifiedZone `json:"zones"`
	Why      []string       `json:"why"` // changed, pending, failed, held, waiting; those that apply
	Summary  notifiedCounts `json:"summary"`
	Changes  []change       `json:"changes"`
	Troubles []trouble      `json:"troubles"`
	// ToldBefore counts troubles that last and were told by an earlier run; Omitted what there was
	// no room for.
	ToldBefore int       `json:"toldBefore"`
	Omitted    int       `json:"omitted"`
	Exit       exit.Code `json:"exit"`
}

type notifiedZone struct {
	Name    string `json:"name"`
	Sandbox bool   `json:"sandbox,omitempty"`
}

// notifiedCounts are those of the report; of a plan, Planned are the steps that it has.
type notifiedCounts struct {
	Planned   int `json:"planned"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Unknown   int `json:"unknown"`
	Waiting   int `json:"waiting"`
	Held      int `json:"held"`
}

func notificationOf(e ending, n news, now time.Time) *notification {
	m := &notification{
		Format: NotifyFormat, Command: e.command, At: now.UTC().Truncate(time.Second), Zones: []notifiedZone{}, Why: n.why(),
		Changes: append(
			[]change{},
			n.changes...), Troubles: append([]trouble{}, n.troubles...), ToldBefore: n.toldBefore, Exit: e.exit,
	}
	for i := range m.Troubles {
		m.Troubles[i].Text = brief(m.Troubles[i].Text)
	}
	m.count(e)
	sandbox := ""
	if e.plan != nil {
		m.Plan = e.plan.Digest
		for _, z := range e.plan.Zones {
			m.Zones = append(m.Zones, notifiedZone{z.Name, z.Sandbox})
			if z.Sandbox {
				sandbox = "SANDBOX "
			}
		}
	}
	m.Text = fmt.Sprintf(
		"%s%s %s: %s; exit %d (%s)",
		sandbox,
		programName,
		e.command,
		m.words(e),
		e.exit.Code,
		e.exit.Name,
	)
	return m
}

// why lists the reasons for telling.
func (n *news) why() []string {
	why := []string{}
	if len(n.changes) > 0 {
		why = append(why, whatChanged)
	}
	for _, what := range []string{whatPending, whatFailed, whatHeld, whatWaiting} {
		if n.has(what) {
			why = append(why, what)
		}
	}
	return why
}

func (m *notification) count(e ending) {
	switch {
	case e.report != nil:
		r := e.report
		m.Run = r.Run
		m.Summary = notifiedCounts{r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown, r.Waiting, r.Held}
	case e.plan != nil:
		m.Summary = notifiedCounts{
			Planned: stepCount(e.plan),
			Waiting: e.plan.Summary.Waiting,
			Held:    e.plan.Summary.Held,
		}
	}
}

// words are those of the last line of the text.
func (m *notification) words(e ending) string {
	switch {
	case e.plan == nil && len(m.Troubles) > 0:
		return m.Troubles[0].Text
	case e.report != nil:
		return render.ReportCounts(e.report)
	case e.plan != nil:
		return render.PlanCounts(e.plan.Summary)
	}
	return "nothing was planned"
}

const (
	maxTold         = 100      // changes, and troubles, in one notification
	maxNotification = 64 << 10 // bytes of one
)

// encode gives compact JSON within the limits: what there is no room for is counted.
func (m *notification) encode() ([]byte, error) {
	cut := *m
	for most := maxTold; ; most /= 2 {
		cut.Changes, cut.Troubles = m.Changes[:min(most, len(m.Changes))], m.Troubles[:min(most, len(m.Troubles))]
		cut.Omitted = len(m.Changes) + len(m.Troubles) - len(cut.Changes) - len(cut.Troubles)
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(cut); err != nil {
			return nil, err
		}
		if b.Len() <= maxNotification || most == 0 {
			return bytes.TrimSpace(b.Bytes()), nil
		}
	}
}

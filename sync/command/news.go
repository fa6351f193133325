package command

import (
	"regexp"
	"strings"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// What there is to tell of a run:
//
//	changed   steps that an apply has done           every time: each is new
//	pending   steps that a plan found                once, until they are gone or want something else
//	failed    steps, organizations, the run itself   once, until it works again
//	held      changes that a guard stopped           once, until they are gone
//	waiting   what too many runs have seen waiting   once, until it waits no more
//
// All but the first are troubles: they last, and are told when they begin.
type news struct {
	changes  []change
	troubles []trouble
	// toldBefore counts troubles that are left out because they were told.
	toldBefore int
	ids        map[string]bool // of the troubles
}

// change is a step that was done.
type change struct {
	Address spec.Address `json:"address"`
	Op      plan.Op      `json:"op"`
	Risk    plan.Risk    `json:"risk"`
}

// trouble is something that lasts. Its fingerprint must be the same every night: it is made of no
// count, time or run.
type trouble struct {
	history.Alert `json:"-"`
	What          string       `json:"what"` // pending, failed, held, waiting
	Address       spec.Address `json:"address,omitempty"`
	Op            plan.Op      `json:"op,omitempty"`
	Text          string       `json:"text"`
	// Runs is how many runs in a row have seen it waiting.
	Runs int `json:"runs,omitempty"`
}

const (
	whatChanged = "changed"
	whatPending = "pending"
	whatFailed  = "failed"
	whatHeld    = "held"
	whatWaiting = "waiting"
)

func newTrouble(what string, a spec.Address, op plan.Op, text string, id ...string) trouble {
	organization := ""
	if a != "" {
		organization = a.Key()
	}
	id = append([]string{what, string(a), string(op)}, id...)
	return trouble{
		Alert:   history.Alert{ID: strings.Join(id, "\x00"), Organization: organization},
		What:    what,
		Address: a,
		Op:      op,
		Text:    text,
	}
}

// news is everything that a run has to tell; runs counts the runs that saw something waiting.
func (e ending) news(most int, runs func(spec.Address, string) int) (n news) {
	if e.report != nil {
		n.outcomes(e)
	}
	if e.plan != nil {
		for i := range e.plan.Organizations {
			n.organization(&e.plan.Organizations[i], e.report == nil, most, runs)
		}
	}
	for _, p := range e.problems {
		if p.Severity == spec.Error || p.Rule == "not-read" {
			n.add(newTrouble(whatFailed, p.Address, "", p.Message, p.Rule, p.Path, fileOf(p), steady(p.Message)))
		}
	}
	if e.failed() && !n.has(whatFailed) {
		n.add(newTrouble(whatFailed, "", "", "the run ended with exit "+e.exit.Name, e.exit.Name))
	}
	return n
}

// failed tells whether the run ended in a way that somebody has to look at; what is held and what
// would change say so themselves.
func (e ending) failed() bool {
	switch e.exit {
	case exit.OK, exit.Changes, exit.Held:
		return false
	}
	return true
}

// outcomes are the steps of an apply. What was skipped because another step failed follows from
// that one.
func (n *news) outcomes(e ending) {
	risks := risksOf(e.plan)
	for _, s := range e.report.Steps {
		switch {
		case s.Outcome == report.Succeeded:
			n.changes = append(n.changes, change{s.Address, s.Op, risks[s.N]})
		case s.SkippedForLicence(), s.Outcome == report.Skipped && s.Reason.Code == report.ReasonDepends:
		default:
			n.add(newTrouble(whatFailed, s.Address, s.Op, failureText(s), string(s.Outcome)))
		}
	}
}

func risksOf(p *plan.Plan) map[int]plan.Risk {
	risks := map[int]plan.Risk{}
	if p == nil {
		return risks
	}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			risks[s.N] = s.Risk
		}
	}
	return risks
}

func failureText(s report.StepReport) string {
	text := string(s.Outcome)
	reason := s.Reason.String()
	if reason != "" {
		text += ": " + reason
	}
	if s.Error != nil && !strings.Contains(reason, s.Error.Message) {
		text += ": " + s.Error.Message
	}
	return text
}

func (n *news) organization(o *plan.Organization, pending bool, most int, runs func(spec.Address, string) int) {
	if pending {
		for _, s := range o.Steps {
			n.add(newTrouble(whatPending, s.Address, s.Op, string(s.Op)+", risk "+string(s.Risk), wish(s)))
		}
	}
	for _, h := range o.Held {
		n.add(newTrouble(whatHeld, h.Address, h.Op, h.Guard+": "+h.Reason+"; --allow "+h.Allow, h.Guard))
	}
	for _, w := range o.Waiting {
		if seen := runs(w.Address, w.Reason); seen > most {
			t := newTrouble(whatWaiting, w.Address, "", w.Reason, w.Reason)
			t.Runs = seen
			n.add(t)
		}
	}
}

// wish is what a step wants, without fingerprints, which are salted anew in every plan; a secret
// shows as masked.
func wish(s plan.Step) string {
	var b strings.Builder
	for _, f := range s.Fields {
		b.WriteString(f.Path + "\x00" + f.From.String() + "\x00" + f.To.String() + "\x00")
	}
	return b.String()
}

func fileOf(p spec.Problem) string {
	if p.Source == nil {
		return ""
	}
	return p.Source.File
}

var digits = regexp.MustCompile(`[0-9]+`)

// steady is what a message says every night: its beginning, without ports, times, ids.
func steady(message string) string {
	beginning, _, _ := strings.Cut(message, ": ")
	return digits.ReplaceAllString(beginning, "#")
}

// add leaves out what is already there: a problem often repeats what a step says.
func (n *news) add(t trouble) {
	if n.ids == nil {
		n.ids = map[string]bool{}
	}
	if !n.ids[t.ID] {
		n.ids[t.ID] = true
		n.troubles = append(n.troubles, t)
	}
}

func (n *news) has(what string) bool {
	for i := range n.troubles {
		if n.troubles[i].What == what {
			return true
		}
	}
	return false
}

func (n *news) empty() bool { return len(n.changes) == 0 && len(n.troubles) == 0 }

// fresh is what has not been told.
func (n *news) fresh(told *history.Notified) news {
	fresh := news{changes: n.changes}
	for _, t := range n.troubles {
		if told.Contains(t.Alert) {
			fresh.toldBefore++
		} else {
			fresh.troubles = append(fresh.troubles, t)
		}
	}
	return fresh
}

// known are the troubles that were told before.
func (n *news) known(told *history.Notified) (known []trouble) {
	for _, t := range n.troubles {
		if told.Contains(t.Alert) {
			known = append(known, t)
		}
	}
	return known
}

// brief makes a text of the result fit for a message.
func brief(text string) string {
	const longest = 300
	r := []rune(render.Clean(text))
	if len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return string(r)
}

package notify

import (
	"regexp"
	"strings"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Events are what there is to tell of a run.
type Events struct {
	Changes []Change
	Alerts  []Alert
	// Reported counts alerts that are left out because an earlier run told them.
	Reported int
	ids      map[string]bool // of the alerts
}

// Change is a step that was done.
type Change struct {
	Address spec.Address `json:"address"`
	Op      plan.Op      `json:"op"`
	Risk    plan.Risk    `json:"risk"`
	// Gains is the role Owner or Admin that somebody was given who had neither.
	Gains string `json:"gains,omitempty"`
}

// Alert is something that lasts.
type Alert struct {
	// ID is the same every night that it lasts: it is made of no count, time or run.
	ID string `json:"-"`
	// Organization is the key of the organization that has it; "": the run has it.
	Organization string       `json:"-"`
	What         string       `json:"what"` // pending, failed, held, waiting, attention
	Address      spec.Address `json:"address,omitempty"`
	Op           plan.Op      `json:"op,omitempty"`
	Text         string       `json:"text"`
	// Runs is how many runs in a row have seen it waiting.
	Runs int `json:"runs,omitempty"`
}

const (
	whatChanged = "changed"
	whatPending = "pending"
	whatFailed  = "failed"
	whatHeld    = "held"
	whatWaiting = "waiting"
	// whatAttention is what a status shows first.
	whatAttention = "attention"
)

// newAlert makes an alert; id are the words that tell it from others of the same step or object.
func newAlert(what string, a spec.Address, op plan.Op, text string, id ...string) Alert {
	organization := ""
	if a != "" {
		organization = a.Key()
	}
	id = append([]string{what, string(a), string(op)}, id...)
	return Alert{
		ID: strings.Join(id, "\x00"), Organization: organization,
		What: what, Address: a, Op: op, Text: text,
	}
}

// EventsOf are all events of a run, reported or not. Something that waits is one when more than
// mostWaiting runs in a row have seen it; runs counts them, by its address and reason.
func EventsOf(run Run, mostWaiting int, runs func(spec.Address, string) int) (e Events) {
	if run.Report != nil {
		e.addOutcomes(run)
	}
	if run.Plan != nil {
		for i := range run.Plan.Organizations {
			o := &run.Plan.Organizations[i]
			if run.Report == nil {
				e.addPending(o.Steps)
			}
			e.addHeld(o.Held)
			e.addWaiting(o.Waiting, mostWaiting, runs)
		}
	}
	if run.Status != nil {
		e.addAttention(run.Status.Attention)
	}
	e.addProblems(run.Problems)
	if run.failed() && !e.has(whatFailed) {
		e.add(newAlert(whatFailed, "", "", "the run ended with exit "+run.Exit.Name, run.Exit.Name))
	}
	return e
}

// addOutcomes takes the steps of an apply. What was skipped because another step failed follows
// from that one.
func (e *Events) addOutcomes(run Run) {
	planned := run.planned()
	for _, s := range run.Report.Steps {
		switch {
		case s.Outcome == report.Succeeded:
			change := Change{Address: s.Address, Op: s.Op}
			if of := planned[s.N]; of != nil {
				change.Risk, change.Gains = of.Risk, of.Gains()
			}
			e.Changes = append(e.Changes, change)
		case s.SkippedForLicence(), s.IsDone():
		case s.Outcome == report.Skipped &&
			(s.Reason.Code == report.ReasonDepends || s.Reason.Code == report.ReasonTokenRefused):
		default:
			e.add(newAlert(whatFailed, s.Address, s.Op, failureText(s), string(s.Outcome)))
		}
	}
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

func (e *Events) addPending(steps []plan.Step) {
	for _, s := range steps {
		if s.Foreseen != "" && s.Gains() == "" { // it is tried: who is to be Admin is told
			continue
		}
		e.add(newAlert(whatPending, s.Address, s.Op, pendingText(s), stepKey(s)))
	}
}

// pendingText keeps the role of somebody who gains rights, and what is odd about an e-mail.
func pendingText(s plan.Step) string {
	text := string(s.Op)
	if role := s.Gains(); role != "" {
		text += " as " + role
	}
	text += ", risk " + string(s.Risk)
	if s.LooksLike != "" {
		text += "; careful: the e-mail " + s.LooksLike
	}
	return text
}

func (e *Events) addHeld(list []plan.Held) {
	for _, h := range list {
		e.add(newAlert(whatHeld, h.Address, h.Op, heldText(h), h.Guard))
	}
}

func heldText(h plan.Held) string {
	text := h.Guard + ": " + h.Reason
	if h.Gains != "" {
		text = string(h.Op) + " as " + h.Gains + " held by " + text
	}
	if h.Allow != "" {
		text += "; --allow " + h.Allow
	}
	return text
}

func (e *Events) addWaiting(list []plan.Waiting, most int, runs func(spec.Address, string) int) {
	for _, w := range list {
		if seen := runs(w.Address, w.Reason); seen > most {
			alert := newAlert(whatWaiting, w.Address, "", w.Reason, w.Reason)
			alert.Runs = seen
			e.add(alert)
		}
	}
}

// addAttention takes what needs attention. Its numbers change every day, so it is told once for
// each threshold that it crosses: by rule and severity.
func (e *Events) addAttention(list []fleet.Attention) {
	for _, a := range list {
		if a.Rule != ruleNotRead { // a problem says so too
			address := spec.Address(a.Organization)
			e.add(newAlert(whatAttention, address, "", string(a.Severity)+": "+a.Message, a.Rule, string(a.Severity)))
		}
	}
}

// ruleNotRead is what could not be read.
const ruleNotRead = "not-read"

func (e *Events) addProblems(problems []spec.Problem) {
	for _, p := range problems {
		if p.Severity == spec.Error || p.Rule == ruleNotRead {
			e.add(newAlert(whatFailed, p.Address, "", p.Message, p.Rule, p.Path, fileOf(p), stableMessage(p.Message)))
		}
	}
}

// stepKey is what a step wants, without fingerprints, which are salted anew in every plan; a secret
// shows as masked.
func stepKey(s plan.Step) string {
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

// stableMessage is what a message says every night: its beginning, without ports, times, ids.
func stableMessage(message string) string {
	beginning, _, _ := strings.Cut(message, ": ")
	return digits.ReplaceAllString(beginning, "#")
}

// add leaves out what is already there: a problem often repeats what a step says.
func (e *Events) add(a Alert) {
	if e.ids == nil {
		e.ids = map[string]bool{}
	}
	if !e.ids[a.ID] {
		e.ids[a.ID] = true
		e.Alerts = append(e.Alerts, a)
	}
}

func (e *Events) has(what string) bool {
	for i := range e.Alerts {
		if e.Alerts[i].What == what {
			return true
		}
	}
	return false
}

// Empty tells that there is nothing to tell.
func (e Events) Empty() bool { return len(e.Changes) == 0 && len(e.Alerts) == 0 }

// Unreported are the events without the alerts of which the receiver has been told, which are
// counted.
func (e Events) Unreported(reported func(Alert) bool) Events {
	rest := Events{Changes: e.Changes}
	for _, a := range e.Alerts {
		if reported(a) {
			rest.Reported++
		} else {
			rest.Alerts = append(rest.Alerts, a)
		}
	}
	return rest
}

// ReportedAlerts are the alerts of which the receiver has been told before.
func (e Events) ReportedAlerts(reported func(Alert) bool) (list []Alert) {
	for _, a := range e.Alerts {
		if reported(a) {
			list = append(list, a)
		}
	}
	return list
}

// reasons lists why these events are told: the words of doc.go that apply.
func (e Events) reasons() []string {
	reasons := []string{}
	if len(e.Changes) > 0 {
		reasons = append(reasons, whatChanged)
	}
	for _, what := range []string{whatPending, whatFailed, whatHeld, whatWaiting, whatAttention} {
		if e.has(what) {
			reasons = append(reasons, what)
		}
	}
	return reasons
}

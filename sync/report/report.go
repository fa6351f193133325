package report

import (
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Report is what an apply did. Planned = Succeeded + Failed + Skipped + Unknown, counted from
// Steps.
type Report struct {
	Format string      `json:"format"`
	Run    string      `json:"run"`
	Plan   string      `json:"plan"` // the plan's digest
	Shard  *spec.Shard `json:"shard,omitempty"`
	// Digests are those of the shard's organizations with steps, by key, from which a merge makes
	// the digest of the whole plan; only in the report of a shard.
	Digests map[string]string `json:"digests,omitempty"`
	// Zones are those of the plan, so that a report says where it worked, and SANDBOX where it did.
	Zones []plan.Zone `json:"zones,omitempty"`
	// ApprovedBy are the people whose approvals the apply asked for and counted.
	ApprovedBy []string       `json:"approvedBy,omitempty"`
	Started    *time.Time     `json:"started,omitempty"`
	Seconds    float64        `json:"durationSeconds"`
	Planned    int            `json:"planned"`
	Succeeded  int            `json:"succeeded"`
	Failed     int            `json:"failed"`
	Skipped    int            `json:"skipped"`
	Unknown    int            `json:"unknown"`
	Waiting    int            `json:"waiting"`
	Held       int            `json:"held"`
	Steps      []StepReport   `json:"steps"`
	Problems   []spec.Problem `json:"problems"`
	// StillHasAccess are people from whom the documents take something that nobody has taken;
	// NotLookedInto are the organizations, by key, whose people nobody could see.
	StillHasAccess []plan.Access `json:"stillHasAccess,omitempty"`
	NotLookedInto  []string      `json:"notLookedInto,omitempty"`
	Calls          state.Calls   `json:"calls"`
	Exit           exit.Code     `json:"exit"`
}

// AddAccess says who still has what the plan, or one of its steps that was not done, takes away.
func (r *Report) AddAccess(p *plan.Plan) {
	outcomes := map[spec.Address]*StepReport{}
	for i := range r.Steps {
		outcomes[r.Steps[i].Address] = &r.Steps[i]
	}
	r.StillHasAccess, r.NotLookedInto = slices.Clone(p.StillHasAccess), p.NotLookedInto
	for i := range r.StillHasAccess {
		access := &r.StillHasAccess[i]
		if step := outcomes[access.Address]; access.Role == plan.RoleOwner && step != nil && step.IsDone() {
			access.Address = spec.NewAddress(access.Address.Key(), spec.KindMember, access.Email)
			access.Role = plan.RoleAdmin
			access.Reason = "the former Owner stays as Admin; the next run can remove " + access.Email
		}
	}
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			step := &p.Organizations[i].Steps[j]
			outcome := outcomes[step.Address]
			if outcome == nil || outcome.IsDone() {
				continue
			}
			if taken := step.TakenAway(outcome.Accepted); taken != nil {
				taken.Reason = string(outcome.Outcome)
				if why := outcome.Reason.String(); why != "" {
					taken.Reason += ": " + why
				}
				r.StillHasAccess = append(r.StillHasAccess, *taken)
			}
		}
	}
	r.StillHasAccess = plan.SortAccess(r.StillHasAccess)
}

// Unstarted is the report of a run that ended before it began its plan: every step is skipped, for
// the same reason.
func Unstarted(run string, p *plan.Plan, why string) *Report {
	r := &Report{Format: Format, Run: run, Plan: p.Digest, Shard: p.Shard, Zones: p.Zones,
		Waiting: p.Summary.Waiting, Held: p.Summary.Held}
	reason := Reason{ReasonNotStarted, text.OneLine(why)}
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			r.Steps = append(r.Steps, NewStepReport(&p.Organizations[i].Steps[j], Skipped, reason))
		}
	}
	if r.Shard != nil {
		r.Digests = plan.OrganizationDigests(p.Organizations)
	}
	r.Count()
	r.AddAccess(p)
	return r
}

// Count adds the outcomes up.
func (r *Report) Count() {
	r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown = len(r.Steps), 0, 0, 0, 0
	for i := range r.Steps {
		switch r.Steps[i].Outcome {
		case Succeeded:
			r.Succeeded++
		case Failed:
			r.Failed++
		case Skipped:
			r.Skipped++
		case OutcomeUnknown:
			r.Unknown++
		}
	}
}

// StepOutcome is what became of a step.
type StepOutcome string

// The outcomes.
const (
	Succeeded      StepOutcome = "succeeded"
	Failed         StepOutcome = "failed"
	Skipped        StepOutcome = "skipped"
	OutcomeUnknown StepOutcome = "unknown"
)

// StepReport is the outcome of one step.
type StepReport struct {
	N       int          `json:"n"`
	Address spec.Address `json:"address"`
	Kind    spec.Kind    `json:"kind"`
	Op      plan.Op      `json:"op"`
	// Gains is the role Owner or Admin that the step gives; "" for none.
	Gains   string      `json:"gains,omitempty"`
	Outcome StepOutcome `json:"outcome"`
	// Reason is why; none for a step that simply succeeded.
	Reason   Reason         `json:"reason,omitzero"`
	Attempts int            `json:"attempts"`
	Error    *spec.APIError `json:"error,omitempty"`
	// Paste is a line to put into the documents: `id: 4711` after a create.
	Paste string `json:"paste,omitempty"`
	// Accepted: the person, who was invited when it was planned, has accepted.
	Accepted bool `json:"-"`
}

// NewStepReport is the report of a step that ended so; the caller adds attempts and error.
func NewStepReport(s *plan.Step, outcome StepOutcome, reason Reason) StepReport {
	return StepReport{N: s.N, Address: s.Address, Kind: s.Kind, Op: s.Op, Gains: s.Gains(), Outcome: outcome,
		Reason: reason}
}

// Intent is a journal entry before a request.
type Intent struct {
	Step    int          `json:"step"`
	Address spec.Address `json:"address"`
	Verb    plan.Verb    `json:"verb"`
	Attempt int          `json:"attempt"`
	Before  state.View   `json:"before,omitempty"`
	After   state.View   `json:"after,omitempty"`
	// Known are the ids of organizations of this name before a create was sent: one that is
	// not among them afterwards is the one that it made.
	Known []int64   `json:"known,omitempty"`
	At    time.Time `json:"at"`
	// Begun: a write of the step before this one is done, so that this one has to follow it.
	Begun bool `json:"-"`
}

// Outcome is a journal entry after a request.
type Outcome struct {
	Step    int          `json:"step"`
	Address spec.Address `json:"address"`
	Verb    plan.Verb    `json:"verb"`
	Attempt int          `json:"attempt"`
	Outcome StepOutcome  `json:"outcome"`
	Answer  plan.Answer  `json:"answer"`
	// Reason says why the outcome is what it is, where that is not plain.
	Reason Reason         `json:"reason,omitzero"`
	Error  *spec.APIError `json:"error,omitempty"`
	// Resolved: found out by reading, after a lost answer or a killed run.
	Resolved bool      `json:"resolved,omitempty"`
	At       time.Time `json:"at"`
}

// Format is the version of a report's JSON form, schema/report.schema.json.
const Format = "makesync.report/v1"

// AwaitingPersons counts the steps on whose outcome a person has to act.
func (r *Report) AwaitingPersons() (n int) {
	for i := range r.Steps {
		if r.Steps[i].Reason.Code == ReasonWaiting {
			n++
		}
	}
	return n
}

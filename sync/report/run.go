package report

import (
	"errors"
	"time"

	"makesync/spec"
	"makesync/sync/commandline"
	"makesync/sync/plan"
)

// ErrJournalFull is why a journal takes no further step; it still takes the rest of those that have
// begun, and results.
var ErrJournalFull = errors.New("it is as large as a journal may be; run again for the rest")

// Run is what a journal tells about a run. It is data of a file that anybody
// may have written to: nothing in it is trusted beyond its shape.
type Run struct {
	Run     string      `json:"run"`
	Started time.Time   `json:"started"`
	Ended   *time.Time  `json:"ended,omitempty"`
	Tool    string      `json:"tool,omitempty"`
	PID     int         `json:"pid,omitempty"`
	Host    string      `json:"host,omitempty"`
	Plan    string      `json:"plan"` // the plan's digest
	Shard   *spec.Shard `json:"shard,omitempty"`
	Zones   []plan.Zone `json:"zones"`
	// Command is what the run did, with absolute paths; nil where the journal does not tell.
	Command *commandline.Command `json:"command,omitempty"`
	// Places are what makes each zone the same zone for another run: its url, or the state file of
	// a simulated one.
	Places map[string]string `json:"-"`
	// Organizations are all of the plan, reached or not, with their steps without secrets.
	Organizations []RunOrganization `json:"organizations"`
	Entries       []Entry           `json:"entries"`
	// Report is the last line; nil for a run that was killed.
	Report *Report `json:"report,omitempty"`
	// Resolved: a later run has found out what became of the open intents.
	Resolved bool `json:"resolved,omitempty"`
	// Running: its process is alive and still writes.
	Running bool `json:"running,omitempty"`
	// Truncated: the last line was cut off by the kill or a full disk, and is left out.
	Truncated bool `json:"torn,omitempty"`
	// Empty: not even the first line is whole. It is on the disk before anything is sent, so
	// nothing was.
	Empty bool `json:"empty,omitempty"`
}

// RunOrganization is an organization of a run's plan.
type RunOrganization struct {
	Key   string      `json:"key"`
	Zone  string      `json:"zone"`
	ID    int64       `json:"id"` // 0: it was to be created
	Name  string      `json:"name"`
	Steps []plan.Step `json:"steps"`
}

// Entry is one line between the first and the last: one of both is set.
type Entry struct {
	Intent *Intent  `json:"intent,omitempty"`
	Result *Outcome `json:"result,omitempty"`
}

// RunStatus says how a run ended.
type RunStatus string

// The statuses.
const (
	RunFinished   RunStatus = "finished"
	RunUnfinished RunStatus = "unfinished" // killed, or its last line could not be written
	RunRunning    RunStatus = "running"    // its process is alive
	RunResolved   RunStatus = "resolved"   // unfinished, but its open intents are known by now
	RunEmpty      RunStatus = "empty"      // it was stopped before it sent anything
)

// Status is how the run ended, as far as its journal tells.
func (s *Run) Status() RunStatus {
	switch {
	case s.Resolved:
		return RunResolved
	case s.Report != nil:
		return RunFinished
	case s.Running:
		return RunRunning
	case s.Empty:
		return RunEmpty
	}
	return RunUnfinished
}

// Unresolved tells whether the run was killed, or ended not knowing what became of a request, and
// no later run has found out.
func (s *Run) Unresolved() bool {
	switch s.Status() {
	case RunUnfinished:
		return true
	case RunFinished:
		return len(s.Open()) > 0
	}
	return false
}

// IntentKey names one request of a run.
type IntentKey struct {
	Step    int
	Verb    plan.Verb
	Attempt int
}

// Open lists the intents of which nobody knows what became of them: without a
// result, or with the result unknown and not resolved since, in the order of the journal.
func (s *Run) Open() []Intent {
	results := s.lastResults()
	var open []Intent
	for _, e := range s.Entries {
		if e.Intent == nil {
			continue
		}
		last := results[IntentKey{e.Intent.Step, e.Intent.Verb, e.Intent.Attempt}]
		if last == nil || last.Outcome == OutcomeUnknown {
			open = append(open, *e.Intent)
		}
	}
	return open
}

// lastResults are what the journal says last of each request.
func (s *Run) lastResults() map[IntentKey]*Outcome {
	results := map[IntentKey]*Outcome{}
	for _, e := range s.Entries {
		if r := e.Result; r != nil {
			results[r.key()] = r
		}
	}
	return results
}

// News are those of the outcomes that say something else than the journal says last of the same
// request. Only they are added to it: a run that is looked into every night, and stays unknown,
// would grow until nobody can read it.
func (s *Run) News(outcomes []Outcome) (news []Outcome) {
	results := s.lastResults()
	for _, o := range outcomes {
		if last := results[o.key()]; last == nil || last.Outcome != o.Outcome || last.Reason != o.Reason {
			news = append(news, o)
		}
	}
	return news
}

func (o *Outcome) key() IntentKey { return IntentKey{o.Step, o.Verb, o.Attempt} }

// Index finds the parts of a run by name and number.
type Index struct {
	organizations map[string]*RunOrganization
	steps         map[int]*plan.Step
}

// Index goes through the run once. The id of an organization that the run created comes from its
// results.
func (s *Run) Index() *Index {
	x := &Index{organizations: map[string]*RunOrganization{}, steps: map[int]*plan.Step{}}
	for i := range s.Organizations {
		o := s.Organizations[i]
		x.organizations[o.Key] = &o
		for j := range o.Steps {
			x.steps[o.Steps[j].N] = &o.Steps[j]
		}
	}
	for _, e := range s.Entries {
		r := e.Result
		if r == nil || r.Verb != plan.CreateOrganization {
			continue
		}
		if o := x.organizations[r.Address.Key()]; o != nil && o.ID == 0 && r.Answer.OrganizationID > 0 {
			o.ID = r.Answer.OrganizationID
		}
	}
	return x
}

// Organization is the plan's organization of an address; nil if it has none.
func (x *Index) Organization(a spec.Address) *RunOrganization { return x.organizations[a.Key()] }

// Step is a step of the run's plan by its number; nil if it has none.
func (x *Index) Step(n int) *plan.Step { return x.steps[n] }

// Scope is what the run was about, for `apply --resume`: the organizations of its plan, and, when
// that plan had been made before, of each the objects of its steps. See spec.Scope.
func (s *Run) Scope() map[string]map[spec.Address]bool {
	only := map[string]map[spec.Address]bool{}
	for _, o := range s.Organizations {
		only[o.Key] = nil
		if s.Command == nil || !s.Command.IsOfPlan() {
			continue
		}
		only[o.Key] = map[spec.Address]bool{}
		for i := range o.Steps {
			only[o.Key][o.Steps[i].Address.Folded()] = true
		}
	}
	return only
}

// MadeOnce lists the intents that have made what would be made twice if they were repeated.
func (s *Run) MadeOnce() []Intent {
	done := map[IntentKey]bool{}
	for _, e := range s.Entries {
		if r := e.Result; r != nil {
			done[IntentKey{Step: r.Step, Verb: r.Verb, Attempt: r.Attempt}] = r.Outcome == Succeeded
		}
	}
	var made []Intent
	for _, e := range s.Entries {
		if i := e.Intent; i != nil && plan.NonIdempotent[i.Verb] &&
			done[IntentKey{Step: i.Step, Verb: i.Verb, Attempt: i.Attempt}] {
			made = append(made, *i)
		}
	}
	return made
}

// JournalSalt is the salt of the fingerprints in a run's journal: different in each run, known to
// who can read the journal.
func JournalSalt(run string) []byte { return []byte("makesync journal " + run) }

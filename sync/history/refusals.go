package history

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// Refusals remember what plans of Make did not offer when runs of this state folder tried it; they
// implement state.RefusalMemory. One is forgotten when the organization's plan or licence changes,
// when the change succeeds after all, and after state.RefusalLifetime.
type Refusals struct {
	store  *Store
	places map[string]string
	known  []refusal
}

// refusal is one of them, as the file holds it.
type refusal struct {
	// Zone is what makes the zone the same zone: its url, or the state file of a simulated one.
	Zone         string `json:"zone"`
	Organization int64  `json:"organization"`
	Licence      string `json:"licence"`
	state.Refusal
}

func readRefusals(s *Store, places map[string]string) (*Refusals, error) {
	known, err := readMemory[[]refusal](refusalsPath(s), refusalsWords)
	if err != nil {
		return nil, err
	}
	r := &Refusals{store: s, places: places}
	r.known = slices.DeleteFunc(known, r.expired)
	return r, nil
}

func (r *Refusals) expired(known refusal) bool {
	age := r.store.now().Sub(known.At)
	return age >= state.RefusalLifetime || age < -time.Hour
}

// Refused gives the refusals of an organization that were met under this licence.
func (r *Refusals) Refused(zone string, organization int64, licence string) (refused []state.Refusal) {
	for _, known := range r.known {
		if known.Zone == r.places[zone] && known.Organization == organization && known.Licence == licence {
			refused = append(refused, known.Refusal)
		}
	}
	return refused
}

// Learn remembers what a run met: refusals of its steps, and that a step succeeded after all. Of
// the plan's organizations, what was refused under another licence is forgotten.
func (r *Refusals) Learn(p *plan.Plan, result *report.Report) error {
	latest, err := r.store.Refusals(r.places) // another run may have learned meanwhile
	if err != nil {
		return err
	}
	before := slices.Clone(latest.known)
	outcomes := map[int]*report.StepReport{}
	for i := range result.Steps {
		outcomes[result.Steps[i].N] = &result.Steps[i]
	}
	for i := range p.Organizations {
		latest.learn(&p.Organizations[i], outcomes)
	}
	r.known = latest.known
	if slices.Equal(before, r.known) {
		return nil
	}
	return r.write()
}

func (r *Refusals) learn(o *plan.Organization, outcomes map[int]*report.StepReport) {
	if o.ID == 0 {
		return // it was made by the run: the next plan sees its licence
	}
	forget := func(what func(refusal) bool) {
		r.known = slices.DeleteFunc(r.known, func(known refusal) bool {
			return known.Zone == r.places[o.Zone] && known.Organization == o.ID && what(known)
		})
	}
	forget(func(known refusal) bool { return known.Licence != o.Licence })
	for i := range o.Steps {
		s := &o.Steps[i]
		result := outcomes[s.N]
		if result == nil || result.Outcome != report.Succeeded && !result.Refused() {
			continue
		}
		for _, feature := range s.Features() {
			forget(func(known refusal) bool { return known.Feature == feature })
			if result.Refused() {
				at := r.store.now().UTC().Truncate(time.Second)
				met := state.Refusal{Feature: feature, At: at, Message: answer(result)}
				r.known = append(r.known, refusal{r.places[o.Zone], o.ID, o.Licence, met})
			}
		}
	}
}

// answer is what the zone said, in one line.
func answer(r *report.StepReport) string {
	words := fmt.Sprintf("HTTP %d", r.Error.Status)
	if r.Error.Code != "" {
		words += " " + r.Error.Code
	}
	if r.Error.Message != "" {
		words += ": " + r.Error.Message
	}
	return words
}

// Forget forgets everything, and tells how many refusals that were.
func (r *Refusals) Forget() (forgotten int, err error) {
	forgotten, r.known = len(r.known), nil
	return forgotten, r.write()
}

func refusalsPath(s *Store) string { return filepath.Join(s.dir, "refusals.json") }

func (r *Refusals) write() error {
	slices.SortFunc(r.known, func(a, b refusal) int {
		return cmp.Or(cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Organization, b.Organization),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	if r.known == nil {
		r.known = []refusal{}
	}
	return writeMemory(refusalsPath(r.store), refusalsWords, r.known)
}

const refusalsWords = "the refusals by licence"

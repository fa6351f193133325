package history

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/lock"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Read reads a run back from its journal.
func (s *Store) Read(run string) (*report.Run, error) {
	return newAllowance().whole(s, run, false)
}

// List tells of every run, oldest first. A journal that cannot be read is listed as damaged, not
// left out; one for which there is no room beside newer ones as not read.
func (s *Store) List() ([]Summary, error) {
	runs, err := s.Names()
	if err != nil {
		return nil, err
	}
	a := newAllowance()
	list := make([]Summary, len(runs))
	for i, run := range slices.Backward(runs) {
		list[i] = a.summary(s, run)
	}
	return list, nil
}

// Runs reads the runs of several folders that are wanted, which the first line decides, those of
// each oldest first. A journal that cannot be read does not tell whose it is, so it is left out.
func Runs(stores []*Store, wanted func(*report.Run) bool) (runs []*report.Run, err error) {
	a := newAllowance()
	for _, s := range stores {
		names, unlisted := s.Names()
		err = errors.Join(err, unlisted)
		for _, name := range names {
			if head, is := a.head(s, name); is && !wanted(head) {
				continue
			}
			run, unread := a.whole(s, name, true)
			switch {
			case errors.Is(unread, ErrTooMuch):
				return runs, unread
			case unread == nil && wanted(run):
				runs = append(runs, run)
			}
		}
	}
	return runs, err
}

// mostSearched is how many runs are searched for the last step about an object.
const mostSearched = 200

// StepOfRun is a step of a run, and what became of it: "planned" where its journal does not tell.
type StepOfRun struct {
	Run     string
	Step    *plan.Step
	Outcome string
}

// LastStep is that of the last run which had one about an object of the zone at a place (as for
// Begin: two folders may call different zones by one name); nil for none among the latest runs.
// Journals that cannot be read are left out.
func (s *Store) LastStep(place string, object spec.Address) (*StepOfRun, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	a, wanted := newAllowance(), map[string]bool{lock.Identity(place): true}
	for _, name := range slices.Backward(names[max(0, len(names)-mostSearched):]) {
		if head, is := a.head(s, name); is && !isAt(head, wanted) {
			continue
		}
		story, err := a.whole(s, name, false)
		if err != nil {
			continue
		}
		for _, z := range story.Zones {
			if !wanted[placeIn(story, z)] {
				continue
			}
			if step := stepAbout(story, z.Name, object); step != nil {
				return &StepOfRun{name, step, outcomeOf(story, step.N)}, nil
			}
		}
	}
	return nil, nil
}

// Names lists the run ids of the folder, which begin with their time, oldest first.
func (s *Store) Names() ([]string, error) {
	entries, err := os.ReadDir(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	var runs []string
	for _, e := range entries {
		run, is := strings.CutSuffix(e.Name(), journalSuffix)
		if is && !e.IsDir() && runName.MatchString(run) {
			runs = append(runs, run)
		}
	}
	slices.Sort(runs)
	return runs, nil
}

// Unresolved lists the runs that were killed while they worked on one of the zones (places by name,
// as for Begin: two folders may call different zones by one name), or that ended not knowing what
// became of a request, unless a later run has resolved that since; oldest first. Runs that are at
// work, on other shards, are none of them. A journal that cannot be read is an error, unless its
// first line names other zones: what it hides could be a write. So are journals that hold more
// together than is read at once (TooMuchError).
func (s *Store) Unresolved(places map[string]string) ([]*report.Run, error) {
	runs, err := s.Names()
	if err != nil {
		return nil, err
	}
	var unresolved []*report.Run
	wanted := identities(places)
	a, open, full := newAllowance(), []string{}, false
	for _, run := range runs {
		if a.isSettled(s, run) {
			continue
		}
		if head, is := a.head(s, run); is && len(head.Zones) > 0 && !isAt(head, wanted) {
			continue
		}
		open = append(open, run)
		story, err := a.whole(s, run, true)
		switch {
		case errors.Is(err, ErrTooMuch):
			full = true
		case err != nil:
			return nil, err
		case story.Unresolved() && isAt(story, wanted):
			unresolved = append(unresolved, story)
		}
	}
	if full {
		return nil, tooMuch(s, open)
	}
	return unresolved, nil
}

// ZoneNames are how zones of now (places by name) are called in an earlier run, by its names: what
// a run calls a zone may be called otherwise by now, or be the name of another. Of two names of one
// zone that of the run comes first, as they may have tokens of their own.
func ZoneNames(story *report.Run, places map[string]string) map[string]string {
	names := map[string]string{}
	for _, z := range story.Zones {
		here := placeIn(story, z)
		for _, name := range append([]string{z.Name}, slices.Sorted(maps.Keys(places))...) {
			if place, is := places[name]; is && lock.Identity(place) == here {
				names[z.Name] = name
				break
			}
		}
	}
	return names
}

// placeIn is the identity of a run's zone. A journal of an older makesync has no places, only urls;
// that of a simulated zone tells nothing.
func placeIn(story *report.Run, z plan.Zone) string {
	place := story.Places[z.Name]
	if place == "" && !z.Sandbox {
		place = z.URL
	}
	return lock.Identity(place)
}

func isAt(story *report.Run, identities map[string]bool) bool {
	return slices.ContainsFunc(story.Zones, func(z plan.Zone) bool { return identities[placeIn(story, z)] })
}

func identities(places map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, place := range places {
		all[lock.Identity(place)] = true
	}
	return all
}

// longestRun is how long a run may have been at work: older journals are not looked into for what
// was done just now.
const longestRun = 24 * time.Hour

// Recent lists the runs on one of the zones (places by name, as for Unresolved) whose journals have
// grown since then and name one of the verbs, oldest first. A journal that cannot be read is left
// out: Unresolved is who complains.
func (s *Store) Recent(places map[string]string, since time.Time, verbs ...plan.Verb) ([]*report.Run, error) {
	runs, err := s.Names()
	if err != nil {
		return nil, err
	}
	var recent []*report.Run
	a, wanted := newAllowance(), identities(places)
	for _, run := range slices.Backward(runs) {
		began, err := startOf(run)
		if err == nil && began.Before(since.Add(-longestRun)) {
			break // names begin with the time
		}
		if last, err := a.last(s, run); err != nil && last.At.IsZero() || last.At.Before(since) {
			continue
		}
		if named, err := namesVerb(s, run, verbs); err != nil || !named {
			continue
		}
		if story, err := a.whole(s, run, true); err == nil && isAt(story, wanted) {
			recent = append(recent, story)
		}
	}
	slices.Reverse(recent)
	return recent, nil
}

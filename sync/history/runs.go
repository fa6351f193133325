package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	path, err := s.path(run)
	if err != nil {
		return nil, err
	}
	locked := isLocked(path) // asked first: what ends in between has its end in the file
	story, err := readJournal(run, path)
	if err == nil {
		story.Running = locked
	}
	return story, err
}

func readJournal(run, path string) (*report.Run, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ParseJournal(run, file)
}

// List tells of every run, oldest first. A journal that cannot be read is listed as damaged, not
// left out.
func (s *Store) List() ([]Summary, error) {
	runs, err := s.Names()
	if err != nil {
		return nil, err
	}
	list := make([]Summary, 0, len(runs))
	for _, run := range runs {
		story, err := s.Read(run)
		if err != nil {
			list = append(list, Summary{Run: run, Status: report.RunUnfinished, Damaged: err.Error()})
			continue
		}
		list = append(list, summarise(story))
	}
	return list, nil
}

// Runs reads the runs that are wanted, oldest first. A journal that cannot be read does not tell
// whose it is, so it is left out.
func (s *Store) Runs(wanted func(*report.Run) bool) ([]*report.Run, error) {
	names, err := s.Names()
	var runs []*report.Run
	for _, name := range names {
		if run, err := s.Read(name); err == nil && wanted(run) {
			runs = append(runs, run)
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
func (s *Store) LastStep(zone, place string, object spec.Address) (*StepOfRun, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	for i := len(names) - 1; i >= max(0, len(names)-mostSearched); i-- {
		story, err := s.Read(names[i])
		if err != nil || story.Places[zone] != place {
			continue
		}
		if step := stepAbout(story, zone, object); step != nil {
			return &StepOfRun{names[i], step, outcomeOf(story, step.N)}, nil
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
// work, on other shards, are none of them. A journal that cannot be read is an error: what it hides
// could be a write.
func (s *Store) Unresolved(places map[string]string) ([]*report.Run, error) {
	runs, err := s.Names()
	if err != nil {
		return nil, err
	}
	var unresolved []*report.Run
	for _, run := range runs {
		if s.isResolved(run) {
			continue
		}
		story, err := s.Read(run)
		if err != nil {
			return nil, err
		}
		if story.Unresolved() && concerns(story, places) {
			unresolved = append(unresolved, story)
		}
	}
	return unresolved, nil
}

// concerns: a journal of an older makesync has no places, only urls.
func concerns(story *report.Run, places map[string]string) bool {
	return slices.ContainsFunc(story.Zones, func(z plan.Zone) bool {
		place, known := places[z.Name]
		return known && lock.Identity(place) == lock.Identity(cmp.Or(story.Places[z.Name], z.URL))
	})
}

// isResolved tells from its last line whether everything of a run is known, without reading all of
// it: an apply asks this of every run there ever was.
func (s *Store) isResolved(run string) bool {
	path, err := s.path(run)
	if err != nil {
		return false
	}
	var kind, unknown json.Token
	err = withLastLine(path, func(line io.ReadSeeker) {
		kind = firstField(line, "type")
		if _, err := line.Seek(0, io.SeekStart); err == nil {
			unknown = firstField(line, "unknown")
		}
	})
	return err == nil && (kind == lineResolved || kind == lineEnd && unknown == json.Number("0"))
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
	for _, run := range slices.Backward(runs) {
		began, err := startOf(run)
		if err == nil && began.Before(since.Add(-longestRun)) {
			break // names begin with the time
		}
		path, err := s.path(run)
		if err != nil || !modifiedSince(path, since) {
			continue
		}
		if story := readWithVerb(run, path, verbs); story != nil && concerns(story, places) {
			recent = append(recent, story)
		}
	}
	slices.Reverse(recent)
	return recent, nil
}

// modifiedSince tells whether a journal's last line is not older.
func modifiedSince(path string, since time.Time) bool {
	var stamp string
	err := withLastLine(path, func(line io.ReadSeeker) { stamp, _ = firstField(line, "at").(string) })
	at, wrong := time.Parse(time.RFC3339Nano, stamp)
	return err == nil && wrong == nil && !at.Before(since)
}

// readWithVerb reads a journal that names one of the verbs, else gives nil: to look for them takes
// a hundredth of the time of understanding all of it.
func readWithVerb(run, path string, verbs []plan.Verb) *report.Run {
	file, err := openFile(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	if !containsVerb(file, verbs) {
		return nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	story, err := ParseJournal(run, file)
	if err != nil {
		return nil
	}
	return story
}

// containsVerb looks for one of the verbs part by part; each part begins with the end of the last,
// in which a verb may begin.
func containsVerb(in io.Reader, verbs []plan.Verb) bool {
	part, kept := make([]byte, tailPart), 0
	for {
		n, err := in.Read(part[kept:])
		text := part[:kept+n]
		named := func(v plan.Verb) bool { return bytes.Contains(text, []byte(`"verb":"`+string(v)+`"`)) }
		if slices.ContainsFunc(verbs, named) {
			return true
		}
		if err != nil {
			return false
		}
		kept = copy(part, text[max(0, len(text)-longestVerb):])
	}
}

// longestVerb is no shorter than a verb with its name, as journals write it.
const longestVerb = 100

package history

import (
	"bytes"
	"slices"
	"time"

	reconcile "makesync/sync"
)

// longestRun is how long a run may have been at work: older journals are not looked into for what
// was done just now.
const longestRun = 24 * time.Hour

// Recent lists the runs on one of the zones (places by name, as for Unresolved) whose journals have
// grown since then and name one of the verbs, oldest first. A journal that cannot be read is left
// out: Unresolved is who complains.
func (s *Store) Recent(places map[string]string, since time.Time, verbs ...reconcile.Verb) ([]*reconcile.Run, error) {
	runs, err := s.names()
	if err != nil {
		return nil, err
	}
	var recent []*reconcile.Run
	for _, run := range slices.Backward(runs) {
		if began, err := time.Parse(runStamp, run[:min(len(run), len(runStamp))]); err == nil && began.Before(since.Add(-longestRun)) {
			break // names begin with the time
		}
		if !s.grownSince(run, since) {
			continue
		}
		if record := s.readNaming(run, verbs); record != nil && touches(record, places) {
			recent = append(recent, record)
		}
	}
	slices.Reverse(recent)
	return recent, nil
}

// grownSince tells whether a journal's last line is not older.
func (s *Store) grownSince(run string, since time.Time) bool {
	path, err := s.path(run)
	if err != nil {
		return false
	}
	text, err := lastLine(path)
	stamp, _ := firstField(text, "at").(string)
	at, wrong := time.Parse(time.RFC3339Nano, stamp)
	return err == nil && wrong == nil && !at.Before(since)
}

// readNaming reads a journal that names one of the verbs, else gives nil: to look for them takes a
// hundredth of the time of understanding all of it.
func (s *Store) readNaming(run string, verbs []reconcile.Verb) *reconcile.Run {
	path, err := s.path(run)
	if err != nil {
		return nil
	}
	data, err := readJournal(path)
	named := func(v reconcile.Verb) bool { return bytes.Contains(data, []byte(`"verb":"`+string(v)+`"`)) }
	if err != nil || !slices.ContainsFunc(verbs, named) {
		return nil
	}
	record, err := ParseJournal(run, data)
	if err != nil {
		return nil
	}
	return record
}

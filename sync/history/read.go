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
	"path/filepath"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	reconcile "makesync/sync"
)

// Limits of what is read: a journal is hostile until it has been understood.
const (
	maxJournal = 1 << 30 // bytes of one file
	maxEntries = 4 << 20 // lines of one file: a run of a million writes has two million
)

// readJournal reads a file that is not larger than a journal may be.
func readJournal(path string) ([]byte, error) {
	run := strings.TrimSuffix(filepath.Base(path), journalSuffix)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no run %s in %s; `makesync runs list` shows those that there are: %w", run, filepath.Dir(path), err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the journal of run %s: %w", run, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the journal of run %s: %w", run, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxJournal {
		return nil, fmt.Errorf("the journal of run %s is no file of at most %d MiB", run, maxJournal>>20)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxJournal))
	if err != nil {
		return nil, fmt.Errorf("read the journal of run %s: %w", run, err)
	}
	return data, nil
}

// wholeLines leaves out a last line without its end.
func wholeLines(data []byte) []byte { return data[:bytes.LastIndexByte(data, '\n')+1] }

// Read reads a run back.
func (s *Store) Read(run string) (*reconcile.Run, error) {
	path, err := s.path(run)
	if err != nil {
		return nil, err
	}
	alive := isLocked(path) // asked first: what ends in between has its end in the file
	data, err := readJournal(path)
	if err != nil {
		return nil, err
	}
	record, err := ParseJournal(run, data)
	if err == nil {
		record.Running = alive
	}
	return record, err
}

// resolved tells from its last line whether everything of a run is known, without reading all of
// it: an apply asks this of every run there ever was.
func (s *Store) resolved(run string) bool {
	path, err := s.path(run)
	if err != nil {
		return false
	}
	text, err := lastLine(path)
	if err != nil {
		return false
	}
	switch firstField(text, "type") {
	case lineResolved:
		return true
	case lineEnd:
		return firstField(text, "unknown") == json.Number("0")
	}
	return false
}

// firstField is the value behind the first key of this name, nil when there is none. It reads no
// further than that: the last line of a long run is as long as its report, which begins with what
// is looked for.
func firstField(line []byte, name string) json.Token {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil
		}
		if token == name {
			value, _ := decoder.Token()
			return value
		}
	}
}

// lastLine reads the last whole line of a journal from the end of the file.
func lastLine(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	for length := int64(64 << 10); ; length *= 8 {
		tail := make([]byte, min(length, info.Size(), maxJournal))
		if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
			return nil, err
		}
		text := bytes.TrimSuffix(wholeLines(tail), []byte{'\n'})
		before := bytes.LastIndexByte(text, '\n')
		if before >= 0 || int64(len(tail)) < length {
			return text[before+1:], nil
		}
	}
}

// ParseJournal reads a journal's bytes. A torn last line is normal and left out;
// any other line that is not understood is an error, since what it hides could be a write.
func ParseJournal(run string, data []byte) (*reconcile.Run, error) {
	whole := wholeLines(data)
	record := &reconcile.Run{Run: run, Truncated: len(whole) != len(data)}
	if bytes.Count(whole, []byte{'\n'}) > maxEntries {
		return nil, fmt.Errorf("the journal of run %s has more than %d lines", run, maxEntries)
	}
	n := 0
	for text := range bytes.Lines(whole) {
		n++
		if err := readLine(record, n, text); err != nil {
			return nil, fmt.Errorf("the journal of run %s is damaged at line %d: %w", run, n, err)
		}
	}
	return record, nil
}

func readLine(record *reconcile.Run, n int, text []byte) error {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the line's object")
	}
	if (n == 1) != (l.Type == lineBegin) {
		return fmt.Errorf("a line of type %q does not belong here", l.Type)
	}
	return l.addTo(record)
}

// addTo puts one understood line into the run.
func (l line) addTo(record *reconcile.Run) error {
	switch {
	case l.Type == lineBegin:
		return l.begin(record)
	case l.Type == lineIntent && l.Intent != nil:
		record.Entries = append(record.Entries, reconcile.Entry{Intent: l.Intent})
	case l.Type == lineResult && l.Result != nil:
		record.Entries = append(record.Entries, reconcile.Entry{Result: l.Result})
	case l.Type == lineEnd && l.Report != nil:
		record.Report, record.Ended = l.Report, &l.At
	case l.Type == lineResolved:
		record.Resolved = true
	default:
		return fmt.Errorf("a line of type %q is not complete, or of a newer makesync", l.Type)
	}
	return nil
}

func (l line) begin(record *reconcile.Run) error {
	if l.Format != Format {
		return fmt.Errorf("format %q; this makesync reads %s", l.Format, Format)
	}
	if l.Run != record.Run {
		return fmt.Errorf("it is the journal of run %q", l.Run)
	}
	for _, o := range l.Organizations {
		if o.Key == "" || spec.Address(o.Key).Key() != o.Key {
			return fmt.Errorf("%q is no key of an organization", o.Key)
		}
	}
	record.Started, record.Tool, record.PID, record.Host = l.At, l.Tool, l.PID, l.Host
	record.Plan, record.Shard, record.Zones, record.Places, record.Organizations = l.Plan, l.Shard, l.Zones, l.Places, l.Organizations
	return nil
}

// Summary is a run in `runs list`.
type Summary struct {
	Run       string              `json:"run"`
	Started   time.Time           `json:"started"`
	Ended     *time.Time          `json:"ended,omitempty"`
	Status    reconcile.RunStatus `json:"status"`
	Zones     []string            `json:"zones"`
	Planned   int                 `json:"planned"`
	Succeeded int                 `json:"succeeded"`
	Failed    int                 `json:"failed"`
	Skipped   int                 `json:"skipped"`
	Unknown   int                 `json:"unknown"`
	// Open counts the intents of which nobody knows what became of them.
	Open int `json:"open"`
	// Damaged says why the journal cannot be read; "" when it can.
	Damaged string `json:"damaged,omitempty"`
}

// List tells of every run, oldest first. A journal that cannot be read is listed as damaged, not
// left out.
func (s *Store) List() ([]Summary, error) {
	runs, err := s.names()
	if err != nil {
		return nil, err
	}
	list := make([]Summary, 0, len(runs))
	for _, run := range runs {
		record, err := s.Read(run)
		if err != nil {
			list = append(list, Summary{Run: run, Status: reconcile.RunUnfinished, Damaged: err.Error()})
			continue
		}
		list = append(list, summarise(record))
	}
	return list, nil
}

// names lists the run ids of the folder, which begin with their time.
func (s *Store) names() ([]string, error) {
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

func summarise(record *reconcile.Run) Summary {
	sum := Summary{Run: record.Run, Started: record.Started, Ended: record.Ended, Status: record.Status(),
		Zones: zoneNames(record), Open: len(record.Open())}
	if r := record.Report; r != nil {
		sum.Planned, sum.Succeeded, sum.Failed, sum.Skipped, sum.Unknown = r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown
		return sum
	}
	for _, o := range record.Organizations {
		sum.Planned += len(o.Steps)
	}
	return sum
}

func zoneNames(record *reconcile.Run) []string {
	names := make([]string, len(record.Zones))
	for i, z := range record.Zones {
		names[i] = z.Name
	}
	return names
}

// Unresolved lists the runs that were killed while they worked on one of the zones (places by name,
// as for Begin: two folders may call different zones by one name), or that ended not knowing what
// became of a request, unless a later run has resolved that since; oldest first. Runs that are at
// work, on other shards, are none of them. A journal that cannot be read is an error: what it hides
// could be a write.
func (s *Store) Unresolved(places map[string]string) ([]*reconcile.Run, error) {
	runs, err := s.names()
	if err != nil {
		return nil, err
	}
	var unresolved []*reconcile.Run
	for _, run := range runs {
		if s.resolved(run) {
			continue
		}
		record, err := s.Read(run)
		if err != nil {
			return nil, err
		}
		if record.Unresolved() && touches(record, places) {
			unresolved = append(unresolved, record)
		}
	}
	return unresolved, nil
}

// touches: a journal of an older makesync has no places, only urls.
func touches(record *reconcile.Run, places map[string]string) bool {
	return slices.ContainsFunc(record.Zones, func(z reconcile.PlanZone) bool {
		place, known := places[z.Name]
		return known && place == cmp.Or(record.Places[z.Name], z.URL)
	})
}

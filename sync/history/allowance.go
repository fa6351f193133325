package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/report"
)

// Limits of all journals that one command reads, each of which may be as large as a journal can be.
const (
	mostWhole   = maxJournal // bytes of journals that are understood as a whole
	mostHeads   = 96 << 20   // bytes of first and last lines that are understood
	mostScanned = 2 << 30    // bytes that are looked through for where a line begins
)

// ErrTooMuch says that journals hold more together than one command reads.
var ErrTooMuch = fmt.Errorf("the journals hold more together than is read at once, %d MiB", mostWhole>>20)

// allowance is how much of all journals a command may still read. What it needs of a run that ended
// well stands in its first and its last line, so that years of them cost next to nothing.
type allowance struct {
	left, heads, scanned int64
	memory               int // of runs that are kept
}

func newAllowance() *allowance {
	return &allowance{left: mostWhole, heads: mostHeads, scanned: mostScanned}
}

// whole reads a run, all of its journal. What is kept takes of the memory that others may take.
func (a *allowance) whole(s *Store, run string, keep bool) (*report.Run, error) {
	path, err := s.path(run)
	if err != nil {
		return nil, err
	}
	locked := isLocked(path) // asked first: what ends in between has its end in the file
	file, size, err := openSized(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > a.left {
		return nil, ErrTooMuch
	}
	a.left -= size
	story, memory, err := parse(run, file, a.memory)
	if errors.Is(err, errMemory) && a.memory > 0 {
		return nil, ErrTooMuch // alone there might be room for it
	}
	if err != nil {
		return nil, err
	}
	if story.Running = locked; keep {
		a.memory = memory
	}
	return story, nil
}

// summary is a run in the list.
func (a *allowance) summary(s *Store, run string) Summary {
	if story, is := a.ended(s, run); is {
		return summarise(story)
	}
	var story *report.Run
	err := ErrTooMuch
	if a.heads >= 0 {
		story, err = a.whole(s, run, false)
	}
	switch {
	case errors.Is(err, ErrTooMuch):
		started, _ := startOf(run)
		return Summary{Run: run, Started: started, Status: NotRead, Zones: []string{}, Who: []string{}}
	case err != nil:
		return Summary{Run: run, Status: report.RunUnfinished, Damaged: err.Error()}
	}
	return summarise(story)
}

// ended is a run that ended with everything known, without its steps; false for any other, and for
// what does not look as journals do.
func (a *allowance) ended(s *Store, run string) (*report.Run, bool) {
	file, size, err := openRun(s, run)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	code, is := exitOf(file, size)
	if !is {
		return nil, false
	}
	story, is := a.firstLine(run, file)
	if !is {
		return nil, false
	}
	last, err := a.lastLine(file, size)
	if err != nil || last.Type != lineEnd || last.addTo(story) != nil || story.Report.Unknown != 0 {
		return nil, false
	}
	story.Report.Exit = code
	return story, true
}

// isSettled tells from its last line whether nothing of a run is to be found out: all is known, or
// it is at work. An apply asks this of every run there ever was.
func (a *allowance) isSettled(s *Store, run string) bool {
	last, err := a.last(s, run)
	if last.Type == lineResolved ||
		err == nil && last.Type == lineEnd && last.Report != nil && last.Report.Unknown == 0 {
		return true
	}
	if path, wrong := s.path(run); wrong != nil || !isLocked(path) {
		return false
	}
	last, err = a.last(s, run) // once more: what has ended in between has its end in the file
	return err == nil && last.Type != lineEnd
}

// head is what the first line says of a run before its steps; false where that cannot be read.
func (a *allowance) head(s *Store, run string) (*report.Run, bool) {
	file, _, err := openRun(s, run)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	return a.firstLine(run, file)
}

func (a *allowance) firstLine(run string, file io.Reader) (*report.Run, bool) {
	story := &report.Run{Run: run}
	first, err := a.lineHead(file)
	return story, err == nil && first.Type == lineBegin && first.addTo(story) == nil
}

// last is the last whole line of a run, of its report what stands before the steps. With an error
// it is what was read up to there.
func (a *allowance) last(s *Store, run string) (line, error) {
	file, size, err := openRun(s, run)
	if err != nil {
		return line{}, err
	}
	defer file.Close()
	return a.lastLine(file, size)
}

func (a *allowance) lastLine(file io.ReaderAt, size int64) (line, error) {
	if a.scanned < 0 {
		return line{}, ErrTooMuch
	}
	begin, end, err := lastLine(file, size)
	if a.scanned -= max(0, size-begin-tailPart); err != nil {
		return line{}, err
	}
	return a.lineHead(io.NewSectionReader(file, begin, end-begin))
}

// maxHead is how much of a line may stand before the long lists in it.
const maxHead = 1 << 20

// lineHead decodes the members of a line before the long lists.
func (a *allowance) lineHead(in io.Reader) (l line, err error) {
	if a.heads < 0 {
		return l, ErrTooMuch
	}
	decoder := json.NewDecoder(io.LimitReader(in, maxHead))
	err = decodeHead(decoder, reflect.ValueOf(&l).Elem())
	a.heads -= decoder.InputOffset()
	return l, err
}

// longLists are the members of a line, or of its report, before which its head ends.
var longLists = map[string]bool{"organizations": true, "steps": true}

// decodeHead leaves out members that are unknown: whoever reads the whole line tells of them.
func decodeHead(decoder *json.Decoder, into reflect.Value) error {
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(errors.New("no object begins here"), err)
	}
	members := membersOf(into)
	for decoder.More() {
		token, err := decoder.Token()
		name, _ := token.(string)
		if err != nil || longLists[name] {
			return err
		}
		member, known := members[name]
		if !known {
			member = reflect.ValueOf(new(json.RawMessage)).Elem()
		}
		if member.Type() == reflect.TypeFor[*report.Report]() {
			member.Set(reflect.ValueOf(&report.Report{Unknown: -1})) // until it says how many
			return decodeHead(decoder, member.Elem())
		}
		if err := decoder.Decode(member.Addr().Interface()); err != nil {
			return err
		}
	}
	return nil
}

// exitOf is how a run ended, out of the end of its last line, which a report ends with; false where
// the file does not end so.
func exitOf(file io.ReaderAt, size int64) (code exit.Code, is bool) {
	part := make([]byte, min(size, tailPart))
	if _, err := file.ReadAt(part, size-int64(len(part))); err != nil {
		return code, false
	}
	at := bytes.LastIndex(part, reportEnd) // within a text its quotes would be escaped
	if at < 0 {
		return code, false
	}
	var end struct {
		Calls json.RawMessage
		Exit  exit.Code
	}
	rest := append([]byte{'{'}, part[at+1:]...)
	decoder := json.NewDecoder(bytes.NewReader(rest))
	err := decoder.Decode(&end)
	return end.Exit, err == nil && end.Exit.Name != "" && string(rest[decoder.InputOffset():]) == "}\n"
}

var reportEnd = []byte(`,"calls":{`)

// openRun opens the journal of a run and tells its size.
func openRun(s *Store, run string) (*os.File, int64, error) {
	path, err := s.path(run)
	if err != nil {
		return nil, 0, err
	}
	return openSized(path)
}

func openSized(path string) (*os.File, int64, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// TooMuchError tells which journals of runs that did not end hold more together than is read at
// once; it is ErrTooMuch.
type TooMuchError struct {
	folder   string
	journals []sizedJournal // the largest first
}

type sizedJournal struct {
	run  string
	size int64
}

// mostNamed is how many of the largest are named.
const mostNamed = 3

// Is makes it ErrTooMuch.
func (e *TooMuchError) Is(target error) bool { return target == ErrTooMuch }

// Largest is the run with the largest journal.
func (e *TooMuchError) Largest() string { return e.journals[0].run }

// Error names the largest.
func (e *TooMuchError) Error() string {
	var largest []string
	for _, j := range e.journals[:min(mostNamed, len(e.journals))] {
		largest = append(largest, fmt.Sprintf("%s (%d MB)", j.run, (j.size+1e6-1)/1e6))
	}
	return fmt.Sprintf("%s of runs of which not everything is known hold more together than the %d MiB that are "+
		"read at once; the largest in %s: %s", text.Count(len(e.journals), "journal", "journals"), mostWhole>>20,
		e.folder, strings.Join(largest, ", "))
}

// tooMuch is the error of journals that hold too much together.
func tooMuch(s *Store, runs []string) error {
	e := &TooMuchError{folder: s.runs}
	for _, run := range runs {
		if file, size, err := openRun(s, run); err == nil {
			_ = file.Close()
			e.journals = append(e.journals, sizedJournal{run, size})
		}
	}
	slices.SortStableFunc(e.journals, func(a, b sizedJournal) int { return cmp.Compare(b.size, a.size) })
	return e
}

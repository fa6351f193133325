package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/sync/report"
)

// Limits of the file of a journal. A run begins no write beyond the lower ones, so that what it
// still has to write can be read again.
const (
	maxJournal = 160 << 20
	mostBegun  = 110 << 20
	maxEntries = 1_200_000 // lines
	mostLines  = 1_100_000
)

// MostSteps is how many steps the plan of a run may have for its journal to hold them, and what
// becomes of them.
const MostSteps = 120_000

// noRunError is of a run that has no journal.
type noRunError struct{ run, folder string }

func (e noRunError) Error() string { return "there is no run " + e.run + " in " + e.folder }

// Is makes it what a missing file is.
func (e noRunError) Is(target error) bool { return target == fs.ErrNotExist }

// openFile opens the journal of a run, which is not larger than a journal may be.
func openFile(path string) (*os.File, error) {
	run := strings.TrimSuffix(filepath.Base(path), journalSuffix)
	file, err := regular.Open(path, maxJournal)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noRunError{run: run, folder: filepath.Dir(path)}
	case errors.Is(err, regular.ErrTooLarge), errors.Is(err, regular.ErrNotRegular):
		return nil, fmt.Errorf("the journal of run %s is no file of at most %d MiB", run, maxJournal>>20)
	case err != nil:
		return nil, fmt.Errorf("open the journal of run %s: %w", run, err)
	}
	return file, nil
}

// tailPart is how much of the end of a file is looked through at once.
const tailPart = 64 << 10

// lastLine finds the last whole line of a journal from its end: where it begins and ends, without
// its line feed. There is none where both are the same.
func lastLine(file io.ReaderAt, size int64) (begin, end int64, err error) {
	last, err := lastLineFeed(file, size)
	if last < 0 || err != nil {
		return 0, 0, err
	}
	before, err := lastLineFeed(file, last)
	return before + 1, last, err
}

// lastLineFeed is where the last line feed before an offset stands, -1 for none.
func lastLineFeed(file io.ReaderAt, before int64) (int64, error) {
	part := make([]byte, min(tailPart, before))
	for before > 0 {
		from := max(before-tailPart, 0)
		read := part[:before-from]
		if _, err := file.ReadAt(read, from); err != nil {
			return -1, err
		}
		if at := bytes.LastIndexByte(read, '\n'); at >= 0 {
			return from + int64(at), nil
		}
		before = from
	}
	return -1, nil
}

// startOf is the time with which the name of a run begins.
func startOf(run string) (time.Time, error) {
	return time.Parse(runStamp, run[:min(len(run), len(runStamp))])
}

// ParseJournal reads a journal, line by line. A truncated last line is normal and left out, also
// when it is the first; any other line that is not understood is an error, since what it hides
// could be a write.
func ParseJournal(run string, journal io.Reader) (*report.Run, error) {
	story, _, err := parse(run, journal, 0)
	return story, err
}

// parse is ParseJournal where other runs take so much memory already, and tells how much they take
// with this one.
func parse(run string, journal io.Reader, memory int) (*report.Run, int, error) {
	story := &report.Run{Run: run}
	story.Started, _ = startOf(run)
	lines := lineReaderOf(journal)
	p := pieces{memory: memory}
	for n := 1; ; n++ {
		l, wrong := p.readLine(lines)
		whole, err := lines.next()
		switch {
		case err != nil:
			return nil, 0, fmt.Errorf("read the journal of run %s: %w", run, err)
		case !whole: // the end of the file, or a torn line, of which only what makes it too large counts
			story.Truncated, story.Empty = lines.some, n == 1
			return story, p.memory, nil
		case n > maxEntries:
			return nil, 0, fmt.Errorf("the journal of run %s has more than %d lines", run, maxEntries)
		}
		if wrong == nil && (n == 1) != (l.Type == lineBegin) {
			wrong = fmt.Errorf("a line of type %q does not belong here", l.Type)
		}
		if wrong == nil {
			wrong = l.addTo(story)
		}
		if wrong != nil {
			return nil, 0, fmt.Errorf("the journal of run %s is damaged at line %d: %w", run, n, wrong)
		}
	}
}

// lineReader reads up to the end of a line, and from the beginning of the next after next.
type lineReader struct {
	in    *bufio.Reader
	some  bool // of this line something was read
	ended bool // by its line feed
	err   error
}

func lineReaderOf(in io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(in, tailPart)}
}

func (r *lineReader) Read(into []byte) (int, error) {
	if r.ended {
		return 0, io.EOF
	}
	if r.err != nil {
		return 0, r.err
	}
	if _, r.err = r.in.Peek(1); r.err != nil {
		return 0, r.err
	}
	buffered, _ := r.in.Peek(min(len(into), r.in.Buffered()))
	n := len(buffered)
	taken := n
	if at := bytes.IndexByte(buffered, '\n'); at >= 0 {
		n, taken, r.ended = at, at+1, true
	}
	copy(into, buffered[:n])
	_, r.err = r.in.Discard(taken)
	r.some = r.some || n > 0
	return n, nil
}

// short is the whole line when it is not longer than what is read at once.
func (r *lineReader) short() (line []byte, is bool) {
	for size := 4 << 10; ; size = min(size*2, r.in.Size()) {
		part, err := r.in.Peek(size)
		if at := bytes.IndexByte(part, '\n'); at >= 0 {
			return part[:at], true
		}
		if err != nil || size == r.in.Size() {
			return nil, false
		}
	}
}

// next goes on to the next line; whole tells whether this one had its end.
func (r *lineReader) next() (whole bool, err error) {
	_, err = io.Copy(io.Discard, r)
	if whole = r.ended; whole {
		r.ended, r.some = false, false
	}
	return whole, err
}

// addTo puts one understood line into the run.
func (l line) addTo(story *report.Run) error {
	switch {
	case l.Type == lineBegin:
		return l.begin(story)
	case l.Type == lineIntent && l.Intent != nil:
		story.Entries = append(story.Entries, report.Entry{Intent: l.Intent})
	case l.Type == lineResult && l.Result != nil:
		story.Entries = append(story.Entries, report.Entry{Result: l.Result})
	case l.Type == lineEnd && l.Report != nil:
		story.Report, story.Ended = l.Report, &l.At
	case l.Type == lineResolved:
		story.Resolved = true
	default:
		return fmt.Errorf("a line of type %q is not complete, or of a newer makesync", l.Type)
	}
	return nil
}

func (l line) begin(story *report.Run) error {
	if l.Format != Format {
		return fmt.Errorf("format %q; this makesync reads %s", l.Format, Format)
	}
	if l.Run != story.Run {
		return fmt.Errorf("it is the journal of run %q", l.Run)
	}
	if err := checkOrganizations(l.Organizations); err != nil {
		return err
	}
	story.Started, story.Tool, story.PID, story.Host = l.At, l.Tool, l.PID, l.Host
	story.Plan, story.Shard, story.Organizations = l.Plan, l.Shard, l.Organizations
	story.Zones, story.Places = l.Zones, l.Places
	if l.Command != nil && l.Command.IsReadable() {
		story.Command = l.Command
	}
	return nil
}

// checkOrganizations: what stands twice could be told, and reversed, twice.
func checkOrganizations(organizations []report.RunOrganization) error {
	keys, numbers := map[string]bool{}, map[int]bool{}
	for i := range organizations {
		o := &organizations[i]
		if o.Key == "" || spec.Address(o.Key).Key() != o.Key {
			return fmt.Errorf("%q is no key of an organization", o.Key)
		}
		if keys[o.Key] {
			return fmt.Errorf("the organization %q stands in it twice", o.Key)
		}
		keys[o.Key] = true
		for j := range o.Steps {
			if n := o.Steps[j].N; numbers[n] {
				return fmt.Errorf("step %d stands in it twice", n)
			} else {
				numbers[n] = true
			}
		}
	}
	return nil
}

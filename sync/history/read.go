package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/report"
)

// Limits of what is read: a journal is hostile until it has been understood.
const (
	maxJournal = 1 << 30 // bytes of one file
	maxEntries = 4 << 20 // lines of one file: a run of a million writes has two million
)

// noRunError is of a run that has no journal.
type noRunError struct{ run, folder string }

func (e noRunError) Error() string { return "there is no run " + e.run + " in " + e.folder }

// Is makes it what a missing file is.
func (e noRunError) Is(target error) bool { return target == fs.ErrNotExist }

// readJournal reads a file that is not larger than a journal may be.
func readJournal(path string) ([]byte, error) {
	run := strings.TrimSuffix(filepath.Base(path), journalSuffix)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRunError{run: run, folder: filepath.Dir(path)}
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

// completeLines leaves out a last line without its end.
func completeLines(data []byte) []byte { return data[:bytes.LastIndexByte(data, '\n')+1] }

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
		text := bytes.TrimSuffix(completeLines(tail), []byte{'\n'})
		before := bytes.LastIndexByte(text, '\n')
		if before >= 0 || int64(len(tail)) < length {
			return text[before+1:], nil
		}
	}
}

// startOf is the time with which the name of a run begins.
func startOf(run string) (time.Time, error) {
	return time.Parse(runStamp, run[:min(len(run), len(runStamp))])
}

// ParseJournal reads a journal's bytes. A truncated last line is normal and left out, also when it
// is the first; any other line that is not understood is an error, since what it hides could be a
// write.
func ParseJournal(run string, data []byte) (*report.Run, error) {
	whole := completeLines(data)
	story := &report.Run{Run: run, Truncated: len(whole) != len(data), Empty: len(whole) == 0}
	story.Started, _ = startOf(run)
	if bytes.Count(whole, []byte{'\n'}) > maxEntries {
		return nil, fmt.Errorf("the journal of run %s has more than %d lines", run, maxEntries)
	}
	n := 0
	for text := range bytes.Lines(whole) {
		n++
		if err := readLine(story, n, text); err != nil {
			return nil, fmt.Errorf("the journal of run %s is damaged at line %d: %w", run, n, err)
		}
	}
	return story, nil
}

func readLine(story *report.Run, n int, text []byte) error {
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
	return l.addTo(story)
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
	for _, o := range l.Organizations {
		if o.Key == "" || spec.Address(o.Key).Key() != o.Key {
			return fmt.Errorf("%q is no key of an organization", o.Key)
		}
	}
	story.Started, story.Tool, story.PID, story.Host = l.At, l.Tool, l.PID, l.Host
	story.Plan, story.Shard, story.Organizations = l.Plan, l.Shard, l.Organizations
	story.Zones, story.Places = l.Zones, l.Places
	if l.Command != nil && l.Command.IsReadable() {
		story.Command = l.Command
	}
	return nil
}

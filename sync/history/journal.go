package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/atomicfile"
	"makesync/sync/commandline"
	"makesync/sync/lock"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Format is the version of the journal's lines.
const Format = "makesync.journal/v1"

// line is one line of a journal; which fields it has depends on its type.
type line struct {
	Type          string                   `json:"type"`
	Format        string                   `json:"format,omitempty"`
	Run           string                   `json:"run,omitempty"`
	At            time.Time                `json:"at"`
	Tool          string                   `json:"tool,omitempty"`
	PID           int                      `json:"pid,omitempty"`
	Host          string                   `json:"host,omitempty"`
	Plan          string                   `json:"plan,omitempty"`
	Shard         *spec.Shard              `json:"shard,omitempty"`
	Zones         []plan.Zone              `json:"zones,omitempty"`
	Places        map[string]string        `json:"places,omitempty"` // by zone
	Command       *commandline.Command     `json:"command,omitempty"`
	Organizations []report.RunOrganization `json:"organizations,omitempty"`
	Intent        *report.Intent           `json:"intent,omitempty"`
	Result        *report.Outcome          `json:"result,omitempty"`
	Report        *report.Report           `json:"report,omitempty"`
}

// The types of lines.
const (
	lineBegin    = "begin"
	lineIntent   = "intent"
	lineResult   = "result"
	lineEnd      = "end"
	lineResolved = "resolved" // a later run has resolved what was open
)

// Journal writes what happens in one run; it implements apply.Journal. After
// an error it stays broken: what it did not keep must not be followed by more.
type Journal struct {
	store   *Store
	run     string
	places  map[string]string
	command commandline.Command

	mu      sync.Mutex
	file    journalFile // locked as long as this process writes
	size    int64       // bytes of whole lines
	lines   int         // whole ones, whoever has written them
	durable int64       // how many of them are on the disk for certain
	syncing bool        // somebody waits for the disk, without mu
	synced  *sync.Cond  // somebody has done so
	broken  error
}

func newJournal(s *Store, run string) *Journal {
	j := &Journal{store: s, run: run}
	j.synced = sync.NewCond(&j.mu)
	return j
}

// journalFile is what a journal needs of *os.File; tests put a full disk in its place.
type journalFile interface {
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// create makes the file, which must be new.
func (j *Journal) create() error {
	path, err := j.store.path(j.run)
	if err != nil {
		return err
	}
	if err := makeDir(j.store.runs); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	j.file = file
	if err := lockJournal(file, j.run); err != nil {
		return err
	}
	return atomicfile.SyncFolder(j.store.runs)
}

// journalLockWait is how long another process that resolves the same run is waited for.
const journalLockWait = 5 * time.Second

// lockJournal locks the journal itself: whoever finds it unlocked and without an end knows that its
// process is dead.
func lockJournal(file *os.File, run string) error {
	ctx, cancel := context.WithTimeout(context.Background(), journalLockWait)
	defer cancel()
	ok, err := lock.AwaitFile(ctx, file)
	switch {
	case err != nil:
		return fmt.Errorf("lock the journal of run %s: %w", run, err)
	case !ok:
		return fmt.Errorf("run %s is still at work, or another run is resolving it", run)
	}
	return nil
}

// isLocked tells whether some process writes the journal.
func isLocked(path string) bool {
	file, err := regular.Open(path, math.MaxInt64)
	if err != nil {
		return false
	}
	free, err := lock.File(file, true)
	if free {
		return lock.Unlock(file) != nil
	}
	return errors.Join(err, file.Close()) == nil
}

// openJournal locks and opens the journal of an earlier run behind its last complete line.
func openJournal(s *Store, run, path string) (*Journal, error) {
	file, err := regular.OpenToWrite(path, math.MaxInt64)
	if err != nil {
		return nil, fmt.Errorf("open the journal of run %s: %w", run, err)
	}
	j := newJournal(s, run)
	if err = lockJournal(file, run); err == nil {
		j.size, err = cutTornLine(file, run)
	}
	if err == nil {
		j.lines, err = countLines(file, j.size)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	j.file, j.durable = file, j.size
	return j, nil
}

// countLines counts the whole lines of a journal.
func countLines(file io.ReaderAt, size int64) (lines int, err error) {
	part := make([]byte, tailPart)
	for at := int64(0); at < size; at += tailPart {
		read := part[:min(size-at, tailPart)]
		if _, err := file.ReadAt(read, at); err != nil {
			return 0, err
		}
		lines += bytes.Count(read, []byte{'\n'})
	}
	return lines, nil
}

// cutTornLine cuts off a last line without its end; size is that of the rest.
func cutTornLine(file *os.File, run string) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("read the journal of run %s: %w", run, err)
	}
	last, err := lastLineFeed(file, info.Size())
	switch size = last + 1; {
	case err != nil:
		return 0, fmt.Errorf("read the journal of run %s: %w", run, err)
	case size == 0:
		return 0, fmt.Errorf("nothing was sent in run %s, so nothing can be added to its journal", run)
	case size == info.Size():
		return size, nil
	}
	if err := file.Truncate(size); err != nil {
		return 0, fmt.Errorf("cut the torn line of run %s: %w", run, err)
	}
	return size, nil
}

// Begin writes the first line.
func (j *Journal) Begin(run string, plan *plan.Plan) error {
	host, _ := os.Hostname()
	first := line{
		Type: lineBegin, Format: Format, Run: run, Tool: j.store.tool, PID: os.Getpid(), Host: host,
		Plan: plan.Digest, Shard: plan.Shard, Zones: plan.Zones, Places: j.places,
	}
	if j.command.Verb != "" {
		first.Command = &j.command
	}
	for _, o := range plan.Organizations {
		first.Organizations = append(first.Organizations, report.RunOrganization{
			Key: o.Key, Zone: o.Zone, ID: o.ID, Name: o.Name, Steps: o.Steps})
	}
	return j.write(first)
}

// Intent writes what is about to be sent.
func (j *Journal) Intent(i report.Intent) error {
	return j.write(line{Type: lineIntent, Intent: &i})
}

// Result writes what became of it. It does not wait for the disk, which takes it with the next line
// that does: a result that a power failure takes away leaves an intent without one, and those are
// looked into. So a write of an organization waits for the disk once.
func (j *Journal) Result(o report.Outcome) error {
	_, err := j.append(line{Type: lineResult, Result: &o})
	return err
}

// End writes the last line of a run that ended by itself.
func (j *Journal) End(r *report.Report) error { return j.write(line{Type: lineEnd, Report: r}) }

// AddResolved adds what a later run has read of requests that were open, and, where all is known,
// that nothing is open any more. A full journal stays as it is: the next run reads the same again.
func (j *Journal) AddResolved(outcomes []report.Outcome, known bool) error {
	for _, o := range outcomes {
		if err := j.Result(o); err != nil {
			return unlessFull(err)
		}
	}
	if !known {
		return nil
	}
	return unlessFull(j.write(line{Type: lineResolved}))
}

func unlessFull(err error) error {
	if errors.Is(err, report.ErrJournalFull) {
		return nil
	}
	return err
}

// Close ends the writing.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	j.mu.Lock()
	if j.broken == nil {
		_ = j.await(j.size) // whoever closes has no use for the error, and it stays in broken
	}
	j.mu.Unlock()
	if file, is := j.file.(*os.File); is {
		return lock.Unlock(file)
	}
	return j.file.Close()
}

// write puts one line on the disk. Lines that come while the disk is at work share its next flush,
// so that organizations side by side wait about as long as one.
func (j *Journal) write(l line) error {
	mine, err := j.append(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.await(mine)
}

// append writes one line without waiting for the disk; end is the number of bytes up to its end.
func (j *Journal) append(l line) (end int64, err error) {
	l.At = j.store.now().UTC()
	data := lineBuffers.Get().(*bytes.Buffer)
	defer lineBuffers.Put(data)
	data.Reset()
	err = json.NewEncoder(data).Encode(l) // with the end of the line
	line := text.SafeJSON(data.Bytes())
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return 0, j.broken
	}
	if err == nil && !j.hasRoom(l, len(line)) {
		return 0, report.ErrJournalFull
	}
	if err == nil {
		err = j.appendLine(line)
	}
	if err != nil {
		return 0, j.fail(err)
	}
	return j.size, nil
}

// lineBuffers are used for one line after the other.
var lineBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// hasRoom tells whether a line may be added. What was written has to be read again: no line makes
// the journal larger than it may be, and no step begins where there is no room for the rest of it,
// for the results that are still to come, and for the report.
func (j *Journal) hasRoom(l line, more int) bool {
	size, lines := j.size+int64(more), j.lines+1
	if l.Type == lineIntent && !l.Intent.Begun {
		return size <= mostBegun && lines <= mostLines
	}
	return size <= maxJournal && lines <= maxEntries
}

// await waits until so many bytes are on the disk.
func (j *Journal) await(mine int64) error {
	for j.durable < mine {
		if j.broken != nil {
			return j.broken
		}
		j.flush()
	}
	return nil
}

// appendLine writes a line behind the others. What a full disk left of it is cut off, as far as the
// disk lets us.
func (j *Journal) appendLine(line []byte) error {
	if j.file == nil {
		if err := j.create(); err != nil {
			return err
		}
	}
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		_ = j.file.Truncate(j.size) // best effort: a truncated last line is understood anyway
		return err
	}
	j.size += int64(len(line))
	j.lines++
	return nil
}

// flush waits until the disk has taken what was written, by its own flush or somebody else's.
func (j *Journal) flush() {
	if j.syncing {
		j.synced.Wait()
		return
	}
	j.syncing = true
	j.mu.Unlock()
	runtime.Gosched() // who is about to write a line has it flushed, too
	j.mu.Lock()
	upTo := j.size
	j.mu.Unlock()
	err := flushFile(j.file)
	j.mu.Lock()
	j.syncing = false
	if err == nil {
		j.durable = upTo
	} else {
		_ = j.fail(err)
	}
	j.synced.Broadcast()
}

func (j *Journal) fail(err error) error {
	if j.broken == nil {
		j.broken = fmt.Errorf("write the journal of run %s: %w", j.run, err)
	}
	return j.broken
}

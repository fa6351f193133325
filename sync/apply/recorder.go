package apply

import (
	"errors"
	"sync"

	"makesync/sync/plan"
	"makesync/sync/report"
)

// journalRecorder writes the lines of a run's journal. After an error no further write passes: no
// journal, no write.
type journalRecorder struct {
	journal Journal // nil: --no-journal

	mu    sync.Mutex
	err   error
	begun bool // the first line is kept
	wrote bool // a write has been let through
}

func (r *journalRecorder) begin(run string, plan *plan.Plan) {
	r.begun = r.keep(r.journal.Begin(run, plan)) == nil
}

// intent lets one write through, or says why not.
func (r *journalRecorder) intent(i report.Intent) error {
	if err := r.broken(); err != nil {
		return err
	}
	if r.journal != nil {
		err := r.journal.Intent(i)
		if errors.Is(err, report.ErrJournalFull) {
			return err
		}
		if r.keep(err) != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrote = true
	return nil
}

// result keeps what became of a write. Its error stops the writes after this one; this one is told
// as it is.
func (r *journalRecorder) result(o report.Outcome) {
	if r.journal != nil && r.broken() == nil {
		_ = r.keep(r.journal.Result(o))
	}
}

// end writes the last line, unless something before it is missing. Its error is that of this line
// alone.
func (r *journalRecorder) end(report *report.Report) error {
	if !r.begun || r.broken() != nil {
		return nil
	}
	return r.keep(r.journal.End(report))
}

// keep remembers the first error, and gives back the one of this line.
func (r *journalRecorder) keep(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	return err
}

// broken is the journal's first error.
func (r *journalRecorder) broken() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// failedBeforeFirstWrite tells whether nothing was written for want of a journal.
func (r *journalRecorder) failedBeforeFirstWrite() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err != nil && !r.wrote
}

// Journal keeps the story of a run; every call returns only after the entry is
// on disk. An error stops the run before the next write.
type Journal interface {
	// Begin is the first line: the run's plan as far as resume and undo need it.
	Begin(run string, plan *plan.Plan) error
	// Intent comes before each request.
	Intent(report.Intent) error
	// Result comes after it.
	Result(report.Outcome) error
	// End is the last line.
	End(*report.Report) error
}

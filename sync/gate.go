package sync

import stdsync "sync"

// gate stands between the steps and the journal. After an error of the journal
// no further write passes: no journal, no write.
type gate struct {
	journal Journal // nil: --no-journal

	mu    stdsync.Mutex
	err   error
	begun bool // the first line is kept
	wrote bool // a write has been let through
}

func (g *gate) begin(run string, plan *Plan) {
	g.begun = g.note(g.journal.Begin(run, plan)) == nil
}

// intent lets one write through, or says why not.
func (g *gate) intent(i Intent) error {
	if err := g.broken(); err != nil {
		return err
	}
	if g.journal != nil {
		if err := g.note(g.journal.Intent(i)); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrote = true
	return nil
}

// result keeps what became of a write. Its error stops the writes after this one; this one is told as it is.
func (g *gate) result(o Outcome) {
	if g.journal != nil && g.broken() == nil {
		_ = g.note(g.journal.Result(o))
	}
}

// end writes the last line, unless something before it is missing. Its error is that of this line alone.
func (g *gate) end(r *Report) error {
	if !g.begun || g.broken() != nil {
		return nil
	}
	return g.note(g.journal.End(r))
}

func (g *gate) note(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = err
	}
	return err
}

// broken is the journal's first error.
func (g *gate) broken() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// silent tells whether the journal failed before any write.
func (g *gate) silent() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err != nil && !g.wrote
}

package command

import (
	"fmt"
	"io"
	"sync"

	reconcile "makesync/sync"
	"makesync/sync/render"
)

// progress shows how far a run is: on a terminal one line that overwrites itself, in a log a line for each
// thing done, at level info.
type progress struct {
	r      *runtimeEnv
	doing  string
	mu     sync.Mutex
	active bool // a line stands on the terminal
	count  int
}

func (r *runtimeEnv) newProgress(doing string) *progress { return &progress{r: r, doing: doing} }

// read is told of each organization that was read.
func (p *progress) read(now reconcile.Progress) {
	p.r.log.Info("read", "organization", now.Organization, "done", now.Done, "total", now.Total)
	p.show("%s %d/%d %s", p.doing, now.Done, now.Total, render.Clean(now.Organization))
}

// applied is told of each step that begins or ends, from several goroutines.
func (p *progress) applied(e reconcile.StepEvent) {
	address := render.Clean(string(e.Address))
	if e.Outcome == "" {
		p.show("%s %d/%d %s %s", p.doing, p.ended(0), e.Of, e.Op, address)
		return
	}
	p.r.log.Info("step", "n", e.N, "of", e.Of, "op", string(e.Op), "address", string(e.Address), "outcome", string(e.Outcome), "reason", e.Reason)
	p.show("%s %d/%d %s %s: %s", p.doing, p.ended(1), e.Of, e.Op, address, e.Outcome)
}

// ended counts steps that ended.
func (p *progress) ended(more int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count += more
	return p.count
}

func (p *progress) show(format string, values ...any) {
	if !p.r.Terminal.Stderr {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.active = true
	fmt.Fprintf(p.r.Stderr, "\r\x1b[K%s", cut(fmt.Sprintf(format, values...), p.width()))
}

// width leaves the last column free, where some terminals would begin a new line.
func (p *progress) width() int {
	if p.r.Terminal.Width > 1 {
		return p.r.Terminal.Width - 1
	}
	return 79
}

func cut(text string, width int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), width)])
}

// done takes the line away.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active {
		p.active = false
		io.WriteString(p.r.Stderr, "\r\x1b[K")
	}
}

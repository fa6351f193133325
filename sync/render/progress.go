package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// ProgressOptions are the surroundings of a Progress.
type ProgressOptions struct {
	// Terminal: w is one, where a line can overwrite itself. Watched: somebody looks at w, also
	// where it is a terminal that cannot do that.
	Terminal, Watched bool
	// Width is the terminal's number of columns; 0 means 80.
	Width int
	// Now is the clock.
	Now func() time.Time
	// Every is the shortest time between two lines; 0 means 100 ms on a terminal and 30 s in a log.
	Every time.Duration
}

// Progress tells on stderr how far a run is: on a terminal in one line that overwrites itself, in a
// log with a plain line now and then, so that a short run says nothing there and a long one shows
// that it lives. It may be called from several goroutines.
//
//	reading   [#######.............]  35 of 100  acme
//	applying  [####................]  3 of 14  update acme/variable/RETRIES
type Progress struct {
	out io.Writer
	ProgressOptions
	mu     sync.Mutex
	last   time.Time // of the last line
	ended  int       // steps that ended
	text   string    // of the newest line
	active bool      // a line stands on the terminal
}

// NewProgress writes to w. The first line in a log comes after Every, not at once.
func NewProgress(w io.Writer, o ProgressOptions) *Progress {
	if o.Width == 0 {
		o.Width = 80
	}
	if o.Every == 0 {
		o.Every = 30 * time.Second
		if o.Terminal {
			o.Every = 100 * time.Millisecond
		}
	}
	p := &Progress{out: w, ProgressOptions: o}
	if !o.Terminal {
		p.last = o.Now()
	}
	return p
}

// Read is told of each organization that was read; it fits sync.Request.Progress.
func (p *Progress) Read(now plan.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.needsLine() {
		p.tell("reading", now.Done, now.Total, Clean(now.Organization))
	}
}

// Applied is told of each step that begins or ends; it fits sync.ApplyOptions.Progress.
func (p *Progress) Applied(e report.StepEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Outcome != "" {
		p.ended++
	}
	if !p.needsLine() {
		return
	}
	what := Clean(string(e.Op)) + " " + Clean(string(e.Address))
	if e.Outcome == report.Failed || e.Outcome == report.OutcomeUnknown {
		what += ": " + string(e.Outcome)
	}
	p.tell("applying", p.ended, e.Of, what)
}

// Waiting tells whoever watches that calls rest, for a rate window or for what a zone may still be
// at work on. It does so at once, as it may be the last sign of life for a minute.
func (p *Progress) Waiting(what string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Terminal || p.Watched {
		p.last = time.Time{}
		p.line(fmt.Sprintf("waiting %s for %s", d.Round(time.Second), Clean(what)))
	}
}

// Done takes the line off the terminal, until there is something to tell again.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.active {
		io.WriteString(p.out, "\r\x1b[K")
		p.active = false
	}
}

// Beside gives a writer to the terminal on which the line stands: what it writes appears above the
// line, which makes room for it.
func (p *Progress) Beside(w io.Writer) io.Writer { return beside{w, p} }

type beside struct {
	io.Writer
	p *Progress
}

// Write writes whole lines above the progress; a question, which has no end of line yet, takes its
// place.
func (b beside) Write(data []byte) (int, error) {
	b.p.mu.Lock()
	defer b.p.mu.Unlock()
	stood := b.p.active
	b.p.clear()
	n, err := b.Writer.Write(data)
	if stood && bytes.HasSuffix(data, []byte("\n")) {
		b.p.draw()
	}
	return n, err
}

func (p *Progress) tell(doing string, done, of int, what string) {
	bar := ""
	if p.Terminal {
		bar = progressBar(done, of) + "  "
	}
	p.line(fmt.Sprintf("%s  %s%s of %s  %s", pad(doing, 8), bar, text.Number(done), text.Number(of), what))
}

// needsLine tells whether somebody may see the line of what happens now: in a log where one is due,
// on a terminal always, since what is written beside the line has it drawn again.
func (p *Progress) needsLine() bool { return p.Terminal || p.isDue() }

// isDue tells whether the last line is old enough for another.
func (p *Progress) isDue() bool { return p.last.IsZero() || p.Now().Sub(p.last) >= p.Every }

// line writes, unless the last line is too recent.
func (p *Progress) line(text string) {
	p.text = text
	if !p.isDue() {
		return
	}
	p.last = p.Now()
	if !p.Terminal {
		if p.Watched {
			text = cutEnd(text, p.Width)
		}
		fmt.Fprintln(p.out, text)
		return
	}
	p.draw()
}

// draw writes the newest line over whatever stands there. The last column stays free: some
// terminals begin a new line when it is filled.
func (p *Progress) draw() {
	fmt.Fprint(p.out, "\r\x1b[K"+cutEnd(p.text, max(p.Width-1, 10)))
	p.active = true
}

const barLength = 20

// progressBar is a bar in ASCII, which every terminal and screen reader takes.
func progressBar(done, of int) string {
	filled := barLength
	if of > 0 {
		filled = min(max(done, 0)*barLength/of, barLength)
	}
	return "[" + strings.Repeat("#", filled) + strings.Repeat(".", barLength-filled) + "]"
}

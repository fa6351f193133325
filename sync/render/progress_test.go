package render

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"makesync/sync/plan"
	"makesync/sync/report"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	c := &clock{now: sampleTime}
	var b bytes.Buffer
	p := NewProgress(&b, ProgressOptions{Terminal: true, Width: 60, Now: c.Now})
	p.Read(plan.Progress{Done: 1, Total: 4, Organization: "acme\x1b[2J"})
	p.Read(plan.Progress{Done: 2, Total: 4, Organization: "too soon"})
	c.now = c.now.Add(100 * time.Millisecond)
	p.Applied(report.StepEvent{N: 3, Of: 14, Address: "acme/variable/A_VERY_LONG_NAME_THAT_DOES_NOT_FIT", Op: plan.OpUpdate, Outcome: report.Failed})
	p.Done()
	p.Done()
	want := "\r\x1b[Kreading   [#####...............]  1 of 4  acme\\x1b[2J" +
		"\r\x1b[Kapplying  [#...................]  1 of 14  update acme/var…" +
		"\r\x1b[K"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestProgressInALog: nothing for a short run, a plain line now and then for a long one.
func TestProgressInALog(t *testing.T) {
	t.Parallel()
	c := &clock{now: sampleTime}
	var b bytes.Buffer
	p := NewProgress(&b, ProgressOptions{Now: c.Now})
	for i := range 100 {
		p.Read(plan.Progress{Done: i + 1, Total: 100, Organization: "acme"})
		c.now = c.now.Add(time.Second)
	}
	p.Waiting("the rate limit of acme", 41*time.Second) // for people only
	p.Done()
	want := "reading   31 of 100  acme\nreading   61 of 100  acme\nreading   91 of 100  acme\n"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestWaitingIsToldAtOnce: nothing may follow it for a minute, so it is not left out for coming soon after something else.
func TestWaitingIsToldAtOnce(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := NewProgress(&b, ProgressOptions{Terminal: true, Now: func() time.Time { return sampleTime }})
	p.Read(plan.Progress{Done: 1, Total: 2, Organization: "acme"})
	p.Waiting("the rate limit of Acme\x1b[2J", 41*time.Second)
	if got, want := b.String(), "\r\x1b[Kwaiting 41s for the rate limit of Acme\\x1b[2J"; !strings.HasSuffix(got, want) {
		t.Errorf("%q does not end with %q", got, want)
	}
}

// TestTextBesideProgress: what is printed meanwhile stands on lines of its own, and the progress below it.
func TestTextBesideProgress(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := NewProgress(&b, ProgressOptions{Terminal: true, Now: func() time.Time { return sampleTime }})
	out := p.Beside(&b)
	io.WriteString(out, "header\n")
	p.Read(plan.Progress{Done: 1, Total: 2, Organization: "acme"})
	p.Read(plan.Progress{Done: 2, Total: 2, Organization: "beta"}) // too soon for a line of its own
	io.WriteString(out, "acme\n")
	io.WriteString(out, "sure? ")
	io.WriteString(out, "beta\n")
	p.Done()
	want := "header\n" +
		"\r\x1b[Kreading   [##########..........]  1 of 2  acme" +
		"\r\x1b[Kacme\n" +
		"\r\x1b[Kreading   [####################]  2 of 2  beta" +
		"\r\x1b[Ksure? beta\n"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

package sandbox

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// faultKinds is what can go wrong, in the order of the documentation. A kind
// whose name ends in -after, and truncate and malformed, commit a write first; one that ends in -late commits it
// when the client has its answer.
var faultKinds = []struct {
	kind  string
	about string
	play  func(*Fault, http.ResponseWriter, *call)
}{
	{"status", "answers with a status instead of doing the call", func(f *Fault, rw http.ResponseWriter, _ *call) { send(rw, f.reply()) }},
	{"status-after", "does the call, then answers with a status", func(f *Fault, rw http.ResponseWriter, c *call) { c.mustAnswer(); send(rw, f.reply()) }},
	{"drop-before", "breaks the connection without doing the call", func(*Fault, http.ResponseWriter, *call) { panic(http.ErrAbortHandler) }},
	{"drop-after", "does the call, then breaks the connection", func(_ *Fault, _ http.ResponseWriter, c *call) { c.mustAnswer(); panic(http.ErrAbortHandler) }},
	{"status-late", "answers with a status, and does the call after delay (default 5s)", func(f *Fault, rw http.ResponseWriter, c *call) { c.later(f.Delay); send(rw, f.reply()) }},
	{"drop-late", "breaks the connection, and does the call after delay (default 5s)", func(f *Fault, _ http.ResponseWriter, c *call) { c.later(f.Delay); panic(http.ErrAbortHandler) }},
	{"delay", "waits, then does the call", func(f *Fault, rw http.ResponseWriter, c *call) { c.sleep(f.Delay); c.respond(rw) }},
	{"hang", "never answers, and does not do the call", func(f *Fault, _ http.ResponseWriter, c *call) { c.hang(f.Delay) }},
	{"hang-after", "does the call, then never answers", func(f *Fault, _ http.ResponseWriter, c *call) { c.mustAnswer(); c.hang(f.Delay) }},
	{"truncate", "does the call, then breaks the connection in the middle of the answer", truncate},
	{"malformed", "does the call, then answers half of the JSON as if it were all", malformed},
	{"redirect", "answers with a redirect to another host", redirect},
	{"lag", "does the call; an organization that it creates answers only after GET with wait=true", func(_ *Fault, rw http.ResponseWriter, c *call) { c.lagging = true; c.respond(rw) }},
	{"unlisted-after", "does the call, then breaks the connection; the list shows an organization that it creates only after delay (default 5s)", unlisted},
}

// FaultKinds lists what Fault.Kind can be.
func FaultKinds() []string {
	kinds := make([]string, len(faultKinds))
	for i, k := range faultKinds {
		kinds[i] = k.kind
	}
	return kinds
}

// AboutFault says in a line what a kind of fault does.
func AboutFault(kind string) string {
	for _, k := range faultKinds {
		if k.kind == kind {
			return k.about
		}
	}
	return ""
}

func (f *Fault) play(rw http.ResponseWriter, c *call) {
	for _, k := range faultKinds {
		if k.kind == f.Kind {
			k.play(f, rw, c)
			return
		}
	}
}

func (f *Fault) reply() reply {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	rep := reply{status: status, header: textHeader}
	switch f.Body {
	case "plain":
		rep.body = []byte(http.StatusText(status))
	case "html":
		rep.header = http.Header{"Content-Type": {"text/html; charset=utf-8"}}
		rep.body = []byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>\n")
	case "empty":
	default:
		rep.header = jsonHeader
		rep.body = (&problem{message: http.StatusText(status), code: "SC" + strconv.Itoa(status)}).body()
	}
	if f.RetryAfter > 0 {
		rep.header = rep.header.Clone()
		rep.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return rep
}

func (c *call) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

// defaultLate is how late a call comes, or shows, without a delay.
const defaultLate = 5 * time.Second

// later does the call after d, whether the client is still there or not.
func (c *call) later(d time.Duration) {
	if d <= 0 {
		d = defaultLate
	}
	c.r = c.r.WithContext(context.WithoutCancel(c.r.Context()))
	time.AfterFunc(d, func() { _, _ = c.answer() }) // nobody is left to be told of an error
}

// unlisted is how a list that comes from elsewhere may be behind.
func unlisted(f *Fault, _ http.ResponseWriter, c *call) {
	if c.unlisted = f.Delay; c.unlisted <= 0 {
		c.unlisted = defaultLate
	}
	c.mustAnswer()
	panic(http.ErrAbortHandler)
}

// hang holds the connection until the client gives up, or for d when that is set.
func (c *call) hang(d time.Duration) {
	if d > 0 {
		c.sleep(d)
	} else {
		<-c.r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

// truncate announces the whole body and sends half of it.
func truncate(_ *Fault, rw http.ResponseWriter, c *call) {
	rep := c.mustAnswer()
	rep.header = rep.header.Clone()
	rep.header.Set("Content-Length", strconv.Itoa(len(rep.body)))
	rep.body = rep.body[:len(rep.body)/2]
	send(rw, rep)
	if fl, ok := rw.(http.Flusher); ok {
		fl.Flush()
	}
	panic(http.ErrAbortHandler)
}

func malformed(_ *Fault, rw http.ResponseWriter, c *call) {
	rep := c.mustAnswer()
	rep.body = rep.body[:len(rep.body)/2]
	send(rw, rep)
}

func redirect(f *Fault, rw http.ResponseWriter, _ *call) {
	rep := reply{status: f.Status, header: http.Header{"Location": {f.Location}}}
	if rep.status == 0 {
		rep.status = http.StatusTemporaryRedirect
	}
	if f.Location == "" {
		rep.header.Set("Location", "https://redirect.invalid/")
	}
	send(rw, rep)
}

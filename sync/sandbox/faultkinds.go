package sandbox

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"
)

// faultKind is a way in which a call goes wrong, or what others do just before it.
type faultKind struct {
	kind  string
	about string
	play  func(*Fault, http.ResponseWriter, *call)
	// others is set instead of play: somebody else comes first, and the call is done as it is.
	others func(*Fault, *call)
	// lasts: from its first call on it never ends, unless the rule says how often it happens.
	lasts bool
}

// faultKinds is what can happen, in the order of the documentation. A kind whose name ends in
// -after, and truncate and malformed, commit a write first; one that ends in -late commits it when
// the client has its answer.
var faultKinds = []faultKind{
	{kind: "status", about: "answers with a status instead of doing the call", play: status},
	{kind: "status-after", about: "does the call, then answers with a status", play: statusAfter},
	{kind: "drop-before", about: "breaks the connection without doing the call", play: dropBefore},
	{kind: "drop-after", about: "does the call, then breaks the connection", play: dropAfter},
	{kind: "status-late", about: "answers with a status, and does the call after delay (default 5s)", play: statusLate},
	{kind: "drop-late", about: "breaks the connection, and does the call after delay (default 5s)", play: dropLate},
	{kind: "delay", about: "waits, then does the call", play: delay},
	{kind: "hang", about: "never answers, and does not do the call", play: hang},
	{kind: "hang-after", about: "does the call, then never answers", play: hangAfter},
	{kind: "truncate", about: "does the call, then breaks the connection in the middle of the answer", play: truncate},
	{kind: "malformed", about: "does the call, then answers half of the JSON as if it were all", play: malformed},
	{kind: "redirect", about: "answers with a redirect to another host", play: redirect},
	{
		kind:  "lag",
		about: "does the call; an organization that it creates answers only after GET with wait=true",
		play:  lagging,
	},
	{
		kind: "unlisted-after",
		about: "does the call, then breaks the connection; the list shows an organization that it creates " +
			"only after delay (default 5s)",
		play: unlisted,
	},
	{
		kind:  "lost-token",
		about: "answers 401 from this call on, as if the token were gone",
		play:  lostToken,
		lasts: true,
	},
	{kind: "date", about: "does the call; its Date header is off by skew, or left out", play: date},
	{
		kind:   "accept",
		about:  "before the call, the invitation of member, or every open one, is accepted",
		others: accept,
	},
	{kind: "spend", about: "before the call, others spend calls (default 1) of the same rate limit", others: spend},
	{
		kind:   "twin",
		about:  "before an organization is created, somebody else creates the same one, with the user as Admin",
		others: twin,
	},
}

func init() {
	for i := range faultKinds {
		faultKindIndex[faultKinds[i].kind] = &faultKinds[i]
	}
}

var faultKindIndex = map[string]*faultKind{}

// kindOf finds a kind that was checked before.
func kindOf(kind string) *faultKind { return faultKindIndex[kind] }

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
	if k := kindOf(kind); k != nil {
		return k.about
	}
	return ""
}

func status(f *Fault, rw http.ResponseWriter, c *call) { send(rw, f.reply()) }

func statusAfter(f *Fault, rw http.ResponseWriter, c *call) {
	c.mustAnswer()
	send(rw, f.reply())
}

func dropBefore(*Fault, http.ResponseWriter, *call) { panic(http.ErrAbortHandler) }

func dropAfter(_ *Fault, _ http.ResponseWriter, c *call) {
	c.mustAnswer()
	panic(http.ErrAbortHandler)
}

func statusLate(f *Fault, rw http.ResponseWriter, c *call) {
	answerLater(c, f.Delay)
	send(rw, f.reply())
}

func dropLate(f *Fault, _ http.ResponseWriter, c *call) {
	answerLater(c, f.Delay)
	panic(http.ErrAbortHandler)
}

func delay(f *Fault, rw http.ResponseWriter, c *call) {
	sleepFor(c, f.Delay)
	respond(c, rw)
}

func hang(f *Fault, _ http.ResponseWriter, c *call) { hangFor(c, f.Delay) }

func hangAfter(f *Fault, _ http.ResponseWriter, c *call) {
	c.mustAnswer()
	hangFor(c, f.Delay)
}

func lagging(_ *Fault, rw http.ResponseWriter, c *call) {
	c.lagging = true
	respond(c, rw)
}

func lostToken(_ *Fault, rw http.ResponseWriter, c *call) {
	c.w.store.mu.RLock()
	rep := c.refusal(unauthorizedAnswer(c))
	c.w.store.mu.RUnlock()
	send(rw, rep)
}

func date(f *Fault, rw http.ResponseWriter, c *call) {
	rw.Header()["Date"] = nil // keeps net/http from adding one
	if f.Skew != 0 {
		rw.Header().Set("Date", c.w.now().Add(f.Skew).UTC().Format(http.TimeFormat))
	}
	respond(c, rw)
}

// usualCodes are those that a source pairs with a status; others are SC and the status.
var usualCodes = map[int]string{
	http.StatusUnauthorized:  "IM015",
	http.StatusNotAcceptable: "IM004",
}

// reply is what the rule says.
func (f *Fault) reply() reply {
	status := cmp.Or(f.Status, http.StatusInternalServerError)
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
		code := cmp.Or(f.Code, usualCodes[status], "SC"+strconv.Itoa(status))
		rep.body = (&problem{message: http.StatusText(status), code: code}).body()
	}
	if f.RetryAfter > 0 {
		rep.header = rep.header.Clone()
		rep.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return rep
}

func sleepFor(c *call, d time.Duration) {
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

// answerLater does the call after d, whether the client is still there or not.
func answerLater(c *call, d time.Duration) {
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

// hangFor holds the connection until the client gives up, or for d when that is set.
func hangFor(c *call, d time.Duration) {
	if d > 0 {
		sleepFor(c, d)
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

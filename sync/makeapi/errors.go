package makeapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// longestMessage is how many characters of an error text of the zone are kept.
const longestMessage = 400

// longestScrubbed is how many bytes of it are searched for secrets: those that can be kept, and
// more.
const longestScrubbed = 16 << 10

// statusClasses are the statuses whose class is not that of their hundred.
var statusClasses = map[int]exit.Class{
	http.StatusUnauthorized:    exit.ClassRefused,
	http.StatusPaymentRequired: exit.ClassLicence,
	http.StatusForbidden:       exit.ClassForbidden,
	http.StatusNotFound:        exit.ClassNotFound,
	http.StatusRequestTimeout:  exit.ClassServer,
	http.StatusTooManyRequests: exit.ClassRateLimit,
	http.StatusTeapot:          exit.ClassRateLimit,
}

// classOf is the class of a reply that is no 2xx. A 403 to a call that belongs to no organization
// is one of the token itself.
func classOf(k *call, status int, message string) exit.Class {
	class, special := statusClasses[status]
	switch {
	case status == http.StatusForbidden && exit.IsTokenForbidden(message):
		return exit.ClassFreePlan
	case status == http.StatusForbidden && k.organization == zoneWide:
		return exit.ClassRefused
	case special:
		return class
	case status >= 500:
		return exit.ClassServer
	case status >= 400:
		return exit.ClassInvalid
	}
	return exit.ClassUnreachable // a redirect: the API is not there
}

// statusOriginTimeout is what Cloudflare, which stands before Make's zones, answers when the zone
// takes too long.
const statusOriginTimeout = 524

// certaintyOf says whether a write with this status may have happened: no 4xx but 408 has, and a
// 307 or 308 asks to send it elsewhere; anything else is unknown. A time-out does not end what it
// waited for.
func certaintyOf(status int) state.Certainty {
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusGatewayTimeout, status == statusOriginTimeout:
		return state.UnderWay
	case status >= 400 && status < 500, status == http.StatusTemporaryRedirect, status == http.StatusPermanentRedirect:
		return state.NotHappened
	}
	return state.Unknown
}

// refusal is the error of a reply that is no 2xx; whole is false when its words broke off.
func (c *connection) refusal(k *call, response *http.Response, body io.Reader) (e *state.CallError, whole bool) {
	code, message, whole := readEnvelope(body)
	message = c.safe(k, message)
	if message == "" {
		message = strings.ToLower(http.StatusText(response.StatusCode))
	}
	if response.StatusCode < 400 {
		message = "the zone sends the call to another address, " + c.redirectHost(k, response) +
			"; it was not followed and the token not sent there"
	}
	return &state.CallError{
		Doing: k.description(), Status: response.StatusCode, Code: text.ShortLine(c.safe(k, code), 40),
		Message: message, Certainty: certaintyOf(response.StatusCode), Class: classOf(k, response.StatusCode, message),
	}, whole
}

// redirectHost is the host that a redirect names.
func (c *connection) redirectHost(k *call, response *http.Response) string {
	location := response.Header.Get("Location")
	to, err := url.Parse(location)
	switch {
	case location == "" || err != nil:
		return "which it does not name readably"
	case to.Host == "":
		return "on the same host"
	}
	return text.ShortLine(c.safe(k, to.Scheme+"://"+to.Host), 100)
}

// safe makes a message of the zone fit to be shown: without the token, without values sent,
// cleaned, cut.
func (c *connection) safe(k *call, message string) string {
	sent := append([]string{strings.TrimSpace(c.token.Reveal())}, k.secrets...)
	if k.hideLinks {
		message = links.ReplaceAllString(message, "(link)")
	}
	message = message[:min(len(message), longestScrubbed)]
	return text.ShortLine(scrubForms(message, append(formsOf(sent, piece), c.hidden.in(message)...)), longestMessage)
}

// links are what a person could open.
var links = regexp.MustCompile(`(?i)\b(?:https?:|www\.)[^\s"'<>]*`)

// broken is the error of a 2xx that could not be read: a write may have happened.
func (c *connection) broken(
	ctx context.Context, k *call, body *replyBody, status int, err error,
) *state.CallError {
	e := &state.CallError{
		Doing: k.description(), Status: status, Class: exit.ClassBroken, Certainty: state.Unknown,
	}
	var tooMuch excess
	switch {
	case ctx.Err() != nil:
		e.Class, e.Err, e.Message = exit.ClassCancelled, ctx.Err(), "interrupted while the reply came"
	case body.timeout.expired.Load():
		e.Message, e.Err = "the reply stopped coming", errIdle
	case errors.As(body.err, &tooMuch):
		e.Message, e.Err = c.safe(k, brokenWords(tooMuch)), tooMuch
	case body.err != nil:
		e.Message, e.Err = "the reply broke off: "+c.transportWords(k, body.err), body.err
	default:
		e.Message = "the reply cannot be read: " + c.safe(k, brokenWords(err))
		if errors.Is(err, errRepeats) {
			e.Hint = repeatsHint
		}
	}
	return e
}

// unanswered is the outcome of a request without a reply. What ended here, by a time-out or a
// reset, the zone may still be at work on.
func (c *connection) unanswered(
	ctx context.Context, k *call, timeout *idleTimeout, trace *connectionTrace, err error,
) outcome {
	e := &state.CallError{
		Doing: k.description(), Class: exit.ClassUnreachable, Certainty: state.UnderWay, Err: err,
	}
	o := outcome{err: e, sent: true}
	switch {
	case errors.Is(err, ErrReadOnly):
		e.Message, e.Class, o.sent, o.permanent = ErrReadOnly.Error(), exit.ClassInternal, false, true
	case ctx.Err() != nil:
		e.Message, e.Class, e.Err, o.permanent = "interrupted", exit.ClassCancelled, ctx.Err(), true
	case timeout.expired.Load():
		e.Message = "no answer from " + c.base.Host + c.through() + " in time"
	case trace.gaveUp():
		e.Message, e.Err = c.base.Host+c.through()+" takes no requests on its connections", errNoRoom
	default:
		e.Message = c.transportWords(k, err)
		o.permanent = isTrust(err) || isLastingProxy(err) || lastingAlert(err) != ""
	}
	// What is no TLS may also come in the place of an answer, behind a request that has left.
	if trace.neverConnected() || isDial(err) || isTrust(err) && !trace.connected() || isProxy(err) {
		o.sent = false
	}
	if !o.sent {
		e.Certainty = state.NotHappened
	}
	return o
}

// isDial tells whether no connection came about.
func isDial(err error) bool {
	var operation *net.OpError
	var lookup *net.DNSError
	return errors.As(err, &lookup) ||
		(errors.As(err, &operation) && operation.Op == "dial")
}

// isTrust tells whether the other side is not whom the url names, or does not speak TLS; it will
// not get better.
func isTrust(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var record tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

// userinfo is a user and password in a url, such as a proxy's, that the network's errors may quote.
var userinfo = regexp.MustCompile(`//[^/\s@]+@`)

// transportWords says what went wrong below HTTP.
func (c *connection) transportWords(k *call, err error) string {
	var lookup *net.DNSError
	quoted := c.safe(k, userinfo.ReplaceAllString(err.Error(), "//"))
	switch {
	case isProxy(err):
		return c.proxyWords(err, quoted)
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Sprintf("no host is called %s", text.ShortLine(lookup.Name, 100))
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at " + c.base.Host
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection" + c.through() + " was reset"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the connection" + c.through() + " was closed before the answer was complete"
	case lastingAlert(err) != "":
		return c.base.Host + c.through() + " refuses the TLS connection: " + lastingAlert(err)
	case isTrust(err):
		return "no trusted connection to " + c.base.Host + c.through() + ": " + quoted
	}
	return quoted
}

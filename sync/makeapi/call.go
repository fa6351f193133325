package makeapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// call is one API call as data; do carries it out.
type call struct {
	method string
	path   string     // below the API's root, escaped
	query  url.Values // nil: none
	body   []byte     // JSON; nil: no body at all
	// organization is whose rate window the call counts in; zoneWide: none's.
	organization int64
	// doing and object are the words of an error: "read variables of", "Acme (id 11)".
	doing, object string
	scope         string // that the token needs (published per endpoint)
	longest       int64  // bytes of a good reply; 0: ordinaryReply
	// memory is what the pages of a list share; nil: the reply is forgotten when it is decoded.
	memory *memoryShare
	// decode reads a good reply, anew on each attempt.
	decode func(io.Reader) error
	// secrets are texts sent that no message may repeat.
	secrets []string
	// hideLinks: links in messages of the zone are left out; they may open an invoice or a
	// checkout.
	hideLinks bool
	// holdsValues: the reply holds values of variables, which may be whatever somebody wrote.
	holdsValues bool
	// secretQuery keeps the query out of logs.
	secretQuery bool
	// within is how long a write may wait before it is sent; 0: as long as that takes.
	within time.Duration
	// slow: the zone may think for long before it answers (wait=true).
	slow bool
}

// The most bytes of a reply that makesync reads: one object, a list, an error. A list of 10,000
// organizations with their licences has about 15 MB.
const (
	ordinaryReply = 1 << 20
	listReply     = 200 << 20
	errorReply    = 64 << 10
)

// description is what the call does, for errors and logs.
func (k *call) description() string {
	return text.ShortLine(strings.TrimSpace(k.doing+" "+k.object), 200)
}

// redactedURL is path and query without secrets.
func (k *call) redactedURL() string {
	switch {
	case len(k.query) == 0:
		return k.path
	case k.secretQuery:
		return k.path + "?(sensitive)"
	}
	return k.path + "?" + k.query.Encode()
}

// isWrite tells whether a call may change something.
func (k *call) isWrite() bool { return k.method != http.MethodGet }

// request makes the HTTP request of a call.
func (c *connection) request(ctx context.Context, k *call) (*http.Request, error) {
	target := c.base
	path, err := checkedPath(k.path)
	if err != nil {
		return nil, err
	}
	target.Path, target.RawPath = apiRoot+path, apiRoot+k.path
	target.RawQuery = k.query.Encode()
	request := &http.Request{
		Method: k.method, URL: &target, Host: target.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.header, // of all requests: no transport changes one
	}
	if k.body != nil {
		request.Header = c.bodyHeader
		request.ContentLength = int64(len(k.body))
		// GetBody lets the transport use another connection when the first one was closed before a
		// byte was written.
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(k.body)), nil }
		request.Body, _ = request.GetBody()
	}
	return request.WithContext(ctx), nil
}

// checkedPath unescapes a path. A name that would not stay one segment is in no request, whoever
// calls: servers and proxies that tidy up paths would take it for another object.
func checkedPath(escaped string) (string, error) {
	for _, segment := range strings.Split(strings.TrimPrefix(escaped, "/"), "/") {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return "", err
		}
		if !spec.IsPathSegment(name) {
			return "", fmt.Errorf("%s cannot stand in the path of a call", text.Quote(name))
		}
	}
	return url.PathUnescape(escaped)
}

// escape percent-encodes everything in a path segment that is not a letter, a digit, - _ or ~, so
// that a name such as `$A` or `a b` arrives as one segment whatever stands in between.
func escape(segment string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(segment); i++ {
		switch c := segment[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// ofOrganization is a path below one organization.
func ofOrganization(id int64, rest string) string {
	return "/organizations/" + strconv.FormatInt(id, 10) + rest
}

// nameOf is how errors call an organization.
func nameOf(live *state.Organization) string {
	if live.Name == "" {
		return "organization " + strconv.FormatInt(live.ID, 10)
	}
	return live.Name + " (id " + strconv.FormatInt(live.ID, 10) + ")"
}

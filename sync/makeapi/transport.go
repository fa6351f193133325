package makeapi

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// NewTransport is the transport for a zone on the network: connections are kept
// and reused, at most concurrency of them; HTTP/2 and gzip where the zone offers
// them. Proxies come from HTTPS_PROXY, HTTP_PROXY and NO_PROXY, but never for loopback
// (http.ProxyFromEnvironment leaves localhost and loopback addresses out).
func NewTransport(concurrency int) *http.Transport {
	if concurrency < 1 {
		concurrency = DefaultConcurrency
	}
	return &http.Transport{
		Proxy:                  environmentProxy,
		OnProxyConnectResponse: refusedByProxy,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           concurrency,
		MaxIdleConnsPerHost:    concurrency,
		MaxConnsPerHost:        concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		HTTP2:                  &http.HTTP2Config{WriteByteTimeout: longestStall, MaxReceiveBufferPerStream: 1 << 20},
	}
}

// longestStall is how long a zone may take nothing of what is sent to it over HTTP/2. Reading a
// reply sends too, what was read; net/http waits for that without regard to the request's end.
const longestStall = 5 * time.Second

// ErrReadOnly is what a ReadOnly transport answers to a write: a defect of makesync, never of the
// zone.
var ErrReadOnly = errors.New("internal error: a command that only reads tried to write; nothing was sent")

// ReadOnly wraps a transport so that nothing but GET gets through. Every
// command but apply and invitation accept runs on one.
func ReadOnly(next http.RoundTripper) http.RoundTripper { return readOnly{next} }

type readOnly struct{ next http.RoundTripper }

// RoundTrip refuses writes before anything is sent.
func (t readOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, ErrReadOnly
	}
	return t.next.RoundTrip(request)
}

// CloseIdleConnections lets go of the connections below.
func (t readOnly) CloseIdleConnections() {
	(&http.Client{Transport: t.next}).CloseIdleConnections()
}

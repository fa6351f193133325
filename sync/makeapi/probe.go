package makeapi

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Probe is a transport that remembers what its last reply said about the way to the zone.
type Probe struct {
	next http.RoundTripper
	mu   sync.Mutex
	last Seen
}

// Seen is what a reply said about the way to the zone; what is zero was not said.
type Seen struct {
	// ZoneTime is what the zone's clock said when ours stood at OurTime, to the second.
	ZoneTime, OurTime  time.Time
	TLSVersion         string
	CertificateExpires time.Time
	// Limit and Remaining are of a rate window; both 0: not told.
	Limit, Remaining int
}

// NewProbe looks at what goes through a transport.
func NewProbe(next http.RoundTripper) *Probe { return &Probe{next: next} }

// Last is what the last reply said.
func (p *Probe) Last() Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// RoundTrip remembers the reply's headers and hands it on.
func (p *Probe) RoundTrip(request *http.Request) (*http.Response, error) {
	began := time.Now()
	response, err := p.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last.note(response, began.Add(time.Since(began)/2))
	return response, nil
}

// CloseIdleConnections lets go of the connections below.
func (p *Probe) CloseIdleConnections() {
	(&http.Client{Transport: p.next}).CloseIdleConnections()
}

// note keeps what a later reply does not say.
func (s *Seen) note(response *http.Response, at time.Time) {
	if date, err := http.ParseTime(headerValue(response.Header, "Date")); err == nil {
		s.ZoneTime, s.OurTime = date.UTC(), at.UTC()
	}
	if limits := readRateHeaders(response.Header, at); limits.limit > 0 && limits.remaining >= 0 {
		s.Limit, s.Remaining = limits.limit, limits.remaining
	}
	if state := response.TLS; state != nil {
		s.TLSVersion = tls.VersionName(state.Version)
		if len(state.PeerCertificates) > 0 {
			s.CertificateExpires = state.PeerCertificates[0].NotAfter.UTC()
		}
	}
}

// ProxyOf is the proxy by which a url is reached, as host:port without user and password; "" for
// none. Proxies come from the environment, as NewTransport takes them.
func ProxyOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	proxy, err := environmentProxy(&http.Request{URL: u})
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}

package makeapi

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"makesync/sync/exit"
)

// alerting is a server that refuses every client like this one, and a transport that trusts it.
func alerting(t *testing.T, config *tls.Config) (url string, transport http.RoundTripper) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog, server.TLS = log.New(io.Discard, "", 0), config
	server.StartTLS()
	t.Cleanup(server.Close)
	trusting := server.Client().Transport.(*http.Transport)
	trusting.TLSClientConfig.NextProtos = []string{"http/1.1"}
	return server.URL, trusting
}

// TestLastingAlerts: a TLS alert that says that no such client will be served ends a call at once, with a
// hint that fits; another may not come again.
func TestLastingAlerts(t *testing.T) {
	t.Parallel()
	says := func(words string) http.RoundTripper {
		return roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "remote error", Err: errors.New("tls: " + words)}
		})
	}
	oldURL, old := alerting(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	wantsURL, wants := alerting(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12})
	otherURL, other := alerting(t, &tls.Config{NextProtos: []string{"other/1"}})
	for _, test := range []struct {
		name, url string
		transport http.RoundTripper
		words     string
		attempts  int
	}{
		{"old protocol", oldURL, old, "refuses the TLS connection: protocol version not supported", 1},
		{"wants a certificate", wantsURL, wants, "refuses the TLS connection: handshake failure", 1},
		{"other protocol", otherURL, other, "refuses the TLS connection: no application protocol", 1},
		{"after the handshake", "https://h", says("certificate required"), "h refuses the TLS connection: certificate required", 1},
		{"internal", "https://h", says("internal error"), "internal error", 3},
		{"broken record", "https://h", says("bad record MAC"), "bad record MAC", 3},
	} {
		attempts := 0
		c := clientOf(t, test.url, test.transport, func(o *Options) {
			o.Attempts, o.Clock = 3, instantly{}
			o.Observe = func(Attempt) { attempts++ }
		})
		_, err := c.Me(t.Context())
		e := callError(t, err)
		if e.Class != exit.ClassUnreachable || !strings.Contains(e.Message, test.words) || attempts != test.attempts {
			t.Errorf("%s: %d attempts: %v", test.name, attempts, e)
		}
		if fits := strings.Contains(e.Hint, "client certificate"); fits != (test.attempts == 1) {
			t.Errorf("%s: hint %q", test.name, e.Hint)
		}
	}
}

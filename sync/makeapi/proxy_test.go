package makeapi

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// TestProxyIsNamed: where the way to the zone ends at the proxy, the message names the proxy, never
// its password, and nothing has happened in the zone.
func TestProxyIsNamed(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	nobody := strings.TrimPrefix(closed.URL, "http://")
	refuses := func(status int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(server.Close)
		return strings.TrimPrefix(server.URL, "http://")
	}
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	drops := httptest.NewServer(http.HandlerFunc(drops))
	defer drops.Close()
	asks, forbids, fails := refuses(407), refuses(403), refuses(502)
	for _, test := range []struct {
		name, proxy, message string
		attempts             int
	}{
		{"nothing listens", "http://u:s3cret@" + nobody, "nothing listens at the proxy " + nobody, 2},
		{"nothing listens, TLS", "https://u:s3cret@" + nobody, "nothing listens at the proxy " + nobody, 2},
		{"nothing listens, SOCKS", "socks5://u:s3cret@" + nobody, "nothing listens at the proxy " + nobody, 2},
		{"no such host", "http://proxy.invalid:80", "proxy", 2},
		{"wants a password", "http://u:s3cret@" + asks, "the proxy " + asks + " does not connect to make.acme.example: 407", 1},
		{"forbids the host", "http://" + forbids, "the proxy " + forbids + " does not connect to make.acme.example: 403", 1},
		{"cannot reach the host", "http://" + fails, "the proxy " + fails + " does not connect to make.acme.example: 502", 2},
		{"is not whom it says", untrusted.URL, "no trusted connection to the proxy " + strings.TrimPrefix(untrusted.URL, "https://"), 1},
		{"hangs up", drops.URL, "the proxy " + strings.TrimPrefix(drops.URL, "http://"), 2},
	} {
		proxy, err := url.Parse(test.proxy)
		if err != nil {
			t.Fatal(err)
		}
		transport := NewTransport(1)
		transport.Proxy = http.ProxyURL(proxy)
		attempts := 0
		c := clientOf(t, "https://make.acme.example", ReadOnly(transport), func(o *Options) {
			o.Attempts, o.Clock, o.Observe = 2, instantly{}, func(Attempt) { attempts++ }
		})
		_, err = c.Me(t.Context())
		e := callError(t, err)
		if e.Class != exit.ClassUnreachable || !strings.Contains(e.Message, test.message) || strings.Contains(e.Error(), "s3cret") {
			t.Errorf("%s: %v", test.name, e)
		}
		if test.name != "hangs up" && (e.Certainty != state.NotHappened || c.Calls().Read != 0) ||
			!strings.Contains(e.Hint, "PROXY") && !strings.Contains(e.Hint, "proxy") || attempts != test.attempts {
			t.Errorf("%s: certainty %d after %d attempts: %s", test.name, e.Certainty, attempts, e.Hint)
		}
	}
}

// TestProxyAddressIsNotQuoted: one that cannot be read may hold a password.
func TestProxyAddressIsNotQuoted(t *testing.T) {
	t.Parallel()
	transport := NewTransport(1)
	transport.Proxy = func(*http.Request) (*url.URL, error) { return nil, errProxyAddress }
	_, err := clientOf(t, "https://make.acme.example", transport).Me(t.Context())
	if e := callError(t, err); !strings.Contains(e.Message, "http://host:port") || !strings.Contains(e.Hint, "HTTPS_PROXY") {
		t.Errorf("%v, %s", e, e.Hint)
	}
}

// TestOwnAuthority: the hint says how to make this machine know a company's own authority.
func TestOwnAuthority(t *testing.T) {
	t.Parallel()
	zone := httptest.NewUnstartedServer(http.NotFoundHandler())
	zone.Config.ErrorLog = log.New(io.Discard, "", 0)
	zone.StartTLS()
	defer zone.Close()
	_, err := clientOf(t, zone.URL, nil).Me(t.Context())
	if e := callError(t, err); !strings.Contains(e.Hint, "SSL_CERT_FILE") {
		t.Errorf("%v: %s", e, e.Hint)
	}
}

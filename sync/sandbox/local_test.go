package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"makesync/sync/sandbox"
)

// TestLocalAnswersThisMachineOnly: a name that an attacker has pointed at loopback, and pages of
// other sites, get nothing; programs and pages of this machine do.
func TestLocalAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	zone, err := starter(t).world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	served := sandbox.Local(zone, "192.0.2.7:8080")
	for _, row := range []struct {
		host, origin, site string
		status             int
	}{
		{"127.0.0.1:8080", "", "", 200},
		{"127.8.8.8", "", "", 200},
		{"LocalHost:8080", "", "", 200},
		{"[::1]:8080", "", "", 200},
		{"[::1]", "", "", 200},
		{"[::ffff:127.0.0.1]:8080", "", "", 200},
		{"192.0.2.7:8080", "", "", 200},
		{"127.0.0.1:8080", "http://localhost:3000", "same-site", 200},
		{"evil.example", "", "", 403},
		{"evil.example:8080", "", "", 403},
		{"eu1.make.com", "", "", 403},
		{"127.0.0.1.evil.example", "", "", 403},
		{"localhost.evil.example", "", "", 403},
		{"192.0.2.7:8081", "", "", 403},
		{"192.0.2.8:8080", "", "", 403},
		{"", "", "", 403},
		{"127.0.0.1:8080", "https://evil.example", "", 403},
		{"127.0.0.1:8080", "https://127.0.0.1.evil.example", "", 403},
		{"127.0.0.1:8080", "https://127.0.0.1@evil.example", "", 403},
		{"127.0.0.1:8080", "null", "", 403},
		{"127.0.0.1:8080", "", "cross-site", 403},
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/api/v2/ping", nil)
		r.Host = row.host
		for name, value := range map[string]string{"Origin": row.origin, "Sec-Fetch-Site": row.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		rec := httptest.NewRecorder()
		served.ServeHTTP(rec, r)
		if rec.Code != row.status {
			t.Errorf("%+v: %d", row, rec.Code)
		}
	}
}

func TestControlAnswersLoopbackOnly(t *testing.T) {
	t.Parallel()
	h := sandbox.Control(starter(t).world)
	for name, change := range map[string]func(*http.Request){
		"client":     func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1234" },
		"host":       func(r *http.Request) { r.Host = "evil.example" },
		"browser":    func(r *http.Request) { r.Header.Set("Origin", "http://localhost") },
		"other site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/control/state", nil)
		r.RemoteAddr = "127.0.0.1:1234"
		change(r)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
}

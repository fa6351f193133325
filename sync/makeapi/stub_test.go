package makeapi

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

const testToken = "11111111-2222-4333-8444-555555555555"

// client is a client of a handler in this process.
func client(t testing.TB, handler http.HandlerFunc, change ...func(*Options)) *Client {
	t.Helper()
	return clientOf(t, "https://eu1.make.example", HandlerTransport(handler), change...)
}

func clientOf(t testing.TB, url string, transport http.RoundTripper, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{
		Name: "eu1", URL: url, Token: spec.Sensitive(testToken), Transport: transport, Version: "1.2.3",
		Jitter: func() float64 { return 0.5 },
	}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// seen is a request as a stub saw it.
type seen struct{ method, path, query, body string }

// zone is a stub that answers by "METHOD path" and keeps what it was asked.
type zone struct {
	mu      sync.Mutex
	asked   []seen
	answers map[string]any // text (200), status int, or http.HandlerFunc
}

// ServeHTTP answers.
func (z *zone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	z.mu.Lock()
	z.asked = append(z.asked, seen{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body)})
	answer, ok := z.answers[r.Method+" "+strings.TrimPrefix(r.URL.EscapedPath(), "/api/v2")]
	z.mu.Unlock()
	switch a := answer.(type) {
	case string:
		io.WriteString(w, a)
	case int:
		w.WriteHeader(a)
		fmt.Fprintf(w, `{"message":"status %d"}`, a)
	case http.HandlerFunc:
		a(w, r)
	default:
		if !ok {
			w.WriteHeader(404)
		}
	}
}

func (z *zone) requests() []seen {
	z.mu.Lock()
	defer z.mu.Unlock()
	return append([]seen(nil), z.asked...)
}

// callError gives the *sync.CallError, or fails the test.
func callError(t *testing.T, err error) *state.CallError {
	t.Helper()
	e := state.AsCallError(err)
	if e == nil {
		t.Fatalf("got %v, want a CallError", err)
	}
	return e
}

// fewRetries makes a call give up after its first attempts.
func fewRetries(o *Options) { o.Attempts, o.Timeout = 1, time.Second }

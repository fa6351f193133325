package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// Tokens of the starter: ops is the Owner of Acme Automation, jane its Admin.
const (
	ops  = "00000000-0000-4000-8000-000000000001"
	jane = "00000000-0000-4000-8000-000000000002"
)

// noon is the real clock of the tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// client calls one zone of a world with one token.
type client struct {
	t     *testing.T
	world *sandbox.World
	zone  string
	token string
}

// starter returns a client of ops on eu1 of a fresh world; changes are made to the
// starter before the world is opened.
func starter(t *testing.T, changes ...func(*sandbox.State)) client {
	t.Helper()
	s := sandbox.Starter()
	for _, change := range changes {
		change(s)
	}
	return client{t, sandbox.New(s, func() time.Time { return noon }), "eu1", ops}
}

// with sets a switch of the starter.
func with(name, value string) func(*sandbox.State) {
	return func(s *sandbox.State) {
		if s.Switches == nil {
			s.Switches = map[string]string{}
		}
		s.Switches[name] = value
	}
}

// as and at are the same client with another token, on another zone.
func (c client) as(token string) client { c.token = token; return c }
func (c client) at(zone string) client  { c.zone = zone; return c }

// answer is a reply with its body decoded, when it is JSON.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func (c client) try(method, path, body string) (answer, error) {
	c.t.Helper()
	h, err := c.world.Handler(c.zone)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://zone/api/v2"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body == "" {
		r.Body = http.NoBody
	}
	r.Header.Set("Authorization", "Token "+c.token)
	res, err := sandbox.Transport(h).RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	b, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, header: res.Header, text: string(b)}
	if err == nil && method != "HEAD" && strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		err = json.Unmarshal(b, &a.json)
	}
	return a, err
}

// call wants the status and returns the answer.
func (c client) call(status int, method, path, body string) answer {
	c.t.Helper()
	a, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.text)
	}
	return a
}

func (c client) get(path string) answer { c.t.Helper(); return c.call(200, "GET", path, "") }

// at walks into the decoded body: names of objects, numbers of lists.
func (a answer) at(path ...any) any {
	var v any = a.json
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// want compares a place of the body with a value.
func want(t *testing.T, a answer, value any, path ...any) {
	t.Helper()
	if got := a.at(path...); got != value {
		t.Errorf("%v = %v, want %v, in %s", path, got, value, a.text)
	}
}

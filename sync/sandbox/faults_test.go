package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/sandbox"
)

// fault adds a rule in its textual form.
func (c client) fault(text string) {
	c.t.Helper()
	f, err := sandbox.ParseFault(text)
	if err == nil {
		err = c.world.AddFault(f)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

const newVariable = `{"name":"FRESH","typeId":1,"value":1}`

// TestFaultsCommitOrNot plays each kind on a write and looks at the state: the
// kinds that end in -after, and those that spoil the answer, have committed it.
func TestFaultsCommitOrNot(t *testing.T) {
	t.Parallel()
	commits := map[string]bool{"status-after": true, "drop-after": true, "hang-after": true, "truncate": true, "malformed": true, "unlisted-after": true}
	well := []string{"delay", "lag", "date", "accept", "spend", "twin"}
	for _, kind := range sandbox.FaultKinds() {
		c := starter(t)
		delay := "1ms"
		if strings.HasSuffix(kind, "-late") {
			delay = "1h"
		}
		c.fault("op=write,kind=" + kind + ",delay=" + delay)
		a, err := c.try("POST", "/organizations/11/variables", newVariable)
		if slices.Contains(well, kind) != (err == nil && a.status == 200) {
			t.Errorf("%s: status %d, error %v", kind, a.status, err)
		}
		if n := len(c.world.Log()); (n == 1) != (commits[kind] || slices.Contains(well, kind)) {
			t.Errorf("%s: %d writes committed", kind, n)
		}
		if sandbox.AboutFault(kind) == "" {
			t.Errorf("%s has no description", kind)
		}
	}
}

// TestLateFaults: a call that the zone does after the client has its answer, and a list that is behind.
func TestLateFaults(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"status-late,status=504", "drop-late", "unlisted-after"} {
		synctest.Test(t, func(t *testing.T) {
			c := starter(t)
			c.fault("op=write,kind=" + kind)
			if a, err := c.try("POST", "/organizations", `{"name":"Late","regionId":1,"countryId":24,"timezoneId":113}`); err == nil && a.status != 504 {
				t.Errorf("%s: status %d", kind, a.status)
			}
			listed := func() bool {
				a, err := c.try("GET", "/organizations", "")
				return err == nil && strings.Contains(a.text, `"Late"`)
			}
			if listed() {
				t.Errorf("%s: the list shows it at once", kind)
			}
			time.Sleep(5*time.Second + 1)
			c.world.Advance(5*time.Second + 1)
			if synctest.Wait(); !listed() || len(c.world.Log()) != 1 {
				t.Errorf("%s: the list never shows it", kind)
			}
		})
	}
}

// TestFaultsOnTheWire sees the same over a real connection.
func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	c := starter(t)
	h, err := c.world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	get := func(client *http.Client) (*http.Response, []byte, error) {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/v2/organizations", nil)
		r.Header.Set("Authorization", "Token "+ops)
		res, err := client.Do(r)
		if err != nil {
			return nil, nil, err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return res, b, err
	}
	once := func(text string) { _ = c.world.ClearFaults(); c.fault("nth=1," + text) }

	once("kind=drop-before")
	if _, _, err := get(server.Client()); err == nil && !errors.Is(err, io.EOF) {
		t.Error("drop-before answers") // the transport may repeat a GET once: then the second succeeds
	}
	once("kind=truncate")
	if _, b, err := get(server.Client()); !errors.Is(err, io.ErrUnexpectedEOF) || len(b) == 0 {
		t.Errorf("truncate: %d bytes, %v", len(b), err)
	}
	once("kind=malformed")
	if res, b, err := get(server.Client()); err != nil || res.StatusCode != 200 || strings.HasSuffix(string(b), "}") {
		t.Errorf("malformed: %s, %v", b, err)
	}
	once("kind=status,status=503,body=html,retry-after=2")
	if res, b, _ := get(server.Client()); res.StatusCode != 503 || res.Header.Get("Retry-After") != "2" || !strings.HasPrefix(string(b), "<html>") {
		t.Errorf("status: %v %s", res, b)
	}
	once("kind=redirect,location=https://evil.invalid/x")
	noFollow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if res, _, err := get(noFollow); err != nil || res.StatusCode != 307 || res.Header.Get("Location") != "https://evil.invalid/x" {
		t.Errorf("redirect: %v, %v", res, err)
	}
	once("kind=hang")
	impatient := &http.Client{Timeout: 20 * time.Millisecond}
	var timeout net.Error
	if _, _, err := get(impatient); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("hang: %v", err)
	}
}

func TestDroppedConnectionInProcess(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.fault("op=GET /organizations,kind=drop-before")
	if _, err := c.try("GET", "/organizations", ""); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("error %v, want a reset", err)
	}
	c.get("/users/me")
}

// TestFaultRules counts which of ten calls go wrong.
func TestFaultRules(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]string{
		"nth=3":                         "0010000000",
		"nth=3,times=2":                 "0011000000",
		"times=4":                       "1111000000",
		"op=*":                          "1111111111",
		"op=GET /users/me":              "0000000000",
		"op=read,organization=11,nth=2": "0100000000",
		"organization=12":               "0000000000",
		"zone=us1":                      "0000000000",
		"zone=eu1,op=read,times=1":      "1000000000",
		"op=write":                      "0000000000",
		"op=GET /organizations/{organizationId},nth=10": "0000000001",
	} {
		if got := outcomes(t, text); got != wrong {
			t.Errorf("%s: %s, want %s", text, got, wrong)
		}
	}
	first := outcomes(t, "probability=0.5,seed=7")
	if first != outcomes(t, "probability=0.5,seed=7") || first == "0000000000" || first == "1111111111" {
		t.Errorf("probability: %s", first)
	}
}

func outcomes(t *testing.T, rule string) string {
	t.Helper()
	c := starter(t)
	c.fault(rule + ",kind=status")
	var b strings.Builder
	for range 10 {
		a, err := c.try("GET", "/organizations/11", "")
		if err != nil {
			t.Fatal(err)
		}
		b.WriteByte("01"[a.status/500])
	}
	return b.String()
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"op=POST /organizations/{organizationId}/invite,nth=2,kind=drop-after",
		"op=read,zone=eu1,organization=11,times=3,probability=0.25,seed=9,kind=status,status=429,body=plain,retry-after=1",
		"kind=status,status=402,code=SC402", "kind=date,skew=-5m0s", "kind=spend,calls=30", "nth=3,kind=accept,member=erin@acme.example",
		"kind=delay,delay=250ms", "kind=redirect,location=https://elsewhere.invalid/",
	} {
		if f, err := sandbox.ParseFault(text); err != nil || f.String() != text {
			t.Errorf("%q comes back as %q, %v", text, f, err)
		}
	}
	for _, bad := range []string{"", "kind=nonsense", "op=GET /nowhere,kind=hang", "nth=-1,kind=hang", "probability=2,kind=hang",
		"body=xml,kind=status", "status=99,kind=status", "kind", "delay=1,kind=delay", "colour=red,kind=hang", "nth=x,kind=hang",
		"kind=delay,delay=-1s"} {
		if _, err := sandbox.ParseFault(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestLagAsFault(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.fault("op=POST /organizations,nth=1,kind=lag")
	c.call(200, "POST", "/organizations", `{"name":"N","regionId":1,"timezoneId":113,"countryId":4}`)
	c.call(404, "GET", "/organizations/22", "")
	c.get("/organizations/22?wait=true")
}

// TestHold holds the second write before and after its commit, and lets it go on or not.
func TestHold(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for _, goOn := range []bool{false, true} {
			c := starter(t)
			hold := c.world.Hold(2, after)
			c.call(200, "PATCH", "/organizations/11", `{"name":"First"}`)
			done := make(chan error, 1)
			go func() { _, err := c.try("PATCH", "/organizations/11", `{"name":"Second"}`); done <- err }()
			w, err := hold.Wait(t.Context())
			if err != nil || w.N != 2 || w.Object != "organization" || string(w.Body) != `{"name":"Second"}` {
				t.Fatalf("held %+v, %v", w, err)
			}
			if n := len(c.world.Log()); n != map[bool]int{false: 1, true: 2}[after] {
				t.Errorf("after=%v: %d writes committed while held", after, n)
			}
			c.get("/organizations/11") // reads go on
			if n := c.world.Queued(); !after && n != 1 {
				t.Errorf("%d writes queued", n)
			}
			hold.Release(goOn)
			if err := <-done; (err == nil) != goOn {
				t.Errorf("after=%v, goOn=%v: %v", after, goOn, err)
			}
			if name := c.organization(11).Name; (name == "Second") != (after || goOn) {
				t.Errorf("after=%v, goOn=%v: %s", after, goOn, name)
			}
		}
	}
}

// TestQueuedWriteOfAGoneClientIsDropped: who has gone before the commit changes nothing.
func TestQueuedWriteOfAGoneClientIsDropped(t *testing.T) {
	t.Parallel()
	c := starter(t)
	hold := c.world.Hold(1, false)
	go func() { _, _ = c.try("PATCH", "/organizations/11", `{"name":"Held"}`) }()
	if _, err := hold.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, _ := c.world.Handler("eu1")
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "PATCH", "http://zone/api/v2/organizations/12", strings.NewReader(`{"name":"Queued"}`))
	r.Header.Set("Authorization", "Token "+ops)
	done := make(chan error, 1)
	go func() { _, err := sandbox.Transport(h).RoundTrip(r); done <- err }()
	for c.world.Queued() < 2 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("queued: %v", err)
	}
	for c.world.Queued() > 1 {
		time.Sleep(time.Millisecond)
	}
	hold.Release(false)
	c.nothingWritten()
}

// TestHeldWriteOfAGoneClientIsDropped: also when the hold lets it go on.
func TestHeldWriteOfAGoneClientIsDropped(t *testing.T) {
	t.Parallel()
	c := starter(t)
	hold := c.world.Hold(1, false)
	h, _ := c.world.Handler("eu1")
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "PATCH", "http://zone/api/v2/organizations/12", strings.NewReader(`{"name":"Held"}`))
	r.Header.Set("Authorization", "Token "+ops)
	done := make(chan error, 1)
	go func() { _, err := sandbox.Transport(h).RoundTrip(r); done <- err }()
	if _, err := hold.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-done
	hold.Release(true)
	c.nothingWritten()
}

// nothingWritten waits until no write is under way and wants an empty log.
func (c client) nothingWritten() {
	c.t.Helper()
	for c.world.Queued() > 0 {
		time.Sleep(time.Millisecond)
	}
	if w := c.world.Log(); len(w) != 0 {
		c.t.Errorf("committed: %+v", w)
	}
}

// TestOnCall is another administrator who comes in just before a call.
func TestOnCall(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.world.OnCall(func(e sandbox.CallEvent) {
		if e.N == 2 && e.Operation == "GET /organizations/{organizationId}" {
			if err := c.world.Alter(func(s *sandbox.State) { s.Zones[0].Organizations[0].Name = "Theirs" }); err != nil {
				t.Error(err)
			}
		}
	})
	want(t, c.get("/organizations/11"), "Acme Automation", "organization", "name")
	want(t, c.get("/organizations/11"), "Theirs", "organization", "name")
}

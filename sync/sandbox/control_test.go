package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// control serves the control path of a world and returns a function that calls it.
func control(t *testing.T, w *sandbox.World) func(method, path, body string) (int, string) {
	server := httptest.NewServer(sandbox.Control(w))
	t.Cleanup(server.Close)
	return func(method, path, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/control/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	c := starter(t)
	call := control(t, c.world)
	for _, step := range [][3]string{
		{"POST", "switches", `{"rate-limit":"off"}`}, {"GET", "switches", ""}, {"POST", "clock", `{"advance":"168h"}`},
		{"POST", "faults", `{"fault":"op=write,nth=1,kind=drop-after"}`}, {"GET", "faults", ""}, {"DELETE", "faults", ""},
		{"GET", "state", ""}, {"GET", "log", ""}, {"GET", "calls", ""}, {"GET", "queue", ""},
	} {
		if status, text := call(step[0], step[1], step[2]); status != 200 || !json.Valid([]byte(text)) {
			t.Errorf("%v: %d %s", step, status, text)
		}
	}
	if got := c.world.Now().Sub(noon).Hours(); got != 168 {
		t.Errorf("the clock moved by %v h", got)
	}
	for _, step := range [][3]string{{"POST", "switches", `{"x":"y"}`}, {"POST", "clock", `{"advance":7}`}, {"POST", "faults", `{"fault":"x"}`},
		{"POST", "hold", `{}`}, {"POST", "release", `{}`}, {"GET", "hold", ""}, {"POST", "clock", `{"back":"1h"}`}} {
		if status, text := call(step[0], step[1], step[2]); status != 400 {
			t.Errorf("%v: %d %s", step, status, text)
		}
	}
}

// TestControlHolds is the sequence of a test that kills a client at a write.
func TestControlHolds(t *testing.T) {
	t.Parallel()
	c := starter(t)
	call := control(t, c.world)
	call("POST", "hold", `{"write":1,"after":true}`)
	if status, _ := call("GET", "hold?timeout=1ms", ""); status != http.StatusGatewayTimeout {
		t.Errorf("nothing is held, and waiting answers %d", status)
	}
	done := make(chan error, 1)
	go func() { _, err := c.try("PATCH", "/organizations/11", `{"name":"Held"}`); done <- err }()
	if status, text := call("GET", "hold", ""); status != 200 || !strings.Contains(text, `"operation":"PATCH /organizations/{organizationId}"`) {
		t.Errorf("held: %d %s", status, text)
	}
	call("POST", "release", `{"goOn":false}`)
	if err := <-done; err == nil {
		t.Error("the write was answered")
	}
	if _, text := call("GET", "log", ""); !strings.Contains(text, `"n":1`) {
		t.Errorf("log: %s", text)
	}
}

// TestControlLeavesPathsAlone: with and without a control path a zone gets the same paths.
func TestControlLeavesPathsAlone(t *testing.T) {
	t.Parallel()
	c := starter(t)
	zone, err := c.world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{
		"/api/v2//ping": 404, "/api/v2/./ping": 404, "/api/v2/organizations/11/variables/a%2F%2Fb/history": 401, "/api/v2/ping": 200,
		"//control/log": 404, "/control/log": 200, "/control/nothing": 404,
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1"+path, nil)
		r.RemoteAddr = "127.0.0.1:1234"
		rec := httptest.NewRecorder()
		sandbox.ControlBeside(c.world, zone).ServeHTTP(rec, r)
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", path, rec.Code, status)
		}
	}
}

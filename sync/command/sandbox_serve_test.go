package command

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"makesync/sync/sandbox"
)

// TestServeAnswersThisMachineOnly: neither the zone nor the control path beside it answers a foreign name or page.
func TestServeAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	r := &runtimeEnv{log: slog.New(slog.DiscardHandler)}
	s, err := listenZone(r, sandbox.New(sandbox.Starter(), nil), listenOption{"eu1", "127.0.0.1:0"}, serveOptions{control: true})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.serve() }() // ends with stop
	defer s.stop()
	for _, path := range []string{"/api/v2/ping", "/control/calls"} {
		for name, row := range map[string]struct {
			change func(*http.Request)
			status int
		}{
			"a program":      {func(*http.Request) {}, http.StatusOK},
			"a foreign name": {func(r *http.Request) { r.Host = "rebound.example" }, http.StatusForbidden},
			"a foreign page": {func(r *http.Request) { r.Header.Set("Origin", "https://page.example") }, http.StatusForbidden},
		} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			row.change(request)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != row.status {
				t.Errorf("%s for %s: %d, want %d", path, name, response.StatusCode, row.status)
			}
		}
	}
}

// TestServeLeavesNoFaultBehind: what one process was told to disturb, the next one does not find in the state.
func TestServeLeavesNoFaultBehind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.json")
	world, err := sandbox.Open(sandbox.Options{State: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := interruptRequests(world, serveOptions{switches: []string{"former-owner=member"}, faults: []string{"op=write,kind=drop-after"}}); err != nil {
		t.Fatal(err)
	}
	if len(world.Faults()) != 1 || world.Switches()["former-owner"] != "member" {
		t.Errorf("nothing is disturbed: %v, %v", world.Faults(), world.Switches())
	}
	if err := world.SetSwitch("former-owner", "removed"); err != nil { // a write of the state
		t.Fatal(err)
	}
	if err := world.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sandbox.Open(sandbox.Options{State: path})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if len(again.Faults()) != 0 || again.Switches()["former-owner"] != "removed" {
		t.Errorf("left behind: %v, %v", again.Faults(), again.Switches())
	}
}

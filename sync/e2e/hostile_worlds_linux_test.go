//go:build linux && !race

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	worldHead = `{"version":1,"users":[{"email":"ops@acme.example"}],"zones":[`
	worldZone = worldHead + `{"name":"try","organizations":[`
)

// hostileWorlds are states of simulated zones, which a document names: what it costs to read them is
// that of a document.
var hostileWorlds = map[string]struct {
	text func() string
	code int
}{
	"users":             {func() string { return `{"version":1,"users":[` + strings.Repeat("{},", 20e6) + "{}]}" }, 3},
	"zones":             {func() string { return worldHead + strings.Repeat("{},", 390e3) + "{}]}" }, 3},
	"organizations":     {func() string { return worldZone + strings.Repeat("{},", 390e3) + "{}]}]}" }, 3},
	"as many as may be": {func() string { return worldZone + strings.Repeat("{},", 49e3) + "{}]}]}" }, 0},
	"variables":         {func() string { return worldZone + `{"variables":[` + strings.Repeat("{},", 390e3) + "{}]}]}]}" }, 3},
	"values": {func() string {
		return worldZone + `{"variables":[{"value":[` + strings.Repeat("0,", 30e6) + "0]}]}]}]}"
	}, 3},
	"null":               {func() string { return worldZone + strings.Repeat("null,", 12e6) + "null]}]}" }, 3},
	"nested":             {func() string { return `{"version":1,"comment":` + strings.Repeat("[", 50e6) }, 3},
	"one text":           {func() string { return `{"version":1,"comment":"` + strings.Repeat("a", 60e6) + `"}` }, 3},
	"larger than may be": {func() string { return strings.Repeat(" ", 300e6) }, 3},
}

// TestHostileWorlds costs each at most what the kernel gives, as the state and as the seed.
func TestHostileWorlds(t *testing.T) {
	for what, hostile := range hostileWorlds {
		for _, key := range []string{"state", "seed"} {
			t.Run(key+"/"+what, func(t *testing.T) {
				dir := documentOfWorld(t, key+": world.json")
				if err := os.WriteFile(filepath.Join(dir, "world.json"), []byte(hostile.text()), 0o600); err != nil {
					t.Fatal(err)
				}
				if out, code := runLimited(t, "plan", "-f", dir); code != hostile.code || len(out) > 1<<20 {
					t.Errorf("exit %d instead of %d\n%.1500s", code, hostile.code, out)
				}
			})
		}
	}
}

// TestHostileWorldsServed: what a person names may be larger, and ends within the same cost.
func TestHostileWorldsServed(t *testing.T) {
	for what, c := range map[string]struct {
		text, want string
	}{
		"users":         {`{"version":1,"users":[` + strings.Repeat("{},", 20e6) + "{}]}", "objects"},
		"organizations": {worldZone + strings.Repeat("{},", 1.4e6) + "{}]}]}", "more than 200000 organizations"},
		"texts":         {`{"version":1,"users":[{"scopes":[` + strings.Repeat(`"",`, 40e6) + `""]}]}`, "values"},
		"larger":        {strings.Repeat(" ", 300e6), "256 MiB"},
	} {
		for _, flag := range []string{"--state", "--seed"} {
			dir := t.TempDir()
			world := filepath.Join(dir, "world.json")
			if err := os.WriteFile(world, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"sandbox", "serve", "--listen", "127.0.0.1:0", "--state", filepath.Join(dir, "new.json"), flag, world}
			if flag == "--state" {
				args = append(args[:4], flag, world)
			}
			out, code := runLimited(t, args...)
			if code != 3 || !strings.Contains(out, c.want) || strings.Contains(out, "sandbox serve") ||
				strings.Contains(out, "zone ") {
				t.Errorf("%s %s: exit %d\n%.1500s", flag, what, code, out)
			}
		}
	}
}

// TestWorldsThatAreNoFiles: nobody is waited for at the other end of what a document calls a file.
func TestWorldsThatAreNoFiles(t *testing.T) {
	for _, name := range []string{"world.json", "world.json.lock", "seed.json"} {
		dir := documentOfWorld(t, "state: world.json, seed: seed.json")
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := runLimited(t, "plan", "-f", dir); code != 3 || !strings.Contains(out, "regular") {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
	}
}

// TestWorldsBehindAbsoluteLinks: what validate takes, plan opens; what leads out, both refuse.
func TestWorldsBehindAbsoluteLinks(t *testing.T) {
	for to, want := range map[string]int{"inside": 0, "../outside": 3} {
		dir := documentOfWorld(t, "state: world/state.json")
		target := filepath.Join(dir, to)
		if err := os.MkdirAll(target, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, "world")); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"validate", "plan"} {
			out, code := runLimited(t, command, "-f", dir)
			if code != want || strings.Contains(out, "escapes") || want == 3 && !strings.Contains(out, "sandbox-path") {
				t.Errorf("%s, link to %s: exit %d\n%s", command, to, code, out)
			}
		}
	}
}

// documentOfWorld makes a folder with a document of a simulated zone.
func documentOfWorld(t *testing.T, sandbox string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text := "apiVersion: makesync/v1\nzone: try\nzones: {try: {sandbox: {" + sandbox + "}}}\n" +
		"organizations: {acme: {name: Acme}}\n"
	if err := os.WriteFile(filepath.Join(dir, "makesync.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

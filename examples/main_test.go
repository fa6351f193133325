// Package examples_test runs what the examples hold, as a machine, a pipeline and a cluster would:
// with the built makesync on simulated zones, and with gh, curl and kubectl played by scripts.
package examples_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"makesync/sync/sandbox"
)

// TestMain builds makesync once and puts it first in the path, for every test that starts it as a
// process.
func TestMain(m *testing.M) {
	os.Exit(withProgram(m.Run))
}

func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "makesync")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "makesync"), "..")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build makesync: %v\n%s", err, out))
	}
	if err := os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		panic(err)
	}
	return run()
}

// zone is a simulated zone that serves over HTTP in this process.
type zone struct {
	*sandbox.World
	url string
}

// newZone serves the zone `try` of an example's seed.
func newZone(t *testing.T, example string) *zone {
	t.Helper()
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(example, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := world.Handler("try")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &zone{world, server.URL}
}

// changeVariable changes a variable of Acme as somebody in Make does.
func (z *zone) changeVariable(t *testing.T, name, value string) {
	t.Helper()
	changed := 0
	err := z.Alter(func(s *sandbox.State) {
		for i := range s.Zones[0].Organizations {
			for j, v := range s.Zones[0].Organizations[i].Variables {
				if v.Name == name {
					s.Zones[0].Organizations[i].Variables[j].Value = json.RawMessage(value)
					changed++
				}
			}
		}
	})
	if err != nil || changed != 1 {
		t.Fatalf("%s is changed %d times: %v", name, changed, err)
	}
}

// copyExample copies an example, without a state that somebody's try has left there.
func copyExample(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(to, ".makesync")); err != nil {
		t.Fatal(err)
	}
}

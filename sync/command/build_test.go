package command

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// Whoever builds from a tree without its repository sets what the build records nowhere.
func TestStampedBuild(t *testing.T) {
	t.Parallel()
	unknown := BuildOf(&debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "(devel)"}})
	if unknown.Version != "devel" {
		t.Errorf("%+v", unknown)
	}
	stamped := unknown.Stamped("v1.2.3", "0123456789abcdef", "2026-11-22T03:15:00Z")
	if stamped.Version != "1.2.3" || stamped.Commit != "0123456789abcdef" || stamped.Time != "2026-11-22T03:15:00Z" {
		t.Errorf("%+v", stamped)
	}
	if stamped.Stamped("", "", "") != stamped {
		t.Error("what nobody sets is lost")
	}
}

func TestStateFolders(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{"linux": "HOME", "darwin": "HOME", "windows": "LOCALAPPDATA"} {
		if folders := stateFolders(system); folders[0].variable != "XDG_STATE_HOME" || folders[1].variable != want {
			t.Errorf("%s: %v", system, folders)
		}
	}
	if runtime.GOOS == "windows" {
		return // its paths are others
	}
	for _, c := range []struct {
		env  map[string]string
		want string // "": an error
	}{
		{map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/makesync"},
		{map[string]string{"XDG_STATE_HOME": "s", "HOME": "/h"}, "/h/.local/state/makesync"},
		{map[string]string{"HOME": "/h"}, "/h/.local/state/makesync"},
		{nil, ""},
	} {
		env := Env{LookupEnv: func(name string) (string, bool) { value, is := c.env[name]; return value, is }}
		if got, err := env.stateDirectory(); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v: %q, %v", c.env, got, err)
		}
	}
}

// TestVersionVariable: the other variable that packagers set; main.version goes before it.
func TestVersionVariable(t *testing.T) { // not parallel: it sets what every build shows
	Version = "v1.4.0"
	defer func() { Version = "" }()
	unknown := BuildOf(&debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "(devel)"}})
	if got := unknown.Stamped("", "", "").Version; got != "1.4.0" {
		t.Errorf("version %s", got)
	}
	if got := unknown.Stamped("2.0.0", "", "").Version; got != "2.0.0" {
		t.Errorf("version %s", got)
	}
}

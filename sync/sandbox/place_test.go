package sandbox_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// TestLocksAreNobodyElsesFile: what stands where the lock of a state goes is neither followed nor
// written over.
func TestLocksAreNobodyElsesFile(t *testing.T) {
	t.Parallel()
	for what, put := range map[string]func(lock, precious string) error{
		"a link out":        func(lock, precious string) error { return os.Symlink(precious, lock) },
		"a link to nothing": func(lock, precious string) error { return os.Symlink(precious+"-new", lock) },
		"a link inside": func(lock, _ string) error {
			return os.Symlink("precious", lock)
		},
		"a hard link":       func(lock, precious string) error { return os.Link(precious, lock) },
		"a file of its own": func(lock, _ string) error { return os.WriteFile(lock, []byte("precious"), 0o600) },
		"a folder":          func(lock, _ string) error { return os.Mkdir(lock, 0o700) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			docs := filepath.Join(dir, "docs")
			precious := filepath.Join(dir, "precious")
			for _, path := range []string{precious, filepath.Join(docs, "precious")} {
				if err := os.MkdirAll(docs, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := put(filepath.Join(docs, "state.json.lock"), precious); err != nil {
				t.Skip(err)
			}
			before := tree(t, dir)
			if w, err := sandbox.Open(sandbox.Options{State: filepath.Join(docs, "state.json"), Below: docs}); err == nil {
				w.Close()
				t.Error("it was opened")
			}
			if after := tree(t, dir); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// TestWorldsStayBelowTheirFolder: no link in a path of a state or a seed leads out, also none that
// was put there after somebody had looked.
func TestWorldsStayBelowTheirFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	docs, outside := filepath.Join(dir, "docs"), filepath.Join(dir, "outside")
	for _, folder := range []string{docs, outside} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := sandbox.Starter().WriteFile(filepath.Join(outside, "state.json")); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"folder": "../outside", "new": "../outside/new", "file.json": "../outside/state.json", "abs": outside} {
		if err := os.Symlink(to, filepath.Join(docs, link)); err != nil {
			t.Skip(err)
		}
	}
	before := tree(t, outside)
	for _, o := range []sandbox.Options{
		{State: "folder/state.json"}, {State: "folder/other.json"}, {State: "new/state.json"}, {State: "abs/state.json"},
		{State: "../outside/state.json"}, {State: "ok/one.json", Seed: "file.json"}, {State: "ok/two.json", Seed: "folder/state.json"},
		{Seed: "abs/state.json"}, {State: "file.json"},
	} {
		for _, path := range []*string{&o.State, &o.Seed} {
			if *path != "" {
				*path = filepath.Join(docs, *path)
			}
		}
		o.Below = docs
		for _, o.Unmoved = range []bool{true, false} {
			if w, err := sandbox.Open(o); err == nil {
				w.Close()
				t.Errorf("%+v was opened", o)
			}
		}
		if after := tree(t, outside); after != before {
			t.Fatalf("%+v: before:\n%s\nafter:\n%s", o, before, after)
		}
	}
}

// TestWorldsBehindLinksInside: a link that stays below the folder is followed however it is written.
func TestWorldsBehindLinksInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	docs := filepath.Join(dir, "docs")
	if err := os.MkdirAll(filepath.Join(docs, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Starter().WriteFile(filepath.Join(docs, "inside", "seed.json")); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		filepath.Join(docs, "rel"): "inside", filepath.Join(docs, "abs"): filepath.Join(docs, "inside"),
		filepath.Join(docs, "seed.json"): filepath.Join(docs, "inside", "seed.json"), filepath.Join(dir, "alias"): docs,
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip(err)
		}
	}
	for _, below := range []string{docs, filepath.Join(dir, "alias")} {
		for _, folder := range []string{"rel", "abs"} {
			for _, name := range []string{"state.json", filepath.Join("new", "state.json")} {
				o := sandbox.Options{State: filepath.Join(below, folder, name), Seed: filepath.Join(below, "seed.json"), Below: below}
				w, err := sandbox.Open(o)
				if err != nil {
					t.Errorf("%s: %v", o.State, err)
					continue
				}
				w.Close()
				if _, err := os.Stat(filepath.Join(docs, "inside", name)); err != nil {
					t.Error(err)
				}
				if err := os.Remove(filepath.Join(docs, "inside", name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestUnmovedWorlds reads a state, or the seed in its place, and leaves nothing behind.
func TestUnmovedWorlds(t *testing.T) {
	t.Parallel()
	docs := t.TempDir()
	o := sandbox.Options{State: filepath.Join(docs, ".made", "state.json"), Below: docs, Unmoved: true}
	c := open(t, o)
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`)
	c.close()
	if left := tree(t, docs); strings.Count(left, "\n") != 1 {
		t.Errorf("there is\n%s", left)
	}
	o.Unmoved = false
	c = open(t, o)
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`)
	defer c.close()
	o.Unmoved = true // no lock is waited for
	before := tree(t, docs)
	again := open(t, o)
	want(t, again.get("/organizations/11"), "Renamed", "organization", "name")
	again.close()
	if after := tree(t, docs); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// tree lists what there is, with kinds and contents, links not followed.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		b.WriteString(path + " " + e.Type().String())
		if e.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.WriteString(" " + string(data))
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

package revision

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// repository makes a repository with one commit of a folder docs, and gives its folder.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	top := t.TempDir()
	run(t, top, "init", "-q", ".")
	run(t, top, "config", "user.name", "Ops")
	run(t, top, "config", "user.email", "ops@acme.example")
	for path, text := range files {
		write(t, filepath.Join(top, path), text)
	}
	run(t, top, "add", ".")
	run(t, top, "commit", "-q", "-m", "one")
	return top
}

func run(t *testing.T, folder string, args ...string) string {
	t.Helper()
	command := exec.Command("git", append([]string{"-C", folder}, args...)...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// extract gives the files that are written of a revision, and the commit.
func extract(t *testing.T, revision string, folders ...string) (files map[string]string, commit string, err error) {
	t.Helper()
	into := t.TempDir()
	tree, err := Open(context.Background(), t.TempDir(), revision, folders)
	if err != nil {
		return nil, "", err
	}
	if err := tree.Write(context.Background(), into, 1<<20, func(string) bool { return true }); err != nil {
		return nil, tree.Commit, err
	}
	files = map[string]string{}
	err = filepath.WalkDir(into, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		inside, _ := filepath.Rel(into, path)
		files[filepath.ToSlash(inside)] = string(data)
		return err
	})
	return files, tree.Commit, err
}

func TestFilesOfARevision(t *testing.T) {
	t.Parallel()
	top := repository(t, map[string]string{"docs/a.yaml": "one", "docs/deep/ä b.yaml": "two", "other/c.yaml": "three"})
	first := run(t, top, "rev-parse", "HEAD")
	write(t, filepath.Join(top, "docs/a.yaml"), "changed")
	run(t, top, "commit", "-q", "-a", "-m", "two")
	for _, c := range []struct {
		revision string
		folders  []string
		want     []string
	}{
		{"HEAD~1", []string{"docs"}, []string{"docs/a.yaml=one", "docs/deep/ä b.yaml=two"}},
		{first[:10], []string{"docs/deep"}, []string{"docs/deep/ä b.yaml=two"}},
		{"HEAD", []string{"docs", "other"}, []string{"docs/a.yaml=changed", "docs/deep/ä b.yaml=two", "other/c.yaml=three"}},
		{"HEAD", []string{"."}, []string{"docs/a.yaml=changed", "docs/deep/ä b.yaml=two", "other/c.yaml=three"}},
	} {
		var folders []string
		for _, folder := range c.folders {
			folders = append(folders, filepath.Join(top, folder))
		}
		files, _, err := extract(t, c.revision, folders...)
		var got []string
		for path, text := range files {
			got = append(got, path+"="+text)
		}
		if slices.Sort(got); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v", c.revision, got, err, c.want)
		}
	}
}

// TestHostileRepository: nothing in a repository is run or followed, and git gets none of our
// secrets.
func TestHostileRepository(t *testing.T) {
	top := repository(t, map[string]string{"docs/a.yaml": "one", ".gitattributes": "* filter=evil diff=evil\n"})
	t.Setenv("MAKE_API_KEY", "a-token")
	marker := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil.sh")
	write(t, script, "#!/bin/sh\nenv >"+marker+"\n")
	if err := os.Chmod(script, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"core.fsmonitor", "core.pager", "core.sshCommand", "filter.evil.smudge",
		"filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "core.gitProxy", "core.alternateRefsCommand",
		"remote.origin.uploadpack", "alias.cat-file", "alias.ls-tree", "pager.ls-tree", "credential.helper"} {
		run(t, top, "config", key, script)
	}
	run(t, top, "config", "remote.origin.url", "ext::"+script)
	run(t, top, "config", "remote.origin.promisor", "true")
	run(t, top, "config", "extensions.partialClone", "origin")
	run(t, top, "config", "protocol.ext.allow", "always")
	run(t, top, "config", "core.hooksPath", filepath.Dir(script))
	docs := filepath.Join(top, "docs")
	if files, _, err := extract(t, "HEAD", docs); err != nil || files["docs/a.yaml"] != "one" {
		t.Errorf("%v %v", files, err)
	}
	if _, _, err := extract(t, strings.Repeat("0123456789", 4), docs); err == nil {
		t.Error("a commit that is not there was found")
	}
	if said, err := os.ReadFile(marker); err == nil {
		t.Errorf("the repository's own program ran, with\n%s", said)
	}
}

// TestLinksAreLeftOut: neither links nor submodules nor names that lead out of the folder are written.
func TestLinksAreLeftOut(t *testing.T) {
	t.Parallel()
	top := repository(t, map[string]string{"docs/a.yaml": "one"})
	blob := run(t, top, "hash-object", "-w", "docs/a.yaml")
	link := filepath.Join(top, "docs", "link.yaml")
	if err := os.Symlink("/etc/passwd", link); err != nil {
		t.Skip(err)
	}
	run(t, top, "add", ".")
	run(t, top, "update-index", "--add", "--cacheinfo", "160000,"+run(t, top, "rev-parse", "HEAD")+",docs/module")
	run(t, top, "commit", "-q", "-m", "links")
	files, _, err := extract(t, "HEAD", filepath.Join(top, "docs"))
	if err != nil || len(files) != 1 || files["docs/a.yaml"] != "one" {
		t.Errorf("%v %v", files, err)
	}
	// A tree that git itself would never make: a folder whose name is two dots.
	inner := rawTree(t, top, "100644 evil.yaml", blob)
	outer := rawTree(t, top, "40000 ..", inner)
	docs := rawTree(t, top, "40000 docs", outer)
	commit := run(t, top, "commit-tree", docs, "-m", "evil")
	files, _, err = extract(t, commit, filepath.Join(top, "docs"))
	if err != nil || len(files) != 0 {
		t.Errorf("%v %v", files, err)
	}
}

// rawTree writes a tree of one entry, without any check.
func rawTree(t *testing.T, top, modeAndName, object string) string {
	t.Helper()
	raw := []byte(modeAndName + "\x00")
	for i := 0; i < len(object); i += 2 {
		high, low := strings.IndexByte("0123456789abcdef", object[i]), strings.IndexByte("0123456789abcdef", object[i+1])
		raw = append(raw, byte(high<<4|low))
	}
	path := filepath.Join(t.TempDir(), "tree")
	write(t, path, string(raw))
	return run(t, top, "hash-object", "-w", "-t", "tree", "--literally", path)
}

// TestTreeBombs: a commit of a few objects can list more paths than anybody can read. Git is ended
// at the limit, whether or not there is a file among them.
func TestTreeBombs(t *testing.T) {
	t.Parallel()
	top := repository(t, map[string]string{"docs/a.yaml": "one"})
	blob := run(t, top, "hash-object", "-w", "docs/a.yaml")
	nested := func(mode, object string, levels int) string {
		for range levels {
			var entries strings.Builder
			for i := range 16 {
				fmt.Fprintf(&entries, "%s %s\tn%x\n", mode, object, i)
			}
			command := exec.Command("git", "-C", top, "mktree")
			command.Stdin = strings.NewReader(entries.String())
			out, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			mode, object = "040000 tree", strings.TrimSpace(string(out))
		}
		return run(t, top, "commit-tree", rawTree(t, top, "40000 docs", object), "-m", "bomb")
	}
	longName := rawTree(t, top, "100644 "+strings.Repeat("n", maxEntry), blob)
	for name, c := range map[string]struct{ commit, want string }{
		"files":     {nested("100644 blob", blob, 16), "more than 200000 files and folders there"},
		"folders":   {nested("040000 tree", rawTree(t, top, "160000 x", blob), 16), "more than 200000 files and folders there"},
		"long name": {nested("040000 tree", longName, 1), "whose name takes more than 16 KiB"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err := Open(ctx, t.TempDir(), c.commit, []string{filepath.Join(top, "docs")})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "with -f") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRevisionsThatAreNone(t *testing.T) {
	t.Parallel()
	top := repository(t, map[string]string{"docs/a.yaml": "one"})
	for _, revision := range []string{"", "-", "--all", "-n1", "HEAD:docs", ":0:docs/a.yaml", "a b", "a\nb", "nowhere",
		strings.Repeat("a", 300)} {
		if _, _, err := extract(t, revision, filepath.Join(top, "docs")); err == nil {
			t.Errorf("%q was taken", revision)
		}
	}
	if _, _, err := extract(t, "HEAD", t.TempDir()); err == nil || !strings.Contains(err.Error(), "git repository") {
		t.Errorf("a folder outside: %v", err)
	}
	other := repository(t, map[string]string{"docs/a.yaml": "one"})
	if _, _, err := extract(t, "HEAD", top, other); err == nil || !strings.Contains(err.Error(), "two repositories") {
		t.Errorf("two repositories: %v", err)
	}
}

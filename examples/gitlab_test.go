package examples_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGitLabWithCurl holds the played curl to the real one, where that is installed: a URL with a
// list in it, a status of 404 that is an answer, and a token that does not go along to the store
// to which GitLab sends for an artifact.
func TestGitLabWithCurl(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("CANNOT CHECK HERE: %s is not installed", tool)
		}
	}
	const token = "Bearer glpat-secret"
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "" {
			t.Errorf("the store is told %q", got)
		}
		fmt.Fprint(w, "the state of job 2")
	}))
	t.Cleanup(store.Close)
	elsewhere := strings.Replace(store.URL, "127.0.0.1", "localhost", 1)
	gitlab := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scope := fmt.Sprint(r.URL.Query()["scope[]"])
		switch {
		case r.Header.Get("Authorization") != token:
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case r.URL.Path == "/projects/5/jobs" && scope == "[success failed canceled]":
			const nightly = `"name": "nightly", "ref": "main", "tag": false`
			fmt.Fprintf(w, `[{"id": 3, %s}, {"id": 2, %s}, {"id": 1, %s}]`, nightly, nightly, nightly)
		case r.URL.Path == "/projects/5/jobs/2/artifacts/kept/state.tar.gpg":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(gitlab.Close)
	file := filepath.Join(t.TempDir(), "kept", "state")
	c := exec.Command("sh", "ci/artifact-gitlab.sh", "nightly", "kept/state.tar.gpg", file)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "CI_API_V4_URL=" + gitlab.URL, "CI_PROJECT_ID=5",
		"CI_DEFAULT_BRANCH=main", "GITLAB_TOKEN=glpat-secret", "TRIES=1"}
	code, out := result(t, c)
	if got, err := os.ReadFile(file); code != 0 || string(got) != "the state of job 2" {
		t.Errorf("exit %d, %v, fetched %q:\n%s", code, err, got, out)
	}
	c = exec.Command("sh", "ci/artifact-gitlab.sh", "nightly", "kept/state.tar.gpg", file+"-2")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "CI_API_V4_URL=" + gitlab.URL, "CI_PROJECT_ID=5",
		"CI_DEFAULT_BRANCH=main", "GITLAB_TOKEN=another", "TRIES=1"}
	if code, out := result(t, c); code != 1 || !strings.Contains(out, "401") {
		t.Errorf("another token: exit %d:\n%s", code, out)
	}
}

// TestGitLabPreviewTakesGuardsOfTheHead runs the job's script on a branch that began before the guards
// became what they are, and that brings guards where the job lays things down.
func TestGitLabPreviewTakesGuardsOfTheHead(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"git", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("CANNOT CHECK HERE: %s is not installed", tool)
		}
	}
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	sh := func(in, script string, variables ...string) (int, string) {
		c := exec.Command("sh", "-e", "-c", script)
		c.Dir = filepath.Join(dir, in)
		c.Env = append([]string{"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "TMPDIR=" + filepath.Join(dir, "tmp"), "CI_SCRIPTS=" + filepath.Join(here, "ci"),
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a.example", "GIT_COMMITTER_NAME=a",
			"GIT_COMMITTER_EMAIL=a@a.example"}, variables...)
		return result(t, c)
	}
	const world = `
mkdir bin tmp
printf '#!/bin/sh\necho "$1 by $MAKESYNC_GUARDS: $(cat "$MAKESYNC_GUARDS")"\n' >bin/makesync && chmod 755 bin/makesync
git init -q -b main origin && cd origin && git config uploadpack.allowAnySHA1InWant true
mkdir documents && echo former >documents/a.yaml && cp -R "$CI_SCRIPTS" ci && echo loose >ci/.guards.yaml
git add -f . && git commit -q -m began
git checkout -q -b author && mkdir -p .base/ci && echo evil >.base/ci/.guards.yaml
git add -f . && git commit -q -m author
git checkout -q main && echo strict >ci/.guards.yaml && echo later >documents/b.yaml && git add -f . && git commit -q -m later
git checkout -q -b bare && git rm -q -r ci && git commit -q -m bare
cd .. && git clone -q -b author origin clone && git clone -q -b author origin fork && ln -s origin project.git`
	if code, out := sh(".", world); code != 0 {
		t.Fatal(out)
	}
	var pipeline struct{ Preview struct{ Script []string } }
	readYAML(t, "gitlab-ci.yml", &pipeline)
	_, began := sh("clone", "git rev-parse HEAD~1")
	variables := []string{"CI_PROJECT_ID=5", "CI_MERGE_REQUEST_PROJECT_ID=5",
		"CI_MERGE_REQUEST_DIFF_BASE_SHA=" + strings.TrimSpace(began), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"}
	script := strings.Join(pipeline.Preview.Script, "\n")
	code, out := sh("clone", script, variables...)
	if code != 0 || !strings.Contains(out, "validate by "+dir+"/tmp/") || !strings.Contains(out, "/ci/.guards.yaml: strict") ||
		strings.Contains(out, "loose") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for name, want := range map[string]string{"a.yaml": "former\n", "b.yaml": ""} {
		got, _ := os.ReadFile(filepath.Join(dir, "clone", ".base", "documents", name))
		if string(got) != want {
			t.Errorf("compared with %s: %q", name, got)
		}
	}
	code, out = sh("clone", script, append(variables, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=bare")...)
	if code != 3 || !strings.Contains(out, "has no ci/ yet") {
		t.Errorf("a target without ci/: exit %d:\n%s", code, out)
	}
	// A fork whose main is its author's: the target is that of the project.
	if code, out := sh("fork", "git remote set-url origin . && git branch -f main author~1", variables...); code != 0 {
		t.Fatal(out)
	}
	code, out = sh("fork", script, append(variables, "CI_PROJECT_ID=6",
		"CI_MERGE_REQUEST_PROJECT_URL="+filepath.Join(dir, "project"))...)
	if code != 0 || !strings.Contains(out, "/ci/.guards.yaml: strict") {
		t.Errorf("a fork: exit %d:\n%s", code, out)
	}
}

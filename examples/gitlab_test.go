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

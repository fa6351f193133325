package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptHook starts a receiver of notifications: after hook NAME the url stands in $NAME, and the body of the
// n-th notification in NAME/n.json. A file NAME/answer holds the status of the next answers, 200 without it.
func scriptHook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hook NAME")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	server := httptest.NewServer(&hook{dir: dir})
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL+"/services/secret-path?key=secret-key")
}

type hook struct {
	dir string
	mu  sync.Mutex
	n   int
}

// ServeHTTP keeps the body and answers with the status of the file.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	h.n++
	if err == nil {
		err = os.WriteFile(filepath.Join(h.dir, strconv.Itoa(h.n)+".json"), body, 0o600)
	}
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.URL.Path != "/services/secret-path" {
		http.Error(w, fmt.Sprintf("%s %s %v", r.Method, r.URL.Path, err), http.StatusTeapot)
		return
	}
	status := http.StatusOK
	if text, err := os.ReadFile(filepath.Join(h.dir, "answer")); err == nil {
		status, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(status)
}

// scriptJSONLines checks that the last command's stderr is lines of JSON objects, at least one, and nothing else.
func scriptJSONLines(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stderr"), "\n"), "\n")
	for _, line := range lines {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil || object["level"] == nil || object["msg"] == nil {
			ts.Fatalf("no line of a JSON log: %q", line)
		}
	}
}

package e2e

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestDebugVariablesShowNoSecret: Go's own GODEBUG has net/http write down every header of HTTP/2, with the token in it.
func TestDebugVariablesShowNoSecret(t *testing.T) {
	t.Parallel()
	const token = "00000000-0000-4000-8000-0000000000c5"
	var sent atomic.Bool
	zone := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.Store(sent.Load() || r.ProtoMajor == 2 && strings.Contains(r.Header.Get("Authorization"), token))
		http.Error(w, `{"detail": "no"}`, http.StatusNotFound)
	}))
	zone.EnableHTTP2 = true
	zone.StartTLS()
	defer zone.Close()
	dir := t.TempDir()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: zone.Certificate().Raw})
	docs := "apiVersion: makesync/v1\nzone: lab\nzones: {lab: {url: \"" + zone.URL + "\"}}\n" +
		"organizations: {acme: {id: 11, variables: {A: x}}}\n"
	for name, data := range map[string]string{"authority.pem": string(authority), "docs.yaml": docs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(t.Context(), "makesync", "plan", "-f", "docs.yaml", "--log-level", "debug")
	c.Dir, c.Env = dir, append(os.Environ(), "GODEBUG=http2debug=2", "SSL_CERT_FILE=authority.pem", "HOME="+dir,
		"MAKESYNC_HOSTS=lab="+zone.Listener.Addr().String(), "MAKE_API_KEY_LAB="+token)
	out, err := c.CombinedOutput()
	if err == nil || !sent.Load() {
		t.Fatalf("the zone got no token over HTTP/2: %v\n%s", err, out)
	}
	if strings.Contains(string(out), token) {
		t.Errorf("the token stands in what it prints:\n%s", out)
	}
}

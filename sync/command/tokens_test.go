package command_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"makesync/sync/command"
	"makesync/sync/makeapi"
	"makesync/sync/sandbox"
)

// The tokens of the environment; a hostile document wants to see them.
const (
	tokenGeneral = "11111111-AAAA-4111-8111-AAAAAAAAAAAA"
	tokenEU1     = "22222222-BBBB-4222-8222-BBBBBBBBBBBB"
	tokenOther   = "33333333-CCCC-4333-8333-CCCCCCCCCCCC"
	secretSeal   = "seal4444DDDD4444"
	secretNotify = "http://127.0.0.1:1/notify5555EEEE"
	secretFile   = "file6666FFFF6666"
)

// witness stands for the whole network: it keeps every request, and answers in the place of every host.
type witness struct {
	t        *testing.T
	world    http.Handler
	redirect string // where the zone sends everybody; "" nowhere
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	// codes and said are those of the commands, in their order.
	codes []int
	said  []string
}

// RoundTrip answers as a zone does, whatever the host.
func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	w.mu.Lock()
	w.requests, w.bodies = append(w.requests, request), append(w.bodies, string(body))
	w.mu.Unlock()
	if w.redirect != "" {
		r := answer(http.StatusTemporaryRedirect, "text/plain", "")
		r.Header.Set("Location", w.redirect+request.URL.Path)
		return r, nil
	}
	return makeapi.HandlerTransport(w.world).RoundTrip(request)
}

// hostile is a run of makesync on documents that somebody else wrote.
type hostile struct {
	documents string
	zones     []string // --zone-url
	env       map[string]string
	redirect  string
	lives     string // what replies say of the zone of their organizations
	// goes says which token goes to which host; nothing may go to any other.
	goes map[string]string
}

// run runs commands on the documents and gives what the network has seen.
func (h hostile) run(t *testing.T, dir string, commands ...[]string) *witness {
	t.Helper()
	state := &sandbox.State{Version: 1, Users: []*sandbox.User{
		{Email: "ops@acme.example", Token: tokenGeneral}, {Email: "eva@acme.example", Token: tokenEU1}, {Email: "oto@acme.example", Token: tokenOther}},
		Switches: map[string]string{"rate-limit": "off"},
		Zones: []*sandbox.Zone{{Name: "eu1", Host: h.lives, Organizations: []*sandbox.Organization{{ID: 11, Name: "Acme", Plan: "Enterprise", Members: []*sandbox.Member{
			{Email: "ops@acme.example", Role: sandbox.Ref{Name: "Owner"}}, {Email: "eva@acme.example", Role: sandbox.Ref{Name: "Admin"}}, {Email: "oto@acme.example", Role: sandbox.Ref{Name: "Admin"}}}}}}}}
	handler, err := sandbox.New(state, nil).Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{t: t, world: handler, redirect: h.redirect}
	env := map[string]string{"MAKE_API_KEY": tokenGeneral, "MAKE_API_KEY_EU1": tokenEU1, "MAKE_API_KEY_OTHER": tokenOther,
		"MAKESYNC_SEAL_KEY": secretSeal, "MAKESYNC_NOTIFY_URL": "", "HOME": filepath.Join(dir, "home")}
	for name, value := range h.env {
		if env[name] = value; value == "" {
			delete(env, name) // unset
		}
	}
	for _, args := range commands {
		var out bytes.Buffer
		code := command.Main(context.Background(), append([]string{"makesync"}, args...), command.Env{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Now: time.Now, Random: rand.NewChaCha8([32]byte{3}),
			LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
			Transport: func(string) http.RoundTripper { return w },
		})
		w.codes, w.said = append(w.codes, code), append(w.said, out.String())
		if strings.Contains(out.String(), "internal error") {
			t.Errorf("%v: %s", args, &out)
		}
	}
	return w
}

// everyCommand are all commands that call a zone.
func (h hostile) everyCommand(dir string) [][]string {
	docs, zone := filepath.Join(dir, "docs", "makesync.yaml"), "lab"
	if strings.Contains(h.documents, "zone: eu1\n") {
		zone = "eu1"
	}
	var urls []string
	for _, pair := range h.zones {
		urls = append(urls, "--zone-url", pair)
	}
	out := func(name string) []string { return []string{"-o", filepath.Join(dir, name)} }
	on := append([]string{"-f", docs, "--timeout", "1s"}, urls...)
	return [][]string{
		with("validate", []string{"-f", docs}, urls), with("plan", on), with("apply --yes --journal "+filepath.Join(dir, "journal"), on),
		with("export --force --zone "+zone, on, out("export")), with("snapshot --zone "+zone, on, out("live.json")),
		with("migrate --force --from eu1 --to "+zone, on, out("move")), with("compare", on, []string{"eu1", zone}),
		with("invitation show --zone "+zone, on, []string{tokenOther}), with("invitation accept --yes --zone "+zone, on, []string{tokenOther}),
	}
}

// check looks at every request that was made, and gives the hosts that had any. allowed says which tokens a host may see.
func (w *witness) check(allowed map[string][]string) (came map[string]bool) {
	w.t.Helper()
	came = map[string]bool{}
	for i, request := range w.requests {
		host, authorization := request.URL.Scheme+"://"+request.URL.Host, request.Header.Get("Authorization")
		if !slices.Contains(allowed[host], strings.TrimPrefix(authorization, "Token ")) || request.Host != "" && request.Host != request.URL.Host {
			w.t.Errorf("%s %s got %q", request.Method, request.URL, authorization)
		}
		came[host+" "+authorization] = true
		rest := request.Header.Clone()
		rest.Del("Authorization")
		w.clean(fmt.Sprint(rest, request.URL.Path, w.bodies[i]))
	}
	return came
}

// clean tells whether anything but the token's own header holds a secret.
func (w *witness) clean(text string) {
	w.t.Helper()
	for _, secret := range []string{tokenGeneral, tokenEU1, tokenOther, secretSeal, "notify5555EEEE", secretFile} {
		if strings.Contains(text, secret[:12]) {
			w.t.Errorf("%s shows in %s", secret, text)
		}
	}
}

// stageDocuments writes a document beside a folder with a secret that it must not reach.
func stageDocuments(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"docs/makesync.yaml": text, "outside/secret": secretFile, "docs-2/secret": secretFile} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"docs/link": "../outside/secret", "docs/folder": "../outside", "docs/loop": "loop", "docs/absolute": filepath.Join(dir, "outside", "secret")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

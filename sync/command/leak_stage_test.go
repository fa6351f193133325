package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"makesync/sync/command"
	"makesync/sync/makeapi"
	"makesync/sync/sandbox"
)

// canaries are secrets of every origin, in awkward letters. None may ever show.
var canaries = map[string]string{
	"token":           "7C4AD2E9-5D3B-4F8E-9B6C-A1F7D2E3B4C5",
	"target token":    "E5B81F3C-90D7-4A26-8C4F-3D6B7A9E0F12",
	"seal key":        "sL4k=Zr8;wN2+Qh6/tB9Jm",
	"invitation":      "0F2B7C96-6A1D-4E83-B5C0-94D8E7F3A1B2",
	"from env":        `Vq7"x'Zk\wT9&<pL>é♞nR4`,
	"from a file":     "mF4kQ0zt\nW8s: {jY2}\n\t#hD6uB",
	"by name":         "gH2!rT8#vX5@kM1`*_[a]",
	"by pattern":      "pgx://sK9wE:Jb3nQ7y@hzT/d?x=%41&y=ž",
	"number":          "83174962051.25",
	"date":            "2031-07-19T04:23:51.123Z",
	"short":           "q9!Zt7",
	"old from env":    `oL3"dE'nV\aL5&<xW>ü♜zK8`,
	"old from a file": "oD7fI2lE\nbR4: {kC1}\n#yU9pX",
	"old by name":     "wJ6?cS1$hG8^nV3",
	"old by pattern":  "ldx://fP2mR:Xc8vT4u@qkW/b?z=2",
	"old number":      "61509382747.75",
	"unmanaged":       "tY5%gB9(eN1)sA7~iO3",
	"deleted":         "rU8}zM2{xD6]lH0[",
	"notify path":     "T9kB2mXq8Lw4Zs",
	"notify query":    "Qd6vNc1xJr7Gf",
	"notify password": "hU7!pR3&kD9^zL",
	"purged":          "bC4=jF9-vK7_oE1;yW5",
}

const leakDocuments = `apiVersion: makesync/v1
zone: eu1
sensitive: ["acme/variable/*_DSN"]
guards: {maxDeletes: {variable: 20}}
organizations:
  acme:
    id: 11
    name: Acme Works
    timezone: Europe/Rome
    featureControls: {Make AI Tools: false}
    purge: [variable]
    variables:
      OPEN: {type: string, value: new and open}
      FROM_ENV: "${env:CANARY}"
      FROM_FILE: "${file:secret.txt}"
      MIXED: "a${env:CANARY}b"
      DB_PASSWORD: %[1]s
      ORDERS_DSN: %[2]s
      PIN_SECRET: {type: number, value: %[3]s}
      LAUNCH_TOKEN: {type: date, value: %[4]s}
      SHORT_PRIVATE: %[5]s
      GONE_API_KEY: {state: absent}
    members:
      ops@acme.example: {}
      new@acme.example: {role: Member, invite: {name: New Person}}
`

// leakZones hold old secrets in the places of the new ones.
func leakZones() *sandbox.State {
	text := func(name string) json.RawMessage { data, _ := json.Marshal(canaries[name]); return data }
	return &sandbox.State{
		Version:  1,
		Users:    []*sandbox.User{{Name: "Olga", Email: "ops@acme.example", Token: canaries["token"], TwoFactor: true}},
		Switches: map[string]string{"rate-limit": "off"},
		Zones: []*sandbox.Zone{{Name: "eu1", Organizations: []*sandbox.Organization{{
			ID: 11, Name: "Acme Works", Plan: "Enterprise",
			Members: []*sandbox.Member{
				{Email: "ops@acme.example", Role: sandbox.Ref{Name: "Owner"}},
				{Email: "ann@acme.example", Role: sandbox.Ref{Name: "Member"}, Invitation: &sandbox.Invitation{Sent: time.Now(), Hash: canaries["invitation"]}},
			},
			Variables: []sandbox.Variable{
				{Name: "OPEN", Value: json.RawMessage(`"old and open"`)},
				{Name: "FROM_ENV", Value: text("old from env")}, {Name: "FROM_FILE", Value: text("old from a file")},
				{Name: "DB_PASSWORD", Value: text("old by name")}, {Name: "ORDERS_DSN", Value: text("old by pattern")},
				{Name: "PIN_SECRET", Value: json.RawMessage(canaries["old number"])},
				{Name: "OTHER_SECRET", Value: text("purged")}, {Name: "GONE_API_KEY", Value: text("deleted")},
			},
		}, {
			ID: 12, Name: "Beta", Plan: "Enterprise",
			Variables: []sandbox.Variable{{Name: "LOOSE_PASSWORD", Value: text("unmanaged")}, {Name: "FROM_ENV", Value: json.RawMessage(`"open"`)}},
		}}}, {Name: "us1"}},
	}
}

// trapOfAll is made once: it has some ten thousand patterns.
var trapOfAll = sync.OnceValue(func() *trap { return newTrap(canaries) })

// leakStage runs the program on zones full of secrets and looks through everything it puts out.
type leakStage struct {
	*testing.T
	in, out, home string // what is given, what is written, the state directory
	world         *sandbox.World
	trap          *trap
	env           map[string]string
	// tamper answers in the zone's place where it gives an answer.
	tamper   func(*http.Request, string) (*http.Response, error)
	tampered atomic.Int64 // answers of it
	terminal bool
	stdin    string
	random   *rand.ChaCha8
	runs     int
	texts    int // bytes looked through
}

func newLeakStage(t *testing.T) *leakStage {
	t.Helper()
	dir := t.TempDir()
	s := &leakStage{
		T: t, in: filepath.Join(dir, "in"), out: filepath.Join(dir, "out"), home: filepath.Join(dir, "home"),
		world: sandbox.New(leakZones(), nil), trap: trapOfAll(), random: rand.NewChaCha8([32]byte{7}),
		env: map[string]string{
			"MAKE_API_KEY": canaries["token"], "MAKE_API_KEY_US1": canaries["token"], "MAKESYNC_SEAL_KEY": canaries["seal key"],
			"CANARY": canaries["from env"],
		},
	}
	s.env["HOME"], s.env["XDG_STATE_HOME"] = s.home, s.home
	for _, folder := range []string{s.in, s.out, s.home} {
		s.must(os.MkdirAll(folder, 0o700))
	}
	s.give("secret.txt", canaries["from a file"]+"\n")
	var literals, references []any
	for i, name := range []string{"by name", "by pattern", "number", "date", "short"} {
		quoted, _ := json.Marshal(canaries[name])
		variable := fmt.Sprint("CANARY_", i)
		s.env[variable] = canaries[name]
		literals, references = append(literals, string(quoted)), append(references, `"${env:`+variable+`}"`)
	}
	literals[2] = canaries["number"]
	s.give("docs.yaml", fmt.Sprintf(leakDocuments, literals...))
	s.give("savable.yaml", fmt.Sprintf(leakDocuments, references...))
	return s
}

func (s *leakStage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// give writes an input file, which may hold secrets, and gives its path.
func (s *leakStage) give(name, text string) string {
	s.Helper()
	path := filepath.Join(s.in, name)
	s.must(os.MkdirAll(filepath.Dir(path), 0o700))
	s.must(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// docs hold their secrets as literals as well; savable ones as references only, as a saved plan wants them.
func (s *leakStage) docs() string    { return filepath.Join(s.in, "docs.yaml") }
func (s *leakStage) savable() string { return filepath.Join(s.in, "savable.yaml") }

func (s *leakStage) written(name string) string { return filepath.Join(s.out, name) }

// transport reaches a zone.
func (s *leakStage) transport(zone string) http.RoundTripper {
	handler, err := s.world.Handler(zone)
	if err != nil {
		handler = http.NotFoundHandler() // a zone that only documents know
	}
	return tampered{s, makeapi.HandlerTransport(handler)}
}

type tampered struct {
	stage *leakStage
	next  http.RoundTripper
}

// RoundTrip lets the tamperer answer first.
func (t tampered) RoundTrip(request *http.Request) (*http.Response, error) {
	if t.stage.tamper == nil {
		return t.next.RoundTrip(request)
	}
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	if response, err := t.stage.tamper(request, string(body)); response != nil || err != nil {
		t.stage.tampered.Add(1)
		return response, err
	}
	return t.next.RoundTrip(request)
}

// run runs one command line, looks through what it printed, and gives it.
func (s *leakStage) run(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	var out, errs bytes.Buffer
	code = command.Main(context.Background(), append([]string{"makesync"}, args...), command.Env{
		Stdin: strings.NewReader(s.stdin), Stdout: &out, Stderr: &errs, Now: time.Now, Random: s.random, Transport: s.transport,
		LookupEnv: func(name string) (string, bool) { value, ok := s.env[name]; return value, ok },
		Terminal:  command.Terminal{Stdin: s.terminal, Stdout: s.terminal, Stderr: s.terminal, Width: 60},
	})
	s.runs++
	s.look("stdout of "+strings.Join(args, " "), out.String())
	s.look("stderr of "+strings.Join(args, " "), errs.String())
	return code, out.String(), errs.String()
}

// runTampered runs one command line while something else answers in the zone's place, which has to be asked.
func (s *leakStage) runTampered(tamper func(*http.Request, string) (*http.Response, error), args ...string) (code int, stdout, stderr string) {
	s.Helper()
	before := s.tampered.Load()
	s.tamper = tamper
	code, stdout, stderr = s.run(args...)
	s.tamper = nil
	if s.tampered.Load() == before {
		s.Errorf("%s: exit %d, and nothing was tampered with\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return code, stdout, stderr
}

// want is run with an expected exit code.
func (s *leakStage) want(code int, args ...string) string {
	s.Helper()
	got, stdout, stderr := s.run(args...)
	if got != code {
		s.Fatalf("%s: exit %d instead of %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	return stdout
}

// look reports secrets in a text.
func (s *leakStage) look(where, text string) {
	s.Helper()
	s.texts += len(text)
	for _, found := range s.trap.find(text) {
		s.Errorf("%s shows %s", where, found)
	}
}

// lookThroughFiles reports secrets in all files that the program has written, and in their names.
func (s *leakStage) lookThroughFiles() {
	s.Helper()
	files := 0
	for _, folder := range []string{s.out, s.home} {
		s.must(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			files++
			s.look(path, path+"\n"+string(data))
			return err
		}))
	}
	if files == 0 {
		s.Error("there is no file at all: nothing was tested")
	}
}

// writeEmpty makes a file for the look through files where a test writes none.
func writeEmpty(path string) error { return os.WriteFile(path, nil, 0o600) }

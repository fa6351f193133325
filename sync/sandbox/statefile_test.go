package sandbox_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// open waits for a lock that was just released: while another test starts a process, that has the file for a moment.
func open(t *testing.T, o sandbox.Options) client {
	t.Helper()
	o.LockWait = cmp.Or(o.LockWait, time.Minute)
	w, err := sandbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return client{t, w, w.FirstZone(), w.FirstToken()}
}

func (c client) close() {
	c.t.Helper()
	if err := c.world.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// TestStateIsKept opens a world again and again: writes, switches, faults and the
// clock are there, and reads do not touch the file.
func TestStateIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "state.json")
	c := open(t, sandbox.Options{State: path})
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	c.get("/organizations")
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("a read wrote the state file: %v", err)
	}
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`)
	if after, err := os.Stat(path); err != nil || os.SameFile(before, after) {
		t.Errorf("a write did not replace the state file: %v", err)
	}
	c.close()
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	c := open(t, sandbox.Options{State: path})
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`)
	c.call(200, "POST", "/organizations", `{"name":"New","regionId":1,"timezoneId":113,"countryId":4}`)
	c.call(200, "DELETE", "/organizations/13", "")
	if err := c.world.SetSwitch("former-owner", "member"); err != nil {
		t.Fatal(err)
	}
	c.fault("op=POST /teams,kind=drop-before")
	c.world.Advance(time.Hour)
	saved := c.world.Snapshot()
	c.close()

	again := open(t, sandbox.Options{State: path, Seed: "is-not-read"})
	defer again.close()
	want(t, again.get("/organizations/11"), "Renamed", "organization", "name")
	want(t, again.get("/organizations/22"), "New", "organization", "name")
	again.call(403, "GET", "/organizations/13", "")
	if got := again.world.Switches()["former-owner"]; got != "member" {
		t.Errorf("switch: %s", got)
	}
	if f := again.world.Faults(); len(f) != 1 || f[0].Operation != "POST /teams" {
		t.Errorf("faults: %v", f)
	}
	if time.Until(again.world.Now()) < 59*time.Minute {
		t.Error("the clock went back")
	}
	if got := again.world.Snapshot(); got.Next != saved.Next {
		t.Errorf("next ids %+v, were %+v", got.Next, saved.Next)
	}
}

// TestPassingDisturbancesGoWithTheWorld: what a run sets for itself is nothing that the next one finds.
func TestPassingDisturbancesGoWithTheWorld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	c := open(t, sandbox.Options{State: path})
	f, err := sandbox.ParseFault("op=GET /ping,kind=status,status=503")
	if err == nil {
		err = errors.Join(c.world.AddPassingFault(f), c.world.SetPassingSwitch("former-owner", "member"))
	}
	if err != nil {
		t.Fatal(err)
	}
	c.call(503, "GET", "/ping", "")
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`)
	if got := c.world.Switches()["former-owner"]; got != "member" {
		t.Errorf("switch: %s", got)
	}
	c.close()

	again := open(t, sandbox.Options{State: path})
	defer again.close()
	again.call(200, "GET", "/ping", "")
	want(t, again.get("/organizations/11"), "Renamed", "organization", "name")
	if got := again.world.Switches()["former-owner"]; got != "admin" {
		t.Errorf("switch: %s", got)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	c := open(t, sandbox.Options{State: path})
	_, err := sandbox.Open(sandbox.Options{State: path})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("in use by process %d", os.Getpid())) {
		t.Errorf("second open: %v", err)
	}
	go func() { time.Sleep(30 * time.Millisecond); _ = c.world.Close() }()
	second, err := sandbox.Open(sandbox.Options{State: path, LockWait: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// TestBadStates wants an error that says what is wrong and where.
func TestBadStates(t *testing.T) {
	t.Parallel()
	const zones = `"zones":[{"name":"eu1","organizations":[%s]}]`
	user := `{"version":1,"users":[{"email":"a@b.example"}],`
	for text, part := range map[string]string{
		``:                              "EOF",
		`{"version":1,`:                 "unexpected EOF",
		"{\n\"version\": 1,,}":          "line 2: damaged JSON",
		`{"version":2}`:                 "version 2 is not known",
		`{"version":1}`:                 "at least one user",
		user + "\n" + `"colour":"red"}`: `line 2: unknown key "colour"`,
		user + fmt.Sprintf(zones, `{"name":"A","teams":[{"naem":"T"}]}`):                                         `unknown key "naem"`,
		user + fmt.Sprintf(zones, `{"name":"A","plan":"Gold"}`):                                                  `organization "A": no plan "Gold"`,
		user + fmt.Sprintf(zones, `{"id":11,"name":"A"},{"id":11,"name":"B"}`):                                   `organization "B": the id 11 is taken`,
		user + fmt.Sprintf(zones, `{"name":"A","country":"XX"}`):                                                 `no country or time zone "XX"`,
		user + fmt.Sprintf(zones, `{"name":"A","members":[{"email":"a@b.example","role":"King"}]}`):              `no organization role "King"`,
		user + fmt.Sprintf(zones, `{"name":"A","members":[{"role":"Admin"}]}`):                                   "needs an email or a userId",
		user + fmt.Sprintf(zones, `{"name":"A","members":[{"userId":1},{"email":"A@B.example"}]}`):               "user 1 is a member twice",
		user + fmt.Sprintf(zones, `{"name":"A","variables":[{"name":"V"}]}`):                                     `variable "V"`,
		user + fmt.Sprintf(zones, `{"name":"A","variables":[{"name":"V","type":"colour","value":"x"}]}`):         "no variable type",
		user + fmt.Sprintf(zones, "") + `,"switches":{"x":"y"}}`:                                                 `no switch "x"`,
		user + fmt.Sprintf(zones, "") + `,"faults":["kind=x"]}`:                                                  `no kind "x"`,
		user + fmt.Sprintf(zones, "") + `,"clock":5}`:                                                            "no duration",
		user + `"zones":[{"name":"eu1","organizations":[]},{"name":"eu1","organizations":[]}]}`:                  `zone 2, "eu1"`,
		`{"version":1,"users":[{"email":"a@b.example"},{"email":"A@b.example"}],` + fmt.Sprintf(zones, "") + `}`: "of its own",
	} {
		path := filepath.Join(t.TempDir(), "seed.json")
		if strings.Contains(text, "organizations\":[{") {
			text += "}"
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, o := range []sandbox.Options{{Seed: path}, {State: path}} {
			w, err := sandbox.Open(o)
			if err == nil || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s:\n%v\nwant %q", text, err, part)
			}
			if err == nil {
				w.Close()
			}
		}
	}
	if _, err := sandbox.Open(sandbox.Options{Seed: "/nowhere/seed.json"}); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("missing seed: %v", err)
	}
}

// TestSeedIsShort opens the seed of the package comment.
func TestSeedIsShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seed.json")
	const seed = `{"version":1,"users":[{"name":"Olga","email":"ops@acme.example"}],"zones":[{"name":"try","organizations":[
		{"name":"Acme","plan":"Enterprise","members":[{"email":"ops@acme.example","role":"Owner"},{"email":"jane@acme.example","role":"Admin","invitation":"pending"}],
		 "teams":["Ops"],"variables":[{"name":"A","value":"x"},{"name":"N","value":5},{"name":"D","type":"date","value":"2026-01-01T00:00:00.000Z"}]}]}]}`
	if err := os.WriteFile(path, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, sandbox.Options{Seed: path})
	want(t, c.get("/organizations"), "try.make.com", "organizations", 0, "zone")
	want(t, c.get("/organizations/11/variables"), 1.0, "organizationVariables", 6, "typeId")
	want(t, c.get("/organizations/11/user-organization-roles/2"), "pending", "userOrganizationRole", "invitation")
	if _, err := c.world.Handler("eu1"); err == nil || !strings.Contains(err.Error(), "try") {
		t.Errorf("unknown zone: %v", err)
	}
}

// TestLargeStateIsFlushedLate writes a state above the size up to which every write waits.
func TestLargeStateIsFlushedLate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := sandbox.Generate(sandbox.GenerateOptions{Organizations: 300, Variables: 60, Seed: 2})
	if err := s.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	c := open(t, sandbox.Options{State: path})
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed"}`) // finds the state large
	before, _ := os.Stat(path)
	c.call(200, "PATCH", "/organizations/11", `{"name":"Renamed again"}`)
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("a write to a large state waits for the disk")
	}
	c.close()
	again := open(t, sandbox.Options{State: path})
	defer again.close()
	want(t, again.get("/organizations/11"), "Renamed again", "organization", "name")
}

// TestNothingIsWrittenAfterClose: the lock is gone by then, and the file may be somebody else's.
func TestNothingIsWrittenAfterClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	c := open(t, sandbox.Options{State: path})
	c.close()
	again := open(t, sandbox.Options{State: path})
	defer again.close()
	again.call(200, "PATCH", "/organizations/11", `{"name":"Newer"}`)
	if a, err := c.try("PATCH", "/organizations/12", `{"name":"Late"}`); err != nil || a.status != 500 {
		t.Errorf("a closed world: %d %s, %v", a.status, a.text, err)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), "Newer") {
		t.Errorf("the file of the open world was overwritten, %v", err)
	}
}

// TestLeftoversOfAKillGo: a process that was killed while it wrote leaves a part of a state. What
// somebody else may have made stays.
func TestLeftoversOfAKillGo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	theirs := map[string]string{
		"other.json.tmp-123": "{", "state.json.tmp-": "{", "state.json.tmp-2x": "{", "state.json.tmp-notes": "{",
		"state.json.tmp-7": "notes", "state.json.tmp-8": `{"version_": 1}`, "state.json.tmp-+9": "{",
	}
	ours := map[string]string{
		"state.json.tmp-1": "", "state.json.tmp-2": "{", "state.json.tmp-3": `{"version":1,"users":[`,
		"state.json.tmp-4": "{\n  \"version\": 1,\n",
	}
	for _, files := range []map[string]string{theirs, ours} {
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "state.json.tmp-10"), 0o700); err != nil {
		t.Fatal(err)
	}
	open(t, sandbox.Options{State: filepath.Join(folder, "state.json")}).close()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != len(theirs)+3 {
		t.Errorf("%v, %v", entries, err)
	}
	for name := range theirs {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestUnwritableStateFile(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "gone")
	c := open(t, sandbox.Options{State: filepath.Join(folder, "state.json")})
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	a, err := c.try("PATCH", "/organizations/11", `{"name":"Renamed"}`)
	if err != nil || a.status != 500 || !strings.Contains(a.text, "state file cannot be written") {
		t.Errorf("%d %s, %v", a.status, a.text, err)
	}
}

// TestReadsAndWritesSideBySide is for the race detector.
func TestReadsAndWritesSideBySide(t *testing.T) {
	t.Parallel()
	c := starter(t, with("rate-limit", "off"))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 30 {
				_, _ = c.try("POST", "/organizations/11/variables", fmt.Sprintf(`{"name":"V%d_%d","typeId":1,"value":1}`, i, n))
				_, _ = c.try("GET", "/organizations?cols[]=*", "")
				_, _ = c.try("PATCH", "/organizations/11", fmt.Sprintf(`{"name":"N%d"}`, n))
				_, _ = c.try("GET", "/organizations/11/variables", "")
				c.world.Advance(time.Second)
			}
		})
	}
	group.Wait()
	if n := len(c.organization(11).Variables); n != 5+8*30 {
		t.Errorf("%d variables", n)
	}
	for i, w := range c.world.Log() {
		if w.N != i+1 {
			t.Fatalf("write %d has number %d", i+1, w.N)
		}
	}
}

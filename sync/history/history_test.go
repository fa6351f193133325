package history

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/apply"
	"makesync/sync/commandline"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func open(t testing.TB) *Store {
	t.Helper()
	return Open(Options{Dir: filepath.Join(t.TempDir(), "makesync"), Now: func() time.Time { return noon }, Tool: "v1"})
}

// samplePlan has two organizations, one of them without steps.
func samplePlan() *plan.Plan {
	secret := state.OfType(spec.TypeString, spec.Sensitive("hunter2"))
	secret.Reference = "${env:P}"
	eu1 := plan.Zone{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1}}
	return &plan.Plan{Digest: "sha256:0", Created: noon, Zones: []plan.Zone{eu1},
		Organizations: []plan.Organization{
			{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme", Steps: []plan.Step{
				{N: 1, Address: "acme/member/jane@x.example", Kind: spec.KindMember, Op: plan.OpInvite},
				{N: 2, Address: "acme/variable/P", Kind: spec.KindVariable, Op: plan.OpCreate,
					Arguments: plan.Arguments{Value: &secret}}}},
			{Key: "idle", Zone: "eu1", ID: 12, Name: "Idle"},
		}}
}

var (
	intent = report.Intent{Step: 1, Address: "acme/member/jane@x.example", Verb: plan.InviteMember,
		Attempt: 1, At: noon}
	result = report.Outcome{Step: 1, Address: "acme/member/jane@x.example", Verb: plan.InviteMember, Attempt: 1,
		Outcome: report.Succeeded, Answer: plan.Answer{UserID: 77}, At: noon}
)

// write keeps a run up to some line: 1 begin, 2 intent, 3 result, 4 end.
func write(t testing.TB, s *Store, run string, upTo int) string {
	t.Helper()
	j, err := s.Begin(run, nil, commandline.Command{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	secret := intent
	secret.After = state.View{"value": state.OfType(spec.TypeString, spec.Sensitive("hunter2"))}
	lines := []func() error{
		func() error { return j.Begin(run, samplePlan()) }, func() error { return j.Intent(secret) },
		func() error { return j.Result(result) },
		func() error { return j.End(&report.Report{Planned: 2, Succeeded: 1, Failed: 1}) },
	}
	for _, line := range lines[:upTo] {
		if err := line(); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(s.runs, run+journalSuffix)
}

func TestJournal(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := write(t, s, "R1", 4)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if dir, _ := os.Stat(s.runs); dir.Mode().Perm() != 0o700 {
		t.Errorf("%v", dir.Mode())
	}
	data, _ := os.ReadFile(path)
	if bytes.Contains(data, []byte("hunter2")) || bytes.Count(data, []byte("\n")) != 4 {
		t.Errorf("%s", data)
	}
	story, err := s.Read("R1")
	if err != nil {
		t.Fatal(err)
	}
	if story.Status() != report.RunFinished || strings.Join(slices.Sorted(maps.Keys(story.Scope())), " ") != "acme idle" ||
		len(story.Entries) != 2 || story.Truncated || story.Tool != "v1" {
		t.Errorf("%+v", story)
	}
	if step := story.Index().Step(2); step == nil || step.Arguments.Value.Reference != "${env:P}" ||
		!step.Arguments.Value.IsSensitive() {
		t.Errorf("%+v", step)
	}
	if again, _ := s.Begin("R1", nil, commandline.Command{}); again.Begin("R1", samplePlan()) == nil {
		t.Error("a journal is overwritten")
	}
}

func TestARunThatWritesNothingLeavesNoFile(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err != nil || j.Close() != nil {
		t.Fatal(err)
	}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestRunNames(t *testing.T) {
	t.Parallel()
	run, err := NewRun(noon, bytes.NewReader([]byte{1, 2, 3, 0xff}))
	if err != nil || run != "20261122T120000Z-010203ff" {
		t.Errorf("%s %v", run, err)
	}
	s := open(t)
	for _, name := range []string{"", "../x", "a/b", ".hidden", strings.Repeat("x", 101), "a\nb"} {
		if _, err := s.Read(name); err == nil {
			t.Errorf("%q is taken for a run", name)
		}
		if _, err := s.Begin(name, nil, commandline.Command{}); err == nil {
			t.Errorf("%q is taken for a new run", name)
		}
	}
	if _, err := s.Read(run); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// Cut anywhere, a journal still tells what was on the disk before.
func TestTruncatedJournal(t *testing.T) {
	t.Parallel()
	s := open(t)
	data, err := os.ReadFile(write(t, s, "R1", 4))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range data {
		story, err := ParseJournal("R1", bytes.NewReader(data[:cut]))
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		whole := bytes.Count(data[:cut], []byte("\n"))
		open := map[int]int{0: 0, 1: 0, 2: 1, 3: 0}[whole]
		torn := cut > 0 && data[cut-1] != '\n'
		status := report.RunUnfinished
		if whole == 0 {
			status = report.RunEmpty
		}
		if len(story.Open()) != open || story.Truncated != torn || story.Status() != status {
			t.Fatalf("cut at %d: %d open, torn %v, %s", cut, len(story.Open()), story.Truncated, story.Status())
		}
	}
}

// A run on another shard is at work: it is not taken for dead.
// TestSimulatedZonesOfOneNameAreKeptApart: two folders may simulate the same zone, each with a
// state of its own. slowDisk needs to be let go on for each of its turns.
// TestLinesShareAFlushOfTheDisk: what comes while the disk is at work waits for its next turn, all
// together. fullDisk takes a part of what is written and then fails.
func TestJournalFolderOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(Options{
		Dir: filepath.Join(dir, "state"), Runs: filepath.Join(dir, "journals"), Now: func() time.Time { return noon },
	})
	write(t, s, "R1", 4)
	lock, err := s.Lock(context.Background(), LockRequest{Zones: []string{"eu1.make.com"}, Run: "R1"})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := s.Seen()
	if err = errors.Join(err, s.Use(samplePlan(), "R1"), seen.Remember(samplePlan()), lock.Release()); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(filepath.Join(dir, "journals"))
	if len(entries) != 1 || entries[0].Name() != "R1.jsonl" {
		t.Errorf("%v", entries)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	s := open(t)
	write(t, s, "R1", 4)
	m := s.Memory()
	const eu1 = "https://eu1.make.com"
	for _, url := range []string{eu1, "https://eu1.make.com.", "https://EU1.make.com:443", "https://eu1.make.com:0443"} {
		if got := m.EmailOf(url, 11, 77); got != "jane@x.example" {
			t.Errorf("%s: %q", url, got)
		}
	}
	got := m.EmailOf(eu1, 12, 77) + m.EmailOf(eu1, 11, 78) + m.EmailOf("https://lab.acme.example", 11, 77)
	if got != "" {
		t.Errorf("%q", got)
	}
}

// What was sent to a zone of which no other run may do it again is known by every spelling of its url.
func TestWhatWasSentIsKnownByAnySpelling(t *testing.T) {
	t.Parallel()
	b := open(t).Billing()
	b.once.Do(b.read)
	address := spec.NewAddress("acme", spec.KindSubscription, "")
	b.add(&report.Run{
		Zones:         []plan.Zone{{Name: "lab", URL: "http://127.0.0.1:8080"}, {Name: "eu1", URL: "https://eu1.make.com"}},
		Organizations: []report.RunOrganization{{Key: "acme", Zone: "lab", ID: 11}, {Key: "beta", Zone: "eu1", ID: 12}},
		Entries: []report.Entry{
			{Intent: &report.Intent{Step: 1, Address: address, Verb: plan.CancelSubscription}},
			{Intent: &report.Intent{Step: 2, Address: spec.NewAddress("beta", spec.KindSubscription, ""), Verb: plan.BeginSubscription}},
		},
	})
	for _, url := range []string{"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"} {
		if b.Sent(url, 11).Cancelled == nil || b.Sent(url, 12).Cancelled != nil {
			t.Error(url)
		}
	}
	for _, url := range []string{"https://eu1.make.com", "https://eu1.make.com.", "https://eu1.make.com:0443"} {
		if b.Sent(url, 12).Begun == nil || b.Sent(url, 11).Begun != nil {
			t.Error(url)
		}
	}
}

func TestUsedPlans(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := samplePlan()
	if _, used, err := s.UsedBy(p); used || err != nil {
		t.Errorf("%v %v", used, err)
	}
	if err := s.Use(p, "R1"); err != nil {
		t.Fatal(err)
	}
	var used *UsedError
	if err := s.Use(p, "R2"); !errors.As(err, &used) || used.Run != "R1" || !used.At.Equal(noon) {
		t.Errorf("%v", err)
	}
	for name, change := range map[string]func(*plan.Plan){
		"another time": func(p *plan.Plan) { p.Created = p.Created.Add(time.Nanosecond) },
		"other steps":  func(p *plan.Plan) { p.Digest += "0" },
		"another salt": func(p *plan.Plan) { p.Salt += "0" },
	} {
		other := samplePlan()
		change(other)
		if err := s.Use(other, "R2"); err != nil {
			t.Errorf("a plan with %s: %v", name, err)
		}
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	now := noon
	s := Open(Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	p := samplePlan()
	p.Organizations[0].Waiting = []plan.Waiting{{Address: "acme/owner", Reason: "not accepted"}}
	remember := func() *Seen {
		seen, err := s.Seen()
		if err = errors.Join(err, seen.Remember(p)); err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if _, known := remember().Since("acme/owner", "not accepted"); !known {
		t.Error("what was just remembered is not known")
	}
	now = noon.Add(24 * time.Hour)
	seen := remember()
	if since, known := seen.Since("acme/owner", "not accepted"); !known || !since.Equal(noon) {
		t.Errorf("%v %v", since, known)
	}
	if _, known := seen.Since("acme/owner", "another reason"); known {
		t.Error("another reason is taken for the same waiting")
	}
	other := &plan.Plan{Organizations: []plan.Organization{{Key: "other"}}}
	if err := seen.Remember(other); err != nil {
		t.Fatal(err)
	}
	if _, known := seen.Since("acme/owner", "not accepted"); !known {
		t.Error("a plan of another organization makes it forget")
	}
	p.Organizations[0].Waiting = nil
	if _, known := remember().Since("acme/owner", "not accepted"); known {
		t.Error("what no longer waits is not forgotten")
	}
	if err := os.WriteFile(seenPath(s), []byte("{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	remember()
}

func TestPlanFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := LoadPlan(path)
	if err != nil || string(data) != "{}" {
		t.Errorf("%s %v", data, err)
	}
	if _, err := LoadPlan(path + "x"); err == nil {
		t.Error("a file that is not there")
	}
}

func FuzzParseJournal(f *testing.F) {
	s := open(f)
	data, err := os.ReadFile(write(f, s, "R1", 4))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"type":"begin","format":"makesync.journal/v1","run":"R1","at":"2026-11-22T12:00:00Z",` +
		`"organizations":[{"key":"a","steps":[{"kind":"x"}]}]}` + "\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		story, err := ParseJournal("R1", bytes.NewReader(data))
		if err != nil {
			return
		}
		zone := map[string]state.Port{}
		options := apply.ResumeOptions{Zones: zone, Clock: still{}}
		found := apply.Resume(context.Background(), story, options)
		if len(found) != len(story.Open()) {
			t.Fatalf("%d open, %d resolved", len(story.Open()), len(found))
		}
		summarise(story)
	})
}

// still is a clock that stands still.
type still struct{}

func (still) Now() time.Time                             { return noon }
func (still) Sleep(context.Context, time.Duration) error { return nil }

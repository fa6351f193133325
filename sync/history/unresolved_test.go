package history

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/sync/commandline"
	"makesync/sync/report"
)

// eu1Only are the places of a run in one zone.
var eu1Only = map[string]string{"eu1": "https://eu1.make.com"}

func TestAppendingToATruncatedJournal(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := write(t, s, "R1", 2)
	data, _ := os.ReadFile(path)
	if err := os.WriteFile(path, append(data, `{"type":"resu`...), 0o600); err != nil {
		t.Fatal(err)
	}
	unfinished, err := s.Unresolved(eu1Only)
	if err != nil || len(unfinished) != 1 || len(unfinished[0].Open()) != 1 {
		t.Fatalf("%v %v", unfinished, err)
	}
	j, err := s.Append("R1")
	if err != nil {
		t.Fatal(err)
	}
	resolved := result
	resolved.Resolved = true
	if err := errors.Join(j.AddResolved([]report.Outcome{resolved}, true), j.Close()); err != nil {
		t.Fatal(err)
	}
	story, err := s.Read("R1")
	if err != nil || story.Status() != report.RunResolved || len(story.Open()) != 0 || story.Truncated {
		t.Errorf("%+v %v", story, err)
	}
	if unfinished, err = s.Unresolved(eu1Only); err != nil || len(unfinished) != 0 {
		t.Errorf("%v %v", unfinished, err)
	}
}

func TestARunAtWorkIsNotUnfinished(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err = errors.Join(err, j.Begin("R1", samplePlan()), j.Intent(intent)); err != nil {
		t.Fatal(err)
	}
	story, err := s.Read("R1")
	if err != nil || story.Status() != report.RunRunning {
		t.Errorf("%s %v", story.Status(), err)
	}
	if unfinished, err := s.Unresolved(eu1Only); err != nil || len(unfinished) != 0 {
		t.Errorf("%v %v", unfinished, err)
	}
	if err := j.Close(); err != nil { // as if it had died
		t.Fatal(err)
	}
	if unfinished, err := s.Unresolved(eu1Only); err != nil || len(unfinished) != 1 ||
		unfinished[0].Status() != report.RunUnfinished {
		t.Errorf("%v %v", unfinished, err)
	}
	// What a zone is called by now does not count.
	swapped := map[string]string{"main": "https://EU1.make.com:443/", "eu1": "https://us1.make.com"}
	if unfinished, err := s.Unresolved(swapped); err != nil || len(unfinished) != 1 ||
		!maps.Equal(ZoneNames(unfinished[0], swapped), map[string]string{"eu1": "main"}) {
		t.Errorf("%v %v", unfinished, err)
	}
	for name, url := range map[string]string{"us1": "https://us1.make.com", "eu1": "http://127.0.0.1:8080"} {
		if unfinished, err := s.Unresolved(map[string]string{name: url}); err != nil || len(unfinished) != 0 {
			t.Errorf("%s at %s: %v %v", name, url, unfinished, err)
		}
	}
	if unfinished, err := s.Unresolved(nil); err != nil || len(unfinished) != 0 {
		t.Errorf("of another zone: %v %v", unfinished, err)
	}
}

func TestSimulatedZonesOfOneNameAreKeptApart(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", map[string]string{"eu1": "/a/state.json"}, commandline.Command{})
	if err = errors.Join(err, j.Begin("R1", samplePlan()), j.Intent(intent), j.Close()); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]int{"/a/state.json": 1, "/b/state.json": 0, "https://eu1.make.com": 0} {
		if unsettled, err := s.Unresolved(map[string]string{"eu1": place}); err != nil || len(unsettled) != want {
			t.Errorf("%s: %v %v", place, unsettled, err)
		}
	}
}

func TestDamagedJournals(t *testing.T) {
	t.Parallel()
	begin := `{"type":"begin","format":"makesync.journal/v1","run":"R1","at":"2026-11-22T12:00:00Z"}` + "\n"
	cases := map[string]string{
		"no begin":        `{"type":"resolved","at":"2026-11-22T12:00:00Z"}` + "\n",
		"two begins":      begin + begin,
		"other run":       strings.Replace(begin, "R1", "R2", 1),
		"other format":    strings.Replace(begin, "/v1", "/v9", 1),
		"no JSON":         begin + "hello\n",
		"unknown type":    begin + `{"type":"party","at":"2026-11-22T12:00:00Z"}` + "\n",
		"unknown field":   begin + `{"type":"resolved","at":"2026-11-22T12:00:00Z","x":1}` + "\n",
		"empty intent":    begin + `{"type":"intent","at":"2026-11-22T12:00:00Z"}` + "\n",
		"two in one line": begin + `{"type":"resolved","at":"2026-11-22T12:00:00Z"}{}` + "\n",
		"empty line":      begin + "\n",
	}
	if _, err := ParseJournal("R1", strings.NewReader(begin+cases["no begin"])); err != nil {
		t.Fatalf("what is damaged below is sound: %v", err)
	}
	for name, data := range cases {
		if story, err := ParseJournal("R1", strings.NewReader(data)); err == nil {
			t.Errorf("%s: %+v", name, story)
		}
	}
	s := open(t)
	write(t, s, "R0", 4)
	if err := os.WriteFile(filepath.Join(s.runs, "R1.jsonl"), []byte(cases["no JSON"]), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 2 || list[0].Damaged != "" || !strings.Contains(list[1].Damaged, "line 2") {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := s.Unresolved(eu1Only); err == nil {
		t.Error("a damaged journal is passed over, and it could hide a write")
	}
}

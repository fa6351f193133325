package history

import (
	"errors"
	"os"
	"testing"
	"time"

	"makesync/sync/commandline"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// TestRecentRuns: what matters is when a journal has grown last and for which zone; one that cannot
// be read is left out.
func TestRecentRuns(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)
	for run, at := range map[string]time.Time{
		"20261122T031400Z-1": now.Add(-time.Minute), "20261122T010000Z-2": now.Add(-time.Second),
		"20261122T031300Z-3": now.Add(-2 * time.Minute), "20261120T000000Z-4": now, "typed-by-hand": now,
	} {
		s.now = func() time.Time { return at }
		j, err := s.Begin(run, nil, commandline.Command{})
		if err = errors.Join(err, j.Begin(run, samplePlan()), j.Result(result), j.Close()); err != nil {
			t.Fatal(err)
		}
	}
	path, err := s.path("20261122T031459Z-5")
	damaged := []byte("{\"type\":\"begin\"}\n{\"at\":\"2026-11-22T03:15:00Z\"}\n")
	if err = errors.Join(err, os.WriteFile(path, damaged, 0o600)); err != nil {
		t.Fatal(err)
	}
	eu1, us1 := map[string]string{"eu1": "https://eu1.make.com"}, map[string]string{"us1": "https://us1.make.com"}
	since := now.Add(-time.Minute)
	stories, err := s.Recent(eu1, since, plan.CreateOrganization, result.Verb)
	if err != nil || !sameRuns(stories, "20261122T010000Z-2", "20261122T031400Z-1", "typed-by-hand") {
		t.Errorf("%v %v", stories, err)
	}
	if stories, err := s.Recent(us1, since, result.Verb); err != nil || len(stories) > 0 {
		t.Errorf("of another zone: %v %v", stories, err)
	}
	if stories, err := s.Recent(eu1, since, plan.CreateOrganization); err != nil || len(stories) > 0 {
		t.Errorf("of another verb: %v %v", stories, err)
	}
}

func sameRuns(stories []*report.Run, runs ...string) bool {
	same := len(stories) == len(runs)
	for i := range runs {
		same = same && stories[i].Run == runs[i]
	}
	return same
}

package history

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/commandline"
	"makesync/sync/exit"
	"makesync/sync/report"
	"makesync/sync/state"
)

// forgedEnd would be the end of a report, where a text could be one.
const forgedEnd = `x","calls":{"read":1,"write":1},"exit":{"code":0,"name":"forged"}}}`

// TestLawTheListReadsEndsOnly: what first and last line of a run that ended well say is what the
// whole journal says.
func TestLawTheListReadsEndsOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Open(Options{Dir: tempDir(t)})
		count := rapid.IntRange(0, 3)
		ended := report.Report{Format: report.Format, Run: "R1", Planned: count.Draw(t, "planned"),
			Succeeded: count.Draw(t, "succeeded"), Failed: count.Draw(t, "failed"), Skipped: count.Draw(t, "skipped"),
			Unknown: rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "unknown"), Exit: exit.OK, Started: &noon,
			Digests: map[string]string{"steps": "planned", "unknown": "calls"},
			Calls:   state.Calls{Read: 3, Write: 4}}
		for range count.Draw(t, "steps") {
			ended.Steps = append(ended.Steps, report.StepReport{Address: spec.Address("acme/variable/" + forgedEnd)})
		}
		if rapid.Bool().Draw(t, "problem") {
			ended.Problems = append(ended.Problems, spec.Problem{Message: forgedEnd})
		}
		long := rapid.SampledFrom([]int{0, 1, tailPart, 3 * tailPart}).Draw(t, "long")
		ended.NotLookedInto = []string{strings.Repeat("k", long), forgedEnd}
		j, err := s.Begin("R1", map[string]string{"eu1": "a"}, commandline.Command{Verb: "apply"})
		if err = errors.Join(err, j.Begin("R1", samplePlan()), j.Intent(intent), j.Result(result)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.End(&ended), j.Close()); err != nil {
			t.Fatal(err)
		}
		a := newAllowance()
		story, is := a.ended(s, "R1")
		if is != (ended.Unknown == 0) || a.left != mostWhole {
			t.Fatalf("%v, %d", is, a.left)
		}
		whole, err := s.Read("R1")
		if err != nil {
			t.Fatal(err)
		}
		if is {
			if diff := cmp.Diff(summarise(whole), summarise(story)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "makesync")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestRoomForTheNewest: what there is no room for is listed, and not said to be damaged.
func TestRoomForTheNewest(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, run := range []string{"20261122T031400Z-1", "20261122T031400Z-2", "20261122T031400Z-3"} {
		write(t, s, run, 2)
	}
	file, size, err := openRun(s, "20261122T031400Z-3")
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	a := newAllowance()
	a.left = 2*size + 1
	var got []report.RunStatus
	for _, run := range []string{"20261122T031400Z-3", "20261122T031400Z-2", "20261122T031400Z-1"} {
		summary := a.summary(s, run)
		if got = append(got, summary.Status); summary.Started.IsZero() || summary.Damaged != "" {
			t.Errorf("%+v", summary)
		}
	}
	want := []report.RunStatus{report.RunUnfinished, report.RunUnfinished, NotRead}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a.heads = -1
	if summary := a.summary(s, "20261122T031400Z-3"); summary.Status != NotRead {
		t.Errorf("%+v", summary)
	}
}

// TestMemoryIsShared: what is kept takes of the memory of what comes after.
func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	s := open(t)
	write(t, s, "R1", 3)
	a := newAllowance()
	for keep, more := range map[bool]bool{true: true, false: false} {
		before := a.memory
		if _, err := a.whole(s, "R1", keep); err != nil || a.memory > before != more {
			t.Errorf("%v: %d, then %d: %v", keep, before, a.memory, err)
		}
	}
	a.memory = maxMemory - 1
	if _, err := a.whole(s, "R1", true); !errors.Is(err, ErrTooMuch) {
		t.Errorf("%v", err)
	}
}

// TestOtherZonesAreNotWaitedFor: a run of another zone is not read any further than its first line,
// nor is one that is at work.
func TestOtherZonesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := write(t, s, "R1", 2)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		_, err = file.Seek(0, io.SeekEnd)
	}
	if err == nil {
		_, err = file.WriteString("damaged\n")
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if runs, err := s.Unresolved(map[string]string{"us1": "https://us1.make.com"}); err != nil || len(runs) > 0 {
		t.Errorf("%v %v", runs, err)
	}
	if _, err := s.Unresolved(eu1Only); err == nil {
		t.Error("a damaged journal of this zone is passed over")
	}
	if err := os.Truncate(path, maxJournal+1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unresolved(map[string]string{"us1": "https://us1.make.com"}); err == nil {
		t.Error("what is larger than a journal may be is passed over")
	}
}

// TestMemoryThatIsTooLarge holds nothing, and is no reason for a run to fail.
func TestMemoryThatIsTooLarge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, maxMemoryFile+1)); err != nil {
		t.Fatal(err)
	}
	if known, err := readMemory[map[string]string](path, "what was seen"); err != nil || len(known) > 0 {
		t.Errorf("%v %v", known, err)
	}
}

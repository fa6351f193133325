package history

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"makesync/sync/plan"
)

// TestApprovalsThatCannotBeLookedUp: whether an approval was used cannot be looked up where something else stands in the
// place of the marks. It counts as used, else breaking the folder would bring all approvals back.
func TestApprovalsThatCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	if !s.ApprovalUsed("a").IsZero() {
		t.Error("an approval counts as used that nobody has used")
	}
	use := []ApprovalUse{{"a", s.now().Add(-time.Minute)}}
	if err := s.UseApprovals(use, "R1"); err != nil || s.ApprovalUsed("a").Before(s.now()) || !s.ApprovalUsed("b").IsZero() {
		t.Fatal(err, s.ApprovalUsed("a"))
	}
	folder := filepath.Join(s.dir, "approvals")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && !s.ApprovalUsed("b").Equal(forever) {
		t.Error("what cannot be looked up counts as unused")
	}
	if err := s.UseApprovals(use, "R2"); err == nil {
		t.Error("an approval is used and nothing remembers it")
	}
}

// TestWhatWasSignedUntilThenIsUsed: a mark stands for what was signed until the run, or until the later moment of a
// clock that is ahead; what is signed again is used again, once.
func TestWhatWasSignedUntilThenIsUsed(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := s.now()
	s.now = func() time.Time { return now }
	use := func(signed time.Time) error { return s.UseApprovals([]ApprovalUse{{"a", signed}}, "R") }
	for _, step := range []struct {
		signed time.Duration // after the first run
		at     time.Duration // the run
		fails  bool
		used   time.Duration // until then, afterwards
	}{
		{-time.Hour, 0, false, 0}, {-time.Hour, time.Minute, true, 0}, {0, time.Minute, true, 0},
		{time.Millisecond, time.Minute, false, time.Minute}, {30 * time.Second, time.Hour, true, time.Minute},
		{2 * time.Hour, time.Hour, false, 2 * time.Hour}, {90 * time.Minute, 3 * time.Hour, true, 2 * time.Hour},
	} {
		first := now
		now = now.Add(step.at)
		err := use(first.Add(step.signed))
		now = first
		if errors.Is(err, plan.ErrUsed) != step.fails || !step.fails && err != nil || !s.ApprovalUsed("a").Equal(now.Add(step.used)) {
			t.Errorf("%+v: %v, %v", step, err, s.ApprovalUsed("a"))
		}
	}
	// A mark that was cut off counts from when it was made.
	if err := os.WriteFile(s.approvalPath("a"), []byte(`{"run": "R`), 0o600); err != nil {
		t.Fatal(err)
	}
	if age := time.Since(s.ApprovalUsed("a")); age < -time.Minute || age > time.Minute {
		t.Error(s.ApprovalUsed("a"))
	}
}

package history

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"makesync/spec/regular"
	"makesync/sync/atomicfile"
	"makesync/sync/plan"
)

// Mark says which run used a saved plan.
type Mark struct {
	Run string    `json:"run"`
	At  time.Time `json:"at"`
}

// UsedError says that a saved plan was applied before; it is exit 9.
type UsedError struct{ Mark }

// Error says by which run, and what to do.
func (e *UsedError) Error() string {
	return fmt.Sprintf("this plan was used by run %s at %s; make a new one with `makesync plan -o FILE`",
		e.Run, e.At.Format(time.RFC3339))
}

// Is makes it plan.ErrUsed.
func (e *UsedError) Is(target error) bool { return target == plan.ErrUsed }

// usedPath names a plan by what it does and when it was made, so that a copy or another layout of
// the file is the same plan.
func (s *Store) usedPath(plan *plan.Plan) string {
	name := sha256.Sum256([]byte(plan.Digest + "\n" + plan.Created.UTC().Format(time.RFC3339Nano) + "\n" + plan.Salt))
	return filepath.Join(s.dir, "used", fmt.Sprintf("%x.json", name))
}

// UsedBy tells whether a saved plan was used, and by which run.
func (s *Store) UsedBy(plan *plan.Plan) (mark Mark, used bool, err error) {
	data, err := regular.ReadFile(s.usedPath(plan), maxMemoryFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Mark{}, false, nil
	}
	if err != nil {
		return Mark{}, false, fmt.Errorf("read the marks of used plans: %w", err)
	}
	// A mark that was cut off by a full disk still is a mark.
	_ = json.Unmarshal(data, &mark)
	return mark, true, nil
}

// Use marks a saved plan as used by the run, before its first write. Of two runs
// that try at once only one succeeds; the other gets a *UsedError.
func (s *Store) Use(plan *plan.Plan, run string) error {
	err := writeMark(s.usedPath(plan), Mark{Run: run, At: s.now().UTC()})
	if errors.Is(err, fs.ErrExist) {
		mark, _, err := s.UsedBy(plan)
		return errors.Join(&UsedError{mark}, err)
	}
	if err != nil {
		return fmt.Errorf("mark the plan as used: %w", err)
	}
	return nil
}

// writeMark makes a file that says which run was first; fs.ErrExist when another was.
func writeMark(path string, mark Mark) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	data, err := json.Marshal(mark)
	if err == nil {
		_, err = file.Write(data)
	}
	return errors.Join(err, file.Sync(), file.Close(), atomicfile.SyncFolder(filepath.Dir(path)))
}

// ApprovalUse is one name or key of somebody whose approvals of certain changes a run uses.
type ApprovalUse struct {
	ID string // a hash in hex
	// At is when the last of them was signed.
	At time.Time
}

// approvalPath is where the use of approvals is marked.
func (s *Store) approvalPath(id string) string { return filepath.Join(s.dir, "approvals", id+".json") }

// forever is later than anything that somebody signs.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// ApprovalUsed tells until when what is signed counts as used; zero for never. What cannot be
// looked up is used whenever it was signed, and a mark that was cut off by a full disk is one of
// the moment at which it was made.
func (s *Store) ApprovalUsed(id string) time.Time {
	path := s.approvalPath(id)
	data, err := regular.ReadFile(path, maxMemoryFile)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}
	}
	var mark Mark
	if err == nil && json.Unmarshal(data, &mark) == nil && !mark.At.IsZero() {
		return mark.At
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
		return info.ModTime()
	}
	return forever
}

// UseApprovals marks as used by the run what has been signed until now, or until the moments given,
// where a clock is ahead. Of two runs that try at once only one succeeds; the other's error is
// plan.ErrUsed.
func (s *Store) UseApprovals(uses []ApprovalUse, run string) error {
	for _, use := range uses {
		if err := s.useApproval(use, run); err != nil {
			return fmt.Errorf("mark an approval as used: %w", err)
		}
	}
	return nil
}

func (s *Store) useApproval(use ApprovalUse, run string) error {
	path, mark := s.approvalPath(use.ID), Mark{Run: run, At: s.now().UTC()}
	if use.At.After(mark.At) {
		mark.At = use.At
	}
	err := writeMark(path, mark)
	switch {
	case !errors.Is(err, fs.ErrExist):
		return err
	case !use.At.After(s.ApprovalUsed(use.ID)):
		return fmt.Errorf("another run has just used it: %w", plan.ErrUsed)
	}
	// It was signed again since. Two runs do not come here at once: they have the lock of the zone.
	data, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, data, 0o600, atomicfile.ExactMode)
}

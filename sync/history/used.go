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
	err := s.mark(s.usedPath(plan), run)
	if errors.Is(err, fs.ErrExist) {
		mark, _, err := s.UsedBy(plan)
		return errors.Join(&UsedError{mark}, err)
	}
	if err != nil {
		return fmt.Errorf("mark the plan as used: %w", err)
	}
	return nil
}

// approvalPath is where the use of an approval is marked; its id is a hash in hex.
func (s *Store) approvalPath(id string) string { return filepath.Join(s.dir, "approvals", id+".json") }

// ApprovalUsed tells whether a run has used an approval. What cannot be looked up counts as used.
func (s *Store) ApprovalUsed(id string) bool {
	_, err := os.Lstat(s.approvalPath(id))
	return !errors.Is(err, fs.ErrNotExist)
}

// UseApprovals marks approvals as used by the run. Of two runs that try at once only one succeeds;
// the other's error is plan.ErrUsed.
func (s *Store) UseApprovals(ids []string, run string) error {
	for _, id := range ids {
		err := s.mark(s.approvalPath(id), run)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("another run has just used an approval of this plan: %w", plan.ErrUsed)
		}
		if err != nil {
			return fmt.Errorf("mark an approval as used: %w", err)
		}
	}
	return nil
}

// mark makes a file that says which run was first; fs.ErrExist when another was.
func (s *Store) mark(path, run string) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	data, err := json.Marshal(Mark{Run: run, At: s.now().UTC()})
	if err == nil {
		_, err = file.Write(data)
	}
	return errors.Join(err, file.Sync(), file.Close(), atomicfile.SyncFolder(filepath.Dir(path)))
}

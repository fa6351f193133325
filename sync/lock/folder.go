package lock

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Folder is a place whose names are files of a folder that is its user's; the folder is there. The
// files stay, empty, since removing a locked file would let two runs in.
func Folder(dir string) Place { return folder{dir: dir, perm: 0o600} }

type folder struct {
	dir  string
	perm os.FileMode
	// hidden: everybody can list the folder, so its names do not tell the zones.
	hidden bool
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// path is readable and, by the hash, different for different zones.
func (f folder) path(zone, of string) string {
	hash := sha256.Sum256([]byte(zone))
	name := fmt.Sprintf("%x", hash[:16])
	if !f.hidden {
		name = unsafe.ReplaceAllString(zone, "_")
		name = fmt.Sprintf("%s-%x", name[max(0, len(name)-60):], hash[:4])
	}
	if of != nameAll {
		name += "-" + of
	}
	return filepath.Join(f.dir, name+".lock")
}

// open opens the file of a name, and makes it if it may.
func (f folder) open(path string, create bool) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if create && errors.Is(err, fs.ErrNotExist) {
		file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, f.perm)
		if err == nil && f.perm != 0o600 {
			err = file.Chmod(f.perm) // whatever the umask takes away
		}
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !ownFile(info) {
		err = fmt.Errorf("%s is no plain file of its own", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (f folder) enter(ctx context.Context, zone string) (func(), error) {
	file, err := f.open(f.path(zone, nameGate), true)
	if err != nil {
		return nil, err
	}
	if err := passGate(ctx, func() (bool, error) { return File(file, false) }); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = Unlock(file) }, nil
}

func (f folder) holder(zone, of string) (Owner, bool, error) {
	file, err := f.open(f.path(zone, of), false)
	if errors.Is(err, fs.ErrNotExist) {
		return Owner{}, false, nil
	}
	if err != nil {
		return Owner{}, false, err
	}
	free, err := File(file, false)
	if free {
		return Owner{}, false, Unlock(file)
	}
	defer file.Close()
	if err != nil {
		return Owner{}, false, err
	}
	return ownerIn(file), true, nil
}

func (f folder) hold(zone, of string, shared bool, owner Owner) (name, error) {
	file, err := f.open(f.path(zone, of), true)
	if err != nil {
		return nil, err
	}
	ok, err := File(file, shared)
	if err == nil && !ok {
		err = &HeldError{Owner: ownerIn(file)}
	}
	held := &heldFile{file: file, shared: shared}
	if err == nil && !shared {
		err = held.begin(owner)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return held, nil
}

type heldFile struct {
	file   *os.File
	shared bool
	dead   *Owner
}

// begin writes who holds the name now, through the handle that has locked it.
func (h *heldFile) begin(owner Owner) error {
	if was := ownerIn(h.file); was.PID != 0 {
		h.dead = &was
	}
	data, err := json.Marshal(owner)
	if err == nil {
		err = h.file.Truncate(0)
	}
	if err == nil {
		_, err = h.file.WriteAt(data, 0)
	}
	if err != nil {
		return fmt.Errorf("write who holds the lock: %w", err)
	}
	return nil
}

func (h *heldFile) release() error {
	var err error
	if !h.shared {
		err = h.file.Truncate(0)
	}
	return errors.Join(err, Unlock(h.file))
}

func (h *heldFile) stale() *Owner { return h.dead }

// maxOwner is the longest description of an owner that is read, in bytes.
const maxOwner = 4096

// ownerIn has no PID when the file names nobody: released, or just being written.
func ownerIn(file *os.File) Owner {
	var o Owner
	data, err := io.ReadAll(io.NewSectionReader(file, 0, maxOwner))
	if err != nil || json.Unmarshal(data, &o) != nil {
		return Owner{}
	}
	return o
}

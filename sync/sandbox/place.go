package sandbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// place is where a file of a world lies: a name below a folder. The system itself keeps to the
// folder at every step, so that no link leads out of it, also none that is put there meanwhile.
type place struct {
	folder *os.Root
	name   string
	path   string // for messages
}

// openPlace opens the folder of a file, which need not be there. below is the folder that nothing
// may lead out of; "" is that of a path that a person has named, whose links count.
func openPlace(below, path string) (*place, error) {
	name := path
	if below == "" {
		below, name = nearest(path)
	} else {
		var err error
		below = followed(below)
		if name, err = filepath.Rel(below, followed(path)); err != nil {
			return nil, err
		}
	}
	folder, err := os.OpenRoot(below)
	if err != nil {
		return nil, err
	}
	return &place{folder, name, path}, nil
}

// followed is an absolute path in which the links of what is there have been followed: the system
// refuses each absolute link below a folder, also one that stays there.
func followed(path string) string {
	path, err := filepath.Abs(path)
	rest := ""
	for folder := path; err == nil; folder = filepath.Dir(folder) {
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			return filepath.Join(real, rest)
		}
		if filepath.Dir(folder) == folder {
			break
		}
		rest = filepath.Join(filepath.Base(folder), rest)
	}
	return path
}

// nearest splits a path behind the last folder that is there, links followed.
func nearest(path string) (folder, rest string) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	folder, rest = filepath.Dir(path), filepath.Base(path)
	for {
		if info, err := os.Stat(folder); err == nil && info.IsDir() || filepath.Dir(folder) == folder {
			return folder, rest
		}
		folder, rest = filepath.Dir(folder), filepath.Join(filepath.Base(folder), rest)
	}
}

func (p *place) close() error {
	if p == nil {
		return nil
	}
	return p.folder.Close()
}

// makeFolder makes the folder of the file, and the folders above it. A hidden one that was not
// there, as .makesync, is made invisible to git: a world that changes with every run is nothing to
// commit. Any other folder may be meant for a seed, which is.
func (p *place) makeFolder() error {
	folder := filepath.Dir(p.name)
	if _, err := p.folder.Stat(folder); err == nil {
		return nil
	}
	if err := p.folder.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if !strings.HasPrefix(filepath.Base(folder), ".") {
		return nil
	}
	return p.folder.WriteFile(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o644)
}

// read reads a file of at most limit bytes beside the place, or its own.
func (p *place) read(name string, limit int64) ([]byte, error) {
	file, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && info.Size() > limit {
		err = errTooLarge
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit { // it grew
		err = errTooLarge
	}
	return data, err
}

var errTooLarge = errors.New("it is too large")

// head reads the first bytes of a file beside the place.
func (p *place) head(name string, limit int64) ([]byte, error) {
	file, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}

// open opens a regular file, and waits for nobody at the other end of what is none.
func (p *place) open(name string) (*os.File, error) {
	info, err := p.folder.Stat(name)
	if err == nil {
		err = checkRegular(name, info)
	}
	if err != nil {
		return nil, err
	}
	file, err := p.folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err == nil {
		err = checkRegular(name, info)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func checkRegular(name string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", filepath.Base(name))
	}
	return nil
}

// sync makes a rename last; systems that cannot sync a folder are forgiven.
func (p *place) sync() error {
	d, err := p.folder.Open(filepath.Dir(p.name))
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// replace puts a new content into the place in one move.
func (p *place) replace(b []byte) (err error) {
	temp, err := p.createTemporary()
	if err != nil {
		return err
	}
	name := filepath.Join(filepath.Dir(p.name), filepath.Base(temp.Name()))
	defer func() {
		if err != nil {
			err = errors.Join(err, p.folder.Remove(name))
		}
	}()
	_, err = temp.Write(b)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err = p.folder.Rename(name, p.name); err != nil {
		return err
	}
	return p.sync()
}

//go:build !windows

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// mostLinks is how many links a path may lead through, as for the system.
const mostLinks = 40

// Target is the full path of the file that writing to path replaces or makes, behind all links. A
// link that neither the caller nor root has made is a ForeignError, wherever in the path it stands:
// in a folder that is shared, its maker would choose which file of the caller is written over. The
// system's own protection does not help, since it looks at opening only, and in sticky folders. So
// is a pipe, whose maker would read what is written.
func Target(path string) (string, error) {
	if !filepath.IsAbs(path) { // not by Abs, which would clean: `..` behind a link is not its folder
		folder, err := os.Getwd()
		if err != nil {
			return "", err
		}
		path = folder + "/" + path
	}
	done, rest := "/", words(path)
	for links := 0; len(rest) > 0; {
		next := filepath.Join(done, rest[0])
		rest = rest[1:]
		info, err := os.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return filepath.Join(append([]string{next}, rest...)...), nil
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeNamedPipe != 0 && !trusted(info):
			return "", &ForeignError{next, foreignPipe}
		case info.Mode()&fs.ModeSymlink == 0:
			done = next
			continue
		}
		if links++; links > mostLinks {
			return "", &fs.PathError{Op: "follow", Path: path, Err: syscall.ELOOP}
		}
		if !trusted(info) {
			return "", &ForeignError{next, foreignLink}
		}
		to, err := os.Readlink(next)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = done + "/" + to
		}
		done, rest = "/", append(words(to), rest...)
	}
	return done, nil
}

func words(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// trusted tells whether a link or a pipe was made by the caller or by root.
func trusted(link fs.FileInfo) bool {
	stat, ok := link.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int(stat.Uid) == os.Geteuid())
}

// own tells whether a file is the caller's.
func own(file fs.FileInfo) bool {
	stat, ok := file.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

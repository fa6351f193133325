// Package regular opens and reads what may be anything in the place of a file: a pipe or a device
// could hang, never end, or do something when it is opened.
//
// In go a path and a limit; out come the bytes of a regular file that is not larger, or an error
// without the path, for a message that names it.
package regular

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"makesync/spec/text"
)

// What is refused.
var (
	ErrNotRegular = errors.New("it is no regular file")
	ErrTooLarge   = errors.New("it is too large")
	ErrUTF16      = errors.New("it is UTF-16, which `>` of Windows PowerShell makes; write it with -o or --out-json, " +
		"or save it as UTF-8")
)

// Open opens a regular file of at most limit bytes. Kind and size are looked at first, and again of
// what was opened, which does not wait for anybody at the other end.
func Open(path string, limit int64) (*os.File, error) {
	file, _, err := open(path, os.O_RDONLY, limit)
	return file, err
}

// OpenToWrite is Open of a file that is there, also for writing.
func OpenToWrite(path string, limit int64) (*os.File, error) {
	file, _, err := open(path, os.O_RDWR, limit)
	return file, err
}

func open(path string, access int, limit int64) (file *os.File, size int64, err error) {
	info, err := os.Stat(path)
	if err == nil {
		err = check(info, limit)
	}
	if err != nil {
		return nil, 0, text.FileError(err)
	}
	if file, err = os.OpenFile(path, access|syscall.O_NONBLOCK, 0); err != nil {
		return nil, 0, text.FileError(err)
	}
	if info, err = file.Stat(); err == nil {
		err = check(info, limit)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// ReadFile reads a regular file of at most limit bytes.
func ReadFile(path string, limit int64) ([]byte, error) {
	file, size, err := open(path, os.O_RDONLY, limit)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := readAll(file, size, limit)
	if err == nil && int64(len(data)) > limit {
		err = ErrTooLarge
	}
	return data, err
}

// ReadText is ReadFile for a text in UTF-8. The mark with which some editors and shells begin one
// is none of it; what such a mark tells to be UTF-16 is refused.
func ReadText(path string, limit int64) ([]byte, error) {
	data, err := ReadMarkedText(path, limit)
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), err
}

// ReadMarkedText is ReadText that leaves the mark, for files in which other programs do.
func ReadMarkedText(path string, limit int64) ([]byte, error) {
	data, err := ReadFile(path, limit)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, ErrUTF16
	}
	return data, nil
}

func check(info fs.FileInfo, limit int64) error {
	switch {
	case !info.Mode().IsRegular():
		return ErrNotRegular
	case info.Size() > limit:
		return ErrTooLarge
	}
	return nil
}

// readAll reads at most one byte more than is allowed, into a buffer of the size that the file says
// it has.
func readAll(file *os.File, size, limit int64) ([]byte, error) {
	data := make([]byte, 0, min(max(size, 0), limit)+1)
	limited := io.LimitReader(file, limit+1)
	for {
		n, err := limited.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, len(data)+512)
		}
	}
}

package main

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"
)

// unreadStream is a stream whose reader may leave before the end, as `| head` and whoever closes a
// terminal do. That is no failure of the run and nothing to complain about: what would follow is
// dropped.
type unreadStream struct {
	file     *os.File
	terminal bool
	left     atomic.Bool
}

func unread(file *os.File) *unreadStream {
	return &unreadStream{file: file, terminal: term.IsTerminal(int(file.Fd()))}
}

// windowsLeft is what Windows says of a pipe that nobody reads any more: it is broken, is being
// closed, is not connected.
var windowsLeft = []syscall.Errno{109, 232, 233}

// readerLeft tells whether a write failed because there is nobody to read it.
func (s *unreadStream) readerLeft(err error) bool {
	var number syscall.Errno
	switch {
	case !errors.As(err, &number):
		return false
	case runtime.GOOS == "windows":
		return slices.Contains(windowsLeft, number)
	}
	return number == syscall.EPIPE || s.terminal && number == syscall.EIO
}

func (s *unreadStream) Write(data []byte) (int, error) {
	if s.left.Load() {
		return len(data), nil
	}
	n, err := s.file.Write(data)
	if s.readerLeft(err) {
		s.left.Store(true)
		return len(data), nil
	}
	return n, err
}

package main

import (
	"errors"
	"os"
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

// errNoData is ERROR_NO_DATA, with which Windows says "the pipe is being closed".
const errNoData = syscall.Errno(232)

func (s *unreadStream) Write(data []byte) (int, error) {
	if s.left.Load() {
		return len(data), nil
	}
	n, err := s.file.Write(data)
	closed := s.terminal && errors.Is(err, syscall.EIO)
	if closed || errors.Is(err, syscall.EPIPE) || errors.Is(err, errNoData) {
		s.left.Store(true)
		return len(data), nil
	}
	return n, err
}

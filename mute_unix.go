//go:build !windows

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// muteInterrupts has the kernel drop every ctrl-c until what it returns is called. One that is only
// passed over when it is read could be read after the other program has ended.
func muteInterrupts(signals chan os.Signal) (unmute func()) {
	signal.Ignore(syscall.SIGINT)
	return func() { signal.Notify(signals, syscall.SIGINT) }
}

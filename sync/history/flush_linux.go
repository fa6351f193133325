package history

import (
	"os"
	"syscall"
)

// flushFile waits until the disk has what was written. The journal's size is flushed with its
// bytes; its times, which would cost the disk another write, are not.
func flushFile(file journalFile) error {
	disk, is := file.(*os.File)
	if !is {
		return file.Sync()
	}
	for {
		if err := syscall.Fdatasync(int(disk.Fd())); err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

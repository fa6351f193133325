//go:build !linux

package history

// flushFile waits until the disk has what was written.
func flushFile(file journalFile) error { return file.Sync() }

//go:build unix

package command

import (
	"errors"
	"syscall"
)

// onReadOnlyDisk tells whether nobody can write to a place, whatever its mode says: ConfigMaps of
// Kubernetes are mounted so.
func onReadOnlyDisk(path string) bool {
	const write = 2 // W_OK
	return errors.Is(syscall.Access(path, write), syscall.EROFS)
}

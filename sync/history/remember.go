package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/atomicfile"
)

// Limits of a file that runs remember something in.
const (
	maxMemoryFile   = 64 << 20 // bytes
	maxMemoryValues = 1_000_000
)

// readMemory reads one of the files that runs remember things in. A file that is missing, damaged
// or too large holds nothing: no memory is worth a failed run. What says in an error what it
// remembers.
func readMemory[T any](path, what string) (known T, err error) {
	data, err := regular.ReadFile(path, maxMemoryFile)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, regular.ErrTooLarge) {
		return known, nil
	}
	if err != nil {
		return known, fmt.Errorf("read %s: %w", what, err)
	}
	if spec.ValuesInJSON(data) > maxMemoryValues || json.Unmarshal(data, &known) != nil {
		var nothing T // a damaged file may have been read in part
		return nothing, nil
	}
	return known, nil
}

// writeMemory replaces such a file.
func writeMemory(path, what string, known any) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	data, err := json.MarshalIndent(known, "", " ")
	if err == nil {
		err = atomicfile.Write(path, append(text.SafeJSON(data), '\n'), 0o600, atomicfile.ExactMode)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}

package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// What a run leaves that is killed between making a new file and moving it: the target's name
// behind a dot, and a random number, nearly always of so many digits. Nobody writes for an hour.
const (
	leftoverDigits = 16
	leftoverAge    = time.Hour
)

// candidates are the names in a folder that may be leftovers, as they were when this process
// first wrote into it. What others leave later is too young to be removed, and an export of
// thousands of files reads their folder once.
var candidates sync.Map // by folder, of []string

// clearLeftovers removes what killed runs of this user have left beside a file that is written
// again: it holds what the file would have held, which may be links to pay or values. What could be
// somebody else's, by its name, kind, owner or age, stays; no leftover is worth a failed run.
func clearLeftovers(path string) {
	folder := filepath.Dir(path)
	for _, name := range candidatesIn(folder) {
		number, is := strings.CutPrefix(name, "."+filepath.Base(path))
		if !is || !isRandom(number) {
			continue
		}
		info, err := os.Lstat(filepath.Join(folder, name))
		if err == nil && info.Mode().IsRegular() && own(info) && time.Since(info.ModTime()) > leftoverAge {
			_ = os.Remove(filepath.Join(folder, name))
		}
	}
}

func candidatesIn(folder string) []string {
	if known, is := candidates.Load(folder); is {
		return known.([]string)
	}
	var found []string
	if open, err := os.Open(folder); err == nil {
		names, _ := open.Readdirnames(-1)
		_ = open.Close()
		for _, name := range names {
			if len(name) > leftoverDigits && name[0] == '.' && isRandom(name[len(name)-leftoverDigits:]) {
				found = append(found, name)
			}
		}
	}
	candidates.Store(folder, found)
	return found
}

func isRandom(text string) bool {
	return len(text) >= leftoverDigits && strings.Trim(text, "0123456789") == ""
}

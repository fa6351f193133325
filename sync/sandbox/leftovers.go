package sandbox

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// temporary is between the name of a state file and the random number of one that is being written.
const temporary = ".tmp-"

// createTemporary makes a file beside the state file, which nobody else has.
func (p *place) createTemporary() (*os.File, error) {
	for tries := 0; ; tries++ {
		name := p.name + temporary + strconv.FormatUint(uint64(rand.Uint32()), 10)
		file, err := p.folder.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) || tries == 100 {
			return file, err
		}
	}
}

// clearLeftovers removes what processes that were killed while they wrote have left behind. Only
// whoever has the lock may. What could be somebody else's, by its name, kind or content, stays.
func (p *place) clearLeftovers() error {
	folder, err := p.folder.Open(filepath.Dir(p.name))
	if err != nil {
		return err
	}
	entries, err := folder.ReadDir(-1)
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}
	for _, e := range entries {
		number, found := strings.CutPrefix(e.Name(), filepath.Base(p.name)+temporary)
		name := filepath.Join(filepath.Dir(p.name), e.Name())
		if found && e.Type().IsRegular() && isNumber(number) && p.holdsState(name) {
			err = errors.Join(err, p.folder.Remove(name))
		}
	}
	return err
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil && text[0] != '+'
}

// holdsState tells whether a file holds the beginning of a state as it is written, or nothing yet.
func (p *place) holdsState(name string) bool {
	const begin = `{"version":`
	data, err := p.head(name, 64)
	if err != nil {
		return false
	}
	head := strings.Join(strings.Fields(string(data)), "")
	return strings.HasPrefix(head, begin) || strings.HasPrefix(begin, head)
}

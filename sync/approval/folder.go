package approval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"makesync/sync/atomicfile"
)

// Names of the files beside a plan.
const (
	folderSuffix    = ".approval"
	statementSuffix = ".txt"
	signatureSuffix = ".txt.sig"
)

// Bounds of a folder.
const (
	maxEntries = 2_000
	maxFolder  = 64 << 20 // bytes of all statements together
)

// savedName is the form of fileName.
var savedName = regexp.MustCompile(`^sha256-[A-Za-z0-9_-]{43}$`)

// Folder is where the approvals of a plan file lie.
func Folder(plan string) string { return plan + folderSuffix }

// Save writes a statement and its signature into a folder, which it makes. The same key replaces
// what it has signed before.
func Save(folder string, f File) error {
	if !savedName.MatchString(f.Name) {
		return fmt.Errorf("%s is no name of an approval", shown(f.Name))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder of approvals: %w", err)
	}
	if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("the folder of approvals %s is a link", shown(folder))
	}
	// The signature comes last: without it a statement counts for nothing.
	if err := saveFile(folder, f.Name+statementSuffix, f.Statement); err != nil {
		return fmt.Errorf("write the statement: %w", err)
	}
	if err := saveFile(folder, f.Name+signatureSuffix, f.Signature); err != nil {
		return fmt.Errorf("write the signature: %w", err)
	}
	return nil
}

func saveFile(folder, name string, data []byte) error {
	return atomicfile.Write(filepath.Join(folder, name), data, 0o600, atomicfile.ExactMode)
}

// Read reads the folder of a plan file. One that is not there holds no approvals; one that is a
// link is none. Whoever writes into it may exchange anything while it is read.
func Read(path string) ([]File, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && !info.IsDir():
		return nil, errors.New("it is no folder of approvals")
	case err != nil:
		return nil, err
	}
	// With the dot a pipe that took its place is refused, not waited for.
	root, err := os.OpenRoot(path + string(filepath.Separator) + ".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if opened, err := root.Stat("."); err != nil || !os.SameFile(info, opened) {
		return nil, errors.New("it was exchanged while it was opened")
	}
	links, ok := root.FS().(fs.ReadLinkFS)
	if !ok {
		return nil, errors.New("it cannot be read without following links")
	}
	return readIn(openFolder{links, root})
}

// openFolder reads what stands in a folder, and waits for no pipe.
type openFolder struct {
	fs.ReadLinkFS
	root *os.Root
}

// Open opens a file for reading.
func (f openFolder) Open(name string) (fs.File, error) {
	return f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// readIn reads an opened folder. A file that cannot be read is given with its trouble. An error is
// about the folder as a whole.
func readIn(folder fs.FS) ([]File, error) {
	names, err := namesIn(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []File
	left := int64(maxFolder)
	for _, name := range names {
		f := File{Name: name}
		var errText, errSignature error
		f.Statement, errText = readBounded(folder, name+statementSuffix, min(maxStatement, left))
		f.Signature, errSignature = readBounded(folder, name+signatureSuffix, maxSignature)
		if left -= int64(len(f.Statement)); left <= 0 {
			return nil, fmt.Errorf("the statements in it have more than %d bytes", maxFolder)
		}
		if err := errors.Join(errText, errSignature); err != nil {
			f = File{Name: name, Trouble: strings.ReplaceAll(err.Error(), "\n", "; ")}
		}
		files = append(files, f)
	}
	return files, nil
}

// namesIn lists what has a statement or a signature, sorted.
func namesIn(folder fs.FS) ([]string, error) {
	opened, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	lister, ok := opened.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("it is no folder")
	}
	entries, err := lister.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) > maxEntries {
		return nil, fmt.Errorf("it holds more than %d files", maxEntries)
	}
	var names []string
	for _, entry := range entries {
		name, isSignature := strings.CutSuffix(entry.Name(), signatureSuffix)
		statement, isStatement := strings.CutSuffix(entry.Name(), statementSuffix)
		switch {
		case isSignature:
			names = append(names, name)
		case isStatement:
			names = append(names, statement)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// readBounded reads a regular file: no link, no pipe, and not more than most bytes.
func readBounded(folder fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Lstat(folder, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing", shown(name))
	}
	if err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", shown(name))
	}
	opened, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened", shown(name))
	}
	defer opened.Close()
	if info, err = opened.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", shown(name))
	}
	text, err := io.ReadAll(io.LimitReader(opened, most+1))
	if err != nil || int64(len(text)) > most {
		return nil, fmt.Errorf("%s cannot be read, or is longer than %d bytes", shown(name), most)
	}
	return text, nil
}

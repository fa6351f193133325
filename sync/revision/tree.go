package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Tree are the files below some paths of a repository at one commit.
type Tree struct {
	Commit string // its full name
	Top    string // the repository's folder, all links followed
	store  string // a repository of our own that borrows the objects
	files  map[string]file
}

// file is a regular file of a tree.
type file struct {
	object string
	size   int64
}

// The limits of what is read of a repository.
const (
	maxFiles = 200_000   // files and folders, of any kind
	maxEntry = 16 << 10  // of one file's line in git's list
	maxNames = 64 << 20  // of all these lines together
	maxBytes = 256 << 20 // of all files that are written together
)

// Open finds the files below the folders at a revision. The folders lie in one repository, and need
// not exist at that revision. The scratch folder is empty, and the caller's to remove.
func Open(ctx context.Context, scratch, revision string, folders []string) (*Tree, error) {
	if err := checkRevision(revision); err != nil {
		return nil, err
	}
	t := &Tree{store: filepath.Join(scratch, "objects.git"), files: map[string]file{}}
	var below []string
	for _, folder := range folders {
		path, err := t.locate(folder)
		if err != nil {
			return nil, err
		}
		below = append(below, path)
	}
	if err := t.borrow(ctx, revision); err != nil {
		return nil, err
	}
	return t, t.list(ctx, below)
}

// checkRevision refuses what git would take for a flag, a file of the index or a search.
func checkRevision(revision string) error {
	switch {
	case revision == "":
		return errors.New("the revision is empty")
	case strings.HasPrefix(revision, "-"):
		return errors.New("a revision does not begin with -")
	case len(revision) > 256, strings.ContainsFunc(revision, isNoRevision):
		return errors.New("a revision is a branch, a tag or a commit, such as origin/main or HEAD~1")
	}
	return nil
}

func isNoRevision(r rune) bool { return r <= ' ' || r == ':' || r == 0x7f }

// locate gives a folder's path in the repository, in slashes.
func (t *Tree) locate(folder string) (string, error) {
	real, err := filepath.Abs(folder)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return "", err
	}
	top, err := topOf(real)
	if err != nil {
		return "", err
	}
	if t.Top != "" && t.Top != top {
		return "", fmt.Errorf("%s and %s are two repositories", t.Top, top)
	}
	t.Top = top
	path, err := filepath.Rel(top, real)
	return filepath.ToSlash(path), err
}

// borrow resolves the revision, and makes the repository through which its commit is read.
func (t *Tree) borrow(ctx context.Context, revision string) error {
	line := func(folder string, args ...string) (string, error) {
		out, err := git(ctx, folder, args...)
		return strings.TrimSuffix(string(out), "\n"), err
	}
	commit, err := line(t.Top, "rev-parse", "--verify", "--quiet", revision+"^{commit}")
	if err != nil {
		return fmt.Errorf("there is no commit %s here; a shallow clone may have to be deepened (%w)", revision, err)
	}
	objects, err := line(t.Top, "rev-parse", "--path-format=absolute", "--git-path", "objects")
	if err != nil {
		return err
	}
	format, err := line(t.Top, "rev-parse", "--show-object-format")
	if err != nil {
		return err
	}
	if !isObjectName(commit) || strings.ContainsAny(objects, "\n\"") {
		return errors.New("the repository lies below a folder whose name git cannot be given")
	}
	if err := os.Mkdir(t.store, 0o700); err != nil {
		return err
	}
	_, err = line(t.store, "init", "--quiet", "--bare", "--template=", "--object-format="+format, ".")
	if err != nil {
		return err
	}
	t.Commit = commit
	info := filepath.Join(t.store, "objects", "info")
	if err := os.MkdirAll(info, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(info, "alternates"), []byte(filepath.ToSlash(objects)+"\n"), 0o600)
}

func isObjectName(s string) bool {
	return len(s) >= 40 && strings.Trim(s, "0123456789abcdef") == ""
}

// list notes the regular files below the paths. Git lists folders too: a commit of nothing but
// folders would else be walked without a word.
func (t *Tree) list(ctx context.Context, below []string) error {
	args := []string{"ls-tree", "-r", "-t", "-z", "-l", "--full-tree", t.Commit}
	for _, folder := range below {
		if folder == "." {
			args = args[:7]
			break
		}
		if len(args) == 7 {
			args = append(args, "--")
		}
		args = append(args, folder)
	}
	return stream(ctx, t.store, nil, t.note, args...)
}

// note reads git's list.
func (t *Tree) note(list *bufio.Reader) error {
	entries := bufio.NewScanner(list)
	entries.Buffer(nil, maxEntry)
	entries.Split(upToNull)
	count, names := 0, 0
	for entries.Scan() {
		count, names = count+1, names+len(entries.Bytes())
		if count > maxFiles {
			return fmt.Errorf("the commit has more than %d files and folders there: name the documents' folder with -f",
				maxFiles)
		}
		if names > maxNames {
			return fmt.Errorf("the names of the commit's files there take more than %d MiB: "+
				"name the documents' folder with -f", maxNames>>20)
		}
		if name, f, ok := regularFile(entries.Text()); ok {
			t.files[name] = f
		}
	}
	if errors.Is(entries.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("the commit has a file there whose name takes more than %d KiB: "+
			"name the documents' folder with -f", maxEntry>>10)
	}
	return entries.Err()
}

// upToNull splits a list whose entries end in a null byte.
func upToNull(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// regularFile reads an entry of git's list. It is none for a folder, a link, a submodule, or a name
// that leads out of the folder.
func regularFile(entry string) (name string, f file, ok bool) {
	facts, name, _ := strings.Cut(entry, "\t")
	words := strings.Fields(facts) // mode, type, object, size
	if len(words) != 4 || words[0] != "100644" && words[0] != "100755" || !isObjectName(words[2]) ||
		path.Clean(name) != name || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", file{}, false
	}
	size, err := strconv.ParseInt(words[3], 10, 64)
	return name, file{words[2], size}, err == nil
}

// Write puts those files into a folder that wanted says, by their paths in the repository. A file
// that is too large is left out.
func (t *Tree) Write(ctx context.Context, into string, maxSize int64, wanted func(path string) bool) error {
	var paths []string
	var asked bytes.Buffer
	total := int64(0)
	for path, f := range t.files {
		if f.size > maxSize || !wanted(path) {
			continue
		}
		if total += f.size; total > maxBytes {
			return errors.New("the documents of the commit are larger than 256 MiB")
		}
		paths = append(paths, path)
		asked.WriteString(f.object + "\n")
	}
	if len(paths) == 0 {
		return nil
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	return stream(ctx, t.store, &asked, func(answer *bufio.Reader) error {
		for _, path := range paths {
			if err := writeNext(root, filepath.FromSlash(path), answer, t.files[path]); err != nil {
				return fmt.Errorf("write %s: %w", path, err)
			}
		}
		return nil
	}, "cat-file", "--batch")
}

// writeNext writes the next blob of an answer: OBJECT blob SIZE, a line end, its bytes, a line end.
func writeNext(root *os.Root, path string, answer *bufio.Reader, f file) error {
	head, err := answer.ReadSlice('\n')
	if err != nil {
		return err
	}
	if string(head) != fmt.Sprintf("%s blob %d\n", f.object, f.size) {
		return errors.New("git does not have it")
	}
	data := make([]byte, f.size+1)
	if _, err := io.ReadFull(answer, data); err != nil {
		return err
	}
	if err := root.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return root.WriteFile(path, data[:f.size], 0o600)
}

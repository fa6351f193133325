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
	maxFiles = 200_000
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
		out, err := git(ctx, folder, nil, args...)
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

// list notes the regular files below the paths.
func (t *Tree) list(ctx context.Context, below []string) error {
	args := []string{"ls-tree", "-r", "-z", "-l", "--full-tree", t.Commit}
	for _, folder := range below {
		if folder == "." {
			args = args[:6]
			break
		}
		if len(args) == 6 {
			args = append(args, "--")
		}
		args = append(args, folder)
	}
	out, err := git(ctx, t.store, nil, args...)
	if err != nil {
		return err
	}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		facts, name, _ := strings.Cut(string(entry), "\t")
		words := strings.Fields(facts) // mode, type, object, size
		if len(words) != 4 || words[0] != "100644" && words[0] != "100755" || !isObjectName(words[2]) ||
			path.Clean(name) != name || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue // a link, a submodule, or a name that leads out of the folder
		}
		size, err := strconv.ParseInt(words[3], 10, 64)
		if err != nil {
			continue
		}
		if t.files[name] = (file{words[2], size}); len(t.files) > maxFiles {
			return fmt.Errorf("the commit has more than %d files there: name the documents' folder with -f", maxFiles)
		}
	}
	return nil
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
	out, err := git(ctx, t.store, &asked, "cat-file", "--batch")
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	answer := bufio.NewReader(bytes.NewReader(out))
	for _, path := range paths {
		if err := writeNext(root, filepath.FromSlash(path), answer, t.files[path]); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// writeNext writes the next blob of an answer: OBJECT blob SIZE, a line end, its bytes, a line end.
func writeNext(root *os.Root, path string, answer *bufio.Reader, f file) error {
	head, err := answer.ReadString('\n')
	if err != nil {
		return err
	}
	if head != fmt.Sprintf("%s blob %d\n", f.object, f.size) {
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

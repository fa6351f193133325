package document

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
)

// MaxDocument is the largest file that is read, in bytes.
const MaxDocument = 64 << 20

// findFiles turns files and folders into files. A file that is named twice, or
// named and also found in a named folder, is read once. With stdin the path - is no file.
func findFiles(paths []string, stdin bool) (files []string, problems []spec.Problem) {
	seen, folders := map[string]bool{}, absoluteFolders{}
	for _, path := range paths {
		if stdin && path == StdinPath {
			if !seen[path] {
				files = append(files, path)
			}
			seen[path] = true
			continue
		}
		found, problem := filesOf(path)
		if problem != nil {
			problems = append(problems, *problem)
		}
		for _, file := range found {
			if key := folders.pathOf(file); !seen[key] {
				seen[key] = true
				files = append(files, file)
			}
		}
	}
	return files, problems
}

// absoluteFolders are the absolute paths of folders. To find one asks the disk where this process
// is.
type absoluteFolders map[string]string

// pathOf is the absolute path of a file; its own path where that cannot be found.
func (a absoluteFolders) pathOf(file string) string {
	folder, name := filepath.Split(file)
	full, known := a[folder]
	if !known {
		var err error
		if full, err = filepath.Abs(folder); err != nil {
			full = folder
		}
		a[folder] = full
	}
	return filepath.Join(full, name)
}

func filesOf(path string) ([]string, *spec.Problem) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileProblem(path, err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var found foundFiles
	if err := found.below(path); err != nil {
		return nil, fileProblem(path, err)
	}
	if len(found.files) == 0 {
		p := pathProblem(ruleEmptyFolder, path, "the folder holds no *.yaml or *.yml file"+found.leftOut(),
			"name another folder, or a file")
		return nil, &p
	}
	slices.Sort(found.files)
	if left := found.leftOut(); left != "" {
		p := pathProblem(ruleNotRead, path, strings.TrimPrefix(left, "; "),
			"name them with -f, or rename files to *.yaml")
		return found.files, &p
	}
	return found.files, nil
}

// foundFiles are the documents of a folder, and what looks like some and is left out.
type foundFiles struct{ files, left []string }

// below finds the documents of a folder, recursively. Names that begin with
// a dot are skipped, links to files followed, links to folders not, so that no
// loop of links can be walked.
func (f *foundFiles) below(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path, name := filepath.Join(folder, entry.Name()), entry.Name()
		linked := isLinkToFolder(path, entry)
		switch {
		case strings.HasPrefix(name, "."):
		case entry.IsDir():
			if err := f.below(path); err != nil {
				return err
			}
		case IsDocumentName(name) && !linked:
			f.files = append(f.files, path)
		case linked, IsDocumentName(strings.ToLower(name)):
			f.left = append(f.left, path)
		}
	}
	return nil
}

// leftOut says what was not read though somebody may believe it was; "" when there is no such
// thing.
func (f *foundFiles) leftOut() string {
	if len(f.left) == 0 {
		return ""
	}
	slices.Sort(f.left)
	names := make([]string, len(f.left))
	for i, path := range f.left {
		names[i] = text.Backquote(filepath.ToSlash(path))
	}
	return "; not read: " + text.AndMore(names, 5) + " (linked folders, and names that end in upper case)"
}

// IsDocumentName tells whether a file of that name, found in a folder, is a document.
func IsDocumentName(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func isLinkToFolder(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pathProblem is about a file or folder as a whole: there is no line to point at.
func pathProblem(rule, path, message, hint string) spec.Problem {
	return spec.Problem{Severity: severities[rule], Rule: rule, Message: message, Hint: hint,
		Source: &spec.Source{File: path}}
}

func fileProblem(path string, err error) *spec.Problem {
	p := pathProblem(ruleUnreadable, path, "the file cannot be read: "+reason(err), "check its permissions and links")
	if errors.Is(err, fs.ErrNotExist) {
		p = pathProblem(ruleMissingFile, path, "there is no such file or folder",
			"name documents with -f; without it "+DefaultPath+" is read")
	}
	return &p
}

// readDocument reads a file, never more of it than is allowed.
func readDocument(path string) ([]byte, *spec.Problem) {
	data, err := regular.ReadFile(path, MaxDocument)
	switch {
	case errors.Is(err, regular.ErrTooLarge):
		return nil, tooLarge(path)
	case err != nil:
		return nil, fileProblem(path, err)
	}
	return data, nil
}

func tooLarge(path string) *spec.Problem {
	p := pathProblem(ruleTooLarge, path, "the file is larger than 64 MB",
		"split it; -f takes folders and several files")
	return &p
}

// Files lists what a path gives to read: a file itself, of a folder its documents.
func Files(path string) []string {
	files, _ := filesOf(path)
	return files
}

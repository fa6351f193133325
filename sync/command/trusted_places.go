package command

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
)

// loadTrusted reads the files of guards; nil without. A file that authors of documents or other
// users of the machine can write is told: it holds as long as they leave it alone.
func loadTrusted(env Env, o documentOptions) (*document.Trusted, []spec.Problem) {
	files := o.guardFiles(env)
	trusted, problems := document.LoadTrusted(files)
	for _, file := range files {
		if inside := insideFolder(file, o); inside != "" {
			problems = append(problems, amongDocuments(ruleGuardsPlace, "the file of guards", file, inside))
		}
		problems = append(problems, writableByOthers(ruleGuardsPlace, "the file of guards", file)...)
	}
	return trusted, problems
}

const ruleGuardsPlace = "guards-place"

// amongDocuments warns of a trusted file that lies beside the documents.
func amongDocuments(rule, what, file, inside string) spec.Problem {
	return spec.Problem{Severity: spec.Warning, Rule: rule, Source: &spec.Source{File: file},
		Message: fmt.Sprintf("%s %s lies in %s, so whoever writes documents there can change it",
			what, text.Quote(file), text.Quote(inside)),
		Hint: "keep it outside of what it protects, for instance where only the protected branch or root writes"}
}

// Permissions by which others than the owner write.
const (
	groupWrites = 0o020
	allWrite    = 0o002
)

// writableByOthers warns of a trusted file that other users of the machine can change or replace.
func writableByOthers(rule, what, file string) []spec.Problem {
	if runtime.GOOS == "windows" { // where permissions are not in the mode
		return nil
	}
	var places []string
	for _, path := range trustedPaths(file) {
		places = append(places, path, filepath.Dir(path))
	}
	for _, place := range places {
		info, err := os.Stat(place)
		if err != nil || info.IsDir() && info.Mode()&os.ModeSticky != 0 || onReadOnlyDisk(place) {
			continue // of an error loading tells
		}
		who := ""
		switch mode := info.Mode().Perm(); {
		case mode&allWrite != 0:
			who = "every user of this machine"
		case mode&groupWrites != 0:
			who = "its group"
		default:
			continue
		}
		return []spec.Problem{{Severity: spec.Warning, Rule: rule, Source: &spec.Source{File: file},
			Message: fmt.Sprintf("%s %s can be changed by %s: %s", what, text.Quote(file), who, text.Quote(place)),
			Hint:    "chmod go-w " + text.ShellQuote(place)}}
	}
	return nil
}

// places are the documents and folders of documents of a run.
func (o documentOptions) places() []string {
	if _, err := os.Stat(defaultDocument); err != nil && !o.given {
		return nil
	}
	return o.files
}

// linkedPlaces are the documents that links among the documents lead to, by however many links:
// whoever writes documents writes there too.
func (o documentOptions) linkedPlaces() (linked []string) {
	for _, place := range o.places() {
		for _, file := range document.Files(place) {
			linked = append(linked, chainOf(file)...)
		}
	}
	return linked
}

// mostLinks is how many links are followed.
const mostLinks = 40

// chainOf are the files that a link leads to, the last one first.
func chainOf(file string) (chain []string) {
	for len(chain) < mostLinks {
		target, err := os.Readlink(file)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			folder, err := filepath.EvalSymlinks(filepath.Dir(file)) // from which the dots go up
			if err != nil {
				break
			}
			target = filepath.Join(folder, target)
		}
		file = target
		chain = append(chain, file)
	}
	slices.Reverse(chain)
	return chain
}

// linksOf are the links by which a path leads where it does, also those of its folders: whoever can
// exchange one leads it elsewhere.
func linksOf(path string) (links []string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	root := filepath.VolumeName(absolute) + string(filepath.Separator)
	at, rest := root, parts(absolute[len(root):])
	for len(rest) > 0 && len(links) < mostLinks {
		next := filepath.Join(at, rest[0]) // of two dots the folder above
		rest = rest[1:]
		target, err := os.Readlink(next)
		if err != nil {
			at = next
			continue
		}
		links = append(links, next)
		if filepath.IsAbs(target) {
			at, target = root, strings.TrimPrefix(target, root)
		}
		rest = append(parts(target), rest...)
	}
	return links
}

func parts(path string) []string { return strings.Split(path, string(filepath.Separator)) }

// belowDocument names the folder of a document above a file; "" where there is none. Whoever can
// put another document there can exchange the folders beside it.
func belowDocument(path string, documents []string) string {
	places := trustedPaths(path)
	for _, file := range documents {
		for _, root := range realPaths(file) {
			info, err := os.Stat(root)
			below := func(place string) bool { return isBelow(place, filepath.Dir(root)) }
			if err == nil && !info.IsDir() && slices.ContainsFunc(places, below) {
				return filepath.Dir(file)
			}
		}
	}
	return ""
}

// trustedPaths are where a file stands that is to be trusted, and the links by which it is found.
func trustedPaths(path string) []string { return slices.Concat(realPaths(path), linksOf(path)) }

// insideFolder names the folder of documents in which a file lies; "" when it lies outside.
func insideFolder(path string, o documentOptions) string {
	return insideOf(path, slices.DeleteFunc(slices.Clone(o.places()), func(place string) bool {
		info, err := os.Stat(place)
		return err != nil || !info.IsDir()
	}))
}

// insideOf names the one of some folders in which a file lies, or the file beside which it lies,
// links followed or not; "" when it lies outside.
func insideOf(path string, folders []string) string {
	places := trustedPaths(path)
	for _, folder := range folders {
		for _, root := range realPaths(folder) {
			info, err := os.Stat(root)
			isFile := err == nil && !info.IsDir()
			if isFile && slices.Contains(folderOf(places), filepath.Dir(root)) {
				return filepath.Dir(folder)
			}
			if slices.ContainsFunc(places, func(place string) bool { return isBelow(place, root) }) {
				return folder
			}
		}
	}
	return ""
}

// folderOf are the folders of files.
func folderOf(paths []string) []string {
	folders := make([]string, len(paths))
	for i, path := range paths {
		folders[i] = filepath.Dir(path)
	}
	return folders
}

// isBelow tells whether a path is another or lies below it.
func isBelow(path, root string) bool {
	relative, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(relative)
}

// realPaths are where a name stands and where its links lead.
func realPaths(path string) (paths []string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	paths = append(paths, absolute)
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		paths = append(paths, real)
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		paths = append(paths, filepath.Join(folder, filepath.Base(absolute)))
	}
	return paths
}

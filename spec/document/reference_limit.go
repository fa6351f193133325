package document

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// referencesVariable limits what the values of variables may read. The tokens of zones are not
// limited by it.
const referencesVariable = "MAKESYNC_REFERENCES"

// referenceLimit is what MAKESYNC_REFERENCES allows: env:ACME_*,file:clients/**. Patterns of files
// are compared with the path from the working directory, below which they stay unless they begin
// with ../, or with the absolute path where they begin with a slash; once as written and once with
// all links followed. A nil limit allows
// what lies below the documents' folders, --reference-root and /run/secrets.
type referenceLimit struct{ env, files []spec.Glob }

func parseReferenceLimit(env func(string) (string, bool)) (*referenceLimit, error) {
	written, ok := lookup(env, referencesVariable)
	if !ok {
		return nil, nil
	}
	if strings.TrimSpace(written) == "" { // a job whose own variable is missing is not to read everything
		return nil, errors.New(referencesVariable + " is set and empty; unset it to allow what --reference-root says")
	}
	limit := &referenceLimit{}
	for _, word := range strings.Split(written, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		kind, pattern, _ := strings.Cut(word, ":")
		glob, err := spec.ParseGlob(pattern)
		switch {
		case kind != "env" && kind != "file":
			return nil, fmt.Errorf("%s: write env:NAME or file:PATH, not %s", referencesVariable, text.Quote(word))
		case err != nil:
			return nil, fmt.Errorf("%s: %w", referencesVariable, err)
		case kind == "env":
			limit.env = append(limit.env, glob)
		default:
			limit.files = append(limit.files, glob)
		}
	}
	return limit, nil
}

// allowsEnv tells whether a variable of the environment may be read.
func (l *referenceLimit) allowsEnv(name string) bool { return l == nil || spec.MatchAny(l.env, name) }

// allowsFile tells whether a path may be read, as far as the limit goes.
func (l *referenceLimit) allowsFile(path string) bool {
	if l == nil {
		return true
	}
	working, err := os.Getwd()
	if err != nil {
		return false
	}
	absolute := filepath.Clean(path)
	if !filepath.IsAbs(absolute) {
		absolute = filepath.Join(working, absolute)
	}
	allows := func(form string, fits func(pattern string) bool) bool {
		form = filepath.ToSlash(form)
		return slices.ContainsFunc(l.files, func(g spec.Glob) bool { return fits(g.String()) && g.Match(form) })
	}
	if allows(absolute, isAbsolutePattern) {
		return true
	}
	for _, pair := range [][2]string{{working, absolute}, {realPath(working), realPath(absolute)}} {
		relative, err := filepath.Rel(pair[0], pair[1])
		if err != nil {
			continue
		}
		// ** is what lies below the working directory, and not all that there is.
		below := filepath.IsLocal(relative)
		if allows(relative, func(pattern string) bool {
			return !isAbsolutePattern(pattern) && (below || strings.HasPrefix(pattern, "../"))
		}) {
			return true
		}
	}
	return false
}

func isAbsolutePattern(pattern string) bool {
	return strings.HasPrefix(pattern, "/") || filepath.IsAbs(filepath.FromSlash(pattern))
}

// realPath follows all links, as far as there is something.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// errNotAllowed is a reference beyond the limit.
func errNotAllowed(what string) error {
	return errReference{what + " is none of those that " + referencesVariable + " allows",
		"add it there, where the run is started, or take the reference out"}
}

// isOfGit tells whether a path leads through a folder in which git keeps its own files, by all
// names that file systems take for it.
func isOfGit(path string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }),
		func(name string) bool {
			name, _, _ = strings.Cut(strings.ToLower(name), ":") // a stream of it
			name = strings.TrimRight(name, ". ")
			return name == ".git" || name == "git~1"
		})
}

// Why a sandbox's file is refused. A link to what is not there can lead anywhere by the time that
// the file is made.
var (
	errOutside  = errors.New("lies outside of the document's folder or in one of git, links followed")
	errDangling = errors.New("is, or lies behind, a link to what is not there")
)

// isInside tells whether a path lies below a folder, by its words alone.
func isInside(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != "." && filepath.IsLocal(relative)
}

// checkInside wants a path, with all links followed as far as there is something, to lie below a
// folder. Nothing is opened.
func checkInside(folder, path string) error {
	if !isInside(folder, path) {
		return errOutside
	}
	if folder == "" {
		folder = "."
	}
	rest := filepath.Clean(path)
	for {
		real, err := filepath.EvalSymlinks(rest)
		switch {
		case err == nil && (isBelow(folder, real) && !isOfGit(relativeTo(folder, real)) || isSameFolder(folder, real)):
			return nil
		case err == nil:
			return errOutside
		}
		if info, err := os.Lstat(rest); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return errDangling
		}
		up := filepath.Dir(rest)
		if up == rest {
			return errOutside
		}
		rest = up
	}
}

func isSameFolder(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

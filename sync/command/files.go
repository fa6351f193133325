package command

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/atomicfile"
	"makesync/sync/exit"
)

// files are what a run reads, and what it shall write.
type files struct {
	read    []string
	stdin   os.FileInfo // of the file from which -f - reads; nil: none
	outputs []output
	force   bool            // --force
	state   string          // the folder of what runs leave behind
	journal string          // --journal
	refused map[string]bool // outputs by path that were refused, which is said once
}

// openFiles finds out which files a command line has the run read and write, and refuses an output
// that stands for something else.
func openFiles(c *cli.Context, env Env, a arity) (*files, error) {
	s := &files{force: c.Bool("force"), journal: c.String("journal"), refused: map[string]bool{}}
	s.state, _ = env.stateDirectory()
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		switch f := f.(type) {
		case pathFlag:
			switch value := c.String(name); {
			case value == "":
			case f.reads:
				s.add(value)
			case f.writes != nil:
				s.outputs = append(s.outputs, outputOf(c, name))
			}
		case pathsFlag:
			if f.reads {
				s.addNamed(name, c.StringSlice(name))
			}
		}
	}
	if hasFlag(c, "file") && !c.IsSet("file") {
		s.add(defaultDocument)
	}
	if hasFlag(c, "guards") {
		s.add(documentOptions{}.guardFiles(env)...)
	}
	if a.files != nil {
		s.add(a.files(c.Args().Slice())...)
	}
	if hasFlag(c, "file") && slices.Contains(c.StringSlice("file"), document.StdinPath) {
		s.stdin = statOf(env.Stdin)
	}
	for i, one := range s.outputs {
		if one.path == "-" && !one.kind.dash {
			return s, s.refuse(one, "- is no file here", "name a file; --format json prints JSON on stdout")
		}
		for _, other := range s.outputs[:i] {
			if replaces(one.path) && sameFile(one.path, other.path) {
				return s, s.refuse(one, "it is the file of "+other.flag+" too", "name two files")
			}
		}
	}
	return s, s.reads()
}

// statOf tells about the file behind a stream; nil where there is none.
func statOf(stream io.Reader) os.FileInfo {
	if file, ok := stream.(interface{ Stat() (os.FileInfo, error) }); ok {
		if info, err := file.Stat(); err == nil {
			return info
		}
	}
	return nil
}

// addNamed adds the files that a flag names; stdin is none.
func (s *files) addNamed(flag string, paths []string) {
	for _, path := range paths {
		if !isPiped(flag, path) {
			s.add(path)
		}
	}
}

// add adds files to read, and for folders the documents in them.
func (s *files) add(paths ...string) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			s.read = append(s.read, document.Files(path)...)
		} else if path != "" {
			s.read = append(s.read, path)
		}
	}
}

// reads adds files to those that the run reads, such as those that its documents name, and refuses
// an output that is one of them, before it is read.
func (s *files) reads(paths ...string) error {
	if len(s.outputs) == 0 {
		return nil
	}
	s.add(paths...)
	for _, out := range s.outputs {
		if out.kind.folder || s.refused[out.path] {
			continue
		}
		if err := s.check(out); err != nil {
			return err
		}
	}
	return nil
}

// readsNamed adds the files that documents name: seeds and states of sandboxes, references.
func (s *files) readsNamed(desired *spec.Desired) error {
	if len(s.outputs) == 0 || desired == nil { // it may hold a million variables
		return nil
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(desired.Zones)) {
		zone := desired.Zones[name]
		paths = append(paths, document.ReferencedFiles(zone.Token.Reveal(), zone.Folder)...)
		if zone.Sandbox != nil {
			paths = append(paths, zone.Sandbox.State, zone.Sandbox.Seed)
		}
	}
	for i := range desired.Organizations {
		for j := range desired.Organizations[i].Variables {
			reference := desired.Organizations[i].Variables[j].Reference
			paths = append(paths, document.ReferencedFiles(reference, "")...)
		}
	}
	return s.reads(paths...)
}

// doubtful tells whether an output is better not written by a run that did not understand its
// command line: another word of it names the same file, which could have been to read.
func (s *files) doubtful(out output, line commandLine) bool {
	names := 0
	for _, word := range line {
		_, value, _ := strings.Cut(word, "=")
		if sameFile(word, out.path) || value != "" && sameFile(value, out.path) {
			names++
		}
	}
	return names > 1 || s.refused[out.path] || s.check(out) != nil
}

// put writes the file of an output, whole or not at all.
func (s *files) put(out output, data []byte) error {
	if err := s.check(out); err != nil {
		return err
	}
	if err := atomicfile.Put(out.path, data, out.kind.mode, out.kind.exact); err != nil {
		return failure{exit: exit.Internal, message: "write " + out.path, cause: text.FileError(err)}
	}
	return nil
}

// tryPut tells before anything is changed that a file of an output cannot be written.
func tryPut(out output, path string) error {
	if err := atomicfile.TryPut(path); err != nil {
		return failure{
			exit:    exit.Internal,
			message: out.flag + " " + path + ": " + text.FileError(err).Error(),
			hint:    "nothing was changed; make the folder, or name another file",
		}
	}
	return nil
}

// rewrite puts the new text of a document into place, if it still is as it was read.
func (s *files) rewrite(path string, before, after []byte) error {
	now, err := regular.ReadFile(path, document.MaxDocument)
	if err != nil || !bytes.Equal(now, before) {
		return failure{exit: exit.Invalid, message: path + " has changed since it was read; it was left alone",
			cause: err, hint: "run again"}
	}
	if err := atomicfile.Put(path, after, 0o644, atomicfile.KeepMode); err != nil {
		return failure{exit: exit.Internal, message: "write " + path, cause: text.FileError(err)}
	}
	return nil
}

// check refuses to write an output where something else would be lost.
func (s *files) check(out output) error {
	if out.kind.dash && out.path == "-" || atomicfile.Given(out.path) {
		return nil
	}
	target, err := atomicfile.Target(out.path)
	var foreign *atomicfile.ForeignError
	if errors.As(err, &foreign) {
		return s.refuse(out, err.Error(), "name a file of your own")
	}
	if !replaces(out.path) {
		return nil
	}
	if _, err := os.Lstat(target); out.kind.folder && errors.Is(err, fs.ErrNotExist) {
		return nil // without -f, makesync.yaml counts as read, also where init and export are to make it
	}
	if read := s.readBy(target); read != "" && !(out.kind.renews && out.kind.is(head(target))) {
		return s.refuse(out, "this run reads it"+alsoAs(out.path, read), "name another file")
	}
	info, err := os.Stat(target)
	switch {
	case err != nil, info.IsDir(), info.Size() == 0, out.kind.is(head(target)):
		return nil
	case s.isState(target):
		return s.refuse(out, "it is a file of the state folder", "name another file")
	case s.force:
		return nil
	}
	return s.refuse(out, "the file is there already and holds something else"+ours(head(target)),
		"name another file, or replace it with --force")
}

func (s *files) refuse(out output, why, hint string) error {
	s.refused[out.path] = true
	message := out.flag + " " + text.ShellQuote(out.path) + ": " + why + "; nothing was written"
	return usageError{message: message, hint: hint}
}

// alsoAs adds the name by which a file is read where it is another.
func alsoAs(path, read string) string {
	if filepath.Clean(path) == filepath.Clean(read) {
		return ""
	}
	return ", as " + text.ShellQuote(read)
}

// readBy is the name by which the run reads a file, "" when it does not.
func (s *files) readBy(target string) string {
	info, err := os.Stat(target)
	if err == nil && s.stdin != nil && os.SameFile(info, s.stdin) {
		return "stdin"
	}
	for _, path := range s.read {
		switch read, unread := os.Stat(path); {
		case err == nil && unread == nil && os.SameFile(info, read):
			return path
		case err != nil && unread != nil && sameName(target, path): // it may be made while the run is on
			return path
		}
	}
	return ""
}

// sameFile tells whether two names are those of one file, through links, hard links and other
// spellings; also of one that is not there yet.
func sameFile(a, b string) bool {
	one, errOne := os.Stat(a)
	other, errOther := os.Stat(b)
	if errOne == nil && errOther == nil {
		return os.SameFile(one, other)
	}
	return errOne != nil && errOther != nil && sameName(a, b)
}

func sameName(a, b string) bool {
	one, errOne := atomicfile.Target(a)
	other, errOther := atomicfile.Target(b)
	return errOne == nil && errOther == nil && one == other
}

// replaces tells whether writing to a path puts a file into place: a device or a pipe, or a stream
// of this process by the name that the system gives it, takes what it gets.
func replaces(path string) bool {
	info, err := os.Stat(path)
	return !atomicfile.Given(path) && (err != nil || info.Mode().IsRegular() || info.IsDir())
}

var ownJSON = regexp.MustCompile(`^\s*\{\s*"format":\s*"makesync\.([a-z]+)/`)

// ours names what a file is that makesync wrote, as in " (plan)".
func ours(head string) string {
	if found := ownJSON.FindStringSubmatch(head); found != nil {
		return " (" + found[1] + ")"
	}
	return ""
}

// isState tells whether a file belongs to what runs leave behind for later ones.
func (s *files) isState(target string) bool {
	if s.state != "" && below(s.state, target) {
		return true
	}
	journal := s.journal != "" && strings.HasSuffix(target, ".jsonl")
	return journal && sameFile(s.journal, filepath.Dir(target))
}

// below tells whether a file, by its full path, lies somewhere in a folder.
func below(folder, file string) bool {
	folder, err := atomicfile.Target(folder)
	if err != nil {
		return false
	}
	inside, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(inside)
}

// headSize is enough to tell what a file is.
const headSize = 512

// head is the beginning of a file, "" of an empty one and of one that cannot be read.
func head(path string) string {
	file, err := regular.Open(path, math.MaxInt64)
	if err != nil {
		return ""
	}
	defer file.Close()
	data, _ := io.ReadAll(io.LimitReader(file, headSize))
	return string(data)
}

package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/document/edit"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/render"
)

// rewriting are changes of documents in place: byte for byte, shown as a diff, written after a
// question.
type rewriting struct {
	// texts are the documents as they were before anything was read.
	texts  map[string][]byte
	opened map[string]*edit.File
	// left says why something was not written, by address.
	left    []leftOut
	written int
	notes   []string
}

type leftOut struct {
	address spec.Address
	why     string
}

func newRewriting() rewriting {
	return rewriting{texts: map[string][]byte{}, opened: map[string]*edit.File{}}
}

// load reads the documents.
func (w *rewriting) load(paths []string) error {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return failure{exit: exit.Invalid, message: "read " + path, cause: err}
		}
		w.texts[path] = data
	}
	return nil
}

// open parses a file once.
func (w *rewriting) open(path string) (*edit.File, error) {
	if f := w.opened[path]; f != nil {
		return f, nil
	}
	f, err := edit.Open(path, w.texts[path])
	if err == nil {
		w.opened[path] = f
	}
	return f, err
}

func (w *rewriting) leave(address spec.Address, why string) {
	w.left = append(w.left, leftOut{address, why})
}

// changedFile is a file with its new text.
type changedFile struct {
	*edit.File
	after []byte
}

// prepare makes the new texts. Instead is what to do where one cannot be made.
func (w *rewriting) prepare(paths []string, instead string) (changed []changedFile, err error) {
	for _, path := range paths {
		f := w.opened[path]
		if f == nil || !f.Changed() {
			continue
		}
		after, err := f.Bytes()
		if err != nil {
			return nil, failure{exit: exit.Internal, message: err.Error(), hint: "nothing was written; " + instead}
		}
		changed = append(changed, changedFile{f, after})
	}
	return changed, nil
}

// show prints the diff, and what is left.
func (w *rewriting) show(out io.Writer, changed []changedFile, done string, secret edit.Secret) error {
	var b strings.Builder
	for _, f := range changed {
		for line := range strings.Lines(f.Diff(secret)) {
			b.WriteString(render.Clean(strings.TrimSuffix(line, "\n")) + "\n")
		}
	}
	for _, note := range w.notes {
		b.WriteString("note: " + render.Clean(note) + "\n")
	}
	for _, l := range w.left {
		b.WriteString("not " + done + ": " + render.Clean(string(l.address)) + ": " + render.Clean(l.why) + "\n")
	}
	_, err := out.Write([]byte(b.String()))
	return err
}

// put asks, and writes the files that are still as they were read.
func (w *rewriting) put(ctx context.Context, r *runtimeEnv, changed []changedFile, yes bool) error {
	if len(changed) == 0 {
		return nil
	}
	question := fmt.Sprintf("Write %s into %s?", text.Count(w.written, "live value", "live values"),
		text.Count(len(changed), "file", "files"))
	if err := r.confirm(ctx, yesOrNo(question), yes); err != nil {
		return err
	}
	for _, f := range changed {
		if err := r.files.rewrite(f.Path, w.texts[f.Path], f.after); err != nil {
			return err
		}
	}
	return nil
}

// wholeReference is a value that names where a secret is, and is none.
var wholeReference = regexp.MustCompile(`^\$\{(env|file):[^}]*\}$`)

// secretsBeside tells whether a value that stands beside a change is a secret.
func secretsBeside(desired *spec.Desired) edit.Secret {
	return func(p edit.Place, name, value string) bool {
		switch {
		case wholeReference.MatchString(value):
			return false
		case spec.LooksSecret(value):
			return true
		}
		return slices.ContainsFunc(desired.Organizations, func(o spec.Organization) bool {
			mine := p.Organization == o.Key || p.Profile != "" && slices.Contains(o.Profiles, p.Profile)
			address := spec.NewAddress(o.Key, spec.KindVariable, name)
			return mine && (spec.IsSensitiveIn(address, o.ID, desired.Sensitive) || declaresSecret(&o, address))
		})
	}
}

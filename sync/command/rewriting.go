package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"makesync/spec/document"
	"makesync/spec/document/edit"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/adopt"
	"makesync/sync/exit"
	"makesync/sync/render"
)

// rewriting are changes of documents in place: shown as a diff, written after a question.
type rewriting struct{ *adopt.Texts }

// loadTexts reads the documents that may be changed.
func loadTexts(paths []string) (rewriting, error) {
	texts := map[string][]byte{}
	for _, path := range paths {
		data, err := regular.ReadFile(path, document.MaxDocument)
		if err != nil {
			return rewriting{}, failure{exit: exit.Invalid, message: "read " + path, cause: err}
		}
		texts[path] = data
	}
	return rewriting{adopt.NewTexts(texts)}, nil
}

// prepare makes the new texts. Instead is what to do where one cannot be made.
func (w rewriting) prepare(paths []string, instead string) ([]adopt.Changed, error) {
	changed, err := w.Changed(paths)
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error(), hint: "nothing was written; " + instead}
	}
	return changed, nil
}

// show prints the diff, and what is left.
func (w rewriting) show(out io.Writer, changed []adopt.Changed, done string, secret edit.Secret) error {
	var b strings.Builder
	for _, f := range changed {
		for line := range strings.Lines(f.Diff(secret)) {
			b.WriteString(render.Clean(strings.TrimSuffix(line, "\n")) + "\n")
		}
	}
	for _, note := range w.Notes {
		b.WriteString("note: " + render.Clean(note) + "\n")
	}
	for _, l := range w.Left {
		b.WriteString("not " + done + ": " + render.Clean(string(l.Address)) + ": " + render.Clean(l.Why) + "\n")
	}
	_, err := out.Write([]byte(b.String()))
	return err
}

// put asks, and writes the files that are still as they were read.
func (w rewriting) put(ctx context.Context, r *runtimeEnv, changed []adopt.Changed, yes bool) error {
	if len(changed) == 0 {
		return nil
	}
	question := fmt.Sprintf("Write %s into %s?", text.Count(w.Written, "live value", "live values"),
		text.Count(len(changed), "file", "files"))
	if err := r.confirm(ctx, yesOrNo(question), yes); err != nil {
		return err
	}
	for _, f := range changed {
		if err := r.files.rewrite(f.Path, f.Before, f.After); err != nil {
			return err
		}
	}
	return nil
}

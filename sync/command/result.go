package command

import (
	"bytes"
	"context"
	"io"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/render"
)

// render are the surroundings of a text.
func (r *runtimeEnv) render(o resultOptions, verb string) render.Options {
	return render.Options{
		Color: o.color, Links: linksOn(r, o.color), Width: r.Terminal.Width, Verb: verb, Quiet: !r.Terminal.Stdout,
		Group: o.group, Verbose: o.verbose,
	}
}

// errorWords are the surroundings of a text on stderr, in colour where that was asked for.
func (r *runtimeEnv) errorWords(color bool, verb string) render.Options {
	return render.Options{Color: color && r.Terminal.Stderr, Width: r.Terminal.ErrorWidth, Verb: verb}
}

// say writes lines to stdout, folded on a terminal.
func (r *runtimeEnv) say(lines ...string) error {
	return render.Sentences(r.Stdout, render.Options{Width: r.Terminal.Width}, lines...)
}

// result is something that a command ends with: a plan, a report, problems.
type result interface {
	text(io.Writer, render.Options) error
	json(io.Writer) error
}

// formatter writes a result in one of the formats.
type formatter func(io.Writer, result, render.Options) error

var formatters = map[string]formatter{
	formatText: func(w io.Writer, res result, o render.Options) error { return res.text(w, o) },
	formatJSON: func(w io.Writer, res result, _ render.Options) error { return res.json(w) },
	formatMarkdown: func(w io.Writer, res result, o render.Options) error {
		return res.(comments).markdown(w, o)
	},
	formatGitHub: func(w io.Writer, res result, _ render.Options) error {
		return render.Annotations(w, res.(*problemsResult).problems)
	},
	formatHTML: func(w io.Writer, res result, o render.Options) error { return res.(pages).html(w, o) },
	formatCSV:  func(w io.Writer, res result, _ render.Options) error { return res.(tables).csv(w) },
}

// comments are results that can be shown beside a pull request, pages in a browser, tables in a
// spreadsheet; the commands that offer these formats have such results only. What partial gives is
// kept in files, where not everything on stdout may be kept.
type (
	comments interface {
		markdown(io.Writer, render.Options) error
	}
	pages interface {
		html(io.Writer, render.Options) error
	}
	tables interface {
		csv(io.Writer) error
	}
	partial interface {
		kept() result
	}
)

// emit writes the result to stdout and, with --out-json, to its file. It is whole before the first
// byte goes out, so that stdout never holds a part of a document; the text of a plan, which may
// have begun long ago, is ended. A file that cannot be written costs the exit code, not the result:
// of an apply it is all that tells what was done.
func (r *runtimeEnv) emit(res result, o resultOptions, ro render.Options) error {
	lost := r.keepJSON(res, o)
	var out bytes.Buffer
	if err := formatters[o.format](&out, res, ro); err != nil {
		return err
	}
	if err := writeLong(r, out.Bytes(), o); err != nil {
		return err
	}
	return lost
}

// withOutputError is a result that has problems and an exit. outputError adds the problem that its
// copy for --out-json could not be written, and gives the exit of the run then.
type withOutputError interface {
	outputError(spec.Problem) exit.Code
}

// addOutputError adds a problem of ours to what a result tells, and gives its exit then.
func addOutputError(problems *[]spec.Problem, code *exit.Code, problem spec.Problem) exit.Code {
	*problems, *code = append(*problems, problem), exit.Worst(*code, exit.Internal)
	return *code
}

// keepJSON writes the file of --out-json. When it cannot be written, the result says so from there
// on, and the error, which is told already, is its exit.
func (r *runtimeEnv) keepJSON(res result, o resultOptions) error {
	if o.outJSON.path == "" || r.files.refused[o.outJSON.path] {
		return nil
	}
	var document bytes.Buffer
	kept := res
	if some, ok := res.(partial); ok {
		kept = some.kept()
	}
	if err := kept.json(&document); err != nil {
		return err
	}
	err := r.files.put(o.outJSON, document.Bytes())
	if err == nil {
		return nil
	}
	code := exitOfError(context.Background(), err)
	if res, ok := res.(withOutputError); ok {
		code = res.outputError(failureProblem(err))
	}
	r.printError(err, code)
	return end(code)
}

// emitFailed writes the result of a run that failed before there was one. JSON, a comment and a
// page have their document on stdout as always, so that no comment goes on telling of an older run;
// of a text stdout stays empty. But for JSON the problems stand on stderr too, as text.
func (r *runtimeEnv) emitFailed(
	res result, problems []spec.Problem, code exit.Code, o resultOptions, verb string,
) error {
	if o.format == formatJSON {
		return r.emit(res, o, render.Options{})
	}
	if err := r.printProblems(problems, code, r.errorWords(o.color, verb)); err != nil {
		return err
	}
	if o.format == formatMarkdown || o.format == formatHTML {
		return r.emit(res, o, r.render(o, verb))
	}
	return r.keepJSON(res, o)
}

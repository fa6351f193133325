package command

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
	"makesync/sync/state"
)

// resultOptions say where and how a result is written.
type resultOptions struct {
	format  string
	outJSON string
	color   bool
}

func resultFlags(formats ...string) []cli.Flag {
	return []cli.Flag{
		formatFlag(formats...),
		&cli.StringFlag{Name: "out-json", Usage: "write the result as JSON to `FILE` too, also when the run fails"},
		colorFlag(),
	}
}

func colorFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "color",
		Value: "auto",
		Usage: "`WHEN` to use colour: auto, always, never; auto is on a terminal without NO_COLOR",
	}
}

func (r *runtimeEnv) readResultOptions(c *cli.Context, formats ...string) (o resultOptions, err error) {
	if o.format, err = readFormat(c, formats...); err != nil {
		return o, err
	}
	if c.IsSet("out-json") && c.String("out-json") == "" {
		return o, badUsage(c, "--out-json needs the name of a file")
	}
	o.outJSON = c.String("out-json")
	when, err := oneOf(c, "color", "auto", "always", "never")
	o.color = when == "always" ||
		when == "auto" && r.Terminal.Stdout && r.lookup("NO_COLOR") == "" && r.lookup("TERM") != "dumb"
	return o, err
}

// checkPlace tells before anything is changed that the file of --out-json has no folder. It is then
// forgotten, so that the run's end does not tell it again.
func (o *resultOptions) checkPlace() error {
	folder := filepath.Dir(o.outJSON)
	if info, err := os.Stat(folder); o.outJSON == "" || err == nil && info.IsDir() {
		return nil
	}
	file := o.outJSON
	o.outJSON = ""
	return failure{
		exit:    exit.Internal,
		message: "--out-json " + file + ": there is no folder " + folder,
		hint:    "nothing was changed; make the folder, or name another file",
	}
}

// render are the surroundings of a text.
func (r *runtimeEnv) render(o resultOptions, verb string) render.Options {
	return render.Options{Color: o.color, Width: r.Terminal.Width, Verb: verb, Quiet: !r.Terminal.Stdout}
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
}

// comments are results that can be shown beside a pull request, pages in a browser; the commands
// that offer these formats have such results only.
type (
	comments interface {
		markdown(io.Writer, render.Options) error
	}
	pages interface {
		html(io.Writer, render.Options) error
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
	if _, err := r.Stdout.Write(out.Bytes()); err != nil {
		return failure{exit: exit.Internal, message: "write to stdout", cause: err}
	}
	return lost
}

// keptResult is a result that has problems and an exit. unkept adds the problem that its copy for
// --out-json could not be kept, and gives the exit of the run then.
type keptResult interface {
	unkept(spec.Problem) exit.Code
}

// spoil adds a problem of ours to what a result tells, and gives its exit then.
func spoil(problems *[]spec.Problem, code *exit.Code, problem spec.Problem) exit.Code {
	*problems, *code = append(*problems, problem), exit.Worst(*code, exit.Internal)
	return *code
}

// keepJSON writes the file of --out-json. When it cannot be written, the result says so from there
// on, and the error, which is told already, is its exit.
func (r *runtimeEnv) keepJSON(res result, o resultOptions) error {
	if o.outJSON == "" {
		return nil
	}
	var document bytes.Buffer
	if err := res.json(&document); err != nil {
		return err
	}
	err := writeFile(o.outJSON, document.Bytes(), 0o644)
	if err == nil {
		return nil
	}
	exit := exit.Internal
	if kept, ok := res.(keptResult); ok {
		exit = kept.unkept(failureProblem(err))
	}
	r.printError(err, exit)
	return end(exit)
}

// emitFailed writes the result of a run that failed before there was one. JSON, a comment and a
// page have their document on stdout as always, so that no comment goes on telling of an older run;
// of a text stdout stays empty. But for JSON the problems stand on stderr too, as text.
func (r *runtimeEnv) emitFailed(
	res result,
	problems []spec.Problem,
	exit exit.Code,
	o resultOptions,
	verb string,
) error {
	if o.format == formatJSON {
		return r.emit(res, o, render.Options{})
	}
	if err := r.printProblems(problems, exit, r.render(resultOptions{color: o.color && r.Terminal.Stderr}, verb)); err != nil {
		return err
	}
	if o.format == formatMarkdown || o.format == formatHTML {
		return r.emit(res, o, r.render(o, verb))
	}
	return r.keepJSON(res, o)
}

// writeFile puts a result into place, whole or not at all.
func writeFile(path string, data []byte, mode os.FileMode) error {
	if err := history.PutFile(path, data, mode, false); err != nil {
		return failure{exit: exit.Internal, message: "write " + path, cause: err}
	}
	return nil
}

// planResult, reportResult and problemsResult are the results that commands share.
type (
	planResult struct {
		*plan.Plan
		maxBytes int // of the Markdown
	}
	reportResult struct {
		*report.Report
		maxBytes int // of the Markdown
	}
	problemsResult struct {
		problems []spec.Problem
		exit     exit.Code
	}
)

func (p planResult) unkept(problem spec.Problem) exit.Code {
	return spoil(&p.Plan.Problems, &p.Plan.Exit, problem)
}

func (p reportResult) unkept(problem spec.Problem) exit.Code {
	return spoil(&p.Report.Problems, &p.Report.Exit, problem)
}

func (p *problemsResult) unkept(problem spec.Problem) exit.Code {
	return spoil(&p.problems, &p.exit, problem)
}

func (p planResult) text(w io.Writer, o render.Options) error { return render.Plan(w, p.Plan, o) }
func (p planResult) json(w io.Writer) error                   { return render.PlanJSON(w, p.Plan) }
func (p planResult) html(w io.Writer, o render.Options) error { return render.HTML(w, p.Plan, o) }
func (p planResult) markdown(w io.Writer, o render.Options) error {
	return render.Markdown(w, p.Plan, p.maxBytes, o)
}

func (p reportResult) text(w io.Writer, o render.Options) error { return render.Report(w, p.Report, o) }
func (p reportResult) json(w io.Writer) error                   { return render.ReportJSON(w, p.Report) }
func (p reportResult) markdown(w io.Writer, o render.Options) error {
	return render.ReportMarkdown(w, p.Report, p.maxBytes, o)
}

func (p *problemsResult) text(w io.Writer, o render.Options) error {
	return render.Problems(w, p.problems, p.exit, o)
}
func (p *problemsResult) json(w io.Writer) error {
	return render.ProblemsJSON(w, p.problems, p.exit)
}

// failureProblem is an error that ended a run, as a problem of its JSON document.
func failureProblem(err error) spec.Problem {
	problem := spec.Problem{
		Severity: spec.Error,
		Rule:     "run",
		Message:  render.Clean(err.Error()),
		Hint:     render.Clean(hintOf(err)),
	}
	if call := state.AsCallError(err); call != nil {
		problem.Error = call.API()
	}
	return problem
}

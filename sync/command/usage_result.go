package command

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// emptyResults are the results of commands that ended before they had one, by the command's name;
// the others have their problems alone. Whoever reads the JSON of a run must not take that of an
// older one for it, whatever is wrong.
var emptyResults = map[string]func(*runtimeEnv, []spec.Problem, exit.Code) result{
	"plan":         emptyPlan,
	"undo":         emptyPlan,
	"apply":        emptyReport,
	"report merge": emptyReport,
	"compare": func(_ *runtimeEnv, problems []spec.Problem, exit exit.Code) result {
		return emptyComparison([2]string{}, problems, exit)
	},
}

func emptyPlan(r *runtimeEnv, problems []spec.Problem, exit exit.Code) result {
	return planResult{Plan: plan.NoPlan(r.Now(), nil, problems, exit)}
}

func emptyReport(_ *runtimeEnv, problems []spec.Problem, exit exit.Code) result {
	return reportResult{Report: &report.Report{Format: report.Format, Problems: problems, Exit: exit}}
}

// leaveJSON leaves the JSON that a run was asked for and that ended in an error, and gives the
// error back, which still goes to stderr.
func (r *runtimeEnv) leaveJSON(c *cli.Context, err error) error {
	var told ended
	if err == nil || errors.As(err, &told) || commandPath(c) == "" || findFlag(c.Command.Flags, "format") == nil {
		return err
	}
	exit, problems := exitOfError(c.Context, err), []spec.Problem{failureProblem(err)}
	var res result = &problemsResult{problems, exit}
	if empty := emptyResults[commandPath(c)]; empty != nil {
		res = empty(r, problems, exit)
	}
	o := resultOptions{format: formatJSON}
	if findFlag(c.Command.Flags, "out-json") != nil {
		o.outJSON = r.written("out-json")
	}
	leave := r.keepJSON
	if r.written("format") == formatJSON {
		leave = func(res result, o resultOptions) error { return r.emit(res, o, render.Options{}) }
	}
	if failed := leave(res, o); failed != nil && !errors.As(failed, &told) {
		return errors.Join(err, failed)
	}
	return err
}

// written is the value that the command line gives a flag, found without the library, which forgets
// every flag when it meets one that it does not know.
func (r *runtimeEnv) written(flag string) (value string) {
	for i, word := range r.args {
		name, text, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case name != flag || !strings.HasPrefix(word, "-"):
		case whole:
			value = text
		case i+1 < len(r.args):
			value = r.args[i+1]
		}
	}
	return value
}

package command

import (
	"errors"

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
	"doctor":       emptyDiagnosis,
	"status": func(r *runtimeEnv, problems []spec.Problem, code exit.Code) result {
		return emptyStatus(r, problems, code)
	},
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
func leaveJSON(c *cli.Context, r *runtimeEnv, err error) error {
	var told ended
	if err == nil || errors.As(err, &told) || commandPath(c) == "" || !hasFlag(c, "format") {
		return err
	}
	exit, problems := exitOfError(c.Context, err), []spec.Problem{failureProblem(err)}
	var res result = &problemsResult{problems, exit}
	if empty := emptyResults[commandPath(c)]; empty != nil {
		res = empty(r, problems, exit)
	}
	o := resultOptions{format: formatJSON}
	if hasFlag(c, "out-json") {
		o.outJSON = outputOf(c, "out-json")
		o.outJSON.path = r.args.valueOf("out-json")
	}
	if r.files == nil {
		r.files, _ = openFiles(c, r.Env, arity{})
	}
	if r.files.doubtful(o.outJSON, r.args) {
		o.outJSON = output{}
	}
	leave := r.keepJSON
	if r.args.valueOf("format") == formatJSON {
		leave = func(res result, o resultOptions) error { return r.emit(res, o, render.Options{}) }
	}
	failed := leave(res, o)
	if failed != nil && !errors.As(failed, &told) && failed.Error() != err.Error() { // a full disk refuses both
		return errors.Join(err, failed)
	}
	return err
}

package command

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	reconcile "makesync/sync"
	"makesync/sync/render"
)

// unusable are the results of commands that never began, by the command's name. Whoever reads the
// JSON of a run must not take that of an older one for it, whatever is wrong with the command line.
var unusable = map[string]func(*runtimeEnv, []spec.Problem) result{
	"validate": func(_ *runtimeEnv, problems []spec.Problem) result {
		return problemsResult{problems, reconcile.ExitUsage}
	},
	"plan": func(r *runtimeEnv, problems []spec.Problem) result {
		return planResult{Plan: reconcile.NoPlan(r.Now(), nil, problems, reconcile.ExitUsage)}
	},
	"apply": func(_ *runtimeEnv, problems []spec.Problem) result {
		return reportResult{Report: &reconcile.Report{Format: reconcile.ReportFormat, Problems: problems, Exit: reconcile.ExitUsage}}
	},
}

// tellUsage leaves the JSON that a run was asked for and that ended in a usage error, and gives the error
// back, which still goes to stderr.
func (r *runtimeEnv) tellUsage(c *cli.Context, err error) error {
	var usage usageError
	if !errors.As(err, &usage) {
		return err
	}
	empty := unusable[commandPath(c)]
	if empty == nil {
		return err
	}
	res := empty(r, []spec.Problem{failureProblem(err)})
	if failed := r.keepJSON(res, resultOptions{outJSON: r.written("out-json")}); failed != nil {
		return errors.Join(err, failed)
	}
	if r.written("format") != formatJSON {
		return err
	}
	if failed := r.emit(res, resultOptions{format: formatJSON}, render.Options{}); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// written is the value that the command line gives a flag, found without the library, which forgets every flag
// when it meets one that it does not know.
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

package command

import (
	"github.com/urfave/cli/v2"
)

// action wraps what a command does: the arguments are counted and the log set up
// before anything else happens.
func (r *runtimeEnv) action(a arity, run func(*cli.Context) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if err := a.check(r, c); err != nil {
			return r.leaveJSON(c, err)
		}
		if err := r.openLog(c); err != nil {
			return r.leaveJSON(c, err)
		}
		defer r.bar.Done()
		return r.leaveJSON(c, run(c))
	}
}

package command

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
)

// action wraps what a command does: the arguments are counted, the flags looked at and the log set
// up before anything else happens.
func (r *runtimeEnv) action(a arity, run func(*cli.Context) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if err := a.check(r, c); err != nil {
			return r.leaveJSON(c, err)
		}
		if err := checkNamed(c); err != nil {
			return r.leaveJSON(c, err)
		}
		if err := r.openLog(c); err != nil {
			return r.leaveJSON(c, err)
		}
		defer r.bar.Done()
		return r.leaveJSON(c, unbroken(c, run))
	}
}

// unbroken makes an error of a panic, so that a defect, too, ends with the JSON that was asked for.
func unbroken(c *cli.Context, run func(*cli.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = defect(cause)
		}
	}()
	return run(c)
}

// defect says where the program broke, and never with what: that could hold a secret.
func defect(cause any) failure {
	broken := spec.BrokenBy(cause)
	return failure{
		exit: exit.Internal, message: fmt.Sprintf("internal error (%s) at %s", broken.Kind, broken.Place),
		hint: "nothing more is printed here because it could hold a secret; please report the line above with the command you ran; `makesync runs list` shows what a broken apply had done",
	}
}

// naming are the flags that name something and would mean "no such flag" when empty. The value is
// mostly a shell variable then that is not set, and a run without --shard or --zone is a larger one
// than was meant.
var naming = []string{
	"base",
	"file",
	"journal",
	"live",
	"map",
	"out",
	"reference-root",
	"region",
	"seed",
	"shard",
	"state",
	"zone",
}

// checkNamed refuses them empty.
func checkNamed(c *cli.Context) error {
	for _, name := range naming {
		var values []string
		switch findFlag(c.Command.Flags, name).(type) {
		case *cli.StringFlag:
			values = []string{c.String(name)}
		case *cli.StringSliceFlag:
			values = c.StringSlice(name)
		}
		if c.IsSet(name) && slices.Contains(values, "") {
			return badUsage(c, "--%s is empty", name)
		}
	}
	return nil
}

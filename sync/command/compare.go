package command

import (
	"context"
	"io"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/render"
)

type compareOptions struct {
	sourceOptions
	result         resultOptions
	skipReferences bool
	billing        bool
	mapFile        string    // --map: the migration through which A is looked at
	names          [2]string // of the sides
}

const compareDescription = "A side is a zone's name, else a file or folder of documents, else a snapshot. " +
	"Organizations are paired by key, else by name; one without a partner is a difference. " +
	"What documents do not manage is not compared with a zone. Exit 2 when something differs."

func compareCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "compare",
		Usage:       "two sides, field by field, ids ignored",
		ArgsUsage:   "A B",
		Description: compareDescription,
		UsageText:   "makesync compare eu1 us1\nmakesync compare --organization 'acme*' clients/ live.json",
		Flags: joined(sourceFlags("what is sensitive"), []cli.Flag{
			formatFlag(formatText, formatJSON),
			outJSONFlag(resultFile("compare")),
			mapFlag("look at A through the `FILE` of a migration: renames and other e-mails are no differences"),
			skipReferencesFlag("are not compared"),
			&cli.BoolFlag{Name: "billing", Usage: "read and compare what organizations pay for, and by what, too"},
		}),
		Action: r.action(arity{2, 2, "two sides, A and B", allFiles}, func(c *cli.Context) error {
			o, err := readCompareOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runCompare(c.Context, r, o)
		}),
	}
}

func readCompareOptions(c *cli.Context, env Env) (o compareOptions, err error) {
	o.billing = c.Bool("billing")
	o.skipReferences, o.mapFile = c.Bool("skip-references"), c.String("map")
	o.names = [2]string{c.Args().Get(0), c.Args().Get(1)}
	if o.sourceOptions, err = readSourceOptions(c, env); err != nil {
		return o, err
	}
	o.result, err = readResultOptions(c, env, formatText, formatJSON)
	return o, err
}

func runCompare(ctx context.Context, r *runtimeEnv, o compareOptions) error {
	comparison, err := readAndCompare(ctx, r, o)
	if err != nil {
		return failCompare(ctx, r, o, err)
	}
	if err := r.emit(compareResult{comparison}, o.result, r.render(o.result, "compare")); err != nil {
		return err
	}
	return end(comparison.Exit)
}

// failCompare ends a run that has no comparison.
func failCompare(ctx context.Context, r *runtimeEnv, o compareOptions, err error) error {
	problems, code := withError(ctx, err, nil)
	empty := emptyComparison(o.names, problems, code)
	if err := r.emitFailed(empty, problems, code, o.result, "compare"); err != nil {
		return err
	}
	return end(code)
}

// emptyComparison is the result of a run that compared nothing.
func emptyComparison(names [2]string, problems []spec.Problem, code exit.Code) result {
	empty := compare.Compare(
		compare.ComparedSide{Name: names[0]}, compare.ComparedSide{Name: names[1]}, nil, nil, problems)
	empty.Exit = code
	return compareResult{empty}
}

type compareResult struct{ *compare.Comparison }

func (c compareResult) text(w io.Writer, o render.Options) error {
	return render.Compare(w, c.Comparison, o)
}
func (c compareResult) json(w io.Writer) error { return render.CompareJSON(w, c.Comparison) }

func (c compareResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&c.Comparison.Problems, &c.Comparison.Exit, problem)
}

func readAndCompare(ctx context.Context, r *runtimeEnv, o compareOptions) (*compare.Comparison, error) {
	decided, err := readMap(o.mapFile)
	if err != nil {
		return nil, err
	}
	sides, zones, err := sidesOf(r.Env, o)
	if err != nil {
		return nil, err
	}
	src, err := openSources(r, o.sourceOptions, zones...)
	if err != nil {
		return nil, err
	}
	defer src.close()
	collectEarlier()
	src.room = document.FieldsRoom()
	for i := range sides {
		if err := readSide(ctx, &sides[i], src, o); err != nil {
			return nil, err
		}
	}
	comparison := compare.CompareSides(sides[0], sides[1], compare.SideOptions{
		Select: src.chooseDocuments, Sensitive: src.sensitiveOn(sides), Map: decided, Billing: o.billing,
	})
	// Only now: the organizations of documents are chosen by the comparison.
	if unmatched := o.selector.Unmatched(o.names[0] + " and " + o.names[1]); len(unmatched) > 0 {
		return nil, invalid(unmatched)
	}
	tellLost(src.zones, &comparison.Problems, &comparison.Exit)
	return comparison, nil
}

// sidesOf tells what the two sides are, and which zones are among them.
func sidesOf(env Env, o compareOptions) (sides [2]compare.Side, zones []string, err error) {
	for i, name := range o.names {
		if sides[i].About, err = sideOf(env, name, o.sourceOptions); err != nil {
			return sides, nil, err
		}
		if sides[i].About.Kind == compare.SideZone {
			zones = append(zones, name)
		}
	}
	return sides, zones, nil
}

package command

import (
	"context"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
)

type validateOptions struct {
	documents documentOptions
	urls      map[string]string
	result    resultOptions
}

var validateFormats = []string{formatText, formatJSON, formatGitHub}

func validateCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "validate",
		Usage: "check documents offline",
		Description: "Loads the documents and reports every problem of every file at once, with its position; " +
			"also those of policies, whose tests it runs. " +
			"Needs no network and no token. Exit 3 when there is an error; warnings alone are 0.",
		UsageText: "makesync validate -f clients/",
		Flags: joined(documentFlags(), []cli.Flag{zoneURLFlag()},
			resultFlags(resultFile(), validateFormats...), logFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readValidateOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runValidate(c.Context, r, o)
		}),
	}
}

func readValidateOptions(c *cli.Context, env Env) (o validateOptions, err error) {
	o.documents = readDocumentOptions(c)
	if o.urls, err = readZoneURLs(c); err != nil {
		return o, err
	}
	o.result, err = readResultOptions(c, env, validateFormats...)
	return o, err
}

func runValidate(ctx context.Context, r *runtimeEnv, o validateOptions) error {
	// No zone is opened here, so a simulated one does nothing; apply asks for its --sandbox.
	reach := zoneOptions{urls: o.urls, sandboxes: spec.BuiltinZoneNames()}
	found := load(ctx, r.Env, o.documents, reach, offlineMode)
	if err := r.files.readsNamed(found.desired); err != nil {
		return err
	}
	tested, err := found.policies.test(ctx, r.Env)
	if err != nil {
		return err
	}
	problems, code := spec.LimitProblems(append(found.problems, tested...)), exit.OK
	if spec.HasErrors(problems) {
		code = exit.Invalid
	}
	if err := r.emit(&problemsResult{problems, code}, o.result, r.render(o.result, "validate")); err != nil {
		return err
	}
	return end(code)
}

package command

import (
	"context"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/makeapi"
	"makesync/sync/offline"
	"makesync/sync/render"
)

type doctorOptions struct {
	sourceOptions
	result         resultOptions
	named          []string // --zone
	skipReferences bool
	stateOnly      bool // --state
	forget         bool
}

const doctorDescription = "Looks at documents and their references, at the state folder, and at each zone: " +
	"reachable, TLS, proxy, clock, token, scopes, the rate limit, the role of the token's user, " +
	"feature controls and teams that documents name, and whether the zone's own contract is as this build knows it. " +
	"Makes six calls a zone, and one or two for each organization whose documents name such; changes nothing. " +
	"Exit 0, else 3 documents, 1 state folder, 7 token or rights, 8 zone."

func doctorCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "doctor",
		Usage:       "is everything ready: zone, token, scopes, rights, contract, state folder",
		Description: doctorDescription,
		UsageText:   "makesync doctor -f clients/\nmakesync doctor --zone eu1 --format json\nmakesync doctor --state",
		Flags: joined([]cli.Flag{
			zonesFlag(),
			&cli.BoolFlag{Name: "state", Usage: "look at the state folder alone: no documents, no network"},
			&cli.BoolFlag{
				Name:  "forget",
				Usage: "forget what plans of Make have refused, so that the next run tries it again",
			},
			skipReferencesFlag("are not checked"),
			formatFlag(formatText, formatJSON),
			outJSONFlag(resultFile("doctor")),
		}, doctorSourceFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o := doctorOptions{
				named: c.StringSlice("zone"), stateOnly: c.Bool("state"), forget: c.Bool("forget"),
				skipReferences: c.Bool("skip-references"),
			}
			var err error
			if o.sourceOptions, err = readSourceOptions(c, r.Env); err != nil {
				return err
			}
			if o.result, err = readResultOptions(c, r.Env, formatText, formatJSON); err != nil {
				return err
			}
			if o.stateOnly && (len(o.files) > 0 || len(o.named) > 0) {
				return badUsage(c, "--state looks at neither documents nor zones")
			}
			return runDoctor(c.Context, r, o)
		}),
	}
}

// doctorSourceFlags are those of sources but --organization: all that is declared is looked at.
func doctorSourceFlags() []cli.Flag {
	return slices.DeleteFunc(sourceFlags("what has to be ready"), func(f cli.Flag) bool {
		return f.Names()[0] == "organization"
	})
}

func runDoctor(ctx context.Context, r *runtimeEnv, o doctorOptions) error {
	checks := checkState(ctx, r)
	if o.forget {
		checks = append(checks, forgetRefusals(r.Env))
	}
	if !o.stateOnly {
		found, err := checkEverything(ctx, r, o)
		if err != nil {
			return err
		}
		checks = append(checks, found...)
	}
	diagnosis := diagnosisResult{fleet.NewDiagnosis(checks)}
	if err := r.emit(diagnosis, o.result, r.render(o.result, "doctor")); err != nil {
		return err
	}
	return end(diagnosis.Exit)
}

func checkEverything(ctx context.Context, r *runtimeEnv, o doctorOptions) ([]fleet.Check, error) {
	found := loaded{desired: &spec.Desired{Guards: spec.DefaultGuards()}}
	if len(o.files) > 0 {
		found = load(ctx, r.Env, documentOptions{
			files: o.files, given: true, zone: onlyZone(o.named),
			guards: o.guards, referenceRoots: o.referenceRoots, skipReferences: o.skipReferences,
		}, o.zones, offlineMode)
	} else {
		_, found.problems = loadTrusted(r.Env, documentOptions{guards: o.guards})
	}
	if err := r.files.readsNamed(found.desired); err != nil {
		return nil, err
	}
	checks := checkDocuments(o, found.problems)
	if found.desired == nil || hasDocumentErrors(checks) {
		return checks, nil
	}
	probes := map[string]*makeapi.Probe{}
	src, err := openProbed(r, o, found.desired, probes)
	if err != nil {
		problems, _ := withError(ctx, err, nil)
		return append(checks, zoneProblemChecks(problems)...), nil
	}
	defer src.close()
	ctx, stop := untilDeadline(ctx, src)
	defer stop()
	if len(src.zones.ports) == 0 {
		checks = append(checks, fleet.Check{Name: "zone", State: fleet.CheckSkipped,
			Message: "no zone is named", Fix: "give -f DOCS, --zone NAME or MAKE_ZONE"})
	}
	for _, name := range src.zones.names() {
		needs := needsOf(src.desired, name, r)
		facts := gatherFacts(ctx, src, src.zones.ports[name], probes[name], needs)
		if exit.StopExit(ctx) != exit.OK {
			return nil, context.Cause(ctx)
		}
		checks = append(checks, fleet.CheckZone(facts, needs)...)
	}
	return checks, nil
}

// openProbed connects the zones so that what replies say about the way to them is remembered.
func openProbed(
	r *runtimeEnv, o doctorOptions, desired *spec.Desired, probes map[string]*makeapi.Probe,
) (*sources, error) {
	env := r.Env
	r.Env.Transport = probedTransport(env, o.zones.concurrency, probes)
	defer func() { r.Env.Transport = env.Transport }()
	return openFleet(r, o.sourceOptions, o.named, desired)
}

// needsOf are what documents want of a zone.
func needsOf(desired *spec.Desired, zone string, r *runtimeEnv) *fleet.Needs {
	needs := &fleet.Needs{Now: r.Now(), Of: offline.NeededOf(desired, zone).Of}
	for i := range desired.Organizations {
		if desired.Organizations[i].Zone == zone {
			needs.Declared = append(needs.Declared, &desired.Organizations[i])
		}
	}
	return needs
}

// referenceRule is the rule of problems that are about references; the others are about documents.
const referenceRule = "unresolved-reference"

// checkDocuments makes a check of what documents and their references are.
func checkDocuments(o doctorOptions, problems []spec.Problem) []fleet.Check {
	if len(o.files) == 0 {
		none := fleet.Check{Name: "documents", State: fleet.CheckSkipped, Message: "none were given",
			Fix: "-f DOCS tells what a run of them needs"}
		return append([]fleet.Check{none}, problemChecks("documents", problems)...) // of trusted files
	}
	var checks []fleet.Check
	for name, isIts := range map[string]func(spec.Problem) bool{
		"documents":  func(p spec.Problem) bool { return p.Rule != referenceRule },
		"references": func(p spec.Problem) bool { return p.Rule == referenceRule },
	} {
		own := slices.DeleteFunc(slices.Clone(problems), func(p spec.Problem) bool { return !isIts(p) })
		switch {
		case len(own) > 0:
			checks = append(checks, problemChecks(name, own)...)
		case name == "references" && o.skipReferences:
			checks = append(checks, fleet.Check{Name: name, State: fleet.CheckSkipped, Message: "--skip-references"})
		default:
			checks = append(checks, fleet.Check{Name: name, State: fleet.CheckOK, Message: wellWords[name]})
		}
	}
	return checks
}

var wellWords = map[string]string{"documents": "valid", "references": "all can be read"}

// mostProblems are the problems that are told one by one.
const mostProblems = 10

// zoneProblemChecks are the problems of zones that cannot be called. One that is none is a mistake
// of who named it, like one in a document, and no zone that does not answer.
func zoneProblemChecks(problems []spec.Problem) (checks []fleet.Check) {
	for _, problem := range problems {
		name := "zone"
		if problem.Rule == unknownZoneRule {
			name = "documents"
		}
		checks = append(checks, problemChecks(name, []spec.Problem{problem})...)
	}
	return checks
}

// problemChecks are problems as checks.
func problemChecks(name string, problems []spec.Problem) []fleet.Check {
	var checks []fleet.Check
	for _, p := range problems[:min(len(problems), mostProblems)] {
		check := fleet.Check{Name: name, State: fleet.CheckFailed, Message: p.Message, Fix: p.Hint}
		if p.Severity == spec.Warning {
			check.State = fleet.CheckWarning
		}
		if p.Source != nil {
			check.Message = p.Source.String() + ": " + p.Message
		}
		checks = append(checks, check)
	}
	if rest := len(problems) - mostProblems; rest > 0 {
		checks = append(checks, fleet.Check{Name: name, State: fleet.CheckFailed,
			Message: text.Count(rest, "more problem", "more problems"), Fix: "`makesync validate` shows all"})
	}
	return checks
}

func hasDocumentErrors(checks []fleet.Check) bool {
	return slices.ContainsFunc(checks, func(c fleet.Check) bool {
		return c.Name == "documents" && c.State == fleet.CheckFailed
	})
}

type diagnosisResult struct{ *fleet.Diagnosis }

func (d diagnosisResult) text(w io.Writer, o render.Options) error {
	return render.Doctor(w, d.Diagnosis, o)
}
func (d diagnosisResult) json(w io.Writer) error { return render.DoctorJSON(w, d.Diagnosis) }

// outputError is told on stderr; a diagnosis holds checks alone.
func (d diagnosisResult) outputError(problem spec.Problem) exit.Code {
	d.Diagnosis.Exit = exit.Worst(d.Diagnosis.Exit, exit.Internal)
	return d.Diagnosis.Exit
}

// emptyDiagnosis is that of a run that ended before anything was looked at.
func emptyDiagnosis(_ *runtimeEnv, problems []spec.Problem, code exit.Code) result {
	diagnosis := fleet.NewDiagnosis(problemChecks("documents", problems))
	diagnosis.Exit = code
	return diagnosisResult{diagnosis}
}

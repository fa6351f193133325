package command

import (
	"context"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/savedplan"
)

// connectSaved reads the plan file and connects the zones that it names. Zones and tokens come from
// this run's documents, flags and environment, never from the file; of the documents only `zones`
// counts.
func (a *applyRun) connectSaved() error {
	saved, problems, err := loadPlan(a.file, a.r.Env)
	if a.problems = problems; err != nil {
		return err
	}
	documents, problems, err := zoneDocuments(a.r.Env, a.options.documents)
	if a.problems = problems; err != nil {
		return err
	}
	unknown := unknownZone(documents, a.options.documents.defaultZone(a.r.Env), a.options.zones)
	if a.problems = append(a.problems, unknown...); spec.HasErrors(unknown) {
		return errInvalid
	}
	if err := a.r.files.readsNamed(&spec.Desired{Zones: documents.Zones()}); err != nil {
		return err
	}
	if err := a.hydrate(saved, documents); err != nil {
		return err
	}
	a.plan = saved
	a.zones, a.problems, err = connectNamed(
		a.r, saved.Zones, documents, a.options.documents, a.options.zones, readWrite)
	if err != nil {
		return err
	}
	a.zones.hide(plannedSecrets(saved))
	return a.readRules(documents)
}

// readRules reads the guards and policies that this run judges the saved plan by: those of the
// documents of -f, and of trusted files over them.
func (a *applyRun) readRules(documents *document.Documents) error {
	trusted, problems := loadTrusted(a.r.Env, a.options.documents)
	problems = append(problems, documents.Tighten(trusted)...)
	var wrong []spec.Problem
	a.policies, wrong = compilePolicies(documents.Policies())
	a.policies.unsealed = sealKey(a.r.Env).IsZero()
	a.problems = append(append(a.problems, problems...), wrong...)
	if spec.HasErrors(a.problems) {
		return errInvalid
	}
	a.desired = &spec.Desired{Guards: documents.Guards(), Settings: documents.GuardSettings()}
	if a.trusted = trusted != nil; a.trusted || !a.policies.none() {
		return checkKeys(a, documents)
	}
	return nil
}

// checkRules: without trusted files to judge by, a plan is applied under those guards and policies
// only under which it was made. Where these hold drift, a plan that cannot tell it is not applied:
// one from a snapshot (--live) may be made without --since.
func (a *applyRun) checkRules() error {
	switch {
	case a.trusted:
		return nil
	case a.plan.GuardsDigest == spec.GuardsDigest(a.desired.Settings):
		if a.desired.Guards.HoldDrift && tellsNoOrigin(a.plan) {
			return errDriftUnknown
		}
		return nil
	}
	a.problems = append(a.problems, spec.Problem{Severity: spec.Error, Rule: "plan-guards",
		Message: "the plan was made under other guards and policies than those of this run",
		Hint:    "give the same -f and --guards as for the plan; with --guards it is judged again under those"})
	return errStale
}

// judge judges the steps again, by the policies of this run and by its guards where trusted files
// state them. A plan is applied as it is: what is held holds all of it, unless --allow-partial.
func (a *applyRun) judge(ctx context.Context) error {
	if err := a.checkRules(); err != nil {
		return err
	}
	a.made = *a.plan
	a.doubtOrigins()
	request, err := a.request(a.zones.readers(), "")
	if err != nil {
		return err
	}
	request.Memory = a.store.Memory()
	a.plan.Problems = spec.OnceEach(append(a.plan.Problems, request.Problems...))
	held, err := planner.Rejudge(ctx, a.plan, request, a.trusted)
	switch {
	case err != nil:
		return err
	case len(held) == 0 || a.allowPartial || a.plan.Policies.HasErrors():
		return nil // do tells of what is forbidden
	}
	for _, h := range held {
		a.problems = append(a.problems, heldProblem(h))
	}
	return errJudged
}

// doubtOrigins: why a step is there nobody can look up any more, so where it matters that is
// believed of a sealed plan only.
func (a *applyRun) doubtOrigins() {
	matters := a.desired.Guards.HoldDrift || !a.policies.none()
	if matters && sealKey(a.r.Env).IsZero() && savedplan.ForgetOrigins(a.plan) {
		a.problems = append(a.problems, spec.Problem{Severity: spec.Warning, Rule: "origin-unsealed",
			Message: "the plan says why its steps are there, and without a seal nobody knows whether that is true",
			Hint:    "set MAKESYNC_SEAL_KEY for plan and apply"})
	}
}

// heldProblem tells of a step of a saved plan that is held now.
func heldProblem(h plan.Held) spec.Problem {
	hint := "no --allow lifts a policy; make a new plan, or apply the other steps with --allow-partial"
	if h.Allow != "" {
		hint = "let it through with --allow " + text.ShellQuote(h.Allow) +
			", or apply the other steps with --allow-partial"
	}
	return spec.Problem{Severity: spec.Error, Rule: h.Guard, Address: h.Address, Message: string(h.Op) + " is held: " +
		h.Reason, Hint: hint}
}

// hydrate takes the secrets of the plan from their references again.
func (a *applyRun) hydrate(saved *plan.Plan, documents *document.Documents) error {
	options := document.ResolveOptions{
		LookupEnv: a.r.LookupEnv, ReferenceRoots: a.options.documents.referenceRoots, Folders: documents.Folders(),
	}
	names := zoneURLNames(a.options.zones.urls)
	for _, zone := range saved.Zones {
		names = append(names, zone.Name)
	}
	secrets := document.SecretsOf(documents.Zones(), a.r.LookupEnv, a.options.documents.referenceRoots, names...)
	references, err := document.NewReferences(options, secrets)
	if err != nil {
		return failure{exit: exit.Invalid, message: err.Error()}
	}
	var read []string
	a.problems = savedplan.Hydrate(saved, func(reference string) (spec.Value, error) {
		read = append(read, document.ReferencedFiles(reference, "")...)
		return references.Evaluate(reference)
	})
	if err := a.r.files.reads(read...); err != nil {
		return err
	}
	if len(a.problems) > 0 {
		return errInvalid
	}
	return nil
}

// verify asks whether the saved plan may still be applied, by this run's users.
func (a *applyRun) verify(ctx context.Context) error {
	zones := map[string]plan.Zone{}
	for _, name := range a.zones.names() {
		user, err := a.zones.ports[name].port().Reader.Me(ctx)
		if err != nil {
			return err
		}
		zones[name] = plan.ZoneAt(a.zones.ports[name].endpoint, user)
	}
	mark, used, err := a.store.UsedBy(a.plan)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	o := savedplan.VerifyOptions{Now: a.r.Now(), Zones: zones}
	if used {
		o.Used = (&history.UsedError{Mark: mark}).Error()
	}
	if problems := savedplan.Verify(a.plan, o); len(problems) > 0 {
		a.problems = problems
		return errStale
	}
	for i := range a.plan.Zones { // not as a file writes them, in other letters: policies look at them
		a.plan.Zones[i] = zones[a.plan.Zones[i].Name]
	}
	return nil
}

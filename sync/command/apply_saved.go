package command

import (
	"context"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
)

// connectSaved reads the plan file and connects the zones that it names. Zones and tokens come from
// this run's documents, flags and environment, never from the file; of the documents only `zones`
// counts.
func (a *applyRun) connectSaved() error {
	saved, problems, err := loadPlan(a.file, sealKey(a.r.Env))
	if a.problems = problems; err != nil {
		return err
	}
	documents, problems, err := zoneDocuments(a.options.documents)
	if a.problems = problems; err != nil {
		return err
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
	return err
}

// hydrate takes the secrets of the plan from their references again.
func (a *applyRun) hydrate(saved *plan.Plan, documents *document.Documents) error {
	options := document.ResolveOptions{
		LookupEnv: a.r.LookupEnv, ReferenceRoots: a.options.documents.referenceRoots, Folders: documents.Folders(),
	}
	var read []string
	a.problems = saved.Hydrate(func(reference string) (spec.Value, error) {
		read = append(read, document.ReferencedFiles(reference, "")...)
		return document.Evaluate(reference, options)
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
	o := plan.VerifyOptions{Now: a.r.Now(), Zones: zones}
	if used {
		o.Used = (&history.UsedError{Mark: mark}).Error()
	}
	if problems := a.plan.Verify(o); len(problems) > 0 {
		a.problems = problems
		return errStale
	}
	return nil
}

package command

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"

	"makesync/spec"
	reconcile "makesync/sync"
	"makesync/sync/history"
)

// sealKey is the key of MAKESYNC_SEAL_KEY; empty without one.
func (r *runtimeEnv) sealKey() spec.Value { return spec.Sensitive(r.lookup("MAKESYNC_SEAL_KEY")) }

// savePlan writes the file of `plan -o`, and gives the plan its seal. A plan that could not be made
// whole leaves no file.
func (r *runtimeEnv) savePlan(plan *reconcile.Plan, o planOptions) error {
	if o.out == "" || plan.Exit == reconcile.ExitInvalid || plan.Exit == reconcile.ExitRefused || plan.Exit == reconcile.ExitUnreachable {
		return nil
	}
	data, problems := reconcile.EncodePlan(plan, r.sealKey())
	if len(problems) > 0 {
		plan.Problems = append(plan.Problems, problems...)
		plan.Exit = reconcile.ExitInvalid
		return nil
	}
	if err := history.SavePlan(o.out, data); err != nil {
		return failure{exit: reconcile.ExitInternal, message: err.Error()}
	}
	return nil
}

// connectSaved reads the plan file and connects the zones that it names. Zones and tokens come from this run's
// documents, flags and environment, never from the file; of the documents only `zones` counts.
func (a *application) connectSaved() error {
	data, err := history.LoadPlan(a.o.file)
	if err != nil {
		return failure{exit: reconcile.ExitInvalid, message: err.Error()}
	}
	plan, problems := reconcile.DecodePlan(data, a.r.sealKey())
	if len(problems) > 0 {
		a.problems = problems
		return errInvalid
	}
	documents, err := a.zoneDocuments()
	if err != nil {
		return err
	}
	if err := a.hydrate(plan, documents); err != nil {
		return err
	}
	a.plan = plan
	return a.connectZones(plan, documents)
}

// zoneDocuments loads the documents of -f. Without -f there need not be any: the zones may all be built in.
func (a *application) zoneDocuments() (*spec.Documents, error) {
	files := a.o.plan.documents.files
	if _, err := os.Stat(defaultDocument); err != nil && slices.Equal(files, []string{defaultDocument}) && !a.o.fileGiven {
		return &spec.Documents{}, nil
	}
	documents, problems := spec.Load(spec.LoadOptions{Paths: files})
	if spec.HasErrors(problems) {
		a.problems = problems
		return nil, errInvalid
	}
	return documents, nil
}

// hydrate takes the secrets of the plan from their references again.
func (a *application) hydrate(plan *reconcile.Plan, documents *spec.Documents) error {
	options := spec.ResolveOptions{
		LookupEnv: a.r.LookupEnv, ReferenceRoots: a.o.plan.documents.referenceRoots, Folders: documents.Folders(),
	}
	a.problems = plan.Hydrate(func(reference string) (spec.Value, error) { return spec.Evaluate(reference, options) })
	if len(a.problems) > 0 {
		return errInvalid
	}
	return nil
}

func (a *application) connectZones(plan *reconcile.Plan, documents *spec.Documents) error {
	var names []string
	for _, zone := range plan.Zones {
		names = append(names, zone.Name)
	}
	known := documents.Zones()
	endpoints, problems := spec.Endpoints(known, names, spec.EndpointOptions{
		LookupEnv: a.r.LookupEnv, ZoneURLs: a.o.plan.zones.urls, Named: a.r.namedZones(a.o.plan.documents),
		ReferenceRoots: a.o.plan.documents.referenceRoots,
	})
	maps.DeleteFunc(endpoints, func(name string, _ spec.Endpoint) bool {
		return a.o.plan.documents.zone != "" && a.o.plan.documents.zone != name
	})
	if a.problems = withoutUnknownZones(problems); spec.HasErrors(a.problems) {
		return errInvalid
	}
	var err error
	a.zones, err = a.r.openZones(endpoints, a.o.plan.zones, readWrite)
	return err
}

// withoutUnknownZones leaves out what Verify says better: the plan is foreign.
func withoutUnknownZones(problems []spec.Problem) []spec.Problem {
	return slices.DeleteFunc(problems, func(p spec.Problem) bool { return p.Rule == "unknown-zone" })
}

// verify asks whether the saved plan may still be applied, by this run's users.
func (a *application) verify(ctx context.Context) error {
	users := map[string]reconcile.User{}
	for _, name := range a.zones.names() {
		user, err := a.zones.ports[name].port().Reader.Me(ctx)
		if err != nil {
			return err
		}
		users[name] = user
	}
	mark, used, err := a.store.UsedBy(a.plan)
	if err != nil {
		return failure{exit: reconcile.ExitInternal, message: err.Error()}
	}
	o := reconcile.VerifyOptions{Now: a.r.Now(), Users: users}
	if used {
		o.Used = (&history.UsedError{Mark: mark}).Error()
	}
	if problems := a.plan.Verify(o); len(problems) > 0 {
		a.problems = problems
		return errStale
	}
	return nil
}

// errStale: the saved plan may not be applied any more, and the problems say why.
var errStale = errors.New("the saved plan may not be applied")

package command

import (
	"context"
	"errors"
	"os"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// sealKey is the key of MAKESYNC_SEAL_KEY; empty without one.
func (r *runtimeEnv) sealKey() spec.Value { return spec.Sensitive(r.lookup("MAKESYNC_SEAL_KEY")) }

// unsavableExits are those of plans that leave no file: nothing was planned, or it may not be
// applied.
var unsavableExits = []exit.Code{
	exit.Invalid, exit.Interrupted, exit.Terminated, exit.Refused, exit.Unreachable,
}

// savePlan writes the file of -o, and tells whether it did.
func (r *runtimeEnv) savePlan(p *plan.Plan, o planOptions) (saved bool, err error) {
	if o.out == "" || slices.Contains(unsavableExits, p.Exit) {
		return false, nil
	}
	data, problems := plan.Encode(p, r.sealKey())
	if len(problems) > 0 {
		p.Problems = append(p.Problems, problems...)
		p.Exit = exit.Invalid
		return false, nil
	}
	if err := history.SavePlan(o.out, data); err != nil {
		return false, failure{exit: exit.Internal, message: err.Error()}
	}
	return true, nil
}

// connectSaved reads the plan file and connects the zones that it names. Zones and tokens come from
// this run's documents, flags and environment, never from the file; of the documents only `zones`
// counts.
func (a *application) connectSaved() error {
	data, err := history.LoadPlan(a.o.file)
	if err != nil {
		return failure{exit: exit.Invalid, message: err.Error()}
	}
	plan, problems := plan.Decode(data, a.r.sealKey())
	if len(problems) > 0 {
		a.problems = problems
		return errInvalid
	}
	documents, problems, err := a.r.zoneDocuments(a.o.plan.documents)
	if a.problems = problems; err != nil {
		return err
	}
	if err := a.hydrate(plan, documents); err != nil {
		return err
	}
	a.plan = plan
	return a.connectZones(plan, documents)
}

// zoneDocuments loads the documents of -f for their zones. Without -f there need not be any: the
// zones may all be built in.
func (r *runtimeEnv) zoneDocuments(o documentOptions) (*document.Documents, []spec.Problem, error) {
	if _, err := os.Stat(defaultDocument); err != nil && !o.given {
		return &document.Documents{}, nil, nil
	}
	documents, problems := document.Load(document.LoadOptions{Paths: o.files})
	if spec.HasErrors(problems) {
		return nil, problems, errInvalid
	}
	return documents, problems, nil
}

// hydrate takes the secrets of the plan from their references again.
func (a *application) hydrate(plan *plan.Plan, documents *document.Documents) error {
	options := document.ResolveOptions{
		LookupEnv: a.r.LookupEnv, ReferenceRoots: a.o.plan.documents.referenceRoots, Folders: documents.Folders(),
	}
	a.problems = plan.Hydrate(
		func(reference string) (spec.Value, error) { return document.Evaluate(reference, options) },
	)
	if len(a.problems) > 0 {
		return errInvalid
	}
	return nil
}

func (a *application) connectZones(plan *plan.Plan, documents *document.Documents) (err error) {
	a.zones, a.problems, err = a.r.connectNamed(plan.Zones, documents, a.o.plan, readWrite)
	return err
}

// connectNamed connects the zones that a plan or a journal names, as this run's documents, flags
// and environment reach them. A zone that they do not know is left out.
func (r *runtimeEnv) connectNamed(
	list []plan.Zone,
	documents *document.Documents,
	o planOptions,
	may access,
) (*zones, []spec.Problem, error) {
	var names []string
	for _, zone := range list {
		if only := o.documents.only(documents.Zones()); only == "" || only == zone.Name {
			names = append(names, zone.Name)
		}
	}
	endpoints, problems := document.Endpoints(documents.Zones(), names, document.EndpointOptions{
		LookupEnv: r.LookupEnv, ZoneURLs: o.zones.urls, Named: r.namedZones(o.documents), ReferenceRoots: o.documents.referenceRoots,
	})
	problems = slices.DeleteFunc(problems, func(p spec.Problem) bool { return p.Rule == "unknown-zone" })
	if spec.HasErrors(problems) {
		return nil, problems, errInvalid
	}
	connected, err := r.openZones(endpoints, o.zones, may)
	return connected, problems, err
}

// verify asks whether the saved plan may still be applied, by this run's users.
func (a *application) verify(ctx context.Context) error {
	users := map[string]state.User{}
	for _, name := range a.zones.names() {
		user, err := a.zones.ports[name].port().Reader.Me(ctx)
		if err != nil {
			return err
		}
		users[name] = user
	}
	mark, used, err := a.store.UsedBy(a.plan)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	o := plan.VerifyOptions{Now: a.r.Now(), Users: users}
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

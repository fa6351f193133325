package command

import (
	"context"
	"net/http"
	"sync"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/makeapi"
	"makesync/sync/state"
)

// probedTransport gives each zone a transport that remembers what replies say about the way to it.
func probedTransport(env Env, concurrency int, probes map[string]*makeapi.Probe) func(string) http.RoundTripper {
	return func(zone string) http.RoundTripper {
		probes[zone] = makeapi.NewProbe(env.transport(zone, concurrency))
		return probes[zone]
	}
}

// gatherFacts asks a zone what doctor looks at. A failure of one call leaves the others: each is a
// fact of its own. Probe is nil for a zone in this process.
func gatherFacts(
	ctx context.Context, src *sources, p port, probe *makeapi.Probe, needs *fleet.Needs,
) *fleet.Facts {
	f := &fleet.Facts{Endpoint: p.endpoint, Proxy: makeapi.ProxyOf(p.endpoint.URL)}
	if p.client == nil {
		f.Reached, f.UserErr = p.refusal, p.refusal
		return f
	}
	inspector := makeapi.NewInspector(p.client)
	if f.Reached = inspector.Ping(ctx); f.Reached != nil {
		return f
	}
	if f.User, f.UserErr = p.client.Me(ctx); f.UserErr == nil {
		gatherRights(ctx, src, p, inspector, f)
		gatherNamed(ctx, inspector, f, needs, src.o.zones.concurrency)
	}
	var document []byte
	if document, f.ContractErr = inspector.Contract(ctx); f.ContractErr == nil {
		f.Contract, f.ContractErr = fleet.ParseContract(document)
	}
	f.Refused = p.client.Refused()
	if probe != nil {
		addWay(f, probe.Last())
	}
	return f
}

// gatherRights asks what the token may do.
func gatherRights(ctx context.Context, src *sources, p port, inspector *makeapi.Inspector, f *fleet.Facts) {
	if scopes, err := inspector.Scopes(ctx); err == nil {
		f.Scopes = scopes
	}
	rows, err := p.client.Organizations(ctx)
	if f.OrganizationsErr = err; err == nil {
		f.Organizations, _ = state.Candidates(p.endpoint, rows, src.otherHosts(p.endpoint)...)
	}
	f.Roles, f.RolesErr = inspector.OwnRoles(ctx)
}

// fallbackConcurrency is how many organizations are asked side by side where nobody says.
const fallbackConcurrency = 8

// gatherNamed asks for what documents name, in their organizations alone.
func gatherNamed(
	ctx context.Context, inspector *makeapi.Inspector, f *fleet.Facts, needs *fleet.Needs, concurrency int,
) {
	f.Named = map[int64]fleet.Named{}
	var lock sync.Mutex
	var group spec.Group
	if group.SetLimit(fallbackConcurrency); concurrency > 0 {
		group.SetLimit(concurrency)
	}
	for o, live := range needs.Bind(f.Organizations) {
		controls, teams := o != nil && len(o.FeatureControls) > 0, o != nil && fleet.InvitesToTeams(o)
		if !controls && !teams {
			continue
		}
		group.Go(func() error {
			n := readNamed(ctx, inspector, live, controls, teams)
			lock.Lock()
			defer lock.Unlock()
			f.Named[live.ID] = n
			return nil
		})
	}
	_ = group.Wait() // what could not be read is said in what was
}

func readNamed(
	ctx context.Context, inspector *makeapi.Inspector, live *state.Organization, controls, teams bool,
) (n fleet.Named) {
	if controls {
		read := &state.Organization{Organization: spec.Organization{ID: live.ID, Name: live.Name}}
		n.ControlsErr = inspector.Controls(ctx, read)
		n.Controls = read.FeatureControls
	}
	if teams {
		n.AddToTeams, n.TeamsErr = inspector.MayAddToTeams(ctx, live.ID)
	}
	return n
}

func addWay(f *fleet.Facts, seen makeapi.Seen) {
	f.ZoneTime, f.OurTime = seen.ZoneTime, seen.OurTime
	f.Limit, f.Remaining = seen.Limit, seen.Remaining
	if seen.TLSVersion != "" {
		f.TLS = &fleet.TLS{Version: seen.TLSVersion, Expires: seen.CertificateExpires}
	}
}

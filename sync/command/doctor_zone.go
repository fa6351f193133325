package command

import (
	"context"
	"net/http"

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
func gatherFacts(ctx context.Context, src *sources, p port, probe *makeapi.Probe) *fleet.Facts {
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
	}
	var document []byte
	if document, f.ContractErr = inspector.Contract(ctx); f.ContractErr == nil {
		f.Contract, f.ContractErr = fleet.ParseContract(document)
	}
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

func addWay(f *fleet.Facts, seen makeapi.Seen) {
	f.ZoneTime, f.OurTime = seen.ZoneTime, seen.OurTime
	f.Limit, f.Remaining = seen.Limit, seen.Remaining
	if seen.TLSVersion != "" {
		f.TLS = &fleet.TLS{Version: seen.TLSVersion, Expires: seen.CertificateExpires}
	}
}

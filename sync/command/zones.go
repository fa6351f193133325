package command

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"path/filepath"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/apply"
	"makesync/sync/exit"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/sandbox"
	"makesync/sync/state"
)

// access says what a command may do in a zone.
type access bool

const (
	readOnly  access = false
	readWrite access = true
)

// zones are the zones of a run, connected. Close them at its end.
type zones struct {
	ports    map[string]port
	worlds   map[string]*sandbox.World // embedded zones by state file: one file, one world
	inFlight makeapi.InFlightLimit     // for requests, of all zones together
}

// port is one connected zone.
type port struct {
	endpoint spec.Endpoint
	client   *makeapi.Client // nil when the zone cannot even be asked; refusal says why
	refusal  *state.CallError
}

// otherHosts are the hosts of all zones but one: built in, declared, or used in this run.
func (z *zones) otherHosts(desired *spec.Desired, own spec.Endpoint) []string {
	var used []spec.Endpoint
	for _, port := range z.ports {
		used = append(used, port.endpoint)
	}
	return state.KnownHosts(own, desired.Zones, used...)
}

// openZones connects the zones; it sends nothing yet. A zone without a token, or with an url that
// cannot be used, is there all the same, and answers every question with that reason: the others go
// on.
func openZones(
	r *runtimeEnv, secrets document.OwnSecrets, endpoints map[string]spec.Endpoint, o zoneOptions, may access,
) (*zones, error) {
	z := &zones{
		ports:    map[string]port{},
		worlds:   map[string]*sandbox.World{},
		inFlight: makeapi.NewInFlightLimit(o.concurrency),
	}
	for _, endpoint := range endpoints {
		secrets = secrets.With(endpoint.Token.Reveal())
	}
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		p, err := openZone(r, z, endpoints[name], o, may, secrets)
		if err != nil {
			return nil, errors.Join(err, z.close())
		}
		z.ports[name] = p
	}
	return z, nil
}

// openZonesOf is openZones for documents: what they declare as a secret no message of a zone shows.
func openZonesOf(
	r *runtimeEnv, desired *spec.Desired, roots []string, endpoints map[string]spec.Endpoint, o zoneOptions, may access,
) (*zones, error) {
	z, err := openZones(r, document.SecretsOf(desired.Zones, r.LookupEnv, roots), endpoints, o, may)
	if err == nil {
		z.hide(declaredSecrets(desired))
	}
	return z, err
}

func openZone(
	r *runtimeEnv, z *zones, e spec.Endpoint, o zoneOptions, may access, secrets document.OwnSecrets,
) (port, error) {
	var transport http.RoundTripper
	if e.Sandbox != nil {
		handler, err := z.embedded(&e, o.leavesNothing && may == readOnly)
		if err != nil {
			return port{}, err
		}
		transport = makeapi.HandlerTransport(handler)
	} else {
		transport = r.transport(e.Name, o.concurrency)
	}
	if may == readOnly {
		transport = makeapi.ReadOnly(transport)
	}
	if e.Token.IsZero() {
		return port{endpoint: e, refusal: noToken(e)}, nil
	}
	secrets = secrets.With(e.Token.Reveal())
	client, err := makeapi.New(makeapi.Options{
		Name: e.Name, URL: e.URL, Token: e.Token, TokenFrom: e.TokenFrom, Transport: transport,
		Version: r.Build.Version, Timeout: o.timeout, Concurrency: o.concurrency, Adaptive: o.adaptive,
		GivesAway: secrets.GivenAway, Secrets: secrets.Texts(),
		TokenForms: document.FormsOf(e.Token.Reveal()),
		InFlight:   z.inFlight, RateShare: o.rateShare, Log: r.log, OnWait: r.bar.waits,
	})
	if err != nil {
		return port{}, failure{exit: exit.Invalid, message: err.Error()}
	}
	return port{endpoint: e, client: client}, nil
}

// hide has no zone's message repeat one of the secrets, whichever call it answers.
func (z *zones) hide(secrets []string) {
	for _, p := range z.ports {
		if p.client != nil {
			p.client.Hide(secrets)
		}
	}
}

// declaredSecrets are what documents declare as a secret.
func declaredSecrets(desired *spec.Desired) (secrets []string) {
	for i := range desired.Organizations {
		for _, v := range desired.Organizations[i].Variables {
			if v.Value.IsSensitive() {
				secrets = append(secrets, v.Value.Reveal())
			}
		}
	}
	return secrets
}

// plannedSecrets are those that the steps of a plan write.
func plannedSecrets(p *plan.Plan) (secrets []string) {
	for i := range p.Organizations {
		for _, step := range p.Organizations[i].Steps {
			if v := step.Arguments.Value; v != nil && v.IsSensitive() {
				secrets = append(secrets, v.Value().Reveal())
			}
		}
	}
	return secrets
}

// embedded opens the simulated zone behind an endpoint, and fills in what only its world knows: the
// host, and the token of its first user. A zone that the world does not name (`try`) is its first
// one.
func (z *zones) embedded(e *spec.Endpoint, unmoved bool) (http.Handler, error) {
	world, err := z.world(e, unmoved)
	if err != nil {
		return nil, sandboxFailure(e.Name, err)
	}
	name := e.Name
	if !slices.Contains(world.Zones(), name) {
		name = world.FirstZone()
	}
	host, err := world.Host(name)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(e.Sandbox.State)
	if err != nil {
		return nil, err
	}
	opened := *e.Sandbox
	opened.World = spec.HashJSON(path)
	e.Hosts, e.URL, e.Sandbox = []string{host}, "https://"+host, &opened
	if e.Token.IsZero() {
		e.Token = spec.Sensitive(world.FirstToken())
	}
	return world.Handler(name)
}

// world is the world of a state file, opened once however many zones it serves.
func (z *zones) world(e *spec.Endpoint, unmoved bool) (*sandbox.World, error) {
	path, err := filepath.Abs(e.Sandbox.State)
	if err != nil || z.worlds[path] != nil {
		return z.worlds[path], err
	}
	world, err := sandbox.Open(sandbox.Options{
		State: e.Sandbox.State, Seed: e.Sandbox.Seed, Below: cmp.Or(e.Sandbox.Folder, "."),
		Unmoved: unmoved, LockWait: sandboxLockWait,
	})
	if err == nil {
		z.worlds[path] = world
	}
	return world, err
}

func (z *zones) close() error {
	var errs []error
	for _, path := range slices.Sorted(maps.Keys(z.worlds)) {
		errs = append(errs, z.worlds[path].Close())
	}
	for _, p := range z.ports {
		if p.client != nil {
			p.client.CloseIdleConnections()
		}
	}
	return errors.Join(errs...)
}

// readers are zones by name, to read from.
type readers = map[string]state.Port

// readers are the zones as planning wants them.
func (z *zones) readers() readers {
	ports := readers{}
	for name, p := range z.ports {
		ports[name] = p.port()
	}
	return ports
}

func (p port) port() state.Port {
	if p.client == nil {
		return state.Port{Endpoint: p.endpoint, Reader: unavailable{p.refusal}}
	}
	return state.Port{Endpoint: p.endpoint, Reader: p.client, Calls: p.client.Calls, Refused: p.client.Refused}
}

// writers are the zones as applying wants them.
func (z *zones) writers() map[string]apply.Port {
	ports := map[string]apply.Port{}
	for name, p := range z.ports {
		if p.client != nil {
			ports[name] = apply.Port{Port: p.port(), Writer: p.client}
		}
	}
	return ports
}

// names lists the zones, sorted.
func (z *zones) names() []string { return slices.Sorted(maps.Keys(z.ports)) }

// places are what makes a zone the same zone for two runs: its url, or the state file of an
// embedded one.
func (z *zones) places() map[string]string {
	places := map[string]string{}
	for name, p := range z.ports {
		places[name] = p.endpoint.URL
		if p.endpoint.Sandbox == nil {
			continue
		}
		if path, err := filepath.Abs(p.endpoint.Sandbox.State); err == nil {
			places[name] = path
		}
	}
	return places
}

// reads counts the requests that have read something so far.
func (z *zones) reads() (n int) {
	for _, p := range z.ports {
		if p.client != nil {
			n += p.client.Calls().Read
		}
	}
	return n
}

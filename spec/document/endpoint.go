package document

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// EndpointOptions is what stands outside the documents about zones.
type EndpointOptions struct {
	// LookupEnv gives MAKE_API_KEY, MAKE_API_KEY_<ZONE>, MAKESYNC_HOSTS, MAKESYNC_SANDBOX and what
	// token references name.
	LookupEnv func(string) (string, bool)
	// ZoneURLs are the --zone-url flags, name to url; each overrides url and sandbox alike.
	ZoneURLs map[string]string
	// Known are zones of which the documents speak, besides those that are asked for and declared.
	Known []string
	// Named are the zones that --zone or MAKE_ZONE names. One that is a host counts
	// as named outside the documents.
	Named []string
	// ReferenceRoots are the --reference-root folders, for ${file:…} in tokens.
	ReferenceRoots []string
	// Sandboxes are the zones of --sandbox: built-in ones, which no document alone turns into a
	// simulated one.
	Sandboxes []string
}

// Endpoints decides for each named zone how it is reached and which token goes
// there. It is the one place where that is decided:
//
//	the url    --zone-url, else the sandbox, else the document's url or host, else built in
//	the token  zones.N.token, else MAKE_API_KEY_<N>, else MAKE_API_KEY
//	goes to    a built-in host over https; any other host only when it is also named outside the
//	           documents: by --zone-url, --zone, MAKE_ZONE or MAKESYNC_HOSTS; see mayReceive
//
// So a document alone can never move a token, and one that is named for a zone stays in it. Without
// a token the endpoint says in Why what is missing; that is no problem here, since not every
// command calls. A sandbox takes MAKE_API_KEY_<N> or its own token, never MAKE_API_KEY.
func Endpoints(zones map[string]spec.Zone, names []string,
	o EndpointOptions) (map[string]spec.Endpoint, []spec.Problem) {
	e := endpoints{zones: zones, options: o, outside: grants(o), files: newReferenced(&filling{})}
	out := make(map[string]spec.Endpoint, len(names))
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if endpoint, ok := e.endpoint(name); ok {
			out[name] = endpoint
		}
	}
	if slices.ContainsFunc(names, func(name string) bool { return o.ZoneURLs[name] == "" }) {
		e.checkZoneURLs(append(slices.Collect(maps.Keys(zones)), append(names, o.Known...)...))
	}
	return out, spec.SortProblems(e.problems)
}

// checkZoneURLs finds flags that reach nothing: with a slip in its name the zone that was meant is
// called where it really is. Where each zone of the run has its flag there is none to be meant, and
// the others are those of a script that names them for all of its commands.
func (e *endpoints) checkZoneURLs(known []string) {
	for _, name := range slices.Sorted(maps.Keys(e.options.ZoneURLs)) {
		if !slices.Contains(known, name) {
			e.problems = append(e.problems, spec.Problem{Severity: severities[ruleIdleZoneURL], Rule: ruleIdleZoneURL,
				Message: "--zone-url " + text.Clean(name) + ": nothing is looked for in a zone of this name",
				Hint:    text.DidYouMean(name, known)})
		}
	}
}

type endpoints struct {
	zones    map[string]spec.Zone
	options  EndpointOptions
	outside  []grant
	files    *referenced
	problems []spec.Problem
}

// isHostText tells a host from the plain name of a zone.
func isHostText(s string) bool { return s == "localhost" || strings.ContainsAny(s, ".:") }

func lookup(env func(string) (string, bool), name string) (string, bool) {
	if env == nil {
		return "", false
	}
	return env(name)
}

func (e *endpoints) problem(z spec.Zone, name, rule, message, hint string) {
	p := spec.Problem{Severity: severities[rule], Rule: rule, Path: "zones." + text.Clean(name), Message: message,
		Hint: hint}
	if !z.Source.IsZero() {
		p.Source = &z.Source
	}
	e.problems = append(e.problems, p)
}

func (e *endpoints) endpoint(name string) (spec.Endpoint, bool) {
	zone := e.zones[name]
	if zone.Broken && e.options.ZoneURLs[name] == "" {
		return spec.Endpoint{}, false
	}
	endpoint := spec.Endpoint{Name: name, Hosts: zoneHosts(name, zone)}
	u, ok := e.url(name, zone)
	switch {
	case !ok:
		return endpoint, false
	case u == nil:
		if !e.checkSandbox(name, zone) {
			return endpoint, false
		}
		endpoint.Sandbox = zone.Sandbox
		endpoint.URL = "https://" + firstOf(spec.BuiltinHost(name), name+".sandbox")
		endpoint.Token, endpoint.TokenFrom, endpoint.Why = e.token(name, zone, false)
		return endpoint, true
	}
	endpoint.URL = u.String()
	if !slices.Contains(endpoint.Hosts, u.Host) {
		endpoint.Hosts = append(endpoint.Hosts, u.Host)
	}
	token, from, why := e.token(name, zone, true)
	bearer := e.bearerOf(name, zone.Token.Reveal(), token.Reveal())
	if refusal := mayReceive(name, u, bearer, e.outside); refusal != "" {
		endpoint.Why = refusal
		return endpoint, true
	}
	endpoint.Token, endpoint.TokenFrom, endpoint.Why = token, from, why
	return endpoint, true
}

// checkSandbox follows the links of a sandbox's files, which must not lead out of the document's
// folder.
func (e *endpoints) checkSandbox(name string, zone spec.Zone) bool {
	for _, path := range []string{zone.Sandbox.Seed, zone.Sandbox.State} {
		if path == "" {
			continue
		}
		if err := checkInside(zone.Folder, path); err != nil {
			e.problem(zone, name, ruleSandboxPath, "the sandbox "+text.Backquote(name)+" keeps "+
				text.Backquote(path)+", which "+err.Error(),
				"name a file below it, such as .makesync/"+name+".json")
			return false
		}
	}
	return true
}

// zoneHosts are the hosts that mean the zone whatever url is in use.
func zoneHosts(name string, zone spec.Zone) []string {
	if host := spec.BuiltinHost(name); host != "" {
		return []string{host}
	}
	if zone.Host != "" {
		return []string{strings.ToLower(zone.Host)}
	}
	return nil
}

// url is where the zone is called; nil stands for the sandbox.
func (e *endpoints) url(name string, zone spec.Zone) (*url.URL, bool) {
	address, builtin := e.options.ZoneURLs[name], spec.BuiltinHost(name)
	switch {
	case address != "":
	case zone.Sandbox != nil:
		return nil, e.maySimulate(name, zone)
	case builtin != "":
		address = "https://" + builtin
		if zone.URL != "" && !isSameURL(zone.URL, address) || zone.Host != "" &&
			!strings.EqualFold(zone.Host, builtin) {
			e.problem(zone, name, ruleZoneURL, "a document cannot give the built-in zone "+text.Backquote(name)+
				" another url", "use --zone-url "+name+"=URL")
			return nil, false
		}
	case zone.URL != "":
		address = zone.URL
	case zone.Host != "":
		address = "https://" + zone.Host
	case isHostText(name) && slices.Contains(e.options.Named, name):
		address = "https://" + name
	default:
		e.problem(zone, name, ruleUnknownZone,
			"the zone "+text.Backquote(name)+" is neither built in nor declared under zones",
			zonesHint(name, knownZones(e.zones, slices.Collect(maps.Keys(e.options.ZoneURLs)))))
		return nil, false
	}
	u, err := spec.ParseZoneURL(address)
	if err != nil {
		e.problem(zone, name, ruleZoneURL, "the url of the zone "+text.Backquote(name)+" cannot be used: "+err.Error(),
			"")
		return nil, false
	}
	return u, true
}

func isSameURL(a, b string) bool {
	u, err := spec.ParseZoneURL(a)
	return err == nil && u.String() == b
}

// token looks for the zone's token in the order of the rule above; general says whether
// MAKE_API_KEY counts.
//
// One that cannot be read is no problem here: Resolve has told it with its position.
func (e *endpoints) token(name string, zone spec.Zone, general bool) (token spec.Value, from, why string) {
	if !zone.Token.IsZero() {
		value, err := evaluator{env: e.options.LookupEnv, roots: e.options.ReferenceRoots, folder: zone.Folder,
			files: e.files, token: true}.evaluate(zone.Token.Reveal())
		if err != nil {
			return spec.Value{}, "", "the token of the zone " + text.Backquote(name) + " cannot be read: " + err.Error()
		}
		return spec.Sensitive(strings.TrimSpace(value.text)), "zones." + text.Clean(name) + ".token", ""
	}
	keys := []string{TokenVariable(name)}
	if general {
		keys = append(keys, "MAKE_API_KEY")
	}
	for _, key := range keys {
		if text, _ := lookup(e.options.LookupEnv, key); strings.TrimSpace(text) != "" {
			return spec.Sensitive(strings.TrimSpace(text)), key, ""
		}
	}
	return spec.Value{}, "", "set " + strings.Join(keys, " or ")
}

// TokenVariable is the environment variable of a zone's token: MAKE_API_KEY_EU1.
func TokenVariable(zone string) string {
	return "MAKE_API_KEY_" + spec.EnvironmentName(zone)
}

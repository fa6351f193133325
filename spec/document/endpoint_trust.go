package document

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// grant is a host that stands outside the documents, and the zone that it is named for; "" means
// every zone that has no token of its own.
type grant struct {
	zone, host string // a host, host:port or url, in lower case
}

// grants are the hosts of MAKESYNC_HOSTS (host, or zone=host), --zone, MAKE_ZONE and --zone-url.
func grants(o EndpointOptions) (all []grant) {
	list, _ := lookup(o.LookupEnv, "MAKESYNC_HOSTS")
	for _, entry := range append(strings.Split(list, ","), o.Named...) {
		zone, host, bound := strings.Cut(strings.TrimSpace(entry), "=")
		if !bound {
			zone, host = "", zone
		}
		if host = strings.ToLower(strings.TrimSpace(host)); isHostText(host) {
			all = append(all, grant{strings.TrimSpace(zone), host})
		}
	}
	for zone, address := range o.ZoneURLs {
		if u, err := spec.ParseZoneURL(address); err == nil {
			all = append(all, grant{zone, u.String()}, grant{"", u.String()})
		}
	}
	return all
}

// covers tells whether the grant means this url. A host without a port is the one at port 443.
func (g grant) covers(u *url.URL) bool {
	switch {
	case strings.Contains(g.host, "://"):
		return g.host == u.String()
	case g.host == u.Host:
		return u.Port() != "" || u.Scheme == "https"
	}
	return u.Scheme == "https" && u.Port() == "" && g.host == u.Host+":443"
}

// bearer is the token of a zone, as far as it matters where it may go.
type bearer struct {
	// others are the zones for which the token is named, by its variable or by its value, and which
	// are not the zone that sends it.
	others []string
	// own: there is a token that is named for the zone.
	own bool
}

// mayReceive decides whether a zone's token may go to a url, and says why not:
//
//	token named for another zone     to that zone's own place only
//	a built-in host over https       yes
//	a host named for this zone       yes
//	a host that is named for none    when no token is named for this zone
//	any other host                   no: only a document names it
func mayReceive(zone string, u *url.URL, token bearer, outside []grant) (why string) {
	named := func(zone string) bool {
		return slices.ContainsFunc(outside, func(g grant) bool { return g.zone == zone && g.covers(u) })
	}
	isBuiltin := func(host string) bool { return host != "" && u.Scheme == "https" && u.Host == host }
	for _, other := range token.others {
		if !isBuiltin(spec.BuiltinHost(other)) && !named(other) {
			return "the token is named for the zone " + text.Backquote(other) + " and goes to that zone only; " +
				"set " + TokenVariable(zone)
		}
	}
	anyBuiltin := slices.ContainsFunc(spec.BuiltinZoneNames(),
		func(name string) bool { return isBuiltin(spec.BuiltinHost(name)) })
	switch {
	case anyBuiltin, named(zone), named("") && !token.own:
		return ""
	case named(""):
		return "the host " + text.Clean(u.Host) + " is named for no zone, and " + TokenVariable(zone) +
			" is for one; write MAKESYNC_HOSTS=" + text.Clean(zone) + "=" + text.Clean(u.Host)
	}
	return "the host " + text.Clean(u.Host) + " is named only in a document; name it with --zone-url " +
		text.Clean(zone) + "=" + text.Clean(u.String()) + " or MAKESYNC_HOSTS=" + text.Clean(zone) + "=" +
		text.Clean(u.Host) + " to send it a token"
}

// zoneTokenVariables are the variables that hold tokens of zones.
var zoneTokenVariables = regexp.MustCompile(`MAKE_API_KEY_\w+`)

// bearerOf says for which zones a token is named: those that are built in, declared, or named
// outside. reference is what the document says of it, value what it is.
func (e *endpoints) bearerOf(zone, reference, value string) (b bearer) {
	held := func(variable string) string {
		text, _ := lookup(e.options.LookupEnv, variable)
		return strings.TrimSpace(text)
	}
	b.own = held(TokenVariable(zone)) != ""
	if reference == "" {
		return b
	}
	zones := spec.BuiltinZoneNames()
	for name := range e.zones {
		zones = append(zones, name)
	}
	for _, g := range e.outside {
		zones = append(zones, g.zone)
	}
	slices.Sort(zones)
	for _, other := range slices.Compact(zones) {
		variable := TokenVariable(other)
		named := slices.Contains(zoneTokenVariables.FindAllString(reference, -1), variable) || held(variable) == value
		if other != "" && other != zone && held(variable) != "" && named {
			b.others = append(b.others, other)
		}
	}
	return b
}

// sandboxVariable names built-in zones that may be simulated ones in this run.
const sandboxVariable = "MAKESYNC_SANDBOX"

// maySimulate tells whether a document's sandbox may stand for a zone: for a built-in one who
// starts the run says so, and for any nothing that is given to the run is for a real one. A
// document alone could turn a night's run into a play that changes nothing and reports success.
func (e *endpoints) maySimulate(name string, zone spec.Zone) bool {
	list, _ := lookup(e.options.LookupEnv, sandboxVariable)
	allowed := slices.ContainsFunc(append(strings.Split(list, ","), e.options.Sandboxes...),
		func(entry string) bool { return strings.TrimSpace(entry) == name })
	why, hint := "", "start the run with --sandbox "+name+" or "+sandboxVariable+"="+name+
		", or give the simulated zone a name of its own"
	token, _ := lookup(e.options.LookupEnv, TokenVariable(name))
	builtin, whose := spec.BuiltinHost(name) != "", ""
	if builtin {
		whose = "built-in "
	}
	switch {
	case builtin && strings.TrimSpace(token) != "":
		why, hint = ", for which "+TokenVariable(name)+" holds a token,", "unset it, or give the sandbox another name"
	case slices.ContainsFunc(e.outside, func(g grant) bool { return g.zone == name }):
		why, hint = ", for which MAKESYNC_HOSTS names a host,", "take it out there, or give the sandbox another name"
	case allowed || !builtin:
		return true
	}
	e.problem(zone, name, ruleSandboxZone, "a document cannot turn the "+whose+"zone "+text.Backquote(name)+why+
		" into a sandbox", hint)
	return false
}

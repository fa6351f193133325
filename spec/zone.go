package spec

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"makesync/spec/text"
)

// builtinZones are the zones that need no entry, with their hosts (the servers of the published
// contract).
var builtinZones = map[string]string{
	"eu1":         "eu1.make.com",
	"eu2":         "eu2.make.com",
	"us1":         "us1.make.com",
	"us2":         "us2.make.com",
	"celonis-eu1": "eu1.make.celonis.com",
	"celonis-us1": "us1.make.celonis.com",
}

// BuiltinZones gives the zones that need no entry under zones, name to host.
func BuiltinZones() map[string]string {
	all := make(map[string]string, len(builtinZones))
	for name, host := range builtinZones {
		all[name] = host
	}
	return all
}

// BuiltinHost is the host of a zone that needs no entry; "" for any other name.
func BuiltinHost(name string) string { return builtinZones[name] }

// ZoneName turns what --zone or MAKE_ZONE says, a name or a host, into the name
// of a zone: the text itself when it is a name that is built in or declared, else
// the built-in zone of that host, else the declared one (the first by name), else
// the text: a zone that is named by its host.
func ZoneName(text string, zones map[string]Zone) string {
	if text == "" {
		return ""
	}
	if _, ok := zones[text]; ok || builtinZones[text] != "" {
		return text
	}
	host := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://"),
		"/"))
	best := ""
	for name, builtin := range builtinZones {
		if builtin == host {
			return name
		}
	}
	for name, zone := range zones {
		if zone.host() == host && (best == "" || name < best) {
			best = name
		}
	}
	if best != "" {
		return best
	}
	return text
}

// host is the host with port by which a document declares the zone; "" when it declares none.
func (z Zone) host() string {
	if z.Host != "" {
		return strings.ToLower(z.Host)
	}
	if u, err := ParseZoneURL(z.URL); err == nil {
		return u.Host
	}
	return ""
}

// ZonePlace is where documents say that a zone is. It is the same for all names of one zone, which
// may be called with several tokens: one organization, and one limit, whatever its name.
func ZonePlace(name string, zones map[string]Zone) string {
	zone := zones[name]
	address := zone.URL
	switch host := cmp.Or(builtinZones[name], zone.Host); {
	case zone.Sandbox != nil:
		return name
	case host != "":
		address = "https://" + host
	}
	return cmp.Or(URLPlace(address), name)
}

// Place is where a run reaches a zone: the same for all names of one zone.
func (e Endpoint) Place() string {
	if e.Sandbox != nil {
		return e.URL + " " + e.Sandbox.World
	}
	return cmp.Or(URLPlace(e.URL), e.URL)
}

// URLPlace is the one form of all urls that lead to a zone; "" for what is no url of a zone.
func URLPlace(address string) string {
	u, err := ParseZoneURL(address)
	if err != nil {
		return ""
	}
	return ServerPlace(u)
}

// ServerPlace is the host and the port that a url leads to, in one form for all that lead there: a
// host may end with the dot of the root, this machine has many addresses, and 443 goes without
// saying. Names below localhost stay as they are: a proxy on this machine tells them apart.
func ServerPlace(u *url.URL) string {
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	addr, err := netip.ParseAddr(host)
	switch {
	case err != nil:
	case addr.Unmap().IsLoopback(), addr.IsUnspecified(): // 0.0.0.0 leads here as well
		host = "localhost"
	default:
		host = addr.Unmap().String()
	}
	port := strings.TrimLeft(cmp.Or(u.Port(), defaultPorts[strings.ToLower(u.Scheme)]), "0")
	if port == defaultPorts["https"] {
		return host
	}
	return net.JoinHostPort(host, port)
}

// ParseZoneURL reads scheme://host[:port] and refuses everything that makesync would not call.
func ParseZoneURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return nil, errors.New("it is no url; write https://host")
	}
	u.Host, u.Scheme = strings.ToLower(u.Host), strings.ToLower(u.Scheme)
	switch {
	case u.User != nil:
		return nil, errors.New("a url must not hold a user or password")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("the scheme %s is neither https nor http", text.Backquote(u.Scheme))
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("a url ends behind the host; the path /api/v2 is always added")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, errors.New("plain http is only for loopback; write https")
	}
	if err := CheckHost(u.Host); err != nil {
		return nil, err
	}
	return &url.URL{Scheme: u.Scheme, Host: withoutDefaultPort(u)}, nil
}

var defaultPorts = map[string]string{"https": "443", "http": "80"}

func withoutDefaultPort(u *url.URL) string {
	if port := defaultPorts[u.Scheme]; u.Port() == port {
		return strings.TrimSuffix(u.Host, ":"+port)
	}
	return u.Host
}

// CheckHost accepts host, host:port and [v6]:port.
func CheckHost(host string) error {
	name := strings.TrimSuffix(hostname(host), ".")
	if name == "" || strings.ContainsAny(host, "/@?#\\ ") {
		return errors.New("it is no host; write host or host:port")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return nil
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_' {
			return errors.New("it is no host; write host or host:port")
		}
	}
	if numberForm.MatchString(name) {
		return errors.New("it is no host; write an address of IPv4 as four decimal numbers")
	}
	return nil
}

// numberForm is the end of a host that no name has, and that some systems take for a number of an
// address: 127.1, 0x7f.1, 2130706433.
var numberForm = regexp.MustCompile(`(^|\.)(0[xX][0-9a-fA-F]*|[0-9]*)$`)

func hostname(hostport string) string {
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		return name
	}
	if strings.Count(hostport, ":") == 1 {
		return "" // an empty or broken port
	}
	return strings.Trim(hostport, "[]")
}

// isLoopback tells whether a host is this machine by its very name.
func isLoopback(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// BuiltinZoneNames gives the names of BuiltinZones, sorted.
func BuiltinZoneNames() []string {
	names := make([]string, 0, len(builtinZones))
	for name := range builtinZones {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

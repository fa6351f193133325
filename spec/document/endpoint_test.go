package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
)

func envOf(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, pair := range pairs {
			if key, value, _ := strings.Cut(pair, "="); key == name {
				return value, true
			}
		}
		return "", false
	}
}

// TestEndpoints is the table of which url gets which token.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	const foreign = "https://make.acme.example"
	lab := map[string]spec.Zone{"lab": {Name: "lab", URL: foreign, Token: spec.Sensitive("${env:LAB}")}}
	plain := map[string]spec.Zone{"lab": {Name: "lab", URL: foreign}}
	for _, c := range []struct {
		name  string
		zones map[string]spec.Zone
		zone  string
		env   []string
		urls  map[string]string
		named []string
		url   string
		token string
		hosts string
		why   string // part of it
	}{
		{name: "built in", zone: "eu1", env: []string{"MAKE_API_KEY=k"}, url: "https://eu1.make.com", token: "k",
			hosts: "eu1.make.com"},
		{name: "own key first", zone: "celonis-eu1", env: []string{"MAKE_API_KEY=k", "MAKE_API_KEY_CELONIS_EU1=c"},
			url: "https://eu1.make.celonis.com", token: "c", hosts: "eu1.make.celonis.com"},
		{name: "no key", zone: "eu1", url: "https://eu1.make.com", hosts: "eu1.make.com",
			why: "MAKE_API_KEY_EU1 or MAKE_API_KEY"},
		{name: "blank key", zone: "eu1", env: []string{"MAKE_API_KEY=  "}, url: "https://eu1.make.com",
			hosts: "eu1.make.com", why: "set MAKE_API_KEY_EU1"},
		{name: "document token first", zones: map[string]spec.Zone{"eu1": {Token: spec.Sensitive("${env:OWN}")}},
			zone: "eu1", env: []string{"OWN=o", "MAKE_API_KEY_EU1=c"}, url: "https://eu1.make.com", token: "o",
			hosts: "eu1.make.com"},
		{name: "unset reference", zones: map[string]spec.Zone{"eu1": {Token: spec.Sensitive("${env:OWN}")}},
			zone: "eu1", env: []string{"MAKE_API_KEY=k"}, url: "https://eu1.make.com", hosts: "eu1.make.com",
			why: "`OWN` is not set"},
		{name: "same host, other token",
			zones: map[string]spec.Zone{"owner": {Host: "EU1.make.com", Token: spec.Sensitive("${env:OWN}")}},
			zone:  "owner", env: []string{"OWN=o"}, url: "https://eu1.make.com", token: "o", hosts: "eu1.make.com"},
		{name: "foreign", zones: lab, zone: "lab", env: []string{"LAB=l", "MAKE_API_KEY=k", "MAKE_API_KEY_LAB=c"},
			url: foreign, hosts: "make.acme.example", why: "named only in a document"},
		{name: "foreign, in MAKESYNC_HOSTS", zones: lab, zone: "lab", env: []string{"LAB=l",
			"MAKESYNC_HOSTS=a.example, make.acme.example"}, url: foreign, token: "l", hosts: "make.acme.example"},
		{name: "foreign, by --zone-url", zones: plain, zone: "lab", urls: map[string]string{"lab": foreign},
			env: []string{"MAKE_API_KEY=k"}, url: foreign, token: "k", hosts: "make.acme.example"},
		{name: "foreign, another zone-url names the host", zones: plain, zone: "lab",
			urls: map[string]string{"other": foreign}, env: []string{"MAKE_API_KEY=k"}, url: foreign, token: "k",
			hosts: "make.acme.example"},
		{name: "hosts with another port", zones: plain, zone: "lab",
			env: []string{"MAKE_API_KEY=k", "MAKESYNC_HOSTS=make.acme.example:8443"}, url: foreign,
			hosts: "make.acme.example", why: "named only in a document"},
		{name: "part of a host", zones: plain, zone: "lab", env: []string{"MAKE_API_KEY=k",
			"MAKESYNC_HOSTS=acme.example"}, url: foreign, hosts: "make.acme.example", why: "named only in a document"},
		{name: "built-in host at another port", zones: map[string]spec.Zone{"lab": {Host: "eu1.make.com:8443"}},
			zone: "lab", env: []string{"MAKE_API_KEY=k"}, url: "https://eu1.make.com:8443", hosts: "eu1.make.com:8443",
			why: "named only in a document"},
		{name: "override", zone: "eu1", urls: map[string]string{"eu1": "http://127.0.0.1:8080"},
			env: []string{"MAKE_API_KEY=k"}, url: "http://127.0.0.1:8080", token: "k",
			hosts: "eu1.make.com 127.0.0.1:8080"},
		{name: "override of a sandbox", zones: map[string]spec.Zone{"try": {Sandbox: &spec.SandboxZone{}}}, zone: "try",
			urls: map[string]string{"try": "http://localhost:8080/"}, env: []string{"MAKE_API_KEY=k"},
			url: "http://localhost:8080", token: "k", hosts: "localhost:8080"},
		{name: "sandbox needs no token and takes no general one",
			zones: map[string]spec.Zone{"try": {Sandbox: &spec.SandboxZone{}}}, zone: "try",
			env: []string{"MAKE_API_KEY=k"}, url: "https://try.sandbox", why: "MAKE_API_KEY_TRY"},
		{name: "sandbox with its own key", zones: map[string]spec.Zone{"try": {Sandbox: &spec.SandboxZone{}}},
			zone: "try", env: []string{"MAKE_API_KEY_TRY=t"}, url: "https://try.sandbox", token: "t"},
		{name: "zone named by its host", zone: "127.0.0.1:1234", named: []string{"127.0.0.1:1234"},
			env: []string{"MAKE_API_KEY=k"}, url: "https://127.0.0.1:1234", token: "k", hosts: "127.0.0.1:1234"},
		{name: "new zone by --zone-url", zone: "new", urls: map[string]string{"new": "https://new.example"},
			env: []string{"MAKE_API_KEY_NEW=n"}, url: "https://new.example", token: "n", hosts: "new.example"},
		{name: "default port", zones: map[string]spec.Zone{"lab": {URL: foreign + ":443/"}}, zone: "lab",
			env: []string{"MAKE_API_KEY=k", "MAKESYNC_HOSTS=make.acme.example"}, url: foreign, token: "k",
			hosts: "make.acme.example"},
	} {
		got, problems := Endpoints(c.zones, []string{c.zone},
			EndpointOptions{LookupEnv: envOf(c.env...), ZoneURLs: c.urls, Known: []string{"other"}, Named: c.named})
		e := got[c.zone]
		if len(problems) > 0 || e.URL != c.url || e.Token.Reveal() != c.token || strings.Join(e.Hosts, " ") != c.hosts {
			t.Errorf("%s: %s %q %v %v", c.name, e.URL, e.Token.Reveal(), e.Hosts, problems)
		}
		if (c.token == "") != (e.Why != "") || !strings.Contains(e.Why, c.why) || !e.Token.IsZero() &&
			!e.Token.IsSensitive() {
			t.Errorf("%s: why %q, sensitive %v", c.name, e.Why, e.Token.IsSensitive())
		}
	}
}

func TestEndpointsRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, rule string
		zones            map[string]spec.Zone
		urls             map[string]string
	}{
		{name: "unknown", zone: "eu9", rule: ruleUnknownZone},
		{name: "built in with another url", zone: "eu1",
			zones: map[string]spec.Zone{"eu1": {URL: "https://evil.example"}}, rule: ruleZoneURL},
		{name: "built in with another host", zone: "eu1", zones: map[string]spec.Zone{"eu1": {Host: "evil.example"}},
			rule: ruleZoneURL},
		{name: "plain http", zone: "lab", zones: map[string]spec.Zone{"lab": {URL: "http://lab.example"}},
			rule: ruleZoneURL},
		{name: "plain http by flag", zone: "lab", urls: map[string]string{"lab": "http://lab.example"},
			rule: ruleZoneURL},
		{name: "loopback lookalike", zone: "lab", urls: map[string]string{"lab": "http://127.0.0.1.evil.example"},
			rule: ruleZoneURL},
		{name: "user in url", zone: "lab", urls: map[string]string{"lab": "https://a:b@lab.example"},
			rule: ruleZoneURL},
		{name: "path", zone: "lab", urls: map[string]string{"lab": "https://lab.example/x"}, rule: ruleZoneURL},
		{name: "no url", zone: "lab", urls: map[string]string{"lab": "lab.example"}, rule: ruleZoneURL},
		{name: "host that nobody named", zone: "lab.example", rule: ruleUnknownZone},
	} {
		got, problems := Endpoints(c.zones, []string{c.zone},
			EndpointOptions{LookupEnv: envOf("MAKE_API_KEY=k"), ZoneURLs: c.urls})
		if len(got) != 0 || len(problems) != 1 || problems[0].Rule != c.rule {
			t.Errorf("%s: %v %v", c.name, got, problems)
		}
	}
}

// TestZoneURLsThatReachNothing: a slip in the name leaves the zone that was meant where it is.
func TestZoneURLsThatReachNothing(t *testing.T) {
	t.Parallel()
	zones := map[string]spec.Zone{"lab": {Sandbox: &spec.SandboxZone{}}}
	for name, idle := range map[string]bool{"eul": true, "eu2": true, "eu1": false, "lab": false, "us1": false} {
		_, problems := Endpoints(zones, []string{"eu1"}, EndpointOptions{LookupEnv: envOf("MAKE_API_KEY=k"),
			ZoneURLs: map[string]string{name: "https://lab.example"}, Known: []string{"us1"}})
		if found := len(problems) == 1 && problems[0].Rule == ruleIdleZoneURL; found != idle || !idle && len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		_, problems = Endpoints(zones, []string{"eu1"}, EndpointOptions{LookupEnv: envOf("MAKE_API_KEY=k"),
			ZoneURLs: map[string]string{name: "https://lab.example", "eu1": "https://lab.example"}})
		if len(problems) > 0 {
			t.Errorf("%s, beside that of the zone in use: %v", name, problems)
		}
	}
}

// TestDocumentMovesNoToken: whatever a document says of its zones, no token goes
// to a host that is neither built in nor named outside.
func TestDocumentMovesNoToken(t *testing.T) {
	t.Parallel()
	for _, zone := range []spec.Zone{
		{URL: "https://evil.example"}, {Host: "evil.example"}, {URL: "https://eu1.make.com.evil.example"},
		{Host: "eu1.make.com:444"},
		{URL: "https://evil.example", Token: spec.Sensitive("${env:MAKE_API_KEY}")}, {Host: "127.0.0.1:9"},
		{URL: "http://localhost:9"},
	} {
		for _, name := range []string{"eu1", "us1", "lab", "MAKE", "evil"} {
			got, _ := Endpoints(map[string]spec.Zone{name: zone}, []string{name},
				EndpointOptions{LookupEnv: envOf("MAKE_API_KEY=k", "MAKE_API_KEY_LAB=k", "MAKE_API_KEY_EU1=k")})
			if e := got[name]; !e.Token.IsZero() {
				t.Errorf("%s %+v gets a token", name, zone)
			}
		}
	}
}

func TestZoneName(t *testing.T) {
	t.Parallel()
	zones := map[string]spec.Zone{"owner": {Host: "eu1.make.com"}, "lab": {URL: "https://make.acme.example"},
		"b": {Host: "x.example"}, "a": {Host: "x.example"}}
	for text, want := range map[string]string{
		"eu1": "eu1", "eu1.make.com": "eu1", "EU1.make.com": "eu1", "https://eu2.make.com/": "eu2", "owner": "owner",
		"make.acme.example": "lab", "x.example": "a", "127.0.0.1:1234": "127.0.0.1:1234", "nosuch": "nosuch", "": "",
	} {
		if got := spec.ZoneName(text, zones); got != want {
			t.Errorf("%q → %q, want %q", text, got, want)
		}
	}
	if len(spec.BuiltinZones()) != 6 || !slices.IsSorted(spec.BuiltinZoneNames()) {
		t.Error(spec.BuiltinZones())
	}
}

func TestTokenVariable(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{"eu1": "MAKE_API_KEY_EU1", "celonis-eu1": "MAKE_API_KEY_CELONIS_EU1",
		"My.Zone_2": "MAKE_API_KEY_MY_ZONE_2"} {
		if got := TokenVariable(zone); got != want {
			t.Errorf("%s → %s", zone, got)
		}
	}
}

// Links do not lead a sandbox's files out of the document's folder, and nothing is made on the way.
func TestSandboxStaysBelowItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "docs")
	for _, path := range []string{filepath.Join(folder, "real"), filepath.Join(dir, "elsewhere"),
		filepath.Join(folder, ".git", "hooks")} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"out": "../elsewhere", "in": "real", "gone.json": "../elsewhere/new.json", "up": "..",
		"hooks": ".git/hooks", "later": filepath.Join(folder, "not-there-yet"),
	} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	const fits, outside, dangling = "", "lies outside of", "a link to what is not there"
	for state, want := range map[string]string{
		".makesync/try.json": fits, "real/try.json": fits, "in/try.json": fits, "new/below/try.json": fits,
		"out/try.json": outside, "out/new/try.json": outside, "gone.json": dangling, "up/try.json": outside,
		"../elsewhere/try.json": outside, "up/docs/real/try.json": fits, "hooks/try.json": outside,
		"later": dangling, "later/try.json": dangling,
	} {
		zone := spec.Zone{Folder: folder, Sandbox: &spec.SandboxZone{State: filepath.Join(folder, state)}}
		_, problems := Endpoints(map[string]spec.Zone{"try": zone}, []string{"try"}, EndpointOptions{})
		if got := len(problems) == 0; got != (want == fits) ||
			!got && (problems[0].Rule != ruleSandboxPath || !strings.Contains(problems[0].Message, want)) {
			t.Errorf("%s: %v, %v", state, got, problems)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "elsewhere")); len(left) > 0 {
		t.Errorf("%v was made", left)
	}
}

// TestTokensStayInTheirZone is the table of the decision: which token may go where.
func TestTokensStayInTheirZone(t *testing.T) {
	t.Parallel()
	const named, bare = "lab=make.acme.example", "make.acme.example"
	var own bearer
	own.own = true
	of := func(zones ...string) bearer { return bearer{others: zones} }
	for _, c := range []struct {
		name  string
		url   string
		token bearer
		hosts string
		why   string // part of it; "": it may go there
	}{
		{"a built-in host", "https://eu1.make.com", own, "", ""},
		{"a built-in host at another port", "https://eu1.make.com:8443", own, "", "only in a document"},
		{"a host that nobody named", "https://make.acme.example", bearer{}, "", "only in a document"},
		{"named for the zone", "https://make.acme.example", own, named, ""},
		{"named for another zone", "https://make.acme.example", bearer{}, "other=make.acme.example", "only in a document"},
		{"named for none, the general token", "https://make.acme.example", bearer{}, bare, ""},
		{"named for none, the zone's own token", "https://make.acme.example", own, bare, "MAKESYNC_HOSTS=lab=make.acme.example"},
		{"one of two that are named for none", "https://b.example", own, "a.example,b.example", "named for no zone"},
		{"no port is 443", "https://make.acme.example:8443", bearer{}, bare, "only in a document"},
		{"no port is https", "http://localhost", bearer{}, "localhost", "only in a document"},
		{"no port is not every port", "http://localhost:4711", bearer{}, "localhost", "only in a document"},
		{"443 is no port", "https://make.acme.example", bearer{}, bare + ":443", ""},
		{"443 is https", "http://localhost", bearer{}, "localhost:443", "only in a document"},
		{"a url is named whole", "http://localhost:4711", bearer{}, "http://localhost:47", "only in a document"},
		{"a zone's name is no host", "https://eu1", bearer{}, "eu1", "only in a document"},
		{"a port", "http://localhost:4711", bearer{}, "localhost:4711", ""},
		{"another port", "http://localhost:4712", bearer{}, "localhost:4711", "only in a document"},
		{"a port, for the zone", "http://localhost:4711", own, "lab=localhost:4711", ""},
		{"eu1's token elsewhere", "https://make.acme.example", of("eu1"), named, "named for the zone `eu1`"},
		{"eu1's token in another built-in zone", "https://us1.make.com", of("eu1"), "", "named for the zone `eu1`"},
		{"eu1's token at eu1's host", "https://eu1.make.com", of("eu1"), "", ""},
		{"eu1's token where eu1 was sent", "https://eu1.proxy.example", of("eu1"), "eu1=eu1.proxy.example,eu1.proxy.example", ""},
		{"the token of two zones", "https://eu1.make.com", of("eu1", "eu2"), "", "named for the zone `eu2`"},
	} {
		u, err := spec.ParseZoneURL(c.url)
		if err != nil {
			t.Fatal(err)
		}
		outside := grants(EndpointOptions{LookupEnv: envOf("MAKESYNC_HOSTS=" + c.hosts)})
		if why := mayReceive("lab", u, c.token, outside); (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s: %q, want %q", c.name, why, c.why)
		}
	}
}

// TestDocumentsCannotBorrowTokens: the ways in which a document may name the token of another zone.
func TestDocumentsCannotBorrowTokens(t *testing.T) {
	t.Parallel()
	env := []string{"MAKE_API_KEY_EU1=eu1-secret", "MAKE_API_KEY_LAB2=lab2-secret", "MAKE_API_KEY_LAB3=lab3-secret",
		"ALIAS=eu1-secret", "FREE=free-secret", "MAKE_API_KEY_LAB4=lab4-secret",
		"MAKESYNC_HOSTS=make.acme.example,lab2=lab2.example,lab4=lab4.example"}
	for reference, goes := range map[string]bool{
		"${env:MAKE_API_KEY_EU1}": false, "${env:MAKE_API_KEY_LAB2}": false, "${env:ALIAS}": false, "${env:FREE}": true,
		"${env:MAKE_API_KEY_LAB3}": false, "${env:MAKE_API_KEY_LAB4}": false,
		"x${env:MAKE_API_KEY_EU1}": false,
	} {
		zones := map[string]spec.Zone{
			"lab":  {URL: "https://make.acme.example", Token: spec.Sensitive(reference)},
			"lab2": {URL: "https://lab2.example"},
			"lab3": {URL: "https://lab3.example"},
		}
		got, problems := Endpoints(zones, []string{"lab"}, EndpointOptions{LookupEnv: envOf(env...)})
		if e := got["lab"]; len(problems) > 0 || e.Token.IsZero() == goes || goes != (e.Why == "") {
			t.Errorf("%s: token %v, %q, %v", reference, !e.Token.IsZero(), e.Why, problems)
		}
	}
	// A zone whose name makes the same variable as a built-in one's.
	got, _ := Endpoints(map[string]spec.Zone{"Eu1": {URL: "https://make.acme.example"}}, []string{"Eu1"},
		EndpointOptions{LookupEnv: envOf(env...)})
	if e := got["Eu1"]; !e.Token.IsZero() {
		t.Error("a zone named like eu1 gets its token")
	}
}

// No document alone turns a built-in zone into a simulated one, and none does while something is
// given to the run for the real one.
func TestBuiltinZoneAsSandbox(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		zone  string
		env   []string
		flags []string
		urls  map[string]string
		want  string // what the problem says; "": a sandbox; "url": the real one
	}{
		{name: "a document alone", zone: "eu1", want: "cannot turn the built-in zone `eu1` into a sandbox"},
		{name: "--sandbox", zone: "eu1", flags: []string{"eu1"}},
		{name: "MAKESYNC_SANDBOX", zone: "eu1", env: []string{"MAKESYNC_SANDBOX=us1, eu1"}},
		{name: "another one", zone: "eu1", flags: []string{"us1"}, want: "into a sandbox"},
		{name: "the general token does not count", zone: "eu1", flags: []string{"eu1"}, env: []string{"MAKE_API_KEY=k"}},
		{name: "a token of the zone", zone: "eu1", flags: []string{"eu1"}, env: []string{"MAKE_API_KEY_EU1=k"},
			want: "MAKE_API_KEY_EU1 holds a token"},
		{name: "a host of the zone", zone: "eu1", flags: []string{"eu1"}, env: []string{"MAKESYNC_HOSTS=eu1=make.acme.example"},
			want: "MAKESYNC_HOSTS names a host"},
		{name: "--zone-url", zone: "eu1", flags: []string{"eu1"}, urls: map[string]string{"eu1": "http://127.0.0.1:1"},
			want: "url"},
		{name: "a name of its own", zone: "lab"},
		{name: "a name of its own, and a real host of it", zone: "lab", env: []string{"MAKESYNC_HOSTS=lab=make.acme.example"},
			want: "turn the zone `lab`, for which MAKESYNC_HOSTS names a host, into a sandbox"},
		{name: "a name of its own, and a host of all", zone: "lab", env: []string{"MAKESYNC_HOSTS=make.acme.example"}},
		{name: "a name of its own with a token", zone: "lab", env: []string{"MAKE_API_KEY_LAB=k"}},
	} {
		zones := map[string]spec.Zone{c.zone: {Name: c.zone, Sandbox: &spec.SandboxZone{}}}
		got, problems := Endpoints(zones, []string{c.zone},
			EndpointOptions{LookupEnv: envOf(c.env...), Sandboxes: c.flags, ZoneURLs: c.urls})
		switch {
		case c.want == "" || c.want == "url":
			if len(problems) > 0 || (got[c.zone].Sandbox != nil) != (c.want == "") {
				t.Errorf("%s: %v %v", c.name, got[c.zone], problems)
			}
		case len(problems) != 1 || problems[0].Rule != ruleSandboxZone || !strings.Contains(problems[0].Message, c.want):
			t.Errorf("%s: %v", c.name, problems)
		}
	}
}

package fleet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// wellFacts are of a zone in which everything is well.
func wellFacts() *Facts {
	live := &state.Organization{Organization: spec.Organization{ID: 11, Name: "Acme"}, License: state.License{"customVariables": true}}
	return &Facts{
		Endpoint: spec.Endpoint{Name: "eu1", URL: "https://eu1.make.com"},
		TLS:      &TLS{Version: "TLS 1.3", Expires: now.AddDate(1, 0, 0)},
		ZoneTime: now, OurTime: now, Limit: 60, Remaining: 50,
		User:          state.User{ID: 1, Email: "ops@acme.example", TwoFactor: ptr(true)},
		Scopes:        []string{"organizations:read", "read:user", "user:write", "organization-variables:read", "organization-variables:write"},
		Organizations: []*state.Organization{live}, Roles: map[int64]int64{11: 12},
		Contract: knownContract(),
	}
}

// knownContract is one that promises what the build knows.
func knownContract() Contract {
	c := Contract{}
	for _, op := range operations {
		p := Promise{Body: map[string]string{}, Reply: map[string]bool{}}
		for _, field := range strings.Fields(op.Sends) {
			key, kind, _ := strings.Cut(field, ":")
			kind, _, _ = strings.Cut(kind, "=")
			p.Body[key] = strings.ReplaceAll(kind, "any", "")
		}
		for _, key := range strings.Fields(op.Reads) {
			p.Reply[strings.Split(key, "|")[0]] = true
		}
		c[op.Method+" "+op.Path] = p
	}
	return c
}

func needs(declared ...*spec.Organization) *Needs {
	return &Needs{Declared: declared, Now: now, Of: func(live *state.Organization) *spec.Organization {
		for _, o := range declared {
			if live.ID == o.ID {
				return o
			}
		}
		return nil
	}}
}

func invitedTo(team string) []spec.Member {
	return []spec.Member{{Email: "a@b.example", Invite: &spec.Invite{Name: "A", Teams: []string{team}}}}
}

// Each check goes wrong in its own way, and nothing else does.
func TestZoneChecks(t *testing.T) {
	t.Parallel()
	acme := func() *spec.Organization {
		return &spec.Organization{Key: "acme", ID: 11, Variables: []spec.Variable{{Name: "A"}}, Members: []spec.Member{}}
	}
	refused := &state.CallError{Status: 401, Class: exit.ClassRefused, Doing: "read the token's user", Message: "no", Hint: "check the token"}
	for _, test := range []struct {
		about string
		spoil func(*Facts, *spec.Organization)
		want  string // checks that are not ok: name state
		exit  exit.Code
	}{
		{"all is well", func(*Facts, *spec.Organization) {}, "", exit.OK},
		{"down", func(f *Facts, _ *spec.Organization) { f.Reached = &state.CallError{Class: exit.ClassUnreachable} }, "zone failed", exit.Unreachable},
		{"certificate", func(f *Facts, _ *spec.Organization) { f.TLS.Expires = now.AddDate(0, 0, 3) }, "tls warning", exit.OK},
		{"skew", func(f *Facts, _ *spec.Organization) { f.ZoneTime = now.Add(-2 * time.Minute) }, "clock warning", exit.OK},
		{"token", func(f *Facts, _ *spec.Organization) { f.UserErr = refused }, "token failed, scopes skipped, two-factor skipped", exit.Refused},
		{"scope", func(f *Facts, _ *spec.Organization) { f.Scopes = f.Scopes[:2] }, "scopes warning", exit.OK},
		{"scopes are not told", func(f *Facts, _ *spec.Organization) { f.Scopes = nil }, "scopes skipped", exit.OK},
		{"nearly no calls left", func(f *Facts, _ *spec.Organization) { f.Remaining = 1 }, "rate-limit warning", exit.OK},
		{"no second factor", func(f *Facts, _ *spec.Organization) { f.User.TwoFactor = ptr(false) }, "two-factor warning", exit.OK},
		{"second factor unknown", func(f *Facts, _ *spec.Organization) { f.User.TwoFactor = nil }, "two-factor skipped", exit.OK},
		{"second factor unknown and enforced", func(f *Facts, o *spec.Organization) {
			f.User.TwoFactor, o.TFAEnforced, f.Scopes = nil, ptr(true), append(f.Scopes, "organizations:write")
		}, "two-factor warning", exit.OK},
		{"not there", func(_ *Facts, o *spec.Organization) { o.ID = 12 }, "organizations failed", exit.Invalid},
		{"not there yet", func(_ *Facts, o *spec.Organization) { o.ID = 0 }, "organizations warning", exit.OK},
		{"Admin shall be Owner", func(f *Facts, o *spec.Organization) {
			o.Owner, f.Scopes = f.User.Email, append(f.Scopes, "organizations:write")
		}, "rights failed", exit.Refused},
		{"somebody shall be Owner", func(f *Facts, o *spec.Organization) {
			o.Owner, f.Scopes = "x@acme.example", append(f.Scopes, "organizations:write")
		}, "rights warning", exit.OK},
		{"no member", func(f *Facts, _ *spec.Organization) { f.Roles = nil }, "rights failed", exit.Refused},
		{"only Member", func(f *Facts, _ *spec.Organization) { f.Roles[11] = 13 }, "rights failed", exit.Refused},
		{"Admin deletes", func(f *Facts, o *spec.Organization) {
			o.State, f.Scopes = spec.Absent, append(f.Scopes, "organizations:write")
		}, "rights failed", exit.Refused},
		{"licence", func(f *Facts, _ *spec.Organization) { f.Organizations[0].License = state.License{} }, "licence warning", exit.OK},
		{"no such control", func(f *Facts, o *spec.Organization) {
			o.FeatureControls, f.Scopes = []spec.FeatureControl{{Name: "X", Enabled: true}, {Name: "Y"}}, append(f.Scopes, "organizations:write")
		}, "names failed", exit.Invalid},
		{"no such team", func(f *Facts, o *spec.Organization) {
			o.Members, f.Organizations[0].Teams = invitedTo("Ops"), []state.Name{{ID: 5, Name: "Sales"}}
			f.Scopes = append(f.Scopes, "organizations:write", "teams:read")
		}, "names failed", exit.Invalid},
		{"not to teams", func(f *Facts, o *spec.Organization) {
			o.Members, f.Organizations[0].Teams = invitedTo("5"), []state.Name{{ID: 5, Name: "Sales"}}
			f.Scopes, f.Named = append(f.Scopes, "organizations:write", "teams:read"), map[int64]Named{11: {AddToTeams: ptr(false)}}
		}, "names warning", exit.OK},
		{"controls could not be read", func(f *Facts, o *spec.Organization) {
			o.FeatureControls, f.Scopes = []spec.FeatureControl{{Name: "X", Enabled: true}}, append(f.Scopes, "organizations:write")
			f.Named = map[int64]Named{11: {ControlsErr: refused}}
		}, "names skipped", exit.OK},
		{"licence of controls", func(f *Facts, o *spec.Organization) {
			f.Organizations[0].Lacks = map[spec.Kind]string{spec.KindTFA: "too small"}
			o.TFAEnforced, f.Scopes = ptr(true), append(f.Scopes, "organizations:write")
		}, "licence warning", exit.OK},
		{"no contract", func(f *Facts, _ *spec.Organization) { f.Contract = nil }, "contract skipped", exit.OK},
		{"drift", func(f *Facts, _ *spec.Organization) { delete(f.Contract, "GET /teams") }, "contract warning", exit.OK},
	} {
		f, o := wellFacts(), acme()
		test.spoil(f, o)
		d := NewDiagnosis(CheckZone(f, needs(o)))
		var got []string
		for _, check := range d.Checks {
			if check.State != CheckOK {
				got = append(got, fmt.Sprintf("%s %s", check.Name, check.State))
			}
			if check.Zone != "eu1" || check.Message == "" {
				t.Errorf("%s: %+v", test.about, check)
			}
		}
		if strings.Join(got, ", ") != test.want || d.Exit != test.exit {
			t.Errorf("%s: %q %v, want %q %v", test.about, got, d.Exit, test.want, test.exit)
		}
	}
}

// The exit is that of the failed check that goes first, and a name that no table knows has none.
func TestExitOfDiagnosis(t *testing.T) {
	t.Parallel()
	for want, names := range map[exit.Code]string{
		exit.OK: "", exit.Invalid: "token documents zone state", exit.Internal: "zone state token", exit.Refused: "rights zone", exit.Unreachable: "zone",
	} {
		var checks []Check
		for _, name := range strings.Fields(names) {
			checks = append(checks, Check{Name: name, State: CheckFailed})
		}
		if got := NewDiagnosis(checks).Exit; got != want {
			t.Errorf("%q: %v, want %v", names, got, want)
		}
	}
	for _, row := range zoneChecks {
		if !strings.Contains(" "+strings.Join(CheckNames(), " ")+" ", " "+row.name+" ") {
			t.Errorf("%s has no exit", row.name)
		}
	}
}

func TestCompareContract(t *testing.T) {
	t.Parallel()
	const invite = "POST /organizations/{}/invite"
	const target = "PATCH /organizations/{}/subscription/payment-methods/{}/default"
	for _, test := range []struct {
		about  string
		change func(Contract)
		want   string
	}{
		{"as known", func(Contract) {}, ""},
		{"gone", func(c Contract) { delete(c, invite) }, invite + " is gone"},
		{"not taken", func(c Contract) { delete(c[invite].Body, "note") }, invite + " does not take `note` any more"},
		{"another type", func(c Contract) { c[invite].Body["usersRoleId"] = "string" },
			invite + " takes `usersRoleId` as `string`, no longer as integer"},
		{"number for integer", func(c Contract) { c[invite].Body["usersRoleId"] = "number" }, ""},
		{"required", func(c Contract) { require(c, invite, "email", "captcha") }, invite + " requires `captcha` now"},
		{"a known mistake", func(c Contract) { require(c, invite, "userRoleId") }, ""},
		{"not answered", func(c Contract) { delete(c["GET /teams"].Reply, "teams.id") }, "GET /teams does not answer `teams.id` any more"},
		{"another word", func(c Contract) {
			c[target] = Promise{Words: map[string][]string{"target": {"extras", "both", "plan"}}}
		},
			target + " does not take `subscription` for `target` any more"},
		{"more words", func(c Contract) {
			c[target] = Promise{Words: map[string][]string{"target": {"extras", "both", "subscription", "plan"}}}
		}, ""},
		{"another column", func(c Contract) {
			c["GET /users"] = Promise{Words: map[string][]string{"cols": {"id", "name", "email"}}}
		},
			"GET /users does not take `tfaStatus` for `cols` any more; GET /users does not take `userTeamIds` for `cols` any more"},
		{"another parameter", func(c Contract) { c["GET /teams"] = Promise{Asked: []string{"organizationId", "page"}} },
			"GET /teams requires the parameter `page` now"},
		{"nothing is described", func(c Contract) { c[invite], c["GET /teams"] = Promise{}, Promise{} }, ""},
	} {
		c := knownContract()
		test.change(c)
		if got := strings.Join(CompareContract(c), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.about, got, test.want)
		}
	}
}

func require(c Contract, name string, keys ...string) {
	p := c[name]
	p.Required = keys
	c[name] = p
}

// References, unions and lists are followed, parameters have no names, and loops end.
func TestParseContract(t *testing.T) {
	t.Parallel()
	c, err := ParseContract([]byte(`{"paths": {"/teams/{teamId}/x": {"summary": "x", "post": {
		"parameters": [{"name": "cols[]", "in": "query", "required": true, "schema": {"type": "array", "items": {"enum": ["id", 1]}}},
			{"name": "path", "in": "path", "required": true, "schema": {"enum": ["x"]}}, {"name": "loop", "in": "query", "schema": {"$ref": "#/components/schemas/L"}},
			{"name": "pg", "in": "query", "schema": {"properties": {"sortDir": {"enum": ["asc", "desc"]}, "limit": {}}}}, {"$ref": "#/x"}],
		"requestBody": {"content": {"application/json": {"schema": {"required": ["a"], "allOf": [{"$ref": "#/components/schemas/A"}], "properties": {"b": {"type": ["string", "null"]}}}}}},
		"responses": {"200": {"content": {"application/json": {"schema": {"properties": {"rows": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}}}}}}}}}},
		"components": {"schemas": {"L": {"items": {"$ref": "#/components/schemas/L"}}, "A": {"properties": {"a": {"type": "integer"}, "self": {"$ref": "#/components/schemas/A"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	p := c["POST /teams/{}/x"]
	if p.Body["a"] != "integer" || p.Body["b"] != "string" || strings.Join(p.Required, " ") != "a" || !p.Reply["rows.a"] || !p.Reply["rows.self.a"] {
		t.Errorf("%+v", p)
	}
	if strings.Join(p.Words["cols"], " ") != "id 1" || strings.Join(p.Words["pg[sortDir]"], " ") != "asc desc" ||
		strings.Join(p.Asked, " ") != "cols" || len(p.Words["path"])+len(p.Words["loop"]) > 0 {
		t.Errorf("%+v", p)
	}
	for _, broken := range []string{"", "[]", "{}", `{"paths": {}}`, `{"paths": 1}`} {
		if _, err := ParseContract([]byte(broken)); err == nil {
			t.Errorf("%q is a contract", broken)
		}
	}
}

func FuzzParseContract(f *testing.F) {
	f.Add([]byte(`{"paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseContract(data); err == nil {
			_ = CompareContract(c)
		}
	})
}

package makeapi

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

func TestErrorReplies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body, code, message string
	}{
		{"envelope", `{"detail":"Access denied.","message":"Permission denied","code":"SC403"}`, "SC403", "Access denied."},
		{"without detail", `{"message":"Permission denied","code":"SC403"}`, "SC403", "Permission denied"},
		{"suberrors", `{"message":"Bad","code":"SC400","suberrors":[{"message":"a"},{"message":"b"},"c",7,{}]}`, "SC400", "Bad; a; b; c; 7"},
		{"odd types", `{"message":{"x":1},"code":429,"detail":null,"suberrors":"?","error":"oops"}`, "429", "oops"},
		{"what is hit", `{"status":406,"code":"IM004","message":"Confirmation required.","metadata":[{"type":"scenarios","data":[{"scenarioId":5,"scenarioName":"Daily\u001b[31m"},{"scenarioName":"Weekly"},"x",7,null]}]}`,
			"IM004", "Confirmation required.; it would hit scenarios: Daily (5), Weekly, x, 7"},
		{"what is hit, in another form", `{"code":"IM004","message":"No.","metadata":[{"type":"hooks","data":{"n":1}},{"type":"keys","data":[{"count":2,"systems":["crm"]}]},{"data":[1]},4]}`,
			"IM004", "No.; it would hit hooks; keys"},
		{"many are hit", `{"code":"IM004","message":"No.","metadata":[{"type":"s","data":[1,2,3,4,5,6,7,8,9,10,11,12]}]}`,
			"IM004", "No.; it would hit s: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"},
		{"metadata of no sense", `{"code":"IM004","message":"No.","metadata":{"a":1}}`, "IM004", "No."},
		{"plain text", "Requests limit for organization exceeded, please try again later.", "", "Requests limit for organization exceeded, please try again later."},
		{"edge", "error code: 1010", "", "error code: 1010"},
		{"page", "<!DOCTYPE html><html><head><title>502 Bad\nGateway</title></head><body>x</body></html>", "", "502 Bad Gateway"},
		{"page without title", "<p>down &amp; out</p><script>x()</script>", "", "down & out"},
		{"text in JSON", `"nope"`, "", "nope"},
		{"escapes", "\x1b[31mred\x1b]0;title\x07\r\n\tover\u202ewrite\x00", "", "red overwrite"},
		{"empty", ``, "", "i'm a teapot"},
		{"array", `[1]`, "", "[1]"},
	} {
		c := client(t, nil)
		e, _ := c.refusal(&call{}, &http.Response{StatusCode: 418}, strings.NewReader(test.body))
		if e.Code != test.code || e.Message != test.message {
			t.Errorf("%s: %q %q", test.name, e.Code, e.Message)
		}
	}
}

// A refused creation seldom is the token's fault: unless it lacks the scope, the hint says what
// else it may be.
func TestHintOfARefusedCreation(t *testing.T) {
	t.Parallel()
	for scopes, hint := range map[string]string{`["organizations:write"]`: "only its administrators", `["organizations:read"]`: "the scope organizations:write"} {
		c := client(t, (&zone{answers: map[string]any{
			"POST /organizations":                 http.HandlerFunc(answers(403, `{"message":"Permission denied","code":"SC403"}`)),
			"GET /users/me/current-authorization": `{"authorization":{"scope":` + scopes + `}}`,
		}}).ServeHTTP, fewRetries)
		_, err := c.Write(t.Context(), plan.Write{Verb: plan.CreateOrganization, Address: "acme",
			Arguments: plan.Arguments{Name: "Acme", RegionID: 1, TimezoneID: 2, CountryID: 3}})
		if e := callError(t, err); !strings.Contains(e.Hint, hint) {
			t.Errorf("%s: %s", scopes, e.Hint)
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	z := func(status int, body, scopes string) *zone {
		return &zone{answers: map[string]any{
			"GET /organizations":                  `{"organizations":[{"id":1,"zone":"eu1.make.example"},{"id":2,"zone":"us1.make.com"}],"pg":{"limit":10000}}`,
			"GET /organizations/1/variables":      http.HandlerFunc(answers(status, body)),
			"GET /organizations/2/variables":      http.HandlerFunc(answers(status, body)),
			"GET /users/me/current-authorization": `{"authorization":{"authUsed":"token","scope":` + scopes + `}}`,
		}}
	}
	const denied = `{"message":"Permission denied","code":"SC403","detail":"Access denied."}`
	for _, test := range []struct {
		name         string
		zone         *zone
		organization int64
		class        exit.Class
		hint         string
		explained    int // calls of current-authorization after two failures
	}{
		{"wrong zone", z(403, denied, `[]`), 2, exit.ClassForbidden, "lives in us1.make.com", 0},
		{"missing scope", z(403, denied, `["organizations:read"]`), 1, exit.ClassRefused, "organization-variables:read", 1},
		{"missing scope, as text", z(403, denied, `"organizations:read user:read"`), 1, exit.ClassRefused, "organization-variables:read", 1},
		{"rights", z(403, denied, `["organization-variables:read"]`), 1, exit.ClassForbidden, "enough rights", 1},
		{"scopes unknown", z(403, denied, `null`), 1, exit.ClassForbidden, "enough rights", 1},
		{"edge", z(403, "error code: 1010", `[]`), 1, exit.ClassForbidden, "Cloudflare", 0},
		{"server", z(500, "", `[]`), 1, exit.ClassServer, "later", 0},
	} {
		c := client(t, test.zone.ServeHTTP, fewRetries)
		if _, err := c.Organizations(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			live := &state.Organization{}
			live.ID = test.organization
			e := callError(t, readKind(c, live, "variable"))
			if e.Class != test.class || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("%s: %s, %q", test.name, e.Class, e.Hint)
			}
		}
		explained := 0
		for _, r := range test.zone.requests() {
			if strings.HasSuffix(r.path, "current-authorization") {
				explained++
			}
		}
		if explained != test.explained {
			t.Errorf("%s: asked %d times for the scopes", test.name, explained)
		}
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	secret := "p\"a<s\ns&wörd+x/1"
	for _, form := range append(escapes(secret), hex.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))[:20]) {
		got := scrub("before "+form+" after", []string{secret})
		if got != "before (sensitive) after" {
			t.Errorf("%q becomes %q", form, got)
		}
	}
	for in, want := range map[string]string{
		"value 'abcdefghijkl…' is bad":  "value '(sensitive)…' is bad",
		"abcdefgh abcdefghijk":          "(sensitive)",
		"abcdefg":                       "abcdefg",
		"…efghijklmnop":                 "…(sensitive)",
		"ABCDEFGH":                      "(sensitive)",
		"abc\n  def\x1b[1mghi\u200bj k": "(sensitive)",
		"xxxYWJjZGVmZ2hpamtsbW5vcAyyy":  "xxx(sensitive)Ayyy",
		"4:CmFiY2RlZmdoaWprbG1ub3A=":    "4:Cm(sensitive)A=",
		"6566676869 6a6b6c6d":           "(sensitive)",
	} {
		if got := scrub(in, []string{"abcdefghijklmnop"}); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := scrub("see s in this", []string{"s", ""}); strings.Contains(got, "see") {
		t.Errorf("a short secret stays: %q", got)
	}
}

// FuzzDecoders: whatever a zone answers, no decoder panics, and none keeps a part of a list.
func FuzzDecoders(f *testing.F) {
	for _, seed := range []string{
		`{"organizations":[{"id":1,"license":{"apiLimit":30}}],"pg":{"limit":10}}`, `{"organizationVariables":[{"typeId":1,"name":"A","value":[]}]}`,
		`{"organizationVariables":{"a":{"value":1}}}`, `{"users":[{"id":"7"}],"membershipPromises":[{}]}`, `{"featureControls":[{"id":1,"name":"x","enabled":"1"}]}`,
		`{"userOrganizationRoles":[{"userId":1,"usersRoleId":2,"invitation":{}}]}`, `{"code":7,"suberrors":[{}]}`, `{"authorization":{"scope":"a b"}}`, `null`, ``, `[`, "\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body := string(data)
		for _, path := range []string{"variable", "featureControl", "member"} {
			live := &state.Organization{}
			live.ID = 1
			c := client(t, answers(200, body), fewRetries)
			if err := readKind(c, live, path); err != nil && (live.Variables != nil || live.FeatureControls != nil || live.Members != nil) {
				t.Errorf("%s: %v and yet something was kept", path, err)
			}
		}
		c := client(t, answers(200, body), fewRetries)
		c.Me(t.Context())
		c.Organization(t.Context(), 1, false)
		if lives, err := c.Organizations(t.Context()); err != nil && lives != nil {
			t.Error("a part of a list")
		}
		for verb := range writes {
			c.Write(t.Context(), sample(verb))
		}
		c = client(t, answers(400, body), fewRetries)
		if _, err := c.Write(t.Context(), rename); strings.ContainsAny(err.Error(), "\x1b\x00\n\r") {
			t.Errorf("%q", err)
		}
	})
}

// FuzzScrub: whatever stands around it, a secret goes, and scrubbing never fails.
func FuzzScrub(f *testing.F) {
	for _, seed := range [][2]string{{"a ", "secret12"}, {"\x1b[1m", "aaaaaaaaaa"}, {"\xff", "\xff\xfe"}, {"x", " "}, {"(sens", "itive)"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, around, secret string) {
		if len(around) > 1<<12 || len(secret) > 1<<12 || strings.ContainsAny(around, "\x1b\u009b") || !utf8.ValidString(around) || !utf8.ValidString(secret) {
			return
		}
		got := scrub(around+secret+around, []string{secret, around + "x"})
		if normalise(secret).original == secret && secret != "" && !strings.Contains(around+masked+around, secret) && strings.Contains(strings.ReplaceAll(got, masked, "\n"), secret) {
			t.Errorf("%q shows in %q", secret, got)
		}
	})
}

package sandbox_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// What odd calls are put together from. Each list also has what is good, so that
// many calls get as far as the operation itself.
var (
	oddSegments = map[string][]string{
		"organizationId":  {"11", "12", "13", "14", "22"},
		"userId":          {"1", "2", "3", "6", "8"},
		"teamId":          {"101", "102", "104", "109"},
		"roleId":          {"11", "1001", "1002"},
		"variableName":    {"API_BASE", "RETRIES", "A", "%24b"},
		"priceId":         {"21", "43"},
		"paymentMethodId": {"pm_card_11", "pm_debit_12"},
		"":                {"0", "-1", "999", "x", "+11", "11.0", "9223372036854775808", "%00", "%FF", "a%2F%2Fb", "..%2f", "transfer", "me", "null", "%C3%A9"},
	}
	oddFields = map[string][]any{
		"name": {"A", "$b", "Odd"}, "regionId": {1, 2}, "timezoneId": {113}, "countryId": {24}, "email": {"new@odd.example", "JANE@acme.example"},
		"usersRoleId": {12, 13, 14, 1001}, "teamsId": {[]int{101}}, "note": {"n"}, "hash": {"x"}, "userId": {1, 2}, "typeId": {1, 2, 3, 4},
		"value": {5, "x", true, "2026-11-20T00:00:00.000Z"}, "id": {11, 12}, "enabled": {true, false}, "enable": {true, false}, "priceId": {21, 31},
		"couponCode": {"C"}, "universalDiscountId": {1}, "target": {"both", "extras"}, "organizationId": {11, 12, 14}, "category": {"organization", "team"}, "permissions": {[]int{101}},
		"customer": {map[string]any{"email": "a", "name": "b", "isBusiness": true, "countryId": 24}},
		"":         {nil, 0, -1, 1.5, 1e300, int64(1) << 62, true, "", "12", strings.Repeat("x", 200), "a\x00b", []any{}, []any{nil}, map[string]any{}, map[string]any{"id": 1}},
	}
	oddQueries = []string{"", "", "confirmed=true", "confirmed=1", "deleteConnections=true", "wait=true", "cols[]=*", "cols=id&cols[2]=nope", "pg[limit]=1&pg[offset]=1",
		"pg[limit]=-1", "pg[sortDir]=desc&pg[returnTotalCount]=true", "organizationId=11", "organizationId=0", "teamId=101", "organizationId=%FF", "%zz=%00",
		"teamPermission=scenario+view", "hash=x", "excludeRole[]=11", "type=organization&organizationId=11&permission=payment+edit", "type=company&teamId=102&permission=team+view",
		"type=PLAN&includeInvisible=true", "organizationId=11&tfaStatus=1&filterByTeamId=0"}
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
)

// pick takes one of the good values, or an odd one now and then.
func pick[T any](r *rand.Rand, values map[string][]T, key string) T {
	list := values[key]
	if r.IntN(15) == 0 {
		list = values[""]
	}
	return list[r.IntN(len(list))]
}

// TestOddCallsAreAnswered sends calls of all kinds to every operation: each gets an
// answer below 500 that can be decoded, and the world holds together afterwards.
func TestOddCallsAreAnswered(t *testing.T) {
	t.Parallel()
	c := starter(t, with("rate-limit", "off"), with("free-plan", "allow"))
	r := rand.New(rand.NewPCG(7, 7))
	operations := c.world.Operations()
	for range 20_000 {
		method, path, _ := strings.Cut(operations[r.IntN(len(operations))], " ")
		if method == "DELETE" && path == "/organizations/{organizationId}" {
			continue // what is gone answers nothing of interest
		}
		if r.IntN(300) == 0 {
			c.world.Advance(time.Duration(r.IntN(96)) * time.Hour) // invitations expire, subscriptions end
		}
		path = placeholder.ReplaceAllStringFunc(path, func(s string) string { return pick(r, oddSegments, s[1:len(s)-1]) })
		path += "?" + oddQueries[r.IntN(len(oddQueries))]
		a, err := c.try(method, path, oddBody(t, r))
		if err != nil || a.status >= 500 || a.status >= 400 && a.json["code"] == nil {
			t.Fatalf("%s %s: %d %s, %v", method, path, a.status, a.text, err)
		}
	}
	holdsTogether(t, c.world.Snapshot())
	if n := len(c.world.Log()); n < 300 {
		t.Errorf("only %d calls wrote", n)
	}
}

// holdsTogether wants one Owner, and each member and variable once, in every organization.
func holdsTogether(t *testing.T, s *sandbox.State) {
	t.Helper()
	for _, z := range s.Zones {
		for _, o := range z.Organizations {
			owners, seen := 0, map[any]bool{}
			for _, m := range o.Members {
				if m.Role.ID == 11 {
					owners++
				}
				if seen[m.UserID] {
					t.Errorf("user %d is twice in organization %d", m.UserID, o.ID)
				}
				seen[m.UserID] = true
			}
			for _, v := range o.Variables {
				if seen[v.Name] {
					t.Errorf("variable %q is twice in organization %d", v.Name, o.ID)
				}
				seen[v.Name] = true
			}
			if owners != 1 {
				t.Errorf("organization %d has %d Owners", o.ID, owners)
			}
		}
	}
	sandbox.New(s, nil) // panics when it does not open again
}

// oddBody is an object with some of the fields, or hardly a body at all.
func oddBody(t *testing.T, r *rand.Rand) string {
	if r.IntN(15) == 0 {
		return []string{"", " ", "null", "[]", "{", "\xff", `{"name":"A"}{}`}[r.IntN(7)]
	}
	body := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(oddFields)) {
		if key != "" && r.IntN(3) > 0 {
			body[key] = pick(r, oddFields, key)
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

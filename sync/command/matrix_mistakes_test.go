package command_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"makesync/sync/sandbox"
)

// The mistakes of the wrong clients in matrixRows.

type rawJSON = json.RawMessage

// mistakesNumbers reads the value of a number variable wrongly.
func mistakesNumbers(reads func(any) any) wrongClient {
	return hearsJSON("GET .*/variables", func(_ *http.Request, body map[string]any) {
		for _, row := range rows(body, "organizationVariables") {
			if row["typeId"] == 1.0 {
				row["value"] = reads(row["value"])
			}
		}
	})
}

// ifNot is a value of any type but one, which is not understood.
func ifNot[T any](v any) any {
	if _, is := v.(T); is {
		return nil
	}
	return v
}

func forgets(field string) func(map[string]any) any {
	return func(body map[string]any) any {
		delete(body, field)
		return body
	}
}

func saysValueAsText(body map[string]any) any {
	if n, is := body["value"].(float64); is {
		body["value"] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return body
}

func forgetsToConfirm(query map[string][]string) { delete(query, "confirmed") }

func forgetsToWait(query map[string][]string) { delete(query, "wait") }

// forgets10 takes the first people that there are when nobody says how many.
func forgets10(query map[string][]string) {
	delete(query, "pg[limit]")
	query["pg[sortDir]"] = []string{"asc"}
}

// takesPageForAll believes that it was given as many rows as it would have liked.
func takesPageForAll(_ *http.Request, body map[string]any) {
	if pages, is := body["pg"].(map[string]any); is {
		pages["limit"] = 10000
	}
}

func asksForID(query map[string][]string) { query["cols[]"] = []string{"id", "name"} }

func asksForMore(query map[string][]string) { query["cols[]"] = append(query["cols[]"], "shoeSize") }

func asksForPart(query map[string][]string) {
	for i, email := range query["email"] {
		query["email"][i], _, _ = strings.Cut(email, "@")
	}
}

// removals are also role changes: one empty body apart.
const removals = "POST /users/[0-9]+/user-organization-roles/11"

// removesByRole sends a role where an empty body removes.
func removesByRole(body map[string]any) any {
	if len(body) == 0 {
		body["usersRoleId"] = 14
	}
	return body
}

// removesBy sends always the same empty body.
func removesBy(empty map[string]any) func(map[string]any) any {
	return func(body map[string]any) any {
		switch {
		case len(body) > 0:
			return body
		case empty == nil:
			return nil
		}
		return empty
	}
}

// inviteesAreListedApart is a zone whose GET /users has no people who are invited.
func inviteesAreListedApart(s *sandbox.State) {
	s.Switches = map[string]string{"pending-in-users": "no"}
}

// hearsNoHolders does not know that people can be looked for elsewhere, too.
var hearsNoHolders = hearsJSON("GET /users/by-permission", func(_ *http.Request, body map[string]any) { body["users"] = []any{} })

// onlyTextRemoves is a zone for which "" alone, as in the published example, is an empty body.
func onlyTextRemoves(s *sandbox.State) {
	if s.Switches == nil {
		s.Switches = map[string]string{}
	}
	s.Switches["removal-body"] = "string"
}

func hidesInvitations(_ *http.Request, body map[string]any) {
	without(body, "userOrganizationRoles", func(row map[string]any) bool { return row["invitation"] != nil })
}

func hidesGamma(_ *http.Request, body map[string]any) {
	without(body, "organizations", func(row map[string]any) bool { return row["name"] == "Gamma" })
}

func readsFive(_ *http.Request, body map[string]any) {
	all := rows(body, "users")
	body["users"] = all[:min(5, len(all))]
}

// trustsFilter takes whoever is found for the one who was asked for.
func trustsFilter(r *http.Request, body map[string]any) {
	if email := r.URL.Query().Get("email"); email != "" {
		for _, row := range rows(body, "users") {
			row["email"] = email
		}
	}
}

func hearsNameOnly(_ *http.Request, body map[string]any) {
	if organization, is := body["organization"].(map[string]any); is {
		body["organization"] = map[string]any{"id": organization["id"], "name": organization["name"]}
	}
}

func claimsTwoFactors(_ *http.Request, body map[string]any) {
	if user, is := body["authUser"].(map[string]any); is {
		user["tfaEnabled"] = true
	}
}

// overlooksLimits has no idea that calls are limited, and goes on as fast as it can.
var overlooksLimits = both(
	hears(".*", func(_ *http.Request, reply *reply) {
		for name := range reply.header {
			if strings.HasPrefix(name, "X-Ratelimit") {
				reply.header.Del(name)
			}
		}
	}),
	hearsJSON("GET /organizations.*", func(_ *http.Request, body map[string]any) {
		for _, row := range rows(body, "organizations") {
			delete(row, "license")
		}
	}))

// seesLimits takes every reply for the last one of its minute.
var seesLimits = hears(".*", func(_ *http.Request, reply *reply) {
	reply.header.Set("X-Ratelimit-Limit", "25")
	reply.header.Set("X-Ratelimit-Remaining", "0")
	reply.header.Set("X-Ratelimit-Reset", strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10))
})

// sendsCreationTwice repeats what must not be repeated.
var sendsCreationTwice = where("POST /organizations", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	response, err := next.RoundTrip(again)
	if err == nil {
		response.Body.Close()
	}
	return next.RoundTrip(r)
})

// hearsNoList takes one object for all that there can be.
func hearsNoList(_ *http.Request, body map[string]any) {
	if _, is := body["organizationVariables"].([]any); is {
		body["organizationVariables"] = map[string]any{}
	}
}

// hearsNoObject overlooks what does not come in a list.
func hearsNoObject(_ *http.Request, body map[string]any) {
	if _, is := body["organizationVariables"].(map[string]any); is {
		body["organizationVariables"] = []any{}
	}
}

// hearsNoCodes knows countries by their names alone.
func hearsNoCodes(_ *http.Request, body map[string]any) {
	for _, row := range rows(body, "countries") {
		delete(row, "code1")
		delete(row, "code2")
		delete(row, "code")
	}
}

package command_test

import (
	"net/http"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/sandbox"
)

// matrixRow is one answer to one of the open questions about Make: how testdata/everything ends under it, and a
// client that gets just this answer wrong.
type matrixRow struct {
	name, value string
	// seed is what the world needs so that the question comes up; nil: it does anyway.
	seed func(*sandbox.State)
	// zone is a trait of the zone that no switch has, and meanwhile what somebody else does before the first
	// write that the pattern means.
	zone      wrongClient
	meanwhile event
	// told are the outcomes that are not `succeeded` and not those of toldAlways, and exit the code of the run.
	told map[spec.Address]string
	exit int
	// end are the facts in which the end is another.
	end facts
	// open are the addresses that can never be reached, so that they stay planned or held.
	open []spec.Address
	// rest is the code of the last `plan --exit-code`.
	rest int
	// final: what the first run does not reach no other can, since it ends outside.
	final bool
	// secret: with the variable that comes from a reference, which makes the row slow.
	secret bool
	// atMost bounds how long the first run may wait; 0: not looked at.
	atMost time.Duration
	wrong  wrongClient
}

// event is what somebody else does just before a call.
type event struct {
	call  string // METHOD template
	about string // part of the path
	do    func(e *everything)
}

// toldAlways are the outcomes of the usual end: what an organization on the Free plan lacks is skipped, and so is a
// control that a new one does not have, and that is to be off.
var toldAlways = map[spec.Address]string{"studio/variable/FIRST": "skipped licence", "studio/member/bob@acme.example": "skipped licence",
	"studio/featureControl/Make AI Tools": "skipped already-done"}

// With the usual zone everything is reached but what a Free plan does not offer.
var matrixRows = []matrixRow{
	{name: "number-value", value: "stored", wrong: mistakesNumbers(func(any) any { return nil })},
	{name: "number-value", value: "number", wrong: mistakesNumbers(func(v any) any { return ifNot[float64](v) })},
	{name: "number-value", value: "string", wrong: mistakesNumbers(func(v any) any { return ifNot[string](v) })},

	{name: "value-check", value: "lenient", wrong: sends("(POST|PATCH) /organizations/.*/variables.*", forgets("typeId"))},
	{name: "value-check", value: "strict", wrong: sends("(POST|PATCH) /organizations/.*/variables.*", saysValueAsText)},

	{name: "variables-404", value: "SC404", meanwhile: gammaLosesVariables, told: gammaLacks, end: gammaUnchanged,
		wrong: hearsStatus("POST .*/variables", 404, 400, "")},
	{name: "variables-404", value: "IM027", meanwhile: gammaLosesVariables, told: gammaLacks, end: gammaUnchanged,
		wrong: hearsStatus("POST .*/variables", 404, 500, "")},
	{name: "variables-404", value: "plain", meanwhile: gammaLosesVariables, told: gammaLacks, end: gammaUnchanged,
		wrong: needsJSON(".*")},

	{name: "rate-limit", value: "organization", seed: acmeIsLimited, atMost: 5 * time.Minute, wrong: overlooksLimits},
	{name: "rate-limit", value: "both", seed: acmeIsLimited, atMost: 5 * time.Minute, wrong: overlooksLimits},
	{name: "rate-limit", value: "off", atMost: 10 * time.Second, wrong: seesLimits},
	{name: "rate-body", value: "plain", seed: acmeIsLimited, meanwhile: windowIsSpent, wrong: hearsStatus(".*", 429, 400, "")},
	{name: "rate-body", value: "json", seed: acmeIsLimited, meanwhile: windowIsSpent, wrong: hearsStatus(".*", 429, 400, "")},
	{name: "rate-headers", value: "x-ratelimit", seed: acmeIsLimited, meanwhile: windowIsSpent, atMost: 6 * time.Minute, wrong: seesLimits},
	{name: "rate-headers", value: "success", seed: acmeIsLimited, meanwhile: windowIsSpent, atMost: 6 * time.Minute, wrong: hearsStatus(".*", 429, 403, "")},
	{name: "rate-headers", value: "retry-after", seed: acmeIsLimited, meanwhile: windowIsSpent, atMost: 6 * time.Minute, wrong: hearsStatus(".*", 429, 400, "")},
	{name: "rate-headers", value: "none", seed: acmeIsLimited, meanwhile: windowIsSpent, atMost: 6 * time.Minute, wrong: hearsStatus(".*", 429, 403, "")},

	{name: "unconfirmed-delete", value: "406", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},
	{name: "unconfirmed-delete", value: "400", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},
	{name: "unconfirmed-delete", value: "403", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},

	{name: "delete-metadata", value: "scenarios", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},
	{name: "delete-metadata", value: "none", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},
	{name: "delete-metadata", value: "other", wrong: asks("DELETE /organizations/13", forgetsToConfirm)},

	{name: "variables-list", value: "array", seed: gammaHasOneVariable, end: facts{"12/variable/THEIRS": "-"}, wrong: hearsJSON("GET .*/variables", hearsNoList)},
	{name: "variables-list", value: "object", seed: gammaHasOneVariable, end: facts{"12/variable/THEIRS": "-"}, wrong: hearsJSON("GET .*/variables", hearsNoObject)},

	{name: "removal-body", value: "any", wrong: sends(removals, removesByRole)},
	{name: "removal-body", value: "string", wrong: sends(removals, removesByRole)},
	{name: "removal-body", value: "object", wrong: sends(removals, removesBy(nil))},
	{name: "removal-body", value: "none", wrong: sends(removals, removesBy(map[string]any{}))},

	{name: "removal-refusal", value: "400", seed: onlyTextRemoves, wrong: sends(removals, removesBy(nil))},
	{name: "removal-refusal", value: "ignored", seed: onlyTextRemoves, wrong: sends(removals, removesBy(nil))},
	{name: "removal-reply", value: "null", wrong: sends(removals, removesByRole)},
	{name: "removal-reply", value: "role", wrong: sends(removals, removesByRole)},
	{name: "removal-confirmed", value: "no", wrong: sends(removals, removesByRole)},
	{name: "removal-confirmed", value: "yes", wrong: asks(removals, forgetsToConfirm)},

	{name: "pending-in-users", value: "yes", wrong: hearsJSON("GET .*/user-organization-roles", hidesInvitations)},
	{name: "pending-in-users", value: "no", wrong: hearsJSON("GET .*/user-organization-roles", hidesInvitations)},
	{name: "permission-guests", value: "no", seed: inviteesAreListedApart, wrong: hearsNoHolders},
	{name: "permission-guests", value: "yes", seed: inviteesAreListedApart, wrong: hearsNoHolders},

	{name: "former-owner", value: "admin", wrong: neverSends("POST .*/transfer", "{}")},
	{name: "former-owner", value: "member", end: facts{"11/member/ops@acme.example": "Member"}, final: true, wrong: neverSends("POST .*/transfer", "{}")},
	{name: "former-owner", value: "removed", end: facts{"11/member/ops@acme.example": "-"}, exit: 4, rest: 3, final: true, wrong: neverSends("POST .*/transfer", "{}")},

	{name: "foreign-organization", value: "403", meanwhile: gammaShutsUsOut, told: gammaFails, exit: 4, end: gammaGone, rest: 3, final: true,
		wrong: hearsStatus(".*/organizations/12/.*", 403, 200, "{}")},
	{name: "foreign-organization", value: "404", meanwhile: gammaShutsUsOut, told: gammaFails, exit: 4, end: gammaGone, rest: 3, final: true,
		wrong: hearsStatus(".*/organizations/12/.*", 404, 200, "{}")},

	{name: "denied", value: "detail", meanwhile: gammaShutsUsOut, told: gammaFails, exit: 4, end: gammaGone, rest: 3, final: true,
		wrong: hearsStatus(".*/organizations/12/.*", 403, 200, "{}")},
	{name: "denied", value: "message", meanwhile: gammaShutsUsOut, told: gammaFails, exit: 4, end: gammaGone, rest: 3, final: true,
		wrong: hearsStatus(".*/organizations/12/.*", 403, 200, "{}")},

	{name: "country-codes", value: "code1", wrong: hearsJSON("GET /enums/countries", hearsNoCodes)},
	{name: "country-codes", value: "code", wrong: hearsJSON("GET /enums/countries", hearsNoCodes)},
	{name: "country-codes", value: "none", wrong: hearsJSON("GET /enums/countries", hearsNoCodes)},

	{name: "create-lag", value: "none", wrong: sendsCreationTwice},
	{name: "create-lag", value: "calls", wrong: both(asks("GET /organizations/22", forgetsToWait), sulks("GET /organizations/22"))},
	{name: "create-lag", value: "wait", wrong: asks("GET /organizations/22", forgetsToWait)},

	{name: "create-organization", value: "allow", seed: noAdministrator, wrong: neverSends("POST /organizations", `{"organization":{"id":99}}`)},
	{name: "create-organization", value: "forbid", seed: noAdministrator, told: studioFails, exit: 4, end: facts{"22/": "-"},
		open: []spec.Address{"studio", "studio/featureControl/Make AI Tools", "studio/variable/FIRST", "studio/member/bob@acme.example"}, rest: 2,
		wrong: hearsStatus("POST /organizations", 403, 200, `{"organization":{"id":99}}`)},

	{name: "users-limit", value: "10", wrong: both(both(asks("GET /users", forgets10), hearsJSON("GET /users", takesPageForAll)), hearsNoHolders)},
	{name: "users-limit", value: "10000", wrong: both(hearsJSON("GET /users", readsFive), hearsNoHolders)},

	{name: "email-filter", value: "substring", zone: joeveIsListedApart, wrong: hearsJSON("GET /users", trustsFilter)},
	{name: "email-filter", value: "exact", zone: joeveIsListedApart, wrong: asks("GET /users", asksForPart)},

	{name: "free-plan", value: "refuse", wrong: hearsStatus(".*", 403, 403, `{"message":"Permission denied","code":"SC403"}`)},
	{name: "free-plan", value: "reads",
		wrong: hearsStatus(".*", 403, 403, `{"message":"Permission denied","code":"SC403"}`)},
	{name: "free-plan", value: "allow", told: map[spec.Address]string{"studio/member/bob@acme.example": "succeeded"},
		end: facts{"22/member/bob@acme.example": "Member newly invited"}, wrong: neverSends("POST /organizations/22/invite", "{}")},

	{name: "invited-in-list", value: "no", wrong: hearsJSON("GET /organizations", hidesGamma)},
	{name: "invited-in-list", value: "yes", wrong: hearsJSON("GET /organizations", hidesGamma)},

	{name: "pending-role", value: "refuse", wrong: sends(removals, removesByRole)},
	{name: "pending-role", value: "accept", wrong: sends(removals, removesByRole)},

	{name: "unknown-cols", value: "ignore", wrong: asks("GET /organizations", asksForID)},
	{name: "unknown-cols", value: "refuse", wrong: asks("GET .*", asksForMore)},

	{name: "detail-cols", value: "ignore", wrong: hearsJSON("GET /organizations/[0-9]+", hearsNameOnly)},
	{name: "detail-cols", value: "apply", wrong: asks("GET /organizations/[0-9]+", asksForID)},

	{name: "duplicate-invite", value: "IM005", meanwhile: eveIsInvited, told: eveIsIn, end: eveOfOthers,
		wrong: hearsStatus("POST .*/invite", 400, 200, "{}")},
	{name: "duplicate-invite", value: "SC400", meanwhile: eveIsInvited, told: eveIsIn, end: eveOfOthers,
		wrong: hearsStatus("POST .*/invite", 400, 200, "{}")},

	{name: "team-limit", value: "ignore", wrong: sends("POST .*/invite", forgets("teamsId"))},
	{name: "team-limit", value: "enforce", wrong: before("POST .*/invite", http.MethodPost, "/teams", `{"name":"Ops 2","organizationId":11}`)},

	{name: "control-reply", value: "featureControl", wrong: neverSends("PATCH .*/feature-controls", `{"featureControl":{}}`)},
	{name: "control-reply", value: "featureControls", wrong: neverSends("PATCH .*/feature-controls", `{"featureControls":{}}`)},
	{name: "control-scope", value: "organizations:write", wrong: neverSends("PATCH .*/feature-controls", "{}")},
	{name: "control-scope", value: "none", wrong: neverSends("PATCH .*/feature-controls", "{}")},

	{name: "tfa-plan", value: "SC402", seed: acmeIsOnTeams, told: acmeLacksTFA, end: facts{"11/tfa": "false", "11/plan": "Teams"},
		wrong: hearsStatus("PATCH .*/tfa-enforcement", 402, 200, "{}")},
	{name: "tfa-plan", value: "IM027", seed: acmeIsOnTeams, told: acmeLacksTFA, end: facts{"11/tfa": "false", "11/plan": "Teams"},
		wrong: hearsStatus("PATCH .*/tfa-enforcement", 402, 200, "{}")},

	{name: "tfa-feature", value: "on", wrong: sends("PATCH .*/tfa-enforcement", func(map[string]any) any { return map[string]any{"enable": false} })},
	{name: "tfa-feature", value: "off", told: map[spec.Address]string{"acme/tfa": "skipped licence"}, end: facts{"11/tfa": "false"},
		wrong: hearsStatus("PATCH .*/tfa-enforcement", 400, 200, "{}")},

	{name: "tfa-token", value: "keep", seed: olgaHasOneFactor, end: facts{"11/tfa": "false"}, open: []spec.Address{"acme/tfa"}, exit: 5, rest: 5,
		wrong: hearsJSON("GET /users/me", claimsTwoFactors)},
	{name: "tfa-token", value: "revoke", seed: olgaHasOneFactor, end: facts{"11/tfa": "false"}, open: []spec.Address{"acme/tfa"}, exit: 5, rest: 5,
		wrong: hearsJSON("GET /users/me", claimsTwoFactors)},
}

// What the zone needs, and what others do.

var (
	gammaLosesVariables = event{"POST /organizations/{organizationId}/variables", "/12/", func(e *everything) {
		e.alter(func(s *sandbox.State) { s.Zones[0].Organizations[1].Plan = "Core" })
	}}
	gammaShutsUsOut = event{"POST /organizations/{organizationId}/variables", "/12/", func(e *everything) {
		e.alter(func(s *sandbox.State) {
			gamma := s.Zones[0].Organizations[1]
			gamma.Members = gamma.Members[:1]
		})
	}}
	eveIsInvited = event{"POST /organizations/{organizationId}/invite", "/11/", func(e *everything) {
		for range 2 { // a fault may hit them, too
			e.call(http.MethodPost, "/organizations/11/invite", `{"email":"eve@acme.example","name":"Eve","usersRoleId":13}`)
		}
	}}
	windowIsSpent = event{"PATCH /organizations/{organizationId}/feature-controls", "/11/", func(e *everything) {
		for e.call(http.MethodGet, "/organizations/11/feature-controls", "") != http.StatusTooManyRequests {
			continue
		}
	}}

	acmeLacksTFA   = map[spec.Address]string{"acme/tfa": "skipped licence"}
	gammaLacks     = map[spec.Address]string{"gamma/variable/ADDED": "skipped licence", "gamma/variable/DRIFTED": "skipped licence"}
	gammaUnchanged = facts{"12/plan": "Core", "12/variable/ADDED": "-", "12/variable/DRIFTED": "number 1"}
	gammaFails     = map[spec.Address]string{"gamma/variable/ADDED": "failed", "gamma/variable/DRIFTED": "failed"}
	gammaGone      = facts{"12/variable/ADDED": "-", "12/variable/DRIFTED": "number 1", "12/member/ops@acme.example": "-",
		"12/member/user 900": "-"}
	eveIsIn     = map[spec.Address]string{"acme/member/eve@acme.example": "skipped already-done"}
	eveOfOthers = facts{"11/member/eve@acme.example": "Member newly invited", "11/team/Ops": "nobody"}
	studioFails = map[spec.Address]string{"studio": "failed", "studio/featureControl/Make AI Tools": "skipped depends",
		"studio/variable/FIRST": "skipped depends", "studio/member/bob@acme.example": "skipped depends"}
	// What a zone is like that takes no removal in the form in which makesync sends it.
)

func acmeIsLimited(s *sandbox.State) {
	s.Zones[0].Organizations[0].License = map[string]rawJSON{"apiLimit": rawJSON("25")}
}

func acmeIsOnTeams(s *sandbox.State) { s.Zones[0].Organizations[0].Plan = "Teams" }

func gammaHasOneVariable(s *sandbox.State) {
	gamma := s.Zones[0].Organizations[1]
	gamma.Variables = gamma.Variables[:1]
}

func noAdministrator(s *sandbox.State) {
	s.Users[0].Scopes = strings.Fields("organization-variables:read organization-variables:write organizations:read organizations:write teams:read user:read user:write")
}

func olgaHasOneFactor(s *sandbox.State) { s.Users[0].TwoFactor = false }

// joeveIsListedApart is a zone whose list of people leaves one out whom it finds when asked for.
var joeveIsListedApart = hearsJSON("GET /users", func(r *http.Request, body map[string]any) {
	if !r.URL.Query().Has("email") {
		without(body, "users", func(row map[string]any) bool { return row["email"] == "joeve@acme.example" })
	}
})

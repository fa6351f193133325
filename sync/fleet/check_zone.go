package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

func checkReached(f *Facts, _ *Needs) []Check {
	switch call := state.AsCallError(f.Reached); {
	case f.Reached == nil && f.Endpoint.Sandbox != nil:
		return one(CheckOK, "a simulated zone, in this process", "")
	case f.Reached == nil:
		return one(CheckOK, f.Endpoint.URL+" answers", "")
	case call != nil && call.Class == exit.ClassRefused:
		return nil // it answers, and the token is another check
	}
	return failedCall(CheckFailed, "it does not answer", f.Reached)
}

// soonCertificate is how long a certificate has to be good still.
const soonCertificate = 14 * 24 * time.Hour

func checkTLS(f *Facts, n *Needs) []Check {
	switch {
	case f.Endpoint.Sandbox != nil:
		return nil
	case f.TLS == nil && strings.HasPrefix(f.Endpoint.URL, "http://"):
		return one(CheckSkipped, "plain http, to this machine only", "")
	case f.TLS == nil:
		return one(CheckSkipped, "the transport does not tell", "")
	case f.TLS.Expires.Sub(n.Now) < soonCertificate:
		message := f.TLS.Version + "; the certificate expires on " + f.TLS.Expires.Format(time.DateOnly)
		return one(CheckWarning, message, "tell whoever runs the zone")
	}
	return one(CheckOK, f.TLS.Version+", certificate until "+f.TLS.Expires.Format(time.DateOnly), "")
}

func checkProxy(f *Facts, _ *Needs) []Check {
	if f.Endpoint.Sandbox != nil {
		return nil
	}
	if f.Proxy == "" {
		return one(CheckOK, "none on the way", "")
	}
	return one(CheckOK, "by "+f.Proxy, "")
}

// mostSkew is how far clocks may be apart: plans, approvals and invitations expire by them.
const mostSkew = time.Minute

func checkClock(f *Facts, _ *Needs) []Check {
	if f.ZoneTime.IsZero() {
		return one(CheckSkipped, "the zone tells no time", "")
	}
	skew := f.OurTime.Sub(f.ZoneTime).Truncate(time.Second)
	if skew.Abs() <= mostSkew {
		return one(CheckOK, "within a minute of the zone's", "")
	}
	way := "ahead of"
	if skew < 0 {
		way = "behind"
	}
	message := fmt.Sprintf("this machine is %s %s the zone", skew.Abs(), way)
	return one(CheckWarning, message, "set this machine's clock (NTP)")
}

func checkToken(f *Facts, _ *Needs) []Check {
	refused := state.AsCallError(f.Refused)
	switch {
	case refused != nil && refused.Refused != nil:
		answer := refused.Refused.Answer
		said := state.CallError{Status: answer.Status, Code: answer.Code, Message: answer.Message,
			Doing: refused.Refused.Words()}
		return one(CheckFailed, text.OneLine(said.Error()), refused.Refused.Hint())
	case f.UserErr == nil:
		return one(CheckOK, "of user "+f.User.Describe(), "")
	}
	return failedCall(CheckFailed, "the token is of no use", f.UserErr)
}

// scopeNeeds are the scopes that a run needs, with what needs them. Kinds that no document declares
// need none. Make's pages disagree about the order of the words, so a missing one is a warning.
var scopeNeeds = []struct {
	scope string
	needs func(*spec.Organization) bool // nil: every run
}{
	{"organizations:read", nil},
	{"user:read", nil},
	{"organizations:write", func(o *spec.Organization) bool {
		return o.Country+o.Timezone != "" || o.TFAEnforced != nil || len(o.FeatureControls) > 0 || invites(o) ||
			o.State == spec.Absent
	}},
	{"organization-variables:read", func(o *spec.Organization) bool { return o.Variables != nil }},
	{"organization-variables:write", func(o *spec.Organization) bool { return o.Variables != nil }},
	{"user:write", func(o *spec.Organization) bool { return o.Members != nil || o.Owner != "" }},
	{"teams:read", InvitesToTeams},
}

func checkScopes(f *Facts, n *Needs) []Check {
	switch {
	case f.UserErr != nil:
		return one(CheckSkipped, "the token is of no use", "")
	case len(f.Scopes) == 0:
		return one(CheckSkipped, "the zone does not tell the token's scopes", "")
	}
	var lacking []string
	for _, row := range scopeNeeds {
		needed := row.needs == nil || slices.ContainsFunc(n.Declared, row.needs)
		if needed && !hasScope(f.Scopes, row.scope) {
			lacking = append(lacking, row.scope)
		}
	}
	if len(lacking) == 0 {
		return one(CheckOK, "all that are needed, of "+text.Count(len(f.Scopes), "scope", "scopes"), "")
	}
	return one(CheckWarning, "the token seems to lack "+text.And(lacking), "make a token that has "+
		text.Word(len(lacking), "this scope", "these scopes")+" too")
}

// hasScope accepts user:read and read:user (both are published).
func hasScope(scopes []string, scope string) bool {
	object, verb, _ := strings.Cut(scope, ":")
	return slices.Contains(scopes, scope) || slices.Contains(scopes, verb+":"+object)
}

// fewCalls are too few for a run.
const fewCalls = 5

func checkRateLimit(f *Facts, _ *Needs) []Check {
	if f.Limit == 0 {
		return one(CheckSkipped, "the zone does not tell it", "")
	}
	message := fmt.Sprintf("%s of %s calls a minute are left", text.Number(f.Remaining), text.Number(f.Limit))
	if f.Remaining < fewCalls {
		return one(CheckWarning, message, "other programs use the same budget; wait a minute")
	}
	return one(CheckOK, message, "")
}

// enforces tells whether documents switch two-factor authentication on.
func enforces(o *spec.Organization) bool { return o.TFAEnforced != nil && *o.TFAEnforced }

func checkTwoFactor(f *Facts, n *Needs) []Check {
	wanted := slices.ContainsFunc(n.Declared, enforces)
	switch has := f.User.TwoFactor; {
	case f.UserErr != nil:
		return one(CheckSkipped, "the token is of no use", "")
	case has != nil && *has:
		return one(CheckOK, "the token's user has two-factor authentication", "")
	case has == nil && !wanted:
		return one(CheckSkipped, "the zone does not tell whether the token's user has it", "")
	case has == nil:
		return one(CheckWarning, "the zone does not tell whether the token's user has it, and documents enforce it",
			"enforcing is held until it is known: see --allow enforce:tfa")
	case wanted:
		return one(CheckWarning, "the token's user has none, and documents enforce it", "set it up for this user first")
	}
	return one(CheckWarning, "the token's user has none", "set it up for this user")
}

// mostDrift is how many differences of the contract are told one by one.
const mostDrift = 10

func checkContract(f *Facts, _ *Needs) []Check {
	if f.ContractErr != nil || f.Contract == nil {
		err := cmp.Or(f.ContractErr, errors.New("it is empty"))
		return failedCall(CheckSkipped, "the zone's own contract (openapi.json) could not be read", err)
	}
	drift := CompareContract(f.Contract)
	var checks []Check
	for _, words := range drift[:min(len(drift), mostDrift)] {
		checks = append(checks, Check{State: CheckWarning, Message: words,
			Fix: "look for a newer makesync; what it sends may be refused"})
	}
	if rest := len(drift) - mostDrift; rest > 0 {
		message := text.Count(rest, "more difference", "more differences")
		checks = append(checks, Check{State: CheckWarning, Message: message})
	}
	if len(drift) == 0 {
		return one(CheckOK, fmt.Sprintf("as this build knows it: %d operations, of %d that the zone has",
			len(operations), len(f.Contract)), "")
	}
	return checks
}

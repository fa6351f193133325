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

// Facts are what was found out about a zone. What is zero was not found out.
type Facts struct {
	Endpoint spec.Endpoint
	// Reached is why the zone does not answer; nil: it does.
	Reached error
	TLS     *TLS
	// Proxy is the proxy on the way, as host:port.
	Proxy string
	// ZoneTime is what the zone's clock said when ours stood at OurTime.
	ZoneTime, OurTime time.Time
	// Limit and Remaining are the calls of the window that the last reply told; both 0: none.
	Limit, Remaining int

	User    state.User
	UserErr error // why the token's user could not be read
	Scopes  []string

	Organizations    []*state.Organization
	OrganizationsErr error
	// Roles are the roles of the token's user, by organization; absent: no accepted member.
	Roles    map[int64]int64
	RolesErr error

	// Named is what organizations hold of what documents name there, by id.
	Named map[int64]Named

	Contract    Contract
	ContractErr error
}

// TLS is how the connection is secured.
type TLS struct {
	Version string
	Expires time.Time // of the zone's certificate
}

// Named is what an organization holds of what documents name there.
type Named struct {
	Controls    []spec.FeatureControl
	ControlsErr error
	// AddToTeams tells whether the token's user may add people to a team; nil: not known.
	AddToTeams *bool
	TeamsErr   error
}

// Needs are what documents want of a zone.
type Needs struct {
	// Declared are the documents' organizations of the zone.
	Declared []*spec.Organization
	// Of gives the declared organization that means a live one; nil: none.
	Of  func(*state.Organization) *spec.Organization
	Now time.Time
}

// Bind finds the live organization, the first one, that each declared one means.
func (n *Needs) Bind(all []*state.Organization) map[*spec.Organization]*state.Organization {
	found := map[*spec.Organization]*state.Organization{}
	for _, live := range all {
		if o := n.Of(live); found[o] == nil {
			found[o] = live
		}
	}
	return found
}

// zoneChecks are made of facts alone, in the order in which they are shown. All but the first need
// an answer.
var zoneChecks = []struct {
	name  string
	check func(*Facts, *Needs) []Check
}{
	{"zone", checkReached},
	{"tls", checkTLS},
	{"proxy", checkProxy},
	{"clock", checkClock},
	{"token", checkToken},
	{"scopes", checkScopes},
	{"rate-limit", checkRateLimit},
	{"two-factor", checkTwoFactor},
	{"organizations", checkOrganizations},
	{"rights", checkRights},
	{"licence", checkLicence},
	{"names", checkNames},
	{"contract", checkContract},
}

// CheckZone makes the checks of a zone.
func CheckZone(f *Facts, n *Needs) []Check {
	var checks []Check
	for _, row := range zoneChecks {
		found := row.check(f, n)
		for i := range found {
			found[i].Name, found[i].Zone = row.name, f.Endpoint.Name
		}
		checks = append(checks, found...)
		if row.name == "zone" && len(found) > 0 && found[0].State == CheckFailed {
			return checks
		}
	}
	return checks
}

func compareChecks(a, b Check) int {
	names := CheckNames()
	return cmp.Or(
		strings.Compare(a.Zone, b.Zone), // what is about no zone goes first
		cmp.Compare(slices.Index(names, a.Name), slices.Index(names, b.Name)),
		strings.Compare(a.Organization, b.Organization),
	)
}

func one(state CheckState, message, fix string) []Check {
	return []Check{{State: state, Message: message, Fix: fix}}
}

// failedCall is a check that a call failed.
func failedCall(came CheckState, what string, err error) []Check {
	fix := ""
	if call := state.AsCallError(err); call != nil {
		fix = call.Hint
	}
	return one(came, what+": "+text.OneLine(err.Error()), fix)
}

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
	if f.UserErr == nil {
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

func invites(o *spec.Organization) bool {
	return slices.ContainsFunc(o.Members, func(m spec.Member) bool { return m.Invite != nil })
}

// InvitesToTeams tells whether an invitation of the documents names teams.
func InvitesToTeams(o *spec.Organization) bool {
	return slices.ContainsFunc(o.Members, func(m spec.Member) bool {
		return m.Invite != nil && len(m.Invite.Teams) > 0
	})
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

func checkOrganizations(f *Facts, n *Needs) []Check {
	switch {
	case f.UserErr != nil:
		return nil
	case f.OrganizationsErr != nil:
		checks := failedCall(CheckFailed, "the list could not be read", f.OrganizationsErr)
		return checks
	}
	var checks []Check
	found := n.Bind(f.Organizations)
	for _, o := range n.Declared {
		if found[o] == nil && o.State != spec.Absent {
			checks = append(checks, Check{
				Organization: o.Key, State: CheckWarning, Message: "it is not in the zone: a plan would create it",
				Fix: "check its name, id and zone",
			})
		}
	}
	if len(checks) == 0 {
		return one(CheckOK, "the token sees "+text.Count(len(f.Organizations), "organization", "organizations"), "")
	}
	return checks
}

// checkRights compares the role of the token's user with what a plan may need: the Owner alone
// deletes and transfers, Owner and Admins do the rest (help pages).
func checkRights(f *Facts, n *Needs) []Check {
	switch {
	case f.UserErr != nil || f.OrganizationsErr != nil:
		return nil
	case f.RolesErr != nil:
		return failedCall(CheckSkipped, "the roles of the token's user could not be read", f.RolesErr)
	}
	var checks []Check
	found := n.Bind(f.Organizations)
	for _, o := range n.Declared {
		live := found[o]
		if live == nil {
			continue
		}
		role, member := f.Roles[live.ID]
		if check := rightsIn(o, live, role, member, f.User); check.State != "" {
			check.Organization = o.Key
			checks = append(checks, check)
		}
	}
	if len(checks) == 0 && len(n.Declared) > 0 {
		return one(CheckOK, "they suffice in "+text.Count(len(n.Declared), "organization", "organizations"), "")
	}
	return checks
}

func rightsIn(o *spec.Organization, live *state.Organization, role int64, member bool, me state.User) Check {
	name := state.RoleName(nil, state.FormatID(role))
	isOwner := role == live.AdminRoles.OwnerID()
	switch needsOwner := o.State == spec.Absent || o.Owner != "" && !strings.EqualFold(o.Owner, me.Email); {
	case !member:
		return Check{State: CheckFailed, Message: "the token's user is no accepted member", Fix: "invite " + me.Email}
	case o.State == spec.Absent && !isOwner:
		return Check{State: CheckFailed, Message: "the token's user is " + name + ", and only the Owner deletes it",
			Fix: "use the Owner's token"}
	case isOwner:
		return Check{}
	case needsOwner:
		return Check{State: CheckWarning, Message: "the token's user is " + name + ", and only the Owner transfers it",
			Fix: "if the owner is to change, use the Owner's token"}
	case !live.AdminRoles.Administers(role):
		message := "the token's user is " + name + ", and only Owner and Admins change things"
		return Check{State: CheckFailed, Message: message, Fix: "make " + me.Email + " an Admin"}
	}
	return Check{}
}

// licensed are kinds that not every plan includes.
var licensed = []struct {
	kind     spec.Kind
	declared func(*spec.Organization) bool
	waits    string
}{
	{spec.KindVariable, func(o *spec.Organization) bool { return len(o.Variables) > 0 },
		"its variables wait until the plan includes them"},
	{spec.KindFeatureControl, func(o *spec.Organization) bool { return len(o.FeatureControls) > 0 },
		"its feature controls wait until the plan includes them"},
	{spec.KindMember, func(o *spec.Organization) bool { return len(o.Members) > 0 },
		"its members wait until the plan lets tokens see them"},
	{spec.KindTFA, enforces, "two-factor authentication is enforced once the plan includes it"},
}

// checkLicence compares declared kinds with what the plan is seen to include.
func checkLicence(f *Facts, n *Needs) []Check {
	var checks []Check
	found := n.Bind(f.Organizations)
	for _, o := range n.Declared {
		live := found[o]
		if live == nil {
			continue
		}
		for _, row := range licensed {
			if why := live.LackOf(row.kind); why != "" && row.declared(o) {
				checks = append(checks, Check{Organization: o.Key, State: CheckWarning,
					Message: strings.TrimPrefix(why, "licence: "), Fix: row.waits})
			}
		}
	}
	if len(checks) == 0 && len(n.Declared) > 0 && f.UserErr == nil {
		return one(CheckOK, "nothing declared is seen to be missing in a plan", "")
	}
	return checks
}

// checkNames looks for what documents name: feature controls, and teams of invitations, which
// somebody has to be allowed to add people to.
func checkNames(f *Facts, n *Needs) []Check {
	var checks []Check
	found, named := n.Bind(f.Organizations), 0
	for _, o := range n.Declared {
		controls, teams := len(o.FeatureControls) > 0, InvitesToTeams(o)
		live := found[o]
		if live == nil || !controls && !teams {
			continue
		}
		named++
		var missing []Check
		if controls {
			missing = missingControls(o, f.Named[live.ID])
		}
		if teams {
			missing = append(missing, missingTeams(o, live, f.Named[live.ID])...)
		}
		for i := range missing {
			missing[i].Organization = o.Key
		}
		checks = append(checks, missing...)
	}
	if len(checks) == 0 && named > 0 {
		return one(CheckOK, "feature controls and teams are there, in "+
			text.Count(named, "organization", "organizations"), "")
	}
	return checks
}

// missingControls are those that are not there; one that is to be off counts as reached.
func missingControls(o *spec.Organization, n Named) []Check {
	if n.ControlsErr != nil {
		return failedCall(CheckSkipped, "its feature controls could not be read", n.ControlsErr)
	}
	var names []string
	for _, control := range o.FeatureControls {
		if control.Enabled && state.FindControl(n.Controls, control.Name) == nil {
			names = append(names, control.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	known := make([]string, len(n.Controls))
	for i, control := range n.Controls {
		known[i] = control.Name
	}
	fix := "the zone shows none for it; its plan may include none"
	if len(known) > 0 {
		fix = "those that are there: " + text.And(known)
	}
	return one(CheckFailed, text.Word(len(names), "there is no feature control ", "there are no feature controls ")+
		text.And(names), fix)
}

func missingTeams(o *spec.Organization, live *state.Organization, n Named) (checks []Check) {
	var names, known []string
	for _, team := range live.Teams {
		known = append(known, team.Name)
	}
	for _, m := range o.Members {
		if m.Invite == nil {
			continue
		}
		for _, team := range m.Invite.Teams {
			fits := func(live state.Name) bool {
				return state.FoldName(live.Name) == state.FoldName(team) || state.FormatID(live.ID) == team
			}
			if !slices.Contains(names, team) && !slices.ContainsFunc(live.Teams, fits) {
				names = append(names, team)
			}
		}
	}
	switch {
	case live.Teams == nil:
		checks = one(CheckSkipped, "the zone does not tell its teams", "")
	case len(names) > 0:
		checks = one(CheckFailed, text.Word(len(names), "there is no team ", "there are no teams ")+text.And(names),
			"those that are there: "+text.And(known))
	}
	switch {
	case n.TeamsErr != nil:
		return append(checks, failedCall(CheckSkipped, "the team permissions could not be read", n.TeamsErr)...)
	case n.AddToTeams != nil && !*n.AddToTeams:
		return append(checks, Check{State: CheckWarning,
			Message: "the token's user may add nobody to a team, and an invitation names teams",
			Fix:     "make the user an Admin of the organization, or of a team"})
	}
	return checks
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

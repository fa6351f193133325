package fleet

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
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
	// Refused is the answer by which the zone has stopped accepting the token; nil: it accepts it.
	Refused error
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

// there gives each declared organization that the zone has, in the order of the documents.
func (n *Needs) there(all []*state.Organization) iter.Seq2[*spec.Organization, *state.Organization] {
	return func(yield func(*spec.Organization, *state.Organization) bool) {
		found := n.Bind(all)
		for _, o := range n.Declared {
			if live := found[o]; live != nil && !yield(o, live) {
				return
			}
		}
	}
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

// failedCall is a check that a call failed. One that failed for the token says nothing of its own:
// that is told by the check of the token.
func failedCall(came CheckState, what string, err error) []Check {
	fix := ""
	if state.IsTokenRefused(err) {
		return one(CheckSkipped, what+": "+state.WhyUnread(err), "")
	}
	if call := state.AsCallError(err); call != nil {
		fix = call.Hint
	}
	return one(came, what+": "+text.OneLine(err.Error()), fix)
}

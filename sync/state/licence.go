package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// licenceKeys are the keys of a licence that stand for a kind. The API leaves out the key of what
// is not licensed instead of writing false. Feature controls and TFA have no published key.
var licenceKeys = map[spec.Kind]struct{ key, what string }{
	spec.KindVariable: {"customVariables", "custom variables, which come with the plans Pro, Teams and Enterprise"},
}

// LicencePrefix begins the reason of everything that waits for another plan of Make.
const LicencePrefix = "licence: "

// LacksKind tells why an organization with this licence cannot have objects of the kind, as the
// reason of something waiting or skipped; "" when it can, or when nobody knows.
func LacksKind(l License, kind spec.Kind) string {
	row, ok := licenceKeys[kind]
	if !ok || l == nil {
		return ""
	}
	switch l[row.key] { // a missing key gives nil
	case nil, false, 0.0, "", "0", "false":
	default:
		return ""
	}
	return "licence: the organization's plan does not include " + row.what
}

// Operations are the credits a month; 0: unknown.
func (l License) Operations() int64 {
	switch n := l["operations"].(type) {
	case float64:
		return int64(n)
	case json.Number:
		i, _ := n.Int64()
		return i
	}
	return 0
}

// Offers tells whether a plan of Make, by its published name, offers a kind; also where nobody
// says.
func Offers(plan string, kind spec.Kind) bool {
	is := func(name string) bool { return strings.EqualFold(name, plan) }
	offering := liveKinds[kind].plans
	return len(offering) == 0 || !isPublishedPlan(plan) || slices.ContainsFunc(offering, is)
}

// APILimit is the number of calls per minute; 0: unknown.
func (l License) APILimit() int {
	switch n := l["apiLimit"].(type) {
	case float64:
		return int(n)
	case int:
		return n
	case json.Number:
		i, _ := strconv.Atoi(n.String())
		return i
	}
	return 0
}

// LackOf is why a kind is not to be had in a live organization: what the reader was told, else what
// the licence shows.
func (l *Organization) LackOf(kind spec.Kind) string {
	if why := l.Lacks[kind]; why != "" {
		return "licence: " + text.OneLine(why)
	}
	if kind == spec.KindVariable && HasCustom(l.Variables) {
		return "" // variables are there, whatever the licence calls them
	}
	return LacksKind(l.License, kind)
}

// HasCustom tells whether one of the variables is not a system variable, which every organization
// has.
func HasCustom(variables []spec.Variable) bool {
	for i := range variables {
		if !variables[i].System {
			return true
		}
	}
	return false
}

// A key that a zone shows is no sign that it can be written: an organization without the plan for
// it shows `tfaEnforced: false`, and answers 402 to a write. Such an answer is remembered, by
// organization, feature and licence, so that a change that the plan does not offer is tried once
// and then waits, instead of being planned, sent and refused every night.

// RefusalLifetime is how long a refusal is remembered; then the change is tried again.
const RefusalLifetime = 7 * 24 * time.Hour

// Feature is what of Make a change needs, as narrowly as zones refuse it: an attribute of an
// organization by its path, a feature control by its folded name, people by what is done to them
// (invite, update, delete); any other kind as a whole, without a name.
type Feature struct {
	Kind spec.Kind `json:"kind"`
	Name string    `json:"name,omitempty"`
}

// Refusal is a write that an organization's plan of Make did not offer, as an earlier run met it.
type Refusal struct {
	Feature
	At time.Time `json:"at"`
	// Message is the zone's answer, cleaned: "HTTP 402 SC402: upgrade your plan".
	Message string `json:"message"`
}

// Reason is why a change waits because of the refusal.
func (r Refusal) Reason() string {
	return "licence: the zone refused this on " + r.At.UTC().Format(time.DateOnly) + " (" + text.OneLine(r.Message) +
		"); it is tried again when the organization's plan changes, or from " +
		r.At.Add(RefusalLifetime).UTC().Format(time.DateOnly) + " on"
}

// RefusalMemory knows from earlier runs what plans of Make do not offer.
type RefusalMemory interface {
	// Refused gives the refusals of an organization of the zone, by the zone's name, that were met
	// under this licence (see Licence) and are not too old.
	Refused(zone string, organization int64, licence string) []Refusal
}

// Refusal is what is remembered of a feature; nil for nothing.
func (l *Organization) Refusal(f Feature) *Refusal {
	if l == nil {
		return nil
	}
	for i := range l.Refused {
		if l.Refused[i].Feature == f {
			return &l.Refused[i]
		}
	}
	return nil
}

// Licence is a fingerprint of the organization's plan and licence: what was refused under another
// one may be on offer now. An organization that shows neither has one, too.
func (l *Organization) Licence() string {
	data, err := json.Marshal(struct {
		Plan    string
		License License
	}{l.Plan, l.License})
	if err != nil { // a licence comes from JSON
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// paidPlans are the plans of Make in which tokens may do more than look at lists (seen live: the
// Free plan's 403).
var paidPlans = []string{"Core", "Pro", "Teams", "Enterprise"}

// Forecast says that an organization's plan, by its published name, should not offer a kind; ""
// when it should, or when nobody knows. Make's help pages say which plans offer what, and zones
// decide: a forecast is shown, and keeps nothing from being tried.
func (l *Organization) Forecast(kind spec.Kind) string {
	if l == nil {
		return ""
	}
	if Offers(l.Plan, kind) {
		return ""
	}
	return "licence: the zone may refuse this, which comes with " + text.Or(liveKinds[kind].plans) +
		", and the plan is " +
		text.OneLine(l.Plan)
}

// StartsFree tells whether a new organization of a zone is on the Free plan (Make's help pages): in
// the zones of Make itself, and in those that call their plans as Make does. A self-hosted zone may
// give it anything.
func StartsFree(e spec.Endpoint, here []*Organization) bool {
	published := isMakeHost(e.URL)
	for _, row := range here {
		switch {
		case row.Plan == "":
		case !isPublishedPlan(row.Plan):
			return false
		default:
			published = true
		}
	}
	return published
}

func isMakeHost(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return strings.HasSuffix(host, ".make.com") || strings.HasSuffix(host, ".make.celonis.com")
}

func isPublishedPlan(name string) bool {
	is := func(plan string) bool { return strings.EqualFold(plan, name) }
	return is(spec.FreePlan) || slices.ContainsFunc(paidPlans, is)
}

// RefusedByFree is why a new organization on the Free plan will not have what a document declares
// of a kind: Free refuses every call about it (seen live), and some kinds take more than the least
// plan. It is "" for the organization itself. Like every forecast it keeps nothing from being
// tried.
func RefusedByFree(kind spec.Kind) string {
	if kind == spec.KindOrganization {
		return ""
	}
	plans := liveKinds[kind].plans
	if len(plans) == 0 {
		plans = paidPlans
	}
	return "licence: a new organization is on the plan Free, and this comes with " + text.Or(plans)
}

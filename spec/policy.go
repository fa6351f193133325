package spec

import (
	"cmp"
	"slices"
	"strings"
)

// Policies are the rules in CEL, with what they say of a plan.
type Policies struct {
	InForce int `json:"inForce"`
	// Reads are what was read for policies, and plans do not hold.
	Reads []PolicyRead `json:"reads,omitempty"`
	// Results are sorted: worst first, then those of trusted policies before those of documents,
	// which can be many, then by id, then in the order of the plan.
	Results []PolicyResult `json:"results"`
}

// PolicyRead is a key of organizations that policies look at, such as members.
type PolicyRead struct {
	Key      string   `json:"key"`
	Policies []string `json:"policies"`
}

// PolicySeverity is what a broken policy means.
type PolicySeverity string

// The policySeverities, worst first.
const (
	PolicyError   PolicySeverity = "error"   // nothing is applied
	PolicyHold    PolicySeverity = "hold"    // the subject is not applied
	PolicyWarning PolicySeverity = "warning" // it is said
)

// The subjects of policies.
const (
	PolicyOnOrganization = "organization"
	PolicyOnStep         = "step"
	PolicyOnPlan         = "plan"
)

// PolicyResult is one policy that is broken by one subject.
type PolicyResult struct {
	ID string `json:"id"`
	On string `json:"on"`
	// Address is the organization's key or that of the step; "" for the plan.
	Address  Address        `json:"address,omitempty"`
	Op       string         `json:"op,omitempty"` // of a step
	Severity PolicySeverity `json:"severity"`
	Message  string         `json:"message"`
	// Reason is why the policy could not be judged; then it counts as broken.
	Reason  string  `json:"reason,omitempty"`
	Trusted bool    `json:"trusted,omitempty"`
	Source  *Source `json:"source,omitempty"` // of the policy
	// Suppressed: an exception of the policy covers the subject, so that the result has no effect.
	Suppressed *Suppressed `json:"suppressed,omitempty"`
}

// Suppressed is the exception of a policy that covers a subject.
type Suppressed struct {
	Reason string `json:"reason"`
	Until  string `json:"until"` // the last day
}

// PolicyGuard is the name under which changes are held by a policy.
func PolicyGuard(id string) string { return policyGuards + id }

// IsPolicyGuard tells whether it is a policy that holds, and no guard.
func IsPolicyGuard(guard string) bool { return strings.HasPrefix(guard, policyGuards) }

const policyGuards = "policy:"

// Words say what is broken: the message, and why it could not be judged.
func (r *PolicyResult) Words() string {
	if r.Reason == "" {
		return r.Message
	}
	return r.Message + " (not judged: " + r.Reason + ")"
}

// PolicyResultKey is the same for results of one policy about one subject.
type PolicyResultKey struct {
	ID, On  string
	Address Address
	Op      string
}

// Key tells results apart.
func (r *PolicyResult) Key() PolicyResultKey { return PolicyResultKey{r.ID, r.On, r.Address, r.Op} }

// policySeverities of policies, worst first.
var policySeverities = []PolicySeverity{PolicyError, PolicyHold, PolicyWarning}

// Sort puts the results in order; those of one policy keep theirs.
func (p *Policies) Sort() {
	if p == nil {
		return
	}
	slices.SortStableFunc(p.Results, func(a, b PolicyResult) int {
		return cmp.Or(
			slices.Index(policySeverities, a.Severity)-slices.Index(policySeverities, b.Severity),
			trustRank(&a)-trustRank(&b), cmp.Compare(a.ID, b.ID),
		)
	})
}

func trustRank(r *PolicyResult) int {
	if r.Trusted {
		return 0
	}
	return 1
}

// HasErrors tells whether a policy forbids to apply anything at all.
func (p *Policies) HasErrors() bool {
	return p != nil && slices.ContainsFunc(p.Results, func(r PolicyResult) bool {
		return r.Severity == PolicyError && r.Suppressed == nil
	})
}

package spec

import (
	"slices"
	"strings"

	"makesync/spec/text"
)

// Policies are the rules in CEL, with what they say of a plan.
type Policies struct {
	InForce int `json:"inForce"`
	// Reads are what was read for policies, and plans do not hold.
	Reads []PolicyRead `json:"reads,omitempty"`
	// Results are sorted: those of trusted policies before those of documents, which can be many;
	// then worst first, by id and in the order of the plan.
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
	// Further: the row has no address, and stands for so many subjects without a row of their own.
	Further int `json:"further,omitempty"`
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

// Words say what is broken: the message, why it could not be judged, and for how many subjects the
// row stands.
func (r *PolicyResult) Words() string {
	words := r.Message
	if r.Reason != "" {
		words += " (not judged: " + r.Reason + ")"
	}
	if r.Further > 0 {
		words += " (for " + r.FurtherWords() + ", too many to be listed)"
	}
	return words
}

// FurtherWords say for how many subjects the row stands: "200 further steps".
func (r *PolicyResult) FurtherWords() string {
	return text.Count(r.Further, "further "+r.On, "further "+r.On+"s")
}

// HasErrors tells whether a policy forbids to apply anything at all.
func (p *Policies) HasErrors() bool {
	return p != nil && slices.ContainsFunc(p.Results, func(r PolicyResult) bool {
		return r.Severity == PolicyError && r.Suppressed == nil
	})
}

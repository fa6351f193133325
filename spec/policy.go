package spec

import (
	"cmp"
	"slices"
	"strings"

	"makesync/spec/text"
)

// Policies are the rules in CEL, with what they say of a plan.
type Policies struct {
	InForce int `json:"inForce"`
	// Reads are what was read for policies, and plans do not hold.
	Reads []PolicyRead `json:"reads,omitempty"`
	// Results are sorted: errors first, and then those of trusted policies before those of
	// documents, which can be many; then worst first, by id and in the order of the plan.
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
		words += " (for " + text.Count(r.Further, "further "+r.On, "further "+r.On+"s") + ", too many to be listed)"
	}
	return words
}

// PolicyResultKey is the same for results of one policy about one subject.
type PolicyResultKey struct {
	ID, On  string
	Address Address
	Op      string
}

// Key tells results apart that have a subject.
func (r *PolicyResult) Key() PolicyResultKey { return PolicyResultKey{r.ID, r.On, r.Address, r.Op} }

// How many results have a row of their own: so many of each policy, and of all of documents
// together. Fewer are for people, who read what else there is beside them.
const (
	mostPolicyRows, fewPolicyRows     = 1000, 10
	mostDocumentRows, fewDocumentRows = 10_000, 200
)

// furtherKey is the same for results that one row can stand for.
type furtherKey struct {
	id, on     string
	severity   PolicySeverity
	suppressed Suppressed
}

// Sum sorts the results, and puts those together that are too many to be read: what a document
// makes a policy say of every step would fill memories and files. What policies hold has been held
// before.
func (p *Policies) Sum() {
	if p != nil {
		p.sort()
		p.Results = p.rows(mostPolicyRows, mostDocumentRows)
	}
}

// Few are the results for people: one policy that many steps break hides no other.
func (p *Policies) Few() []PolicyResult { return p.rows(fewPolicyRows, fewDocumentRows) }

// rows are the sorted results with so many rows of each policy, and of all of documents.
func (p *Policies) rows(most, mostOfDocuments int) []PolicyResult {
	own, ofDocuments := map[string]int{}, 0
	sums := map[furtherKey]int{} // where in rows
	rows := make([]PolicyResult, 0, min(len(p.Results), mostOfDocuments))
	for _, r := range p.Results {
		hasRoom := own[r.ID] < most && (r.Trusted || ofDocuments < mostOfDocuments)
		if ofAll := r.Address == ""; r.Further == 0 && (ofAll || hasRoom) {
			own[r.ID]++
			if !r.Trusted {
				ofDocuments++
			}
			rows = append(rows, r)
			continue
		}
		at, summed := sums[r.furtherKey()]
		if !summed {
			at, sums[r.furtherKey()] = len(rows), len(rows)
			rows = append(rows, r.ofMany())
		}
		rows[at].Further += max(r.Further, 1)
	}
	return rows
}

// ofMany is a row like this one that stands for no subject yet.
func (r PolicyResult) ofMany() PolicyResult {
	r.Address, r.Op, r.Reason, r.Further = "", "", "", 0
	return r
}

func (r *PolicyResult) furtherKey() furtherKey {
	key := furtherKey{id: r.ID, on: r.On, severity: r.Severity}
	if r.Suppressed != nil {
		key.suppressed = *r.Suppressed
	}
	return key
}

// policySeverities of policies, worst first.
var policySeverities = []PolicySeverity{PolicyError, PolicyHold, PolicyWarning}

// sort puts the results in order; those of one policy keep theirs.
func (p *Policies) sort() {
	slices.SortStableFunc(p.Results, func(a, b PolicyResult) int {
		return cmp.Or(
			min(rank(&a), 1)-min(rank(&b), 1), trustRank(&a)-trustRank(&b), rank(&a)-rank(&b),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

// rank of an error is 0.
func rank(r *PolicyResult) int { return slices.Index(policySeverities, r.Severity) }

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

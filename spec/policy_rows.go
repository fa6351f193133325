package spec

import (
	"cmp"
	"math"
	"slices"
)

// PolicyResultKey is the same for results of one policy about one subject.
type PolicyResultKey struct {
	ID, On  string
	Address Address
	Op      string
}

// Key tells results apart that have a subject.
func (r *PolicyResult) Key() PolicyResultKey { return PolicyResultKey{r.ID, r.On, r.Address, r.Op} }

// rank is 0 for an error, and highest for what has no effect.
func (r *PolicyResult) rank() int {
	switch {
	case r.Suppressed != nil:
		return 3
	case r.Severity == PolicyError:
		return 0
	case r.Severity == PolicyHold:
		return 1
	}
	return 2
}

func (r *PolicyResult) trustRank() int {
	if r.Trusted {
		return 0
	}
	return 1
}

// PolicyResults are results of several rounds, or shards. What one says of a subject hides nothing
// worse that another says of it.
type PolicyResults struct {
	All []PolicyResult
	at  map[PolicyResultKey]int // in All, of those with a subject or the plan
}

// Add takes a result in. Of those of one policy about one subject the worst stays.
func (p *PolicyResults) Add(r PolicyResult) {
	if r.Further > 0 { // nobody knows whether others stand for the same
		p.All = append(p.All, r)
		return
	}
	if at, known := p.at[r.Key()]; known {
		if r.rank() < p.All[at].rank() {
			p.All[at] = r
		}
		return
	}
	if p.at == nil {
		p.at = map[PolicyResultKey]int{}
	}
	p.at[r.Key()] = len(p.All)
	p.All = append(p.All, r)
}

// How many results have a row of their own: so many of each policy, and of all of documents
// together. Fewer are for people, who read what else there is beside them.
const (
	mostPolicyRows, fewPolicyRows     = 1000, 10
	mostDocumentRows, fewDocumentRows = 10_000, 200
)

// Sum sorts the results, and puts those together that are too many to be read: what a document
// makes a policy say of every step would fill memories and files. What policies hold has been held
// before.
func (p *Policies) Sum() {
	if p != nil {
		p.sort()
		p.Results = sumRows(p.Results, mostPolicyRows, mostDocumentRows)
	}
}

// Few are the results for people, without those that have no effect: one policy that many steps
// break hides no other.
func (p *Policies) Few() []PolicyResult {
	effective := slices.DeleteFunc(slices.Clone(p.Results), func(r PolicyResult) bool { return r.Suppressed != nil })
	return sumRows(effective, fewPolicyRows, fewDocumentRows)
}

// furtherKey is the same for results that one row can stand for.
type furtherKey struct {
	id, on     string
	severity   PolicySeverity
	suppressed Suppressed
}

func (r *PolicyResult) furtherKey() furtherKey {
	key := furtherKey{id: r.ID, on: r.On, severity: r.Severity}
	if r.Suppressed != nil {
		key.suppressed = *r.Suppressed
	}
	return key
}

// sumRows are sorted results with so many rows of each policy, and of all of documents.
func sumRows(results []PolicyResult, most, mostOfDocuments int) []PolicyResult {
	own, ofDocuments := map[string]int{}, 0
	sums := map[furtherKey]int{} // where in rows
	rows := make([]PolicyResult, 0, min(len(results), mostOfDocuments))
	for _, r := range results {
		hasRoom := own[r.ID] < most && (r.Trusted || ofDocuments < mostOfDocuments)
		at, summed := sums[r.furtherKey()]
		switch ofAll := r.Address == "" && r.Further == 0; {
		case ofAll, hasRoom && r.Further == 0:
			own[r.ID]++
			ofDocuments += r.trustRank()
			rows = append(rows, r)
		case summed:
			rows[at].stand(r)
		default: // one alone stands for itself
			sums[r.furtherKey()] = len(rows)
			rows = append(rows, r)
		}
	}
	return rows
}

// stand makes a row stand for the subjects of another one too.
func (r *PolicyResult) stand(other PolicyResult) {
	sum := max(r.Further, 1) + max(other.Further, 1)
	if sum < 0 {
		sum = math.MaxInt
	}
	r.Address, r.Op, r.Reason, r.Further = "", "", "", sum
}

// sort puts trusted results first, and then the worst; those of one policy keep their order.
func (p *Policies) sort() {
	slices.SortStableFunc(p.Results, func(a, b PolicyResult) int {
		return cmp.Or(a.trustRank()-b.trustRank(), a.rank()-b.rank(), cmp.Compare(a.ID, b.ID))
	})
}

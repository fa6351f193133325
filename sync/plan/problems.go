package plan

import (
	"cmp"
	"slices"

	"makesync/spec"
)

// OnceEach drops problems that say the same of the same place: a wrong name in a profile is one
// mistake, however many organizations use the profile, and so is a token that a zone refuses.
func OnceEach(problems []spec.Problem) []spec.Problem {
	type place struct {
		source        spec.Source
		address       spec.Address
		rule, message string
	}
	seen := map[place]bool{}
	kept := []spec.Problem{}
	for _, p := range problems {
		at := place{address: p.Address, rule: p.Rule, message: p.Message}
		if p.Source != nil {
			at.source, at.address = *p.Source, ""
		}
		if !seen[at] {
			kept = append(kept, p)
		}
		seen[at] = true
	}
	return kept
}

// ByKey puts the problems of organizations in the order of their keys, behind those of no
// organization.
func ByKey(problems []spec.Problem) []spec.Problem {
	slices.SortStableFunc(problems, func(a,
		b spec.Problem) int {
		return cmp.Compare(a.Address.Key(), b.Address.Key())
	})
	return problems
}

// The errors that planning finds in documents, beside those of whole organizations.
const (
	RuleUnknownName    = "unknown-name"          // in a list of the zone
	RuleUnknownOwnName = "unknown-own-name"      // in a list of the organization
	RuleSystemVariable = "system-variable"       // declared
	RuleIdleAllow      = "allow-matches-nothing" // an --allow rule for no declared key
	RuleIdlePattern    = spec.RuleIdlePattern
	RuleIncomplete     = "create-incomplete"

	// Of billing; each leaves its organization out.
	RuleOtherName     = "billing-other-name" // the id is that of an organization by another name
	RulePrice         = "subscription-price" // not exactly one price fits, or another than declared
	RulePaymentMethod = "payment-method"     // not exactly one fits, or it cannot pay for that
)

// StopsRun tells whether one of the problems is an error that concerns the run as a whole, so that
// nothing may be written: what was chosen matches nothing, or a name that the whole zone does not
// know. Any other error leaves out the organization that it is about.
func StopsRun(problems []spec.Problem) bool {
	return slices.ContainsFunc(problems, func(p spec.Problem) bool {
		switch p.Rule {
		case RuleUnknownName, RuleIdleAllow, RuleIdlePattern:
			return p.Severity == spec.Error
		}
		return false
	})
}

// LeavesOut tells whether one of the problems of an organization leaves it out of the run.
func LeavesOut(problems []spec.Problem) bool {
	return slices.ContainsFunc(problems, func(p spec.Problem) bool {
		return p.Rule == RuleUnknownOwnName || p.Rule == RuleSystemVariable || p.Rule == RuleIncomplete ||
			p.Rule == RuleOtherName || p.Rule == RulePrice || p.Rule == RulePaymentMethod
	})
}

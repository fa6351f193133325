package plan

import (
	"slices"

	"makesync/spec"
)

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
	RulePaymentMethod = "payment-method"     // not exactly one fits, it cannot pay for that, or is removed
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

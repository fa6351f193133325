package report

import (
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// RequiredPlan says which of Make's plans an organization needs for a kind.
type RequiredPlan struct {
	// Activity is what makesync does with what is lacking.
	Activity string
	Offer    PlanOffer
}

// PlanOffer is which of Make's plans offer something: one of the constants, or the plans by name.
type PlanOffer string

// The offers that name no plan.
const (
	AnyPaidPlan  PlanOffer = "a paid plan"
	OfferingPlan PlanOffer = "a plan that offers them" // Make does not publish which
)

// needs says it: "changing settings over the API needs a paid plan".
func (p RequiredPlan) needs() string { return p.Activity + " needs " + string(p.Offer) }

// requiredPlans is taken from Make's help pages on plans.
var requiredPlans = map[spec.Kind]RequiredPlan{
	spec.KindVariable:       {"custom variables", "Pro, Teams or Enterprise"},
	spec.KindFeatureControl: {"feature controls", OfferingPlan},
	spec.KindTFA:            {"enforcing two-factor authentication", "Enterprise"},
	spec.KindMember:         {"managing people over the API", AnyPaidPlan},
	spec.KindOwner:          {"managing people over the API", AnyPaidPlan},
	spec.KindOrganization:   {"changing settings over the API", AnyPaidPlan},
}

// RequiredPlanFor is what an organization needs for a kind; the zero value for a kind that no plan
// is known for.
func RequiredPlanFor(kind spec.Kind) RequiredPlan { return requiredPlans[kind] }

// SkippedForLicence tells whether a step was skipped because the organization's plan lacks what it
// needs.
func (r *StepReport) SkippedForLicence() bool {
	return r.Outcome == Skipped && r.Reason.Code == ReasonLicence
}

// Refused tells whether the zone refused the step because the organization's plan does not offer
// it, in an answer that means just that and is worth remembering: 402, the published 404 of
// variables without the licence, the published 400 of TFA enforcement (SC400), and the refusal of
// tokens. A missing right (IM001, IM002, SC403, any other 403) is none.
func (r *StepReport) Refused() bool {
	e := r.Error
	if !r.SkippedForLicence() || e == nil || e.Code == "IM001" || e.Code == "IM002" {
		return false
	}
	switch e.Status {
	case 402:
		return true
	case 404:
		return r.Kind == spec.KindVariable
	case 400:
		return r.Kind == spec.KindTFA && exit.IsTFAUnavailable(e.Status, e.Code)
	case 403:
		return exit.IsTokenForbidden(e.Message)
	}
	return false
}

// refusalDays is how long a refusal is remembered.
const refusalDays = int(state.RefusalLifetime / (24 * time.Hour))

// IsDone tells whether the object is as the step wants it, by this run or already before it.
func (r *StepReport) IsDone() bool {
	return r.Outcome == Succeeded || r.Outcome == Skipped && r.Reason.Code == ReasonAlreadyDone
}

// LicenceRule is the rule of LicenceProblem.
const LicenceRule = "licence"

// LicenceProblem says which plan the organization of an address needs for what was skipped; nil if
// nothing was.
func LicenceProblem(address spec.Address, results map[int]*StepReport) *spec.Problem {
	lacking := map[spec.Kind]bool{}
	skipped, refused := 0, false
	for _, r := range results {
		if r.SkippedForLicence() {
			lacking[r.Kind] = true
			refused = refused || r.Refused()
			skipped++
		}
	}
	if skipped == 0 {
		return nil
	}
	var needs []string
	for _, kind := range spec.Kinds() {
		if plan := requiredPlans[kind]; lacking[kind] && !slices.Contains(needs, plan.needs()) {
			needs = append(needs, plan.needs())
		}
	}
	hint := strings.Join(needs, "; ") + ": buy a plan for " + address.Key() + ", "
	message := text.Count(
		skipped,
		"step was",
		"steps were",
	) + " skipped, since the organization's plan lacks the feature"
	hint += "then apply again"
	if refused {
		hint += "; the refusal is remembered in the state folder for " + text.Count(refusalDays, "day", "days") +
			", and without that folder every run tries again, once for each kind"
	}
	return &spec.Problem{Severity: spec.Warning, Rule: LicenceRule, Address: address, Message: message, Hint: hint}
}

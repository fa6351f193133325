package report_test

import (
	"testing"

	"makesync/spec"
	"makesync/sync/report"
)

// Only answers that mean a plan of Make are remembered; a missing right never is.
func TestRefused(t *testing.T) {
	t.Parallel()
	const forbidden = "Forbidden to use token authorization for this organization."
	for _, c := range []struct {
		kind   spec.Kind
		status int
		code   string
		text   string
		want   bool
	}{
		{spec.KindTFA, 402, "SC402", "upgrade your plan", true},
		{spec.KindMember, 402, "", "", true},
		{spec.KindTFA, 402, "IM027", "", true},
		{spec.KindTFA, 400, "SC400", "TFA enforcement is not available.", true},
		{spec.KindTFA, 400, "IM005", "", false},
		{spec.KindOrganization, 400, "SC400", "", false},
		{spec.KindVariable, 404, "SC404", "", true},
		{spec.KindVariable, 404, "", "", true},
		{spec.KindMember, 404, "IM101", "", false},
		{spec.KindOrganization, 403, "SC403", forbidden, true},
		{spec.KindOrganization, 403, "", forbidden, true},
		{spec.KindOrganization, 403, "SC403", "Access denied.", false},
		{spec.KindOrganization, 403, "IM002", "Insufficient rights.", false},
		{spec.KindOrganization, 402, "IM002", "", false},
		{spec.KindOrganization, 403, "IM001", "", false},
		{spec.KindOrganization, 403, "", "", false},
		{spec.KindOrganization, 500, "", "", false},
	} {
		r := report.StepReport{Kind: c.kind, Outcome: report.Skipped, Reason: report.Reason{Code: report.ReasonLicence},
			Error: &spec.APIError{Status: c.status, Code: c.code, Message: c.text}}
		if got := r.Refused(); got != c.want {
			t.Errorf("%s %d %s %q: %v", c.kind, c.status, c.code, c.text, got)
		}
		for _, other := range []report.Reason{{}, {Code: report.ReasonDepends}} {
			if r.Reason = other; r.Refused() {
				t.Errorf("%d %s, %v: refused", c.status, c.code, other)
			}
		}
	}
	if (&report.StepReport{Outcome: report.Skipped, Reason: report.Reason{Code: report.ReasonLicence}}).Refused() {
		t.Error("what the licence shows need not be remembered")
	}
}

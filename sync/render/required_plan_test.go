package render

import (
	"testing"

	"makesync/spec"
)

// What to buy is told for every kind that makesync writes.
func TestRequiredPlan(t *testing.T) {
	t.Parallel()
	want := map[spec.Kind]string{
		spec.KindVariable:       "custom variables: the Pro, Teams or Enterprise plan",
		spec.KindFeatureControl: "feature controls: a plan that offers them, and API access (not Free)",
		spec.KindTFA:            "enforcing two-factor authentication: the Enterprise plan",
		spec.KindMember:         "managing people over the API: a paid plan (not Free)",
		spec.KindOwner:          "managing people over the API: a paid plan (not Free)",
		spec.KindOrganization:   "changing settings over the API: a paid plan (not Free)",
	}
	for _, kind := range spec.Kinds() {
		if kind.Bills() { // what is to be bought is what these are about
			continue
		}
		if got := requiredPlan(kind); got != want[kind] || got == "" {
			t.Errorf("%s: %q instead of %q", kind, got, want[kind])
		}
	}
}

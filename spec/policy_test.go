package spec

import "testing"

// What documents say by many policies pushes nothing of the trusted side out of a comment that is cut.
func TestTrustedResultsComeFirst(t *testing.T) {
	t.Parallel()
	p := &Policies{Results: []PolicyResult{{ID: "a", Severity: PolicyWarning}, {ID: "a", Severity: PolicyError},
		{ID: "z", Severity: PolicyWarning, Trusted: true}, {ID: "z", Severity: PolicyError, Trusted: true},
		{ID: "y", Severity: PolicyWarning, Trusted: true}}}
	p.Sort()
	order := ""
	for i := range p.Results {
		order += p.Results[i].ID
	}
	if order != "zayza" {
		t.Errorf("in the order %s", order)
	}
}

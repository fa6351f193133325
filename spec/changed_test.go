package spec_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// documents are three organizations in two zones, with settings.
func documents() *spec.Desired {
	organization := func(key, zone string) spec.Organization {
		return spec.Organization{Key: key, Zone: zone, Name: "Org " + key,
			Variables: []spec.Variable{{Name: "A", Type: spec.TypeString, Value: spec.Sensitive("a"), Reference: "${env:A}"}},
			Members:   []spec.Member{{Email: "jo@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Jo", Teams: []string{"T"}}}},
			At:        map[string]spec.Source{"": {File: "a.yaml", Line: 1}}}
	}
	return &spec.Desired{
		Organizations: []spec.Organization{organization("a", "eu1"), organization("b", "eu1"), organization("c", "lab")},
		Settings: []spec.Setting{{Path: "guards.maxInvites", Value: "5"}, {Path: "guards.protect", Value: "a/**"},
			{Path: "guards.protect", Value: "b/**"}, {Path: "zones.lab", Value: "sandbox"}, {Path: "zones.lab.token", Value: "${env:T}"},
			{Path: "organizations.a.purge", Value: "variable"}},
	}
}

// TestChanged: what counts as a change, and for whom.
func TestChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*spec.Desired)
		want   []string
	}{
		"nothing":             {func(*spec.Desired) {}, nil},
		"positions":           {func(d *spec.Desired) { d.Organizations[0].At[""] = spec.Source{File: "b.yaml", Line: 9} }, nil},
		"a variable's line":   {func(d *spec.Desired) { d.Organizations[0].Variables[0].Source.Line = 7 }, nil},
		"a member's line":     {func(d *spec.Desired) { d.Organizations[0].Members[0].RoleSource.Line = 7 }, nil},
		"order of patterns":   {func(d *spec.Desired) { slices.Reverse(d.Settings) }, nil},
		"another reference":   {func(d *spec.Desired) { d.Organizations[0].Variables[0].Reference = "${env:B}" }, nil},
		"its value":           {func(d *spec.Desired) { d.Organizations[0].Variables[0].Value = spec.Sensitive("b") }, []string{"a"}},
		"no secret any more":  {func(d *spec.Desired) { d.Organizations[0].Variables[0].Value = spec.Plain("a") }, []string{"a"}},
		"unread on one side":  {func(d *spec.Desired) { d.Organizations[0].Variables[0].Unknown = true }, []string{"a"}},
		"none instead of nil": {func(d *spec.Desired) { d.Organizations[1].FeatureControls = []spec.FeatureControl{} }, []string{"b"}},
		"an invite's team":    {func(d *spec.Desired) { d.Organizations[1].Members[0].Invite.Teams[0] = "U" }, []string{"b"}},
		"a name":              {func(d *spec.Desired) { d.Organizations[2].Name = "C" }, []string{"c"}},
		"a new one":           {func(d *spec.Desired) { d.Organizations[2].Key = "d" }, []string{"d"}},
		"another zone":        {func(d *spec.Desired) { d.Organizations[1].Zone = "lab" }, []string{"b"}},
		"a guard":             {func(d *spec.Desired) { d.Settings[0].Value = "6" }, []string{"a", "b", "c"}},
		"a pattern less":      {func(d *spec.Desired) { d.Settings = slices.Delete(d.Settings, 1, 2) }, []string{"a", "b", "c"}},
		"its zone":            {func(d *spec.Desired) { d.Settings[3].Value = "https://lab.example" }, []string{"c"}},
		"its zone's token":    {func(d *spec.Desired) { d.Settings[4].Value = "${env:U}" }, []string{"c"}},
	} {
		head := documents()
		c.change(head)
		for _, pair := range [][2]*spec.Desired{{documents(), head}} {
			var got []string
			for key := range spec.Changed(pair[0], pair[1]) {
				got = append(got, key)
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v have changed, want %v", name, got, c.want)
			}
		}
	}
}

// TestLawUnreadReferencesAreTheirNames: what neither side could read is the same when its reference
// is.
func TestLawUnreadReferencesAreTheirNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"${env:A}", "${env:B}", "${file:a}"})
		base, head := documents(), documents()
		for _, d := range []*spec.Desired{base, head} {
			v := &d.Organizations[0].Variables[0]
			v.Unknown, v.Value, v.Reference = true, spec.Sensitive(""), name.Draw(t, "reference")
		}
		same := base.Organizations[0].Variables[0].Reference == head.Organizations[0].Variables[0].Reference
		if got := spec.Changed(base, head)["a"]; got == same {
			t.Fatalf("changed %v", got)
		}
	})
}

package factor_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/factor"
)

// TestFactoredMeansTheSame is the law: what is read of the factored documents is what is read of the
// unfactored ones, whatever the organizations hold.
func TestFactoredMeansTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var organizations []spec.Organization
		for i := range rapid.IntRange(1, 6).Draw(t, "organizations") {
			organizations = append(organizations, drawOrganization(t, fmt.Sprintf("org-%d", i)))
		}
		want := read(t, write(t, organizations))
		profile, rests := factor.Common(organizations, "standard", rapid.IntRange(0, 4).Draw(t, "least"))
		got := read(t, writeFactored(t, &profile, rests))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(spec.Value{})); diff != "" {
			t.Fatalf("the factored documents say something else (-plain +factored):\n%s", diff)
		}
	})
}

func ExampleCommon() {
	tfa := true
	organizations := []spec.Organization{
		{Key: "acme", ID: 1, TFAEnforced: &tfa, Variables: []spec.Variable{number("RETRIES", "5"), number("SIZE", "1")}},
		{Key: "beta", ID: 2, TFAEnforced: &tfa, Variables: []spec.Variable{number("RETRIES", "5")}},
		{Key: "core", ID: 3, TFAEnforced: &tfa, Variables: []spec.Variable{}},
	}
	profile, rests := factor.Common(organizations, "standard", 2)
	for _, v := range profile.Contents.Variables {
		fmt.Println(v.Name, "in", profile.Shares["standard/variable/RETRIES"], "of", profile.Of)
	}
	for _, r := range rests {
		fmt.Println(r.Organization.Key, len(r.Organization.Variables), r.Cancelled)
	}
	// Output:
	// RETRIES in 2 of 3
	// acme 1 []
	// beta 0 []
	// core 0 [core/variable/RETRIES]
}

func number(name, value string) spec.Variable {
	return spec.Variable{Name: name, Type: spec.TypeNumber, Value: spec.Plain(value)}
}

// drawOrganization draws from few names and values, so that much is alike, with the odd forms too.
func drawOrganization(t *rapid.T, key string) spec.Organization {
	o := spec.Organization{Key: key, Zone: "eu1", Name: "Name " + key, ID: int64(len(key))*100 + int64(key[len(key)-1])}
	o.Timezone = rapid.SampledFrom([]string{"", "Europe/Prague", "113"}).Draw(t, "timezone")
	o.Country = rapid.SampledFrom([]string{"", "CZ"}).Draw(t, "country")
	if on := rapid.IntRange(0, 2).Draw(t, "tfa"); on < 2 {
		o.TFAEnforced = ptr(on == 1)
	}
	if rapid.Bool().Draw(t, "controls") {
		o.FeatureControls = []spec.FeatureControl{}
		for _, name := range drawNames(t, "AI", "ai", "Data store", "x-odd") {
			o.FeatureControls = append(o.FeatureControls, spec.FeatureControl{Name: name, Enabled: rapid.Bool().Draw(t, name)})
		}
	}
	if rapid.Bool().Draw(t, "variables") {
		o.Variables = drawVariables(t)
	}
	if rapid.Bool().Draw(t, "members") {
		o.Members = drawMembers(t, &o)
	}
	for _, k := range []spec.Kind{spec.KindVariable, spec.KindMember} {
		if rapid.IntRange(0, 3).Draw(t, "purge") == 0 {
			o.Purge = append(o.Purge, k)
		}
	}
	return o
}

func ptr[T any](v T) *T { return &v }

func drawNames(t *rapid.T, names ...string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID[string]).Draw(t, "names")
}

func drawVariables(t *rapid.T) []spec.Variable {
	all := []spec.Variable{}
	for _, name := range drawNames(t, "A", "a", "B", "C_TOKEN", "D") {
		v := rapid.SampledFrom([]spec.Variable{
			{Type: spec.TypeNumber, Value: spec.Plain("5")},
			{Type: spec.TypeString, Value: spec.Plain("5")},
			{Type: spec.TypeString, Value: spec.Plain("${org.key} {id}")},
			{Type: spec.TypeBoolean, Value: spec.Plain("true")},
			{Type: spec.TypeDate, Value: spec.Plain("2026-11-20T00:00:00.000Z")},
			{Type: spec.TypeString, Value: spec.Sensitive("s3cret"), Reference: "${env:SECRET}"},
			{Type: spec.TypeString, Value: spec.Plain("##LEFT##"), Literal: true},
			{Type: spec.TypeNumber, Value: spec.Plain("1"), IgnoreValue: true},
			{State: spec.Absent},
		}).Draw(t, name)
		v.Name = name
		all = append(all, v)
	}
	return all
}

func drawMembers(t *rapid.T, o *spec.Organization) []spec.Member {
	all := []spec.Member{}
	for _, email := range drawNames(t, "a@acme.example", "b@acme.example", "c@acme.example") {
		m := rapid.SampledFrom([]spec.Member{
			{Role: "Admin"}, {Role: "Admin"}, {Role: "Admin"}, {Role: "Member"}, {Role: "32"}, {}, {State: spec.Absent},
			{Role: "Member", Invite: &spec.Invite{Name: "Somebody", Teams: []string{"Ops"}}},
		}).Draw(t, email)
		m.Email = email
		if o.Owner == "" && m.State == "" && rapid.Bool().Draw(t, "owner") {
			o.Owner = email
		}
		all = append(all, m)
	}
	return all
}

func write(t *rapid.T, organizations []spec.Organization) []string {
	var out bytes.Buffer
	if _, err := document.WriteDocument(&out, organizations, document.WriteOptions{Zone: "eu1"}); err != nil {
		t.Fatal(err)
	}
	return []string{out.String()}
}

func writeFactored(t *rapid.T, p *factor.Profile, rests []factor.Rest) []string {
	var all []string
	if !p.IsEmpty() {
		var out bytes.Buffer
		if unwritten, err := document.WriteProfile(&out, p.Name, &p.Contents, document.WriteOptions{}); err != nil || len(unwritten) > 0 {
			t.Fatal(unwritten, err)
		}
		all = append(all, out.String())
	}
	for i := range rests {
		var out bytes.Buffer
		_, err := document.WriteDocument(&out, []spec.Organization{rests[i].Organization},
			document.WriteOptions{Zone: "eu1", Cancelled: rests[i].Cancelled})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out.String())
	}
	return all
}

// read resolves documents and takes off where everything stands.
func read(t *rapid.T, documents []string) []spec.Organization {
	dir, err := os.MkdirTemp("", "factor")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for i, text := range documents {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.yaml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded, problems := document.Load(document.LoadOptions{Paths: []string{dir}})
	desired, more := loaded.Resolve(document.ResolveOptions{SkipReferences: true})
	for _, p := range append(problems, more...) {
		if p.Severity == spec.Error {
			t.Fatalf("%s\n%s", p.Message, strings.Join(documents, "\n---\n"))
		}
	}
	for i := range desired.Organizations {
		withoutPositions(&desired.Organizations[i])
	}
	slices.SortFunc(desired.Organizations, func(a, b spec.Organization) int { return strings.Compare(a.Key, b.Key) })
	return desired.Organizations
}

func withoutPositions(o *spec.Organization) {
	o.At, o.Profiles = nil, nil
	for i := range o.Variables {
		o.Variables[i].Source = spec.Source{}
	}
	for i := range o.FeatureControls {
		o.FeatureControls[i].Source = spec.Source{}
	}
	for i := range o.Members {
		o.Members[i].Source, o.Members[i].RoleSource = spec.Source{}, spec.Source{}
	}
}

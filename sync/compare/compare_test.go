package compare

import (
	"fmt"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// sheetOf is one organization with the given objects: "variable/A value" → text.
func flatOf(key, name string, fields map[string]string) FlatOrganization {
	s := newFlatOrganization(key, name)
	for where, text := range fields {
		var kind, object, path string
		fmt.Sscanf(where, "%s %s %s", &kind, &object, &path)
		s.set(spec.Kind(kind), object, path, FlatField{Side: state.Text(text)})
	}
	return s
}

func differences(c *Comparison) []string {
	var all []string
	for _, o := range c.Organizations {
		if o.Only != "" {
			all = append(all, o.Key+" only "+o.Only)
		}
		for _, d := range o.Differences {
			all = append(all, fmt.Sprintf("%s %s %s|%s", d.Address, d.Path, d.A, d.B))
		}
	}
	return all
}

func TestComparePairsByKeyThenByName(t *testing.T) {
	t.Parallel()
	a := []FlatOrganization{flatOf("acme", "Acme", nil), flatOf("beta", "Beta", nil), flatOf("twin-1", "Twin", nil), flatOf("twin-2", "Twin", nil)}
	b := []FlatOrganization{flatOf("acme", "Acme US", nil), flatOf("beta-us", "Beta", nil), flatOf("twin-9", "Twin", nil)}
	got := differences(Compare(ComparedSide{}, ComparedSide{}, a, b, nil))
	want := []string{"twin-1 only a", "twin-2 only a", "twin-9 only b"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("differences = %v, want %v", got, want)
	}
}

func TestComparePairsDocumentsWithTheIdThatTheyPin(t *testing.T) {
	t.Parallel()
	live := []FlatOrganization{flatOf("acme-automation", "Acme Automation", nil), flatOf("acme", "Acme", nil)}
	live[0].ID, live[0].Zone, live[1].ID, live[1].Zone = 11, "eu1", 12, "eu1"
	document := flatOf("acme", "", nil)
	document.ID, document.Zone, document.Declared = 11, "eu1", true
	if got := differences(Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{document}, live, nil)); fmt.Sprint(got) != "[acme only b]" {
		t.Errorf("differences = %v: the id is not looked at", got)
	}
	document.Zone = "us1" // where 11 is another one
	if got := differences(Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{document}, live, nil)); fmt.Sprint(got) != "[acme-automation only b]" {
		t.Errorf("differences = %v", got)
	}
}

func TestCompareFieldByField(t *testing.T) {
	t.Parallel()
	base := map[string]string{"variable A value": "1", "variable A type": "number", "member jane@acme.example role": "Admin"}
	with := func(where, text string) map[string]string {
		changed := map[string]string{where: text}
		for k, v := range base {
			if _, there := changed[k]; !there {
				changed[k] = v
			}
		}
		return changed
	}
	for name, test := range map[string]struct {
		b    map[string]string
		want []string
	}{
		"equal":         {base, nil},
		"another value": {with("variable A value", "2"), []string{"acme/variable/A value 1|2"}},
		"one more":      {with("variable B value", "x"), []string{"acme/variable/B  |there"}},
		"another type":  {with("variable A type", "string"), []string{"acme/variable/A type number|string"}},
	} {
		c := Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{flatOf("acme", "Acme", base)}, []FlatOrganization{flatOf("acme", "Acme", test.b)}, nil)
		if got := differences(c); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: differences = %v, want %v", name, got, test.want)
		}
		if wantExit := map[bool]exit.Code{true: exit.OK, false: exit.Changes}[test.want == nil]; c.Exit != wantExit {
			t.Errorf("%s: exit = %v, want %v", name, c.Exit, wantExit)
		}
	}
}

func TestCompareLeavesOutWhatADocumentDoesNotManage(t *testing.T) {
	t.Parallel()
	live := flatOf("acme", "Acme", map[string]string{"variable A value": "1", "member jane@acme.example role": "Admin", "member jane@acme.example invitation": "pending"})
	document := flatOf("acme", "Acme", map[string]string{"member jane@acme.example role": "Admin"})
	document.Declared, document.Managed = true, map[spec.Kind]bool{spec.KindMember: true}
	if got := differences(Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{live}, []FlatOrganization{document}, nil)); got != nil {
		t.Errorf("differences = %v, want none", got)
	}
	document.Managed[spec.KindVariable] = true
	if got := differences(Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{live}, []FlatOrganization{document}, nil)); len(got) != 1 {
		t.Errorf("differences = %v, want the variable", got)
	}
}

func TestCompareSaysWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	a := flatOf("acme", "Acme", map[string]string{"variable A value": "1"})
	b := flatOf("acme", "Acme", nil)
	b.Unknown[spec.KindVariable] = "could not be read"
	c := Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{a}, []FlatOrganization{b}, nil)
	if len(differences(c)) != 0 || len(c.Organizations[0].NotCompared) != 1 || c.Summary.NotCompared != 1 {
		t.Errorf("comparison = %+v", c.Organizations)
	}
}

// Somebody who is on one side only may be one of those on the other whose e-mail nobody tells.
func TestPeopleWhomNobodyCanName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		a, b, skipped, differences int
		declared                   bool
	}{
		"none":                        {0, 0, 0, 1, false},
		"on the other side":           {0, 2, 2, 0, false},
		"on the same side":            {2, 0, 1, 1, false},
		"live, beside a document":     {0, 2, 1, 0, true},
		"a document names all people": {0, 0, 0, 1, true},
	} {
		a := flatOf("acme", "Acme", map[string]string{"member jane@acme.example role": "Admin"})
		b := flatOf("acme", "Acme", map[string]string{"variable A value": "1"})
		a.Unseen, b.Unseen = test.a, test.b
		a.Declared, a.Managed = test.declared, map[spec.Kind]bool{spec.KindMember: true}
		if !test.declared {
			value, _ := b.Objects[ObjectID{spec.KindVariable, "A"}].at("value")
			a.set(spec.KindVariable, "A", "value", value)
		}
		c := Compare(ComparedSide{}, ComparedSide{}, []FlatOrganization{a}, []FlatOrganization{b}, nil)
		if len(differences(c)) != test.differences || c.Summary.NotCompared != test.skipped {
			t.Errorf("%s: differences %v, not compared %+v", name, differences(c), c.Organizations[0].NotCompared)
		}
	}
}

func TestFingerprintsCompareWithValuesAndEachOther(t *testing.T) {
	t.Parallel()
	salt := []byte("salt")
	saved := func(text, salt string) FlatField {
		return fingerprintField(&offline.SavedVariable{Fingerprint: spec.SecretFingerprint(spec.Sensitive(text), []byte(salt))}, []byte(salt))
	}
	plain := FlatField{Side: state.OfType(spec.TypeString, spec.Sensitive("secret"))}
	for name, test := range map[string]struct {
		a, b  FlatField
		equal bool
		why   bool
	}{
		"the value itself": {saved("secret", string(salt)), plain, true, false},
		"another value":    {plain, saved("other", string(salt)), false, false},
		"same salt":        {saved("secret", "x"), saved("secret", "x"), true, false},
		"other salts":      {saved("secret", "x"), saved("secret", "y"), false, true},
	} {
		equal, why := test.a.equals(test.b)
		if equal != test.equal || (why != "") != test.why {
			t.Errorf("%s: equal %v, why %q", name, equal, why)
		}
	}
}

// Hashes of two snapshots have two salts. In one zone people are the same by their users; between
// zones they are not compared, and nobody is called missing.
func TestHashedPeopleOfTwoSnapshots(t *testing.T) {
	t.Parallel()
	side := func(zone, email string) (*offline.Snapshot, []FlatOrganization) {
		s := &offline.Snapshot{Zone: zone, Organizations: []offline.SavedOrganization{
			{Members: []offline.SavedMember{{UserID: 7, Email: email}}}}}
		return s, []FlatOrganization{flatOf("acme", "Acme", map[string]string{"member " + email + " role": "Member"})}
	}
	for _, test := range []struct {
		zone, email string
		skipped     int
	}{
		{"eu1", "bb" + offline.HashedDomain, 0},
		{"eu1", "zoe@acme.example", 0},
		{"us1", "bb" + offline.HashedDomain, 2},
		{"us1", "zoe@acme.example", 2},
	} {
		a, flatA := side("eu1", "aa"+offline.HashedDomain)
		b, flatB := side(test.zone, test.email)
		matchUsers(a, b, flatA, flatB)
		c := Compare(ComparedSide{}, ComparedSide{}, flatA, flatB, nil)
		if len(differences(c)) != 0 || c.Summary.NotCompared != test.skipped {
			t.Errorf("%+v: differences %v, not compared %d", test, differences(c), c.Summary.NotCompared)
		}
	}
}

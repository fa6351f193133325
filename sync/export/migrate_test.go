package export

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// zoneStateOf reads a zone in memory whole.
func zoneStateOf(t *testing.T, zone string, z *zonetest.Zone) *state.ZoneState {
	t.Helper()
	s, err := state.ReadZone(context.Background(), state.Port{Endpoint: spec.Endpoint{Name: zone, Hosts: []string{zonetest.Host}}, Reader: z}, state.ReadOptions{Lists: append(state.ReadingLists(), state.Regions)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func migrated(t *testing.T, m spec.MigrationMap, source, target *zonetest.Zone) *MigrationResult {
	t.Helper()
	return Migrate(Migration{From: zoneStateOf(t, "eu1", source), To: zoneStateOf(t, "us1", target), Map: m, KeyPattern: "{key}",
		Sensitive: func(a spec.Address) bool { return spec.IsSensitive(a, a.Name(), nil) }})
}

// migrating is a source with every case of a person, a secret and a value without a form.
func migrating() *zonetest.Zone {
	acme := zonetest.Organization(11, "Acme")
	zonetest.Person(acme, 2, "jane@old.example", 12, "")
	zonetest.Person(acme, 3, "late@old.example", 13, "expired")
	zonetest.Person(acme, 4, "open@old.example", 13, "pending")
	zonetest.Person(acme, 5, "odd@old.example", 99, "")
	zonetest.Variable(acme, "API_TOKEN", spec.TypeString, "do-not-write-me")
	zonetest.Variable(acme, "RETRIES", spec.TypeNumber, "5")
	acme.Variables = append(acme.Variables, spec.Variable{Name: "WEIRD", Invalid: "the value is an object"})
	acme.Teams = append(acme.Teams, state.Name{ID: 9, Name: "Sales"})
	return zonetest.New(acme)
}

func leftText(r *MigrationResult) string {
	var lines []string
	for _, l := range r.Omissions {
		lines = append(lines, l.Organization+": "+l.What+": "+l.Why)
	}
	return strings.Join(lines, "\n")
}

func TestRehomeWritesThreeWavesAndLeavesNothingSilently(t *testing.T) {
	t.Parallel()
	r := migrated(t, spec.MigrationMap{Emails: []spec.MappedText{{From: "*@old.example", To: "*@new.example"}}}, migrating(), zonetest.New())
	if len(r.Collisions)+len(r.Problems) > 0 {
		t.Fatalf("collisions %v, problems %v", r.Collisions, r.Problems)
	}
	first, second, third := r.Stages[0].Documents[0].Organization, r.Stages[1].Documents[0].Organization, r.Stages[2].Documents[0].Organization
	for _, o := range []spec.Organization{first, second, third} {
		if o.Key != "acme" || o.Name != "Acme" || o.Zone != "us1" || o.ID != 0 {
			t.Errorf("each wave repeats key, name and zone: %+v", o)
		}
	}
	if first.Region != "EU" || first.Country != "CZ" || first.Timezone != "Europe/Prague" || first.Variables != nil || first.Members != nil {
		t.Errorf("first wave = %+v", first)
	}
	if len(second.Variables) != 2 || second.Variables[0].Reference != "${env:ACME_API_TOKEN}" || !second.Variables[0].Value.IsZero() || second.Members != nil {
		t.Errorf("second wave = %+v", second)
	}
	var people []string
	for _, m := range third.Members {
		people = append(people, fmt.Sprintf("%s %s %v", m.Email, m.Role, m.Invite != nil))
	}
	want := "[jane@new.example Admin true open@new.example Member true ops@acme.example  false]"
	if fmt.Sprint(people) != want || third.Owner != "ops@acme.example" {
		t.Errorf("third wave = %v, owner %s, want %s", people, third.Owner, want)
	}
	for _, text := range []string{"late@old.example: the invitation is expired", "odd@old.example", "the value of API_TOKEN", "variable WEIRD", `"Sales"`, "scenarios", "connections"} {
		if !strings.Contains(leftText(r), text) {
			t.Errorf("%q is not said to be left behind:\n%s", text, leftText(r))
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", r), "do-not-write-me") {
		t.Error("the secret is in what was made")
	}
}

func TestRehomeCollisions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		m     spec.MigrationMap
		there []*state.Organization
		want  string
		adopt int64
	}{
		"free name":     {},
		"taken name":    {there: []*state.Organization{zonetest.Organization(77, "Acme")}, want: "already"},
		"renamed":       {m: spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "acme", Name: "Acme US"}}}, there: []*state.Organization{zonetest.Organization(77, "Acme")}},
		"adopted":       {m: spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "11", ID: 77}}}, there: []*state.Organization{zonetest.Organization(77, "Acme")}, adopt: 77},
		"adopt nothing": {m: spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "Acme", ID: 78}}}, there: []*state.Organization{zonetest.Organization(77, "Acme")}, want: "not in us1"},
		"no key":        {m: spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "Acme", Key: "x-acme"}}}, want: "no key"},
	} {
		r := migrated(t, test.m, migrating(), zonetest.New(test.there...))
		if (test.want != "") != (len(r.Collisions) == 1) || test.want != "" && !strings.Contains(r.Collisions[0].Reason, test.want) {
			t.Errorf("%s: collisions = %+v, want %q", name, r.Collisions, test.want)
		}
		if written := len(r.Stages[0].Documents) == 1; written == (test.want != "") {
			t.Errorf("%s: written %v", name, written)
		} else if written && r.Stages[0].Documents[0].Organization.ID != test.adopt {
			t.Errorf("%s: id = %d, want %d", name, r.Stages[0].Documents[0].Organization.ID, test.adopt)
		}
	}
}

func TestRegionIsChosenOrAsked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		regions []state.Name
		told    string
		want    string
		problem bool
	}{
		"the only one":      {[]state.Name{{ID: 1, Name: "Moon"}}, "", "Moon", false},
		"as the zone says":  {[]state.Name{{ID: 1, Name: "EU"}, {ID: 2, Name: "US"}}, "", "US", false},
		"told":              {[]state.Name{{ID: 1, Name: "EU"}, {ID: 2, Name: "US"}}, "eu", "EU", false},
		"told by id":        {[]state.Name{{ID: 1, Name: "EU"}, {ID: 2, Name: "US"}}, "1", "EU", false},
		"unknown":           {[]state.Name{{ID: 1, Name: "EU"}}, "Mars", "", true},
		"nothing to go by":  {[]state.Name{{ID: 1, Name: "North"}, {ID: 2, Name: "South"}}, "", "", false},
		"two named like it": {[]state.Name{{ID: 1, Name: "US East"}, {ID: 2, Name: "US West"}}, "", "", false},
	} {
		target := zonetest.New()
		target.Lists[state.Regions] = test.regions
		r := migrated(t, spec.MigrationMap{Region: test.told}, migrating(), target)
		if r.Region != test.want || (len(r.Problems) > 0) != test.problem {
			t.Errorf("%s: region %q, problems %v", name, r.Region, r.Problems)
		}
		if r.Region == "" && !test.problem && !strings.Contains(leftText(r), "the region") {
			t.Errorf("%s: nobody is told to choose a region", name)
		}
	}
}

func TestMapThatNamesNobodyIsAProblem(t *testing.T) {
	t.Parallel()
	r := migrated(t, spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "Nobody"}}}, migrating(), zonetest.New())
	if !spec.HasErrors(r.Problems) {
		t.Error("the map's mistake is not told")
	}
}

func TestMapEmailPrefersTheAddressToItsDomain(t *testing.T) {
	t.Parallel()
	m := &spec.MigrationMap{Emails: []spec.MappedText{{From: "*@old.example", To: "*@new.example"}, {From: "jane@old.example", To: "jd@new.example"}, {From: "gone@old.example"}}}
	for from, want := range map[string]string{"jane@old.example": "jd@new.example", "bob@old.example": "bob@new.example", "gone@old.example": "", "x@other.example": "x@other.example"} {
		if got, _ := MapEmail(m, from); got != want {
			t.Errorf("mapEmail(%s) = %q, want %q", from, got, want)
		}
	}
}

func TestInviteeName(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]string{
		{"Jane Doe", "jane@a.example"}: "Jane Doe", {"", "jane.doe@a.example"}: "jane.doe",
		{"<b>", "jane@a.example"}: "jane", {"", "!!!@a.example"}: "Invited person",
	} {
		if got := inviteeName(in[0], in[1]); got != want || !spec.AcceptsName(got) {
			t.Errorf("inviteeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRehomeLetsNoMapSayTwoThings(t *testing.T) {
	t.Parallel()
	source := zonetest.New(zonetest.Organization(11, "Acme"), zonetest.Organization(12, "Beta"))
	twice := migrated(t, spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "11", Skip: true}, {From: "acme", Name: "Acme US"}}}, source, zonetest.New())
	if !spec.HasErrors(twice.Problems) || !strings.Contains(fmt.Sprint(twice.Problems), "twice") {
		t.Errorf("one entry skips and the other renames: %v", twice.Problems)
	}
	target := zonetest.New(zonetest.Organization(71, "Other"), zonetest.Organization(72, "Third"))
	for name, m := range map[string][]spec.MappedOrganization{
		"one id for two":         {{From: "Acme", ID: 71}, {From: "Beta", ID: 71}},
		"a name that is another": {{From: "Acme", ID: 71, Name: "Third"}},
	} {
		if r := migrated(t, spec.MigrationMap{Organizations: m}, source, target); len(r.Collisions) != len(m) || len(r.Stages[0].Documents) != 2-len(m) {
			t.Errorf("%s: collisions %v", name, r.Collisions)
		}
	}
	if r := migrated(t, spec.MigrationMap{Organizations: []spec.MappedOrganization{{From: "Acme", ID: 71, Name: "other"}}}, source, target); len(r.Collisions) > 0 {
		t.Errorf("an organization may keep its own name: %v", r.Collisions)
	}
}

func TestRehomeTellsWhoStaysInTheTarget(t *testing.T) {
	t.Parallel()
	acme := zonetest.Organization(11, "Acme")
	acme.Members = nil
	zonetest.Person(acme, 2, "jane@acme.example", 11, "")
	acme.OwnerID = 2
	if text := leftText(migrated(t, spec.MigrationMap{}, zonetest.New(acme), zonetest.New())); !strings.Contains(text, "without ops@acme.example") {
		t.Errorf("left:\n%s", text)
	}
	if text := leftText(migrated(t, spec.MigrationMap{}, migrating(), zonetest.New())); strings.Contains(text, "without ops@acme.example") {
		t.Errorf("left:\n%s", text)
	}
}

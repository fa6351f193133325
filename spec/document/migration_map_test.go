package document

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"makesync/spec"
)

func loadMap(t *testing.T, text string) (spec.MigrationMap, []spec.Problem) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadMigrationMap(path)
}

func TestMigrationMapIsRead(t *testing.T) {
	t.Parallel()
	m, problems := loadMap(t, `
region: US
organizations:
  Acme Automation: Acme US
  beta: {key: beta-us, country: US, timezone: America/New_York}
  gamma: {id: 77}
  12: {skip: true}
emails:
  Jane@old.example: jane@new.example
  "*@old.example": "*@new.example"
  gone@old.example: null
roles: {Ops Lead: Member}
featureControls: {Old name: New name}
`)
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	for i := range m.Organizations {
		m.Organizations[i].Source = spec.Source{}
	}
	want := []spec.MappedOrganization{
		{From: "Acme Automation", Name: "Acme US"},
		{From: "beta", Key: "beta-us", Country: "US", Timezone: "America/New_York"},
		{From: "gamma", ID: 77}, {From: "12", Skip: true},
	}
	if !reflect.DeepEqual(m.Organizations, want) {
		t.Errorf("organizations = %+v, want %+v", m.Organizations, want)
	}
	if m.Region != "US" || len(m.Emails) != 3 || m.Emails[0].From != "jane@old.example" || m.Emails[2].To != "" {
		t.Errorf("map = %+v", m)
	}
	if m.Roles[0].To != "Member" || m.FeatureControls[0].From != "Old name" {
		t.Errorf("map = %+v", m)
	}
}

func TestMigrationMapTellsEveryMistake(t *testing.T) {
	t.Parallel()
	_, problems := loadMap(t, `
regon: US
organizations:
  acme: {key: Not A Key, id: -1}
  beta: {nam: x}
  gamma: "  spaced "
emails:
  jane: jane@new.example
  "*@a.example": jane@new.example
roles: {Ops: null}
`)
	lines := map[int]string{}
	for _, p := range problems {
		lines[p.Source.Line] += p.Rule + " "
	}
	want := map[int]string{2: "unknown-key ", 4: "organization-key unknown-value ", 5: "unknown-key ",
		6: "organization-name ",
		8: "bad-email ", 9: "bad-email ", 10: "null-value "}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("problems by line = %v, want %v", lines, want)
	}
}

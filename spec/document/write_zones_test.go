package document

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/spec"
)

func TestWriteZonesComesBackWithoutTokens(t *testing.T) {
	t.Parallel()
	zones := []spec.Zone{
		{Name: "lab", URL: "https://make.acme.example", Token: spec.Sensitive("${env:LAB_TOKEN}")},
		{Name: "old", URL: "https://old.acme.example", Token: spec.Sensitive("00000000-0000-4000-8000-000000000009")},
		{Name: "try", Sandbox: &spec.SandboxZone{Seed: "/a b/seed.json", State: "state.json"}},
	}
	var out bytes.Buffer
	if err := WriteZones(&out, zones, []string{"zones"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "4000") {
		t.Errorf("a token was written:\n%s", &out)
	}
	path := filepath.Join(t.TempDir(), "zones.yaml")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, &out)
	}
	read := documents.Zones()
	if read["lab"].URL != zones[0].URL || read["lab"].Token.Reveal() != "${env:LAB_TOKEN}" ||
		!read["old"].Token.IsZero() {
		t.Errorf("zones = %+v", read)
	}
	if s := read["try"].Sandbox; s == nil || s.Seed != "" || strings.Contains(out.String(), "seed") {
		t.Errorf("sandbox = %+v", s)
	}
}

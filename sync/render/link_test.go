package render

import (
	"bytes"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// TestLinkedOrganizations: only pages of Make's own hosts are linked, and none of a simulated zone,
// of an organization that is not there yet, or where a document has put another host.
func TestLinkedOrganizations(t *testing.T) {
	t.Parallel()
	const want = "\x1b]8;;https://eu1.make.com/organization/11/dashboard\x1b\\acme\x1b]8;;\x1b\\"
	for name, test := range map[string]struct {
		zone plan.Zone
		id   int64
		want bool
	}{
		"Make":         {plan.Zone{Name: "eu1", URL: "https://eu1.make.com"}, 11, true},
		"not there":    {plan.Zone{Name: "eu1", URL: "https://eu1.make.com"}, 0, false},
		"a sandbox":    {plan.Zone{Name: "eu1", URL: "https://eu1.make.com", Sandbox: true}, 11, false},
		"another host": {plan.Zone{Name: "eu1", URL: "https://evil.example"}, 11, false},
		"an own zone":  {plan.Zone{Name: "own", URL: "https://eu1.make.com"}, 11, false},
		"no zone":      {plan.Zone{}, 11, false},
	} {
		p := &plan.Plan{Zones: []plan.Zone{test.zone}, Exit: exit.OK, Organizations: []plan.Organization{{
			Key: "acme", Name: "Acme", Zone: test.zone.Name, ID: test.id,
			Waiting: []plan.Waiting{{Address: "acme/owner", Reason: "later"}},
		}}}
		var b, without bytes.Buffer
		if err := Plan(&b, p, Options{Links: &Links{Folder: "/d"}}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), want) != test.want || !test.want && strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: %q", name, b.String())
		}
		if err := Plan(&without, p, Options{}); err != nil {
			t.Fatal(err)
		}
		if got := string(WithoutLinks(b.Bytes())); got != without.String() {
			t.Errorf("%s: without links it is\n%q\nand not\n%q", name, got, without.String())
		}
	}
}

// TestLinkedFiles: a name cannot end its link or begin another one.
func TestLinkedFiles(t *testing.T) {
	t.Parallel()
	links := &Links{Folder: "/work dir", Host: "host", NoFile: []string{"stdin"}}
	for name, want := range map[string]string{
		"a.yaml":                       "file://host/work%20dir/a.yaml#3",
		"/x/\x1b\\\x1b]8;;evil\a.yaml": "file://host/x/%1B%5C%1B%5D8;;evil%07.yaml#3",
		"\u202eb.yaml":                 "file://host/work%20dir/%E2%80%AEb.yaml#3",
		"stdin":                        "",
		"":                             "",
	} {
		if got := links.file(&spec.Source{File: name, Line: 3}); got != want {
			t.Errorf("%q leads to %q, want %q", name, got, want)
		}
	}
}

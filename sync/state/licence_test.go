package state_test

import (
	"testing"

	"makesync/spec"
	"makesync/sync/state"
)

// A self-hosted zone may give a new organization any plan; Make's own zones, and those that name
// their plans alike, give Free.
func TestStartsFree(t *testing.T) {
	on := func(plans ...string) (rows []*state.Organization) {
		for _, p := range plans {
			rows = append(rows, &state.Organization{Plan: p})
		}
		return rows
	}
	for _, c := range []struct {
		url  string
		rows []*state.Organization
		want bool
	}{
		{"https://eu1.make.com", nil, true},
		{"https://us1.make.celonis.com", on(""), true},
		{"https://eu1.make.com", on("Free", "enterprise"), true},
		{"https://make.acme.example", nil, false},
		{"https://make.acme.example", on(""), false},
		{"https://make.acme.example", on("White Label"), false},
		{"https://eu1.make.com.acme.example", nil, false},
		{"http://127.0.0.1:8080", on("Pro"), true},
		{"http://127.0.0.1:8080", on("Pro", "House"), false},
		{"", nil, false},
	} {
		if got := state.StartsFree(spec.Endpoint{URL: c.url}, c.rows); got != c.want {
			t.Errorf("%s with %d rows: %v, want %v", c.url, len(c.rows), got, c.want)
		}
	}
}

// Every kind but the organization itself says with what plan it comes.
func TestRefusedByFree(t *testing.T) {
	for _, kind := range spec.Kinds() {
		if got := state.RefusedByFree(kind); (got == "") != (kind == spec.KindOrganization) {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

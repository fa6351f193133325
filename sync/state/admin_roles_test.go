package state

import (
	"slices"
	"strings"
	"testing"
)

// TestMayRaise: of a role of which nobody knows what it may do, nobody can say that it may do less.
func TestMayRaise(t *testing.T) {
	t.Parallel()
	roles := AdminRoles{Owner: 51, Admin: 52}
	all := map[string]Name{
		"owner": {ID: 51, Name: "Owner"}, "admin": {ID: 52, Name: "Admin"}, "member": {ID: 13},
		"accountant": {ID: 14}, "developer": {ID: 15, Name: "App Developer"}, "guest": {ID: 16, Name: "Guest"},
		"custom": {ID: 90, Name: "Desk"}, "other": {ID: 91},
	}
	lowers := map[string]string{
		"owner": "admin member accountant developer guest custom other",
		"admin": "member accountant developer guest custom other", "member": "guest",
		"accountant": "member guest", "developer": "member guest", "custom": "guest", "other": "guest",
	}
	for from, before := range all {
		for to, after := range all {
			want := from != to && !slices.Contains(strings.Fields(lowers[from]), to)
			if got := roles.MayRaise(before, after); got != want {
				t.Errorf("%s to %s: %t, want %t", from, to, got, want)
			}
		}
	}
}

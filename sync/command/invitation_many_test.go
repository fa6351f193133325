package command

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/makeapi"
	"makesync/sync/render"
	"makesync/sync/state"
)

// TestManyInvitations: what is written of invitations, and asked, takes memory as the list is long, not as its
// square.
func TestManyInvitations(t *testing.T) {
	allocated := func(n int, write func(list []makeapi.OwnInvitation)) int64 {
		list := make([]makeapi.OwnInvitation, n)
		for i := range list {
			list[i] = makeapi.OwnInvitation{Organization: state.Name{ID: int64(i), Name: fmt.Sprintf("Org %05d", i)},
				RoleID: 13, State: pending, Hash: spec.Sensitive("h")}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		write(list)
		runtime.ReadMemStats(&after)
		return int64(after.TotalAlloc - before.TotalAlloc)
	}
	for name, write := range map[string]func([]makeapi.OwnInvitation){
		"list": func(list []makeapi.OwnInvitation) {
			var out bytes.Buffer
			if err := (ownResult{"eu1", false, list}).text(&out, render.Options{}); err != nil {
				t.Error(err)
			}
		},
		"question": func(list []makeapi.OwnInvitation) {
			if !strings.HasSuffix(acceptQuestion(list), "invitations?") {
				t.Error("another question")
			}
		},
	} {
		if few, many := allocated(200, write), allocated(2000, write); many > 20*few {
			t.Errorf("%s: %d bytes for 200, %d for 2,000", name, few, many)
		}
	}
}

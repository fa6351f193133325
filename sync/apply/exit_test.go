package apply

import (
	"testing"

	"makesync/sync/exit"
)

// An organization that is left out makes the run partial when others ran; when nothing could run, the documents are
// to be mended and nothing was done.
func TestExitOfAPlanWithErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		facts applyFacts
		want  exit.Code
	}{
		{applyFacts{plan: exit.Invalid, steps: 3}, exit.Partial},
		{applyFacts{plan: exit.Invalid}, exit.Invalid},
		{applyFacts{plan: exit.Refused, unread: true}, exit.Refused},
		{applyFacts{plan: exit.OK, steps: 3}, exit.OK},
	} {
		if got := c.facts.exit(); got != c.want {
			t.Errorf("%+v: %v, want %v", c.facts, got, c.want)
		}
	}
}

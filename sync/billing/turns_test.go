package billing_test

import (
	"testing"

	"makesync/sync/billing"
)

// Two names of one zone have one turn, and zones of which nobody knows the place one each.
func TestTurnsGoByPlace(t *testing.T) {
	t.Parallel()
	turns := billing.NewTurns(map[string]string{"eu1": "https://eu1", "eu1b": "https://eu1", "a": "", "b": ""},
		func(place string) string { return place })
	if turns["eu1"] != turns["eu1b"] {
		t.Error("the second name of a zone has a turn of its own")
	}
	if turns["a"] == turns["b"] {
		t.Error("two zones share a turn")
	}
	give := turns.Take("a")
	turns.Take("b")()
	give()
	turns.Take("a")()
}

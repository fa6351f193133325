package approval

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAnotherConsequenceNeverCounts: who has signed a plan that takes something along has not
// approved one that takes along anything else, however little they differ.
func TestAnotherConsequenceNeverCounts(t *testing.T) {
	t.Parallel()
	jane := signerOf(1)
	a := approvers(t, "jane@a "+public(jane.PublicKey()))
	rapid.Check(t, func(t *rapid.T) {
		shown := rapid.StringOfN(rapid.RuneFrom([]rune("0: \"\\\nсé\u202e→")), 0, 4, -1)
		draw := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Consequence {
			return Consequence{shown.Draw(t, "address"), shown.Draw(t, "note")}
		}), 0, 2)
		signed, want := wanted(), wanted()
		signed.Consequences, want.Consequences = draw.Draw(t, "signed"), draw.Draw(t, "wanted")
		f, err := Sign(signed, jane)
		if err != nil {
			t.Fatal(err)
		}
		within := func(all, other []Consequence) bool {
			for _, c := range all {
				found := false
				for _, o := range other {
					found = found || c == o
				}
				if !found {
					return false
				}
			}
			return true
		}
		same := within(signed.Consequences, want.Consequences) && within(want.Consequences, signed.Consequences)
		v := a.Verify(want, []File{f}, noon, 1)
		if v.Enough() != same {
			t.Fatalf("%q for %q: %s", signed.Consequences, want.Consequences, summary(v))
		}
		if !same && !strings.Contains(v.Refused[0].Message, "with other consequences: it ") {
			t.Fatal(v.Refused[0].Message)
		}
	})
}

// TestWhichNotesAreSigned: those of what is destructive, cannot be undone, or of which nobody
// knows; words that change from night to night beside the rest leave a statement as it is.
func TestWhichNotesAreSigned(t *testing.T) {
	t.Parallel()
	of := func(risk any, notes ...any) (Statement, error) {
		step := map[string]any{"address": "acme", "notes": notes}
		if risk != nil {
			step["risk"] = risk
		}
		return Of(map[string]any{
			"digest": wanted().Digest, "zones": []any{map[string]any{"name": "eu1", "url": "https://eu1.make.com"}},
			"organizations": []any{map[string]any{"key": "acme", "zone": "eu1", "id": 11.0, "name": "Acme", "steps": []any{step}}},
		}, noon, noon, nil)
	}
	for risk, signed := range map[any]bool{
		"none": false, "caution": false, "destructive": true, "irreversible": true, "mild": true, nil: true, 1: true,
	} {
		with, err := of(risk, "40 active scenarios")
		without, errWithout := of(risk)
		if err != nil || errWithout != nil || with.sameExceptTimes(without) == signed {
			t.Error(risk, with.Consequences, err, errWithout)
		}
	}
	if s, err := of("none", 1); err == nil {
		t.Error("a note that is no text: ", s)
	}
}

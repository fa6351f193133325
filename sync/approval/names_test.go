package approval

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAnotherNameNeverCounts: who has signed a plan that shows one name has not approved one that
// shows another, however little they differ.
func TestAnotherNameNeverCounts(t *testing.T) {
	t.Parallel()
	jane := signerOf(1)
	a := approvers(t, "jane@a "+public(jane.PublicKey()))
	rapid.Check(t, func(t *rapid.T) {
		shown := rapid.StringOfN(rapid.RuneFrom([]rune("Ac \"\\\nсé\u202e")), 0, 6, -1)
		signed, want := wanted(), wanted()
		i := rapid.IntRange(0, len(want.Organizations)-1).Draw(t, "organization")
		signed.Organizations[i].Name, want.Organizations[i].Name = shown.Draw(t, "signed"), shown.Draw(t, "wanted")
		f, err := Sign(signed, jane)
		if err != nil {
			t.Fatal(err)
		}
		same := signed.Organizations[i].Name == want.Organizations[i].Name
		if v := a.Verify(want, []File{f}, noon, 1); v.Enough() != same {
			t.Fatalf("%q for %q: %s", signed.Organizations[i].Name, want.Organizations[i].Name, summary(v))
		}
	})
}

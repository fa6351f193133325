package approval

import (
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// TestUsedOnce: what somebody had signed when a run used an approval of hers serves no more, with whatever key, under
// whatever name, until whenever; what she signs later does, and so does what is about other changes.
func TestUsedOnce(t *testing.T) {
	t.Parallel()
	jane, second, third, bob := signerOf(1), signerOf(2), signerOf(3), signerOf(4)
	lines := []string{
		"jane@a " + public(jane.PublicKey()), "Jane@A " + public(second.PublicKey()),
		"doe@a " + public(second.PublicKey()), "doe@a " + public(third.PublicKey()), "bob@a " + public(bob.PublicKey()),
	}
	a := approvers(t, lines...)
	at := func(by ssh.Signer, from time.Time, change func(*Statement)) File {
		s := wanted()
		if s.From = from; change != nil {
			change(&s)
		}
		return signed(t, s, by)
	}
	early, ahead := noon.Add(-time.Hour), noon.Add(time.Minute)
	folder := []File{at(jane, early, nil), at(second, noon.Add(-time.Second), nil)}
	v := a.Verify(wanted(), folder, noon, 1)
	if summary(v) != "jane@a | duplicate" {
		t.Fatal(summary(v))
	}
	used := map[string]time.Time{}
	for _, use := range v.Counted[0].Uses {
		if !use.At.Equal(noon.Add(-time.Second)) {
			t.Error(use)
		}
		used[use.ID] = noon
	}
	until := func(s *Statement) { s.Until = noon.Add(48 * time.Hour) }
	renamed := approvers(t, "j.d@a "+public(jane.PublicKey()), "bob@a "+public(bob.PublicKey()))
	for _, test := range []struct {
		name string
		file File
		a    *Approvers
		want string
	}{
		{"the same", folder[0], a, "| used"},
		{"the second key", folder[1], a, "| used"},
		{"a third key, not beside the plan then", at(third, early, nil), a, "| used"},
		{"another end", at(jane, early, until), a, "| used"},
		{"the moment of the run", at(jane, noon, nil), a, "| used"},
		{"by another name now", folder[0], renamed, "| used"},
		{"by the second key alone", folder[1], approvers(t, "other@a "+public(second.PublicKey())), "| used"},
		{"signed again", at(jane, noon.Add(time.Millisecond), nil), a, "jane@a |"},
		{"signed again until another end", at(third, ahead, until), a, "doe@a |"},
		{"a clock far ahead", at(jane, noon.Add(6*time.Minute), nil), a, "| early"},
		{"somebody else", at(bob, early, nil), a, "bob@a |"},
	} {
		test.a.Used = func(id string) time.Time { return used[id] }
		if got := summary(test.a.Verify(wanted(), []File{test.file}, noon, 1)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	other := wanted()
	other.Consequences = nil
	if v := a.Verify(other, []File{at(jane, early, func(s *Statement) { s.Consequences = nil })}, noon, 1); !v.Enough() {
		t.Error("other changes: ", summary(v))
	}
}

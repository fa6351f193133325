package approval

import (
	"strings"
	"testing"
	"time"
)

func TestApproversProblems(t *testing.T) {
	t.Parallel()
	key := public(signerOf(1).PublicKey())
	for name, line := range map[string]string{
		"no key":            "jane@a",
		"half a key":        "jane@a ssh-ed25519 AAAA",
		"no names":          key,
		"an unknown option": "jane@a no-touch-required " + key,
		"a known one twice": `jane@a namespaces="a",Namespaces="b" ` + key,
		"no quotes":         "jane@a namespaces=git " + key,
		"an empty list":     `jane@a namespaces="" ` + key,
		"a day that is not": `jane@a valid-after="20261331" ` + key,
		"a short day":       `jane@a valid-after="2026" ` + key,
		"an open quote":     `"jane@a ` + key,
		"a control":         "jane@a\x00 " + key,
		"another UTF-8":     "jane\xff@a " + key,
		"the wrong way":     `jane@a valid-after="20261231",valid-before="20260101" ` + key,
		"a value too much":  `jane@a cert-authority="yes" ` + key,
		"another type":      "jane@a ssh-rsa " + strings.Fields(key)[1],
	} {
		if a, problems := ParseApprovers([]byte("# first\n"+line+"\n"), time.UTC); len(problems) != 1 || problems[0].Line != 2 || len(a.lines) != 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
	marked := []byte("\ufeffjane@a " + key + "\nbob@a " + key + "\n")
	if a, problems := ParseApprovers(marked, time.UTC); len(problems) != 1 || problems[0].Line != 1 || len(a.lines) != 1 ||
		!strings.Contains(problems[0].Message, "byte order mark") {
		t.Error(problems)
	}
	if _, problems := ParseApprovers([]byte("\ufeff# who\nbob@a "+key+"\n"), time.UTC); len(problems) != 0 {
		t.Error(problems)
	}
	a, problems := ParseApprovers([]byte(strings.Repeat("\n", maxLines+1)), time.UTC)
	if len(problems) != 1 || a == nil {
		t.Error(problems)
	}
	prague, err := time.LoadLocation("Europe/Prague")
	if err != nil {
		t.Fatal(err)
	}
	local, _ := ParseApprovers([]byte(`jane@a valid-before="202611201230" `+key), prague) // 11:30 UTC
	if got := summary(local.Verify(wanted(), []File{signed(t, wanted(), signerOf(1))}, noon, 1)); got != "| not-approver" {
		t.Error(got)
	}
}

func TestMatchList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list, text string
		want       bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"*", "", true}, {"*", "abc", true}, {"a*c", "abbc", true}, {"a*c", "abbd", false}, {"?", "", false},
		{"a?c", "abc", true}, {"*,!b", "b", false}, {"!b", "a", false}, {"!b,*", "a", true}, {"a,b", "b", true}, {"", "", true}, {"a**b", "ab", true},
		{"*a*b*", "xxaxxbxx", true}, {strings.Repeat("*a", 50) + "b", strings.Repeat("a", 5000), false},
	} {
		if got := matchList(test.list, test.text); got != test.want {
			t.Errorf("%q %q: %v", test.list, test.text, got)
		}
	}
}

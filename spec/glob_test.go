package spec

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"acme", []string{"acme"}, []string{"", "acm", "acmee", "acme/tfa", "Acme"}},
		{"*", []string{"acme", ""}, []string{"acme/tfa"}},
		{"**", []string{"acme", "", "acme/variable/A"}, nil},
		{"*/variable/BILLING_*", []string{"acme/variable/BILLING_A", "b/variable/BILLING_"},
			[]string{"acme/variable/A", "a/b/variable/BILLING_A"}},
		{"*@acme.example", []string{"jane@acme.example"}, []string{"jane@acme.example.evil", "jane@evil.example"}},
		{"**/A", []string{"x/A", "x/y/A", "/A"}, []string{"A", "x/B"}},
		{"a?c", []string{"abc", "aéc"}, []string{"ac", "a/c", "abbc"}},
		{"a[b-d]c", []string{"abc", "adc"}, []string{"aec", "ac"}},
		{"a[!b-d]c", []string{"aec", "aéc"}, []string{"abc", "a/c"}},
		{"a[^b]c", []string{"acc"}, []string{"abc"}},
		{"a[/]c", nil, []string{"a/c"}},
		{"[-a]", []string{"-", "a"}, []string{"b"}},
		{"a**b", []string{"ab", "a/b", "axxb", "a/x/b"}, []string{"a", "b"}},
		{"a*b*c", []string{"abc", "aXbYc", "abbcc"}, []string{"a/bc", "acb"}},
		{"é*", []string{"é", "éa"}, []string{"e"}},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil {
			t.Fatalf("%s: %v", c.pattern, err)
		}
		if g.String() != c.pattern {
			t.Errorf("%s prints as %s", c.pattern, g)
		}
		for _, s := range c.yes {
			if !g.Match(s) {
				t.Errorf("%s does not match %q", c.pattern, s)
			}
		}
		for _, s := range c.no {
			if g.Match(s) {
				t.Errorf("%s matches %q", c.pattern, s)
			}
		}
	}
}

// E-mails stand in addresses in one form, and people write them in several.
func TestGlobMatchesEmailsInEveryForm(t *testing.T) {
	t.Parallel()
	address := NewAddress("acme", KindMember, NormalEmail("Eva@xn--mller-kva.example"))
	for _, pattern := range []string{"*/member/*@xn--mller-kva.example", "*/member/*@mu\u0308ller.example",
		"*/member/*@MÜLLER.example", "acme/member/eva@XN--MLLER-KVA.EXAMPLE", "**/eva@müller.*", "acme/**"} {
		g, err := ParseGlob(pattern)
		if err != nil || !g.MatchAddress(address) {
			t.Errorf("%s does not match %s: %v", pattern, address, err)
		}
	}
}

func TestGlobRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"", "[", "a[b", "[]", "[!]", "[z-a]", "\xff", strings.Repeat("a", maxGlob+1)} {
		if g, err := ParseGlob(pattern); err == nil {
			t.Errorf("%q is accepted as %v", pattern, g)
		}
	}
	if (Glob{}).Match("") {
		t.Error("the zero glob matches")
	}
}

// oracle is the pattern as a regular expression.
func oracle(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	for _, pair := range [][2]string{{`\*\*`, "\x00"}, {`\*`, `[^/]*`}, {`\?`, `[^/]`}, {"\x00", `(?s:.*)`}} {
		quoted = strings.ReplaceAll(quoted, pair[0], pair[1])
	}
	return regexp.MustCompile(`\A` + quoted + `\z`)
}

func TestGlobMatchesAsItsRegularExpression(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab/*?é]{1,12}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab/é]{0,12}`).Draw(t, "text")
		g, err := ParseGlob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for strings.Contains(pattern, "***") {
			pattern = strings.ReplaceAll(pattern, "***", "**")
		}
		if want := oracle(pattern).MatchString(text); g.Match(text) != want {
			t.Fatalf("%s on %q: %v, the regular expression says %v", pattern, text, !want, want)
		}
	})
}

// TestGlobNeedsNoExponentialTime would not end with a backtracking matcher.
func TestGlobNeedsNoExponentialTime(t *testing.T) {
	t.Parallel()
	g, err := ParseGlob(strings.Repeat("**a*", 200) + "b")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 1)
	go func() { done <- g.Match(strings.Repeat("a/", 2000) + "cb") }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("still matching after a minute")
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("*/variable/*", "acme/variable/A")
	f.Add("[a-z]?**", "x\xff/y")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		g, err := ParseGlob(pattern)
		if err != nil || len(text) > 1000 {
			return
		}
		g.Match(text)
		if !strings.ContainsAny(pattern, "*?[") && !g.Match(pattern) {
			t.Fatalf("%q does not match itself", pattern)
		}
	})
}

func TestAddressIsItsOwnGlob(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		a := NewAddress("acme", KindFeatureControl, name)
		if name != "" && (a.Name() != name || a.Key() != "acme" || a.Kind() != KindFeatureControl) {
			t.Fatalf("%q comes back as %q", name, a.Name())
		}
		if g, err := ParseGlob(string(a)); err == nil && !g.Match(string(a)) {
			t.Fatalf("%q does not match itself", a)
		}
	})
}

// Whatever pattern fits an object, its organization is told to hold it; and the other way round there is such a text.
func TestPatternsOfObjectsHoldTheirOrganization(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[abA/*?é@]{1,12}`).Draw(t, "pattern")
		address := Address(rapid.StringMatching(`[ab]{1,3}/(variable|member)/[ab@]{0,4}`).Draw(t, "address"))
		g, err := ParseGlob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		guards := Guards{Protect: []Glob{g}}
		key := Address(address.Key())
		if guards.Protects(address, 0) && !guards.Protects(key, 0) {
			t.Fatalf("%s fits %s, and does not hold %s", pattern, address, key)
		}
		_, within := guards.Protecting(key, 0)
		some := meets(g.tokens, append(literalForm(string(key)+"/"), anyNumber(func(rune) bool { return true })...)) ||
			g.folded != nil && meets(g.folded.tokens, append(literalForm(string(key)+"/"), anyNumber(func(rune) bool { return true })...))
		if direct := g.MatchAddress(key); within != (some && !direct) {
			t.Fatalf("%s on %s: %v", pattern, key, within)
		}
	})
}

// TestGlobMatchesControlsInEveryCase: documents and Make write names of feature controls in different case, and people
// either.
func TestGlobMatchesControlsInEveryCase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Make AI Tools", "make ai tools"} {
		for pattern, fits := range map[string]bool{
			"acme/featureControl/Make AI Tools": true, "acme/featureControl/make ai tools": true, "acme/**AI*": true,
			"*/featureControl/MAKE*": true, "*/featureControl**": true, "*/featureControl/*": true, "acme/**": true,
			"acme/featureControl/Make AI": false, "acme/featurecontrol/Make AI Tools": false, "acme": false,
		} {
			g, err := ParseGlob(pattern)
			if err != nil || g.MatchAddress(NewAddress("acme", KindFeatureControl, name)) != fits {
				t.Errorf("%s and %s: not %v; %v", pattern, name, fits, err)
			}
		}
	}
	one := NewAddress("acme", KindFeatureControl, "A/B [beta]")
	g, err := ParseGlob("acme/featureControl/a%2Fb %5BBETA]")
	if err != nil || !g.MatchAddress(one) {
		t.Errorf("%s does not match %s: %v", g, one, err)
	}
	if g, _ := ParseGlob("acme/variable/API"); g.MatchAddress("acme/variable/api") {
		t.Error("variables are matched without case")
	}
}

// TestScopeOfAResumedRunKnowsControlsInEveryCase: the run has its steps by the names in Make.
func TestScopeOfAResumedRunKnowsControlsInEveryCase(t *testing.T) {
	t.Parallel()
	made := NewAddress("acme", KindFeatureControl, "Make AI Tools")
	scope := Scope{Only: map[string]map[Address]bool{"acme": {made.Folded(): true}}}
	for name, covers := range map[string]bool{"Make AI Tools": true, "make ai tools": true, "Other": false} {
		if scope.Covers(NewAddress("acme", KindFeatureControl, name)) != covers {
			t.Errorf("%s: not %v", name, covers)
		}
	}
}

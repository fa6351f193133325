package spec

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Glob is a compiled pattern over addresses, keys, names or e-mails: `*` does
// not cross `/`, `**` does, `?` is one character but `/`, `[a-z]` and `[!a-z]` a
// class. A class never matches `/`. Matching costs pattern times text at most.
type Glob struct {
	pattern string
	prefix  string // literal text that every match begins with
	suffix  string // literal text that every match ends with
	tokens  []globToken
	// folded is the pattern for addresses of members, whose names are e-mails in their one form
	// (NormalEmail); nil: it is the same.
	folded *Glob
	// control is the pattern for addresses of feature controls, in their one form (Address.Folded);
	// nil: it is the same.
	control *Glob
}

type globToken struct {
	kind   globKind
	r      rune      // of a literal
	ranges [][2]rune // of a class
	not    bool      // of a class
}

type globKind uint8

const (
	globLiteral globKind = iota
	globAny              // ?
	globClass            // […]
	globRun              // *
	globDeepRun          // **
)

// maxGlob is the longest pattern, in bytes.
const maxGlob = 1024

// ParseGlob compiles a pattern; an empty one, an unclosed or empty class and a
// range that runs backwards are errors, since nobody can mean them.
func ParseGlob(pattern string) (Glob, error) {
	if pattern == "" {
		return Glob{}, errors.New("the pattern is empty")
	}
	if len(pattern) > maxGlob || !utf8.ValidString(pattern) {
		return Glob{}, fmt.Errorf("the pattern is longer than %d bytes or not UTF-8", maxGlob)
	}
	g, err := compileGlob(pattern)
	if err != nil {
		return Glob{}, err
	}
	name := strings.LastIndexByte(pattern, '/') + 1
	if lower := pattern[:name] + NormalEmail(pattern[name:]); lower != pattern {
		if folded, err := compileGlob(lower); err == nil { // a range such as [Z-a] has no lower case
			g.folded = &folded
		}
	}
	if one := foldedName(pattern); one != pattern {
		if control, err := compileGlob(one); err == nil {
			g.control = &control
		}
	}
	return g, nil
}

func compileGlob(pattern string) (Glob, error) {
	g := Glob{pattern: pattern}
	for rest := pattern; rest != ""; {
		token, n, err := nextToken(rest)
		if err != nil {
			return Glob{}, fmt.Errorf("the pattern %q cannot be read: %w", pattern, err)
		}
		g.tokens = append(g.tokens, token)
		rest = rest[n:]
	}
	g.prefix, g.suffix = literalEnds(g.tokens)
	return g, nil
}

// literalEnds are the literal texts at both ends of a pattern; they settle most texts at once.
func literalEnds(tokens []globToken) (prefix, suffix string) {
	i, j := 0, len(tokens)
	for i < len(tokens) && tokens[i].kind == globLiteral {
		prefix += string(tokens[i].r)
		i++
	}
	for j > i && tokens[j-1].kind == globLiteral {
		j--
		suffix = string(tokens[j].r) + suffix
	}
	return prefix, suffix
}

func nextToken(s string) (globToken, int, error) {
	switch {
	case strings.HasPrefix(s, "**"):
		return globToken{kind: globDeepRun}, len(s) - len(strings.TrimLeft(s, "*")), nil
	case s[0] == '*':
		return globToken{kind: globRun}, 1, nil
	case s[0] == '?':
		return globToken{kind: globAny}, 1, nil
	case s[0] == '[':
		return classToken(s)
	}
	r, n := utf8.DecodeRuneInString(s)
	return globToken{r: r}, n, nil
}

func classToken(s string) (globToken, int, error) {
	body, _, closed := strings.Cut(s[1:], "]")
	if !closed {
		return globToken{}, 0, errors.New("a [ is not closed")
	}
	t := globToken{kind: globClass}
	size := len(body) + 2
	if body != "" && (body[0] == '!' || body[0] == '^') {
		t.not, body = true, body[1:]
	}
	if body == "" {
		return globToken{}, 0, errors.New("a [] is empty")
	}
	class := []rune(body)
	for i := 0; i < len(class); i++ {
		low, high := class[i], class[i]
		if i+2 < len(class) && class[i+1] == '-' {
			high = class[i+2]
			i += 2
		}
		if low > high {
			return globToken{}, 0, fmt.Errorf("the range %q runs backwards", string([]rune{low, '-', high}))
		}
		t.ranges = append(t.ranges, [2]rune{low, high})
	}
	return t, size, nil
}

// String is the pattern as written.
func (g Glob) String() string { return g.pattern }

// Match tells whether the whole text fits the pattern.
func (g Glob) Match(text string) bool {
	if len(text) < len(g.prefix)+len(g.suffix) || !strings.HasPrefix(text, g.prefix) ||
		!strings.HasSuffix(text, g.suffix) {
		return false
	}
	if len(g.tokens) == 0 {
		return text == "" && g.pattern != "" // the zero Glob matches nothing
	}
	return matchTokens(g.tokens, text, false)
}

// matchesIn tells whether some address of an object within an organization fits.
func (g Glob) matchesIn(organization Address) bool {
	return matchTokens(g.tokens, string(organization)+"/", true) || g.folded != nil && g.folded.matchesIn(organization)
}

// MatchAddress is Match, but for e-mails, which addresses hold in lower case and people write as
// they like, and for feature controls, which documents and Make may write in different case.
func (g Glob) MatchAddress(a Address) bool {
	switch kind := a.Kind(); {
	case g.folded != nil && kind == KindMember:
		return g.folded.Match(strings.ToLower(string(a)))
	case kind == KindFeatureControl:
		return g.Match(string(a)) || g.ofControls().matchesFolded(a)
	}
	return g.Match(string(a))
}

// matchesFolded folds the address only where what stands before the name, which is not folded,
// fits: that takes long, and few of many patterns are about one organization.
func (g Glob) matchesFolded(a Address) bool {
	unfolded := g.prefix[:strings.LastIndexByte(g.prefix, '/')+1]
	return strings.HasPrefix(string(a), unfolded) && g.Match(string(a.Folded()))
}

func (g Glob) ofControls() Glob {
	if g.control != nil {
		return *g.control
	}
	return g
}

// MatchAny tells whether one of the patterns fits.
func MatchAny(globs []Glob, text string) bool {
	for _, g := range globs {
		if g.Match(text) {
			return true
		}
	}
	return false
}

// matchTokens walks the text once and keeps the set of places in the pattern
// that can have been reached, so that no pattern takes exponential time.
// reached[i] means: the first i tokens match the text so far. With begins, it is
// enough that the text is the beginning of one that fits: tokens that are left
// can always be had.
func matchTokens(tokens []globToken, text string, begins bool) bool {
	var small [2][64]bool
	now, next := small[0][:], small[1][:]
	if len(tokens) >= len(now) {
		now, next = make([]bool, len(tokens)+1), make([]bool, len(tokens)+1)
	}
	now, next = now[:len(tokens)+1], next[:len(tokens)+1]
	now[0] = true
	skipRuns(tokens, now)
	for _, r := range text {
		clear(next)
		some := false
		for i, t := range tokens {
			if !now[i] || !t.takes(r) {
				continue
			}
			some = true
			if t.isRun() {
				next[i] = true // a run may take more
			} else {
				next[i+1] = true
			}
		}
		if !some {
			return false
		}
		skipRuns(tokens, next)
		now, next = next, now
	}
	return begins || now[len(tokens)]
}

// skipRuns adds the places that are reached because a run may take nothing.
func skipRuns(tokens []globToken, reached []bool) {
	for i, t := range tokens {
		if reached[i] && t.isRun() {
			reached[i+1] = true
		}
	}
}

// isRun tells whether the token takes any number of characters.
func (t globToken) isRun() bool { return t.kind == globRun || t.kind == globDeepRun }

// takes tells whether the token can take the character.
func (t globToken) takes(r rune) bool {
	switch t.kind {
	case globDeepRun:
		return true
	case globRun, globAny:
		return r != '/'
	case globClass:
		return r != '/' && t.inClass(r) != t.not
	}
	return r == t.r
}

func (t globToken) inClass(r rune) bool {
	for _, pair := range t.ranges {
		if pair[0] <= r && r <= pair[1] {
			return true
		}
	}
	return false
}

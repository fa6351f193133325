package spec

import (
	"fmt"
	"strings"
)

// Glob is a compiled pattern over addresses, keys, names or e-mails: `*` does
// not cross `/`, `**` does, `?` is one character, `[a-z]` and `[!a-z]` a class.
type Glob struct {
	pattern string
	tokens  []globToken
}

type globToken struct {
	kind  byte // 'l' literal, '?' any one, '*' run without /, 'D' run, '[' class
	text  string
	class string
	not   bool
}

// ParseGlob compiles a pattern; an unclosed class is an error.
func ParseGlob(pattern string) (Glob, error) {
	g := Glob{pattern: pattern}
	for rest := pattern; rest != ""; {
		token, n, err := nextToken(rest)
		if err != nil {
			return Glob{}, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		g.tokens = append(g.tokens, token)
		rest = rest[n:]
	}
	return g, nil
}

func nextToken(s string) (globToken, int, error) {
	switch {
	case strings.HasPrefix(s, "**"):
		return globToken{kind: 'D'}, len(s) - len(strings.TrimLeft(s, "*")), nil
	case s[0] == '*' || s[0] == '?':
		return globToken{kind: s[0]}, 1, nil
	case s[0] == '[':
		return classToken(s)
	}
	end := strings.IndexAny(s, "*?[")
	if end < 0 {
		end = len(s)
	}
	return globToken{kind: 'l', text: s[:end]}, end, nil
}

func classToken(s string) (globToken, int, error) {
	end := strings.IndexByte(s, ']')
	if end < 2 {
		return globToken{}, 0, fmt.Errorf("the class %q is not closed", s)
	}
	body := s[1:end]
	not := body[0] == '!' || body[0] == '^'
	if not {
		body = body[1:]
	}
	return globToken{kind: '[', class: body, not: not}, end + 1, nil
}

// String is the pattern as written.
func (g Glob) String() string { return g.pattern }

// Match tells whether the whole text fits the pattern.
func (g Glob) Match(text string) bool { return matchTokens(g.tokens, text) }

// MatchAny tells whether one of the patterns fits.
func MatchAny(globs []Glob, text string) bool {
	for _, g := range globs {
		if g.Match(text) {
			return true
		}
	}
	return false
}

// matchTokens backtracks only to the latest run, as * followed by a later * never needs more;
// a `**` is remembered apart because a `*` cannot take over its slashes.
func matchTokens(tokens []globToken, text string) bool {
	var memo map[[2]int]bool
	var match func(i, j int) bool
	match = func(i, j int) bool {
		for ; i < len(tokens); i++ {
			t := tokens[i]
			if t.kind == '*' || t.kind == 'D' {
				key := [2]int{i, j}
				if memo[key] {
					return false
				}
				for k := j; ; k++ {
					if match(i+1, k) {
						return true
					}
					if k >= len(text) || (t.kind == '*' && text[k] == '/') {
						break
					}
				}
				if memo == nil {
					memo = map[[2]int]bool{}
				}
				memo[key] = true
				return false
			}
			n, ok := t.take(text[j:])
			if !ok {
				return false
			}
			j += n
		}
		return j == len(text)
	}
	return match(0, 0)
}

// take matches one token that is not a run, giving the bytes it used.
func (t globToken) take(s string) (int, bool) {
	if t.kind == 'l' {
		return len(t.text), strings.HasPrefix(s, t.text)
	}
	for i, r := range s {
		_ = i
		if t.kind == '?' {
			return len(string(r)), r != '/'
		}
		return len(string(r)), r != '/' && t.inClass(r) != t.not
	}
	return 0, false
}

func (t globToken) inClass(r rune) bool {
	class := []rune(t.class)
	for i := 0; i < len(class); i++ {
		if i+2 < len(class) && class[i+1] == '-' {
			if class[i] <= r && r <= class[i+2] {
				return true
			}
			i += 2
		} else if class[i] == r {
			return true
		}
	}
	return false
}

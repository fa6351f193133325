package spec

import (
	"slices"
	"strings"
)

// sensitiveWords make a variable's name one of a secret: whole words of it, in any case; some,
// true, only at the end of a name, where nothing but numbers follows: STRIPE_KEY.
var sensitiveWords = map[string]bool{
	"TOKEN": false, "TOKENS": false, "SECRET": false, "SECRETS": false, "PASSWORD": false, "PASSWORDS": false,
	"PASS": false, "PWD": false, "PASSPHRASE": false, "PRIVATE": false, "CREDENTIAL": false, "CREDENTIALS": false,
	"DSN": false, "JWT": false, "AUTH": false, "WEBHOOK": false, "WEBHOOKS": false, "KEY": true, "KEYS": true,
}

// longestSensitiveWord is the length of the longest of them.
const longestSensitiveWord = len("CREDENTIALS")

// IsSensitive tells whether the value of the variable at address is a secret: by
// a word in its name, without case, or by one of the `sensitive` patterns. It
// serves desired and live values alike. name is the plain name of the variable;
// the names of other kinds make nothing secret.
func IsSensitive(address Address, name string, globs []Glob) bool {
	return isSecretName(name) || MatchAny(globs, string(address))
}

// IsSensitiveIn is IsSensitive for a variable of an organization whose id is known (0: it is not),
// since patterns may name it by that.
func IsSensitiveIn(address Address, id int64, globs []Glob) bool {
	return isSecretName(address.Name()) || slices.ContainsFunc(addressesOf(address, id), func(form Address) bool {
		return MatchAny(globs, string(form))
	})
}

// DeclaresSecret tells whether the documents give a variable a secret value.
func (o *Organization) DeclaresSecret(a Address) bool {
	for i := range o.Variables {
		if v := &o.Variables[i]; a.Kind() == KindVariable && v.Name == a.Name() {
			return v.Reference != "" || v.Value.IsSensitive()
		}
	}
	return false
}

// isSecretName looks at a name word by word, from its end. Words stand between _, - and ., and
// within these between changes of case: access|Token, API|Token. Numbers around them do not count.
func isSecretName(name string) bool {
	last := true
	for name != "" {
		start := len(name)
		for start > 0 && !isSeparator(name[start-1]) {
			start--
		}
		part := strings.TrimFunc(name[start:], isNumbering)
		name = name[:max(0, start-1)]
		if part == "" {
			continue
		}
		if lastWord(part) > 0 && isSecretWord(part, last) {
			return true
		}
		for rest := part; rest != ""; {
			start := lastWord(rest)
			if isSecretWord(rest[start:], last) {
				return true
			}
			rest, last = rest[:start], false
		}
	}
	return false
}

func isSeparator(c byte) bool { return c == '_' || c == '-' || c == '.' }

func isNumbering(r rune) bool { return r >= '0' && r <= '9' || r == '$' }

// isSecretWord compares one word; last tells whether none follows it.
func isSecretWord(word string, last bool) bool {
	upper, size := [longestSensitiveWord]byte{}, 0
	for _, r := range word {
		if size == len(upper) {
			return false
		}
		upper[size] = upperASCII(r)
		size++
	}
	onlyLast, is := sensitiveWords[string(upper[:size])]
	return is && (last || !onlyLast)
}

// upperASCII is a letter's upper case as strings.EqualFold has it; 0 for what is no letter of
// ASCII in any case.
func upperASCII(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r - 'a' + 'A')
	case r < 0x80:
		return byte(r)
	case r == 'ſ':
		return 'S'
	case r == '\u212a': // the Kelvin sign
		return 'K'
	}
	return 0
}

// lastWord is where the last word of a text begins, by the changes of case.
func lastWord(s string) int {
	isUpper := func(i int) bool { return i >= 0 && s[i] >= 'A' && s[i] <= 'Z' }
	isLower := func(i int) bool { return i < len(s) && i >= 0 && s[i] >= 'a' && s[i] <= 'z' }
	for i := len(s) - 1; i > 0; i-- {
		if isUpper(i) && (isLower(i-1) || isLower(i+1)) {
			return i
		}
	}
	return 0
}

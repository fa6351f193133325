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

// secretPrefixes begin the keys and tokens of well-known services.
var secretPrefixes = []string{
	"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
	"github_pat_", "glpat-", "gldt-", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "AKIA", "ASIA", "AIza",
	"ya29.", "SG.", "npm_", "pypi-", "dop_v1_", "shpat_", "shpss_", "shppa_", "EAAA", "pat-", "lin_api_", "secret_",
	"ntn_", "hf_", "dckr_pat_", "Bearer ", "Basic ",
}

// leastToken is how long the shortest token behind a prefix is, in bytes; below that it is a word.
const leastToken = 16

// LooksSecret tells by its shape alone that a value is a secret: a private key in PEM, a password
// in a url or a connection string, a JSON web token, or the key of a well-known service.
func LooksSecret(value string) bool {
	switch {
	case len(value) < 8:
		return false
	case strings.Contains(value, "-----BEGIN ") && strings.Contains(value, "PRIVATE KEY"):
		return true
	case holdsPassword(value), isWebToken(value):
		return true
	}
	for _, prefix := range secretPrefixes {
		if rest, ok := strings.CutPrefix(value, prefix); ok {
			return len(rest) >= leastToken && !strings.ContainsAny(rest, " \t\n")
		}
	}
	return false
}

// holdsPassword finds user:password@host, with a scheme before it or without.
func holdsPassword(value string) bool {
	for {
		before, after, ok := strings.Cut(value, "@")
		if !ok {
			return false
		}
		word := before[strings.LastIndexAny(before, " \t\r\n\"'<>(,;")+1:]
		if scheme := strings.LastIndex(word, "://"); scheme >= 0 {
			word = word[scheme+len("://"):]
			if strings.Contains(word, "/") {
				word = ""
			}
		} else if strings.HasPrefix(strings.ToLower(word), "mailto:") || strings.Contains(word, "/") {
			word = ""
		}
		user, password, found := strings.Cut(word, ":")
		if found && password != "" && (user != "" || strings.Contains(before, "://")) && after != "" &&
			!strings.ContainsAny(after[:1], " \t\r\n@") {
			return true
		}
		value = after
	}
}

// isWebToken finds a JSON web token: three parts of base64, the first of which begins an object.
func isWebToken(value string) bool {
	return strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2 && len(value) >= 40 &&
		!strings.ContainsAny(value, " \t\r\n")
}

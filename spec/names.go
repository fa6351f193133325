package spec

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"makesync/spec/text"
)

// FoldName is the form in which names of the API's lists are compared: NFC, without case and outer
// spaces.
func FoldName(name string) string {
	return cases.Fold().String(norm.NFC.String(strings.TrimSpace(name)))
}

// AcceptsName tells whether a document may name an organization or an invitee so.
func AcceptsName(name string) bool { return RefusedName(name) == "" }

// RefusedName says why Make refuses a name of an organization or invitee (the
// published contract's rule for organization names); "" when it does not.
func RefusedName(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case utf8.RuneCountInString(name) > 128:
		return "it is longer than 128 characters"
	case strings.HasPrefix(name, " ") || strings.HasSuffix(name, " "):
		return "it begins or ends with a space"
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) &&
			!strings.ContainsRune(` '-.()*+,@_/`, r) {
			return "it holds " + text.Backquote(string(r))
		}
	}
	return ""
}

// AcceptsVariableName tells whether a document may name a variable so.
func AcceptsVariableName(name string) bool { return RefusedVariableName(name) == "" }

// RefusedVariableName says why Make refuses a variable's name; "" when it does not.
func RefusedVariableName(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > 128:
		return "it is longer than 128 characters"
	case name[0] >= '0' && name[0] <= '9':
		return "it begins with a digit"
	}
	for _, r := range name {
		if !isNameRune(r) {
			return "it holds " + text.Backquote(string(r))
		}
	}
	return ""
}

// EnvironmentName is a text as part of the name of an environment variable: letters are upper case,
// every other character but a digit is _.
func EnvironmentName(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, text)
}

// AcceptsEmail tells whether a document may name a person by this e-mail.
func AcceptsEmail(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || len(email) > 254 || strings.Contains(domain, "@") {
		return false
	}
	if domain[0] == '.' || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return false
	}
	if strings.Contains(email, "${") { // which looks like a text that is filled in, and is not
		return false
	}
	for _, r := range email {
		if r <= ' ' || r == 0x7f || !text.IsPrint(r) || strings.ContainsRune(`"(),:;<>[\]`, r) {
			return false
		}
	}
	return true
}

// AcceptsKey tells whether a document may call an organization so.
func AcceptsKey(key string) bool { return IsKey(key) && !IsExtension(key) }

// IsKey tells whether a text can be an organization's key.
func IsKey(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool { return !isKeyRune(r) })
}

// IsExtension tells whether a key is ignored; an e-mail address never is.
func IsExtension(key string) bool {
	return strings.HasPrefix(key, "x-") && !strings.Contains(key, "@")
}

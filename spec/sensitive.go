package spec

import "strings"

// sensitiveWords make a variable's name one of a secret, wherever they stand in it.
var sensitiveWords = []string{"TOKEN", "SECRET", "PASSWORD", "API_KEY", "PRIVATE"}

// IsSensitive tells whether the value of the variable at address is a secret: by
// a word in its name, without case, or by one of the `sensitive` patterns. It
// serves desired and live values alike. name is the plain name of the variable;
// the names of other kinds make nothing secret.
func IsSensitive(address Address, name string, globs []Glob) bool {
	for _, word := range sensitiveWords {
		if containsFold(name, word) {
			return true
		}
	}
	return MatchAny(globs, string(address))
}

// IsSensitiveIn is IsSensitive for a variable of an organization whose id is known (0: it is not),
// since patterns may name it by that.
func IsSensitiveIn(address Address, id int64, globs []Glob) bool {
	for _, form := range addressesOf(address, id) {
		if IsSensitive(form, address.Name(), globs) {
			return true
		}
	}
	return false
}

// containsFold finds an upper-case ASCII word in a text without case and without copying the text.
func containsFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]&^0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

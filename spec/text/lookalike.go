package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Skeleton is equal for texts that look alike (after Unicode TR39, with the letters that matter in
// names and addresses).
func Skeleton(s string) string {
	return strings.Map(func(r rune) rune {
		if twin, ok := twins[r]; ok {
			return twin
		}
		return r
	}, norm.NFKD.String(s))
}

// twins are letters of other alphabets, and rare ones of the Latin, with the usual Latin ones that
// they look like.
var twins = pairs(
	"АВЕЅІЈКМНОРСТХҮԚԜаеѕіјорсухһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲνικαρυօոսհցıɑɡȷ",
	"ABESIJKMHOPCTXYQWaesijopcyxhdqwlABEZHIKMNOPTYXocvikapuonuhgiagj",
)

func pairs(from, to string) map[rune]rune {
	targets := []rune(to)
	m := map[rune]rune{}
	for i, r := range []rune(from) {
		m[r] = targets[i]
	}
	return m
}

// scripts are those with letters that look Latin.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Armenian", unicode.Armenian},
	{"Cherokee", unicode.Cherokee},
}

// ScriptOf names the script of a letter if it has letters that look Latin; "" for others.
func ScriptOf(r rune) string {
	if r < utf8.RuneSelf {
		return ""
	}
	for _, s := range scripts {
		if unicode.Is(s.table, r) {
			return s.name
		}
	}
	return ""
}

// ForeignLetter is the first letter of a word that stands among Latin letters and is none, or that
// belongs to a word of letters that all look Latin and are none; 0 when there is none. What
// Russians write in Russian, and Greeks in Greek, is not foreign.
func ForeignLetter(word string) rune {
	foreign, latin := rune(0), false
	for _, r := range word {
		latin = latin || unicode.Is(unicode.Latin, r)
		if foreign == 0 && ScriptOf(r) != "" {
			foreign = r
		}
	}
	if latin || foreign != 0 && isASCII(Skeleton(word)) {
		return foreign
	}
	return 0
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

package document

import (
	"regexp"
	"strings"
)

// YAML 1.1 (which most tools still speak) and YAML 1.2 read some unquoted texts
// differently: `NO` is false or a word, 010 is 8 or 10. Which reading a person
// had in mind cannot be known, so such a text has to be quoted. The patterns are
// the two specifications' (yaml.org/type, YAML 1.2.2 §10.3), the older one as its
// implementations read it.
var (
	number12 = regexp.MustCompile(
		`^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$`)
	number11 = regexp.MustCompile(
		`^[-+]?(?:0b[01_]+|0[0-7_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*|(?:[0-9][0-9_]*)?\.[0-9_]*(?:[eE][-+][0-9]+)?|` +
			`[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$`)
	octal11 = regexp.MustCompile(`^[-+]?0[0-7_]+$`)
	date11  = regexp.MustCompile(
		`^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)` +
			`[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?)?)$`)
)

// words11 are booleans and the default value to YAML 1.1 only.
var words11 = map[string]string{
	"y": "true", "Y": "true", "yes": "true", "Yes": "true", "YES": "true", "on": "true", "On": "true", "ON": "true",
	"n": "false", "N": "false", "no": "false", "No": "false", "NO": "false", "off": "false", "Off": "false",
	"OFF": "false",
	"=":   "",
}

// ambiguous tells whether the two YAML versions read an unquoted text differently,
// and then what the older one reads ("a boolean", "a number", "a date").
func ambiguous(text string) (reading string, is bool) {
	if text == "" || len(text) > 64 {
		return "", false
	}
	if _, ok := words11[text]; ok {
		return "a boolean", true
	}
	switch c := text[0]; {
	case c >= '1' && c <= '9':
		if strings.Trim(text, "0123456789") == "" {
			return "", false // the common case: a plain decimal number
		}
	case c == '0', c == '+', c == '-', c == '.':
	default:
		return "", false
	}
	return ambiguousNumber(text)
}

// aNumber is what the older version reads of 010.
const aNumber = "a number"

func ambiguousNumber(text string) (string, bool) {
	if date11.MatchString(text) {
		return "a date", true
	}
	old, now := number11.MatchString(text) && strings.ContainsAny(text, "0123456789"), number12.MatchString(text)
	if old != now {
		return aNumber, true
	}
	// Both read a number: octal against decimal, and underscores, differ in value.
	return aNumber, old && octal11.MatchString(text)
}

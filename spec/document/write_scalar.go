package document

import (
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// writeText writes a text as a YAML scalar, without quotes only when every
// version of YAML, in a block or within brackets, reads it as that text.
func writeText(s string) string {
	if isPlainScalar(s) {
		return s
	}
	return quote(s)
}

// plainStart and plainRest are the characters of a scalar without quotes; the
// rest may also hold spaces and colons inside.
const (
	letters    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	plainStart = letters + "/$_"
	plainRest  = letters + "0123456789/$_.@+-=~()*';! :"
)

// wordsOfYAML are texts that YAML reads as null or a boolean.
var wordsOfYAML = map[string]bool{"null": true, "true": true, "false": true}

func isPlainScalar(s string) bool {
	if s == "" || len(s) > 100 || wordsOfYAML[strings.ToLower(s)] || strings.Trim(s, plainRest) != "" {
		return false
	}
	if !strings.ContainsRune(plainStart, rune(s[0])) || strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") ||
		strings.Contains(s, ": ") {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune(plainRest, r) {
			return false
		}
	}
	_, is := ambiguous(s)
	return !is
}

// quote writes a text in double quotes, with escapes for all that is not visible.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100 && !text.IsPrint(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case text.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// writeNameOrID writes an id as a number, and a name as a text.
func writeNameOrID(s string) string {
	if s == "" {
		return ""
	}
	if id, ok := spec.WholeNumber(s); ok && id == s && s[0] != '-' && s != "0" && len(s) <= maxIDDigits {
		return s
	}
	return writeText(s)
}

// writeList writes a list in one line; "" when it is empty.
func writeList(items []string, write func(string) string) string {
	if len(items) == 0 {
		return ""
	}
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = write(item)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

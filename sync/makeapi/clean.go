package makeapi

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// ansi matches the escape sequences that terminals obey.
var ansi = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])|\u009b[0-?]*[ -/]*[@-~]")

// clean makes a text of the zone fit for one line of a terminal or a log: no escape sequences, no control,
// direction or invisible characters, white space as single spaces, at most longest characters.
func clean(text string, longest int) string {
	if isClean(text, longest) {
		return text
	}
	text = ansi.ReplaceAllString(strings.ToValidUTF8(text, "�"), "")
	var b strings.Builder
	count, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = true
			continue
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029':
			continue
		case count >= longest:
			return b.String() + "…"
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
			count++
		}
		space = false
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// isClean spares the common case the copy.
func isClean(text string, longest int) bool {
	if len(text) > longest {
		return false
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c > '~' || (c == ' ' && (i == 0 || i+1 == len(text) || text[i+1] == ' ')) {
			return false
		}
	}
	return true
}

// masked stands where a secret stood; it is the mask of spec.Value.
const masked = "(sensitive)"

// scrub takes secrets out of a text, as they are and in the forms in which a server may repeat them.
// Where a server repeats only the beginning of a secret, 8 characters or more of it go as well.
func scrub(text string, secrets []string) string {
	var pairs []string
	for _, form := range forms(secrets) {
		pairs = append(pairs, form, masked)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	for _, secret := range secrets {
		text = scrubBeginning(text, secret)
	}
	return text
}

func scrubBeginning(text, secret string) string {
	const shortest = 8
	if len(secret) <= shortest {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, secret[:shortest])
		if at < 0 {
			return b.String() + text
		}
		end := shortest
		for end < len(secret) && at+end < len(text) && text[at+end] == secret[end] {
			end++
		}
		b.WriteString(text[:at] + masked)
		text = text[at+end:]
	}
}

// forms lists the ways of writing each secret, longest first, so that none leaves a rest of another.
func forms(secrets []string) []string {
	var all []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted, _ := json.Marshal(secret)
		escaped := strings.Trim(string(quoted), `"`)
		all = append(all, secret, clean(secret, len(secret)), escaped, unescapeHTML(escaped),
			url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)))
	}
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// unescapeHTML gives the JSON form that most servers write: Go alone escapes < > &.
func unescapeHTML(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(text)
}

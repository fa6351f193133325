package makeapi

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// escapes are the forms in which servers, pages and programs may repeat a text.
func escapes(text string) []string {
	quoted, _ := json.Marshal(text)
	inner := withoutQuotes(string(quoted))
	bare := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner) // Go alone escapes < > &
	page := html.EscapeString(text)
	return []string{
		text, strings.ToUpper(text), strings.ToLower(text), inner, bare, strings.ReplaceAll(bare, "/", `\/`), // as PHP writes it
		withoutQuotes(strconv.Quote(inner)), withoutQuotes(strconv.Quote(bare)), withoutQuotes(strconv.QuoteToASCII(text)),
		page, html.EscapeString(page), strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(page),
		url.QueryEscape(text), url.PathEscape(text), strings.ToLower(url.PathEscape(text)),
		url.PathEscape(url.PathEscape(text)), strings.ReplaceAll(text, "'", "''"),
		eachByte(text, "%%%02x"), eachByte(text, "%%%02X"), eachByte(text, `\x%02x`), eachByte(text, `\%03o`),
		eachUnit(text, `\u%04x`), eachRune(text, `\u{%x}`), eachRune(text, `\U%08x`),
		eachRune(text, "&#%d;"), eachRune(text, "&#x%x;"), eachRune(text, "&#X%X;"),
		eachByte(eachByte(text, "%%%02x"), "%%%02x"), eachByte(hex.EncodeToString([]byte(text)), "%%%02x"),
	}
}

// escapedBase64 are base64 in an address and in JSON as PHP writes it, without what only pads.
func escapedBase64(text string) []string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))[:len(text)*8/6]
	return []string{encoded, url.QueryEscape(encoded), strings.ReplaceAll(encoded, "/", `\/`)}
}

func withoutQuotes(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }

func eachByte(text, format string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, format, text[i])
	}
	return b.String()
}

func eachRune(text, format string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func eachUnit(text, format string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, format, unit)
	}
	return b.String()
}

// TestScrubReadsEscapes: whatever way a server writes what it repeats, nothing of the secret is left.
func TestScrubReadsEscapes(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		"7f3b9c1e-5d2a-4e88-9b0f-c4a1d6e2f835", `postgres://reports:p@ss/w+rd%41'x"@db.acme.example/reports`,
		"odd $ecret/vàlue+1=&<x>", `seal/+with=odd&chars<>"q\\uote\nnew`, "жжжжж-пароль-секрет", "emoji😀😀secret😀x", "a/b/c/d/e/f/g/h/i/j",
		`%2525%252541%41\u0041&amp;amp;lt;`,
	} {
		for _, form := range append(escapes(secret), escapedBase64(secret)...) {
			if got := scrub("before "+form+" after", []string{secret}); got != "before (sensitive) after" {
				t.Errorf("%q becomes %q", form, got)
			}
		}
	}
}

// TestScrubSeesThroughTheInvisible: what stands between the letters of a secret and leaves no mark does
// not keep it from being found.
func TestScrubSeesThroughTheInvisible(t *testing.T) {
	t.Parallel()
	const secret = "7f3b9c1e-5d2a-4e88-9b0f-c4a1d6e2f835"
	for _, between := range []string{
		"\n", " ", "\x00", "\u200b", "\u2060", "\u00ad", "\u034f", "\u115f", "\u3164", "\uffa0", "\u180b", "\u180e", "\ufe0f", "\u2800",
		"\ue000", "\U000e0041", "\U000e0100", "\x1b[0m", "\x1b]8;;http://x\x07",
	} {
		if got := scrub("before "+strings.Join(strings.Split(secret, ""), between)+" after", []string{secret}); got != "before (sensitive) after" {
			t.Errorf("between: %q becomes %q", between, got)
		}
	}
}

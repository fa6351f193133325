package command_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// A trap finds secrets in what the program puts out. It knows every run of 8 characters of each secret (or
// the whole of a shorter one) in every form in which a writer may put it, so that a secret
// that was cut, wrapped, escaped, encoded or mixed with something else is found as well.
type trap struct {
	patterns map[string][]pattern // by their first bytes
}

type pattern struct{ text, secret, form string }

const (
	windowSize = 8 // characters
	prefixSize = 6 // bytes; no pattern is shorter
)

// newTrap makes a trap of secrets by name.
func newTrap(secrets map[string]string) *trap {
	t := &trap{patterns: map[string][]pattern{}}
	seen := map[string]bool{}
	for name, secret := range secrets {
		for _, window := range append(windows(secret), windows(squeezed(secret))...) {
			for form, text := range formsOf(window) {
				if seen[text] || len(text) < prefixSize {
					continue
				}
				seen[text] = true
				t.patterns[text[:prefixSize]] = append(t.patterns[text[:prefixSize]], pattern{text, name, form})
			}
		}
	}
	return t
}

func windows(text string) []string {
	runes := []rune(text)
	if len(runes) <= windowSize {
		return []string{text}
	}
	var all []string
	for i := range len(runes) - windowSize + 1 {
		all = append(all, string(runes[i:i+windowSize]))
	}
	return all
}

// escapes of terminals, and what tables and quotations put between two pieces of a wrapped text.
var between = regexp.MustCompile("\x1b\\[[0-9;]*[a-zA-Z]|[│┃|…>]")

// squeezed is a text without white space and other things between pieces.
func squeezed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, between.ReplaceAllString(text, ""))
}

// formsOf is a text in the forms of many writers.
func formsOf(text string) map[string]string {
	plainJSON, _ := json.Marshal(text)
	inner := strings.TrimSuffix(strings.TrimPrefix(string(plainJSON), `"`), `"`)
	forms := map[string]string{
		"plain": text, "JSON": inner, "JSON without HTML escapes": strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner),
		"Go": trimQuotes(strconv.Quote(text)), "Go in ASCII": trimQuotes(strconv.QuoteToASCII(text)),
		"HTML": html.EscapeString(text), "HTML with names": strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(html.EscapeString(text)),
		"query": url.QueryEscape(text), "path": url.PathEscape(text), "YAML in single quotes": strings.ReplaceAll(text, "'", "''"),
		"hex": hex.EncodeToString([]byte(text)), "upper hex": strings.ToUpper(hex.EncodeToString([]byte(text))),
		"percent": strings.ToUpper(regexp.MustCompile("..").ReplaceAllString(hex.EncodeToString([]byte(text)), "%$0")),
	}
	forms["lower query"] = regexp.MustCompile("%..").ReplaceAllStringFunc(forms["query"], strings.ToLower)
	forms["JSON in JSON"] = trimQuotes(strconv.Quote(inner))
	for shift := range 3 {
		from, to := (shift*8+5)/6, (shift+len(text))*8/6
		padded := append(make([]byte, shift), text...)
		forms[fmt.Sprint("base64 at ", shift)] = base64.RawStdEncoding.EncodeToString(padded)[from:to]
		forms[fmt.Sprint("base64 for urls at ", shift)] = base64.RawURLEncoding.EncodeToString(padded)[from:to]
	}
	return forms
}

func trimQuotes(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }

// find names the secrets that show in a text, with the form and the piece.
func (t *trap) find(text string) []string {
	var found []string
	told := map[string]bool{}
	for _, view := range []string{text, squeezed(text)} {
		for i := 0; i+prefixSize <= len(view); i++ {
			for _, p := range t.patterns[view[i:i+prefixSize]] {
				if strings.HasPrefix(view[i:], p.text) && !told[p.secret] {
					told[p.secret] = true
					around := view[max(0, i-80):min(len(view), i+len(p.text)+40)]
					found = append(found, fmt.Sprintf("%s as %s: %q in %q", p.secret, p.form, p.text, around))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// The trap must find a planted leak in whatever form, or the tests that rely on it prove nothing.
func TestTrapFindsPlantedLeaks(t *testing.T) {
	t.Parallel()
	for name, secret := range canaries {
		trap := newTrap(map[string]string{name: secret})
		for how, leak := range plantedLeaks(secret) {
			if len(trap.find("error: something "+leak+" and more")) == 0 {
				t.Errorf("%s is not found %s: %q", name, how, leak)
			}
		}
	}
}

// plantedLeaks are ways in which a program could betray a secret.
func plantedLeaks(secret string) map[string]string {
	leaks := map[string]string{}
	for form, text := range formsOf(secret) {
		leaks["as "+form] = text
	}
	runes := []rune(secret)
	leaks["with a line break"] = string(runes[:len(runes)/2]) + "\n    │ " + string(runes[len(runes)/2:])
	leaks["coloured"] = "\x1b[31m" + string(runes[:3]) + "\x1b[0m" + string(runes[3:])
	leaks["in base64 of a header"] = base64.StdEncoding.EncodeToString([]byte("Authorization: Token " + secret + "\r\n"))
	leaks["in hex of a body"] = hex.EncodeToString([]byte(`{"value":"` + secret + `"}`))
	if len(runes) > windowSize+2 {
		leaks["without its beginning"] = string(runes[2:])
		leaks["cut short"] = string(runes[:windowSize]) + "…"
		leaks["from the middle"] = "…" + string(runes[1:windowSize+1]) + "…"
	}
	return leaks
}

// And it must not cry wolf.
func TestTrapLetsOrdinaryTextPass(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("update acme/variable/DB_PASSWORD value (sensitive) → (sensitive) sha256:0123456789abcdef 2026-11-22T03:15:00Z\n", 50)
	if found := newTrap(canaries).find(text); found != nil {
		t.Errorf("found %s", found)
	}
}

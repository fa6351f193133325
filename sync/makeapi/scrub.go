package makeapi

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"makesync/spec/text"
)

// masked stands where a secret stood; it is the mask of spec.Value.
const masked = "(sensitive)"

// scrub takes secrets out of a text in which a server may repeat them. A server escapes, encodes,
// cuts and wraps what it repeats, so it is not the secret that is looked for but every piece of it
// of 8 characters, in every form, whatever invisible stands between its letters. A secret shorter
// than that is looked for as a whole.
//
//	text     "Bad value: IkNTUlQt\n cjEzN0…"   base64 over two lines, cut
//	letters  "badvalue:ikntulqtcjezn0…"        searched for pieces; at: where each byte is from
//	result   "Bad value: (sensitive)…"
func scrub(text string, secrets []string) string {
	d := normalise(text)
	runs := map[int]map[string][]int{}
	for _, secret := range secrets {
		for _, f := range forms(secret) {
			if runs[f.size] == nil {
				runs[f.size] = d.runs(f.size)
			}
			d.markPieces(f, runs[f.size])
		}
	}
	return d.masked(text)
}

// Scrub is scrub for what else may repeat a secret: receivers of notifications.
func Scrub(text string, secrets []string) string { return scrub(text, secrets) }

// A piece is so many characters of a secret, and of an encoded one those that show as many whatever
// stands beside them.
const (
	piece       = 8
	pieceHex    = 2 * piece
	pieceBase64 = piece * 8 / 6
)

// form is a way of writing a secret, without white space and in lower case, and how long a piece of
// it is.
type form struct {
	letters string
	size    int
}

// forms lists the ways of writing a secret, each once.
func forms(secret string) []form {
	var all []form
	seen := map[form]bool{}
	add := func(text string, size int) {
		letters := normalise(text).letters
		f := form{letters, min(size, len(letters))}
		if f.size > 0 && !seen[f] {
			seen[f] = true
			all = append(all, f)
		}
	}
	for _, text := range []string{secret, normalise(secret).original} {
		if text == "" {
			continue
		}
		for _, escaped := range escapes(text) {
			add(escaped, piece)
		}
		add(hex.EncodeToString([]byte(text)), pieceHex)
		for shift := range 3 { // where in a group of three bytes it begins
			from, to := (shift*8+5)/6, (shift+len(text))*8/6
			padded := append(make([]byte, shift), text...)
			add(base64.RawStdEncoding.EncodeToString(padded)[from:to], pieceBase64)
			add(base64.RawURLEncoding.EncodeToString(padded)[from:to], pieceBase64)
		}
	}
	return all
}

// escapes are the forms in which most letters stand for themselves.
func escapes(text string) []string {
	quoted, _ := json.Marshal(text)
	inner := withoutQuotes(string(quoted))
	bare := unescapeHTML(inner)
	page := html.EscapeString(text)
	return []string{
		text, inner, bare,
		withoutQuotes(strconv.Quote(inner)), withoutQuotes(strconv.Quote(bare)),
		withoutQuotes(strconv.QuoteToASCII(text)),
		page, strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(page),
		url.QueryEscape(text), url.PathEscape(text), strings.ReplaceAll(text, "'", "''"),
	}
}

func withoutQuotes(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }

// unescapeHTML gives the JSON form that most servers write: Go alone escapes < > &.
func unescapeHTML(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(text)
}

// normalisedText is a text without white space, escape sequences and invisible characters.
type normalisedText struct {
	original string
	letters  string // the same in lower case
	at       []int  // where in the text each byte stands
	secret   []bool
}

func normalise(message string) *normalisedText {
	d := &normalisedText{}
	var b strings.Builder
	sequences := text.EscapeSequences(message)
	for i := 0; i < len(message); {
		if len(sequences) > 0 && i == sequences[0][0] {
			i, sequences = sequences[0][1], sequences[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(message[i:])
		if !isInvisible(r) {
			b.WriteString(message[i : i+size])
			for k := range size {
				d.at = append(d.at, i+k)
			}
		}
		i += size
	}
	d.original = b.String()
	d.letters, d.secret = lowerASCII(d.original), make([]bool, b.Len())
	return d
}

func isInvisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// lowerASCII keeps every byte in its place, unlike strings.ToLower.
func lowerASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// runs are where each run of a piece's length stands, by its text.
func (d *normalisedText) runs(size int) map[string][]int {
	runs := make(map[string][]int, len(d.letters))
	for i := 0; i+size <= len(d.letters); i++ {
		runs[d.letters[i:i+size]] = append(runs[d.letters[i:i+size]], i)
	}
	return runs
}

// markPieces marks the pieces of a form, each once: a long run of one letter is many times the same
// piece.
func (d *normalisedText) markPieces(f form, runs map[string][]int) {
	done := map[string]bool{}
	for i := 0; i+f.size <= len(f.letters); i++ {
		run := f.letters[i : i+f.size]
		if done[run] {
			continue
		}
		done[run] = true
		for _, at := range runs[run] {
			d.markRange(at, f.size)
		}
	}
}

func (d *normalisedText) markRange(from, size int) {
	for i := from; i < from+size; i++ {
		d.secret[i] = true
	}
}

// masked is the original text with one mask for each run of what is marked, and of what is
// invisible within.
func (d *normalisedText) masked(text string) string {
	var b strings.Builder
	rest := 0
	for i := 0; i < len(d.secret); i++ {
		if !d.secret[i] {
			continue
		}
		b.WriteString(text[rest:d.at[i]])
		b.WriteString(masked)
		for i+1 < len(d.secret) && d.secret[i+1] {
			i++
		}
		rest = d.at[i] + 1
	}
	return b.String() + text[rest:]
}

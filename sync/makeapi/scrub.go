package makeapi

import (
	"encoding/base64"
	"encoding/hex"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"makesync/spec/text"
)

// masked stands where a secret stood; it is the mask of spec.Value.
const masked = "(sensitive)"

// scrub takes secrets out of a text in which a server may repeat them. A server escapes, encodes,
// cuts and wraps what it repeats, so it is not the secret that is looked for but every piece of it
// of 8 characters, in every form, whatever invisible stands between its letters, and in what the
// text says when its escapes are read, those within them too. A secret shorter than that is looked
// for as a whole.
//
//	text     "Bad value: IkNTUlQt\n cjEzN0…"   base64 over two lines, cut
//	letters  "badvalue:ikntulqtcjezn0…"        searched for pieces; from: where each byte is from
//	result   "Bad value: (sensitive)…"
func scrub(text string, secrets []string) string { return scrubForms(text, formsOf(secrets, piece)) }

func scrubForms(text string, all []form) string {
	whole := normalise(text)
	marked := make([]bool, len(text))
	for d := range whole.readings() {
		d.mark(all, marked)
	}
	return whole.masked(text, marked)
}

// deepestEscape is how often a server may have escaped what it repeats: JSON in JSON in a page.
const deepestEscape = 3

// Scrub is scrub for what else may repeat a secret: receivers of notifications.
func Scrub(text string, secrets []string) string { return scrub(text, secrets) }

// A piece is so many characters of a secret that this call has sent.
const piece = 8

// form is a way of writing a secret, without white space and in lower case, and how long a piece of
// it is.
type form struct {
	letters string
	size    int
}

// forms lists the ways of writing a secret that are no escapes, each once. What a secret says when
// it is read as escapes is what is left of it where a text is read so. Of an encoded one a piece is
// what shows as many characters, whatever stands beside them.
func forms(secret string, piece int) []form {
	var all []form
	seen := map[form]bool{}
	add := func(text string, size int) {
		letters := lettersOf(text)
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
		add(text, piece)
		add(strings.ToUpper(text), piece) // those of ASCII count as lower case anyway
		add(strings.ToLower(text), piece)
		add(strings.ReplaceAll(text, " ", "+"), piece) // in the query of an address
		for d := normalise(text).unescaped(); d != nil; d = d.unescaped() {
			add(d.original, piece)
		}
		add(hex.EncodeToString([]byte(text)), 2*piece)
		for shift := range 3 { // where in a group of three bytes it begins
			from, to := (shift*8+5)/6, (shift+len(text))*8/6
			padded := append(make([]byte, shift), text...)
			add(base64.RawStdEncoding.EncodeToString(padded)[from:to], piece*8/6)
			add(base64.RawURLEncoding.EncodeToString(padded)[from:to], piece*8/6)
		}
	}
	return all
}

func formsOf(secrets []string, piece int) []form {
	var all []form
	for _, secret := range secrets {
		all = append(all, forms(secret, piece)...)
	}
	return all
}

// normalisedText is a text without white space, escape sequences and invisible characters.
type normalisedText struct {
	original string
	letters  string // the same in lower case
	from, to []int  // where in the source each byte stands
}

// lettersOf are the letters of the normalised text; most forms are plain, and need no normalising.
func lettersOf(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return normalise(text).letters
	}
	return lowerASCII(text)
}

// normalise takes out of a text what nobody sees.
func normalise(message string) *normalisedText {
	var raw normalisedText
	var b strings.Builder
	sequences := text.EscapeSequences(message)
	for i := 0; i < len(message); i++ {
		if len(sequences) > 0 && i == sequences[0][0] {
			i, sequences = sequences[0][1]-1, sequences[1:]
			continue
		}
		b.WriteByte(message[i])
		raw.from, raw.to = append(raw.from, i), append(raw.to, i+1)
	}
	raw.original = b.String()
	return raw.visible()
}

// visible is the text without what nobody sees, ready to be searched.
func (d *normalisedText) visible() *normalisedText {
	v := &normalisedText{}
	var b strings.Builder
	for i := 0; i < len(d.original); {
		r, size := utf8.DecodeRuneInString(d.original[i:])
		if !isInvisible(r) {
			b.WriteString(d.original[i : i+size])
			v.from, v.to = append(v.from, d.from[i:i+size]...), append(v.to, d.to[i:i+size]...)
		}
		i += size
	}
	v.original = b.String()
	v.letters = lowerASCII(v.original)
	return v
}

// unescaped is what the text says when its escapes are read; nil when it has none.
func (d *normalisedText) unescaped() *normalisedText {
	var raw normalisedText
	var b strings.Builder
	for i := 0; i < len(d.original); {
		said, size := readEscape(d.original[i:])
		if size == 0 {
			said, size = d.original[i:i+1], 1
		}
		for range len(said) {
			raw.from, raw.to = append(raw.from, d.from[i]), append(raw.to, d.to[i+size-1])
		}
		b.WriteString(said)
		i += size
	}
	if raw.original = b.String(); raw.original == d.original {
		return nil
	}
	return raw.visible()
}

// readings are the text, and what it says when its escapes are read, and those within them.
func (d *normalisedText) readings() iter.Seq[*normalisedText] {
	return func(yield func(*normalisedText) bool) {
		for depth := 0; d != nil && depth <= deepestEscape && yield(d); depth++ {
			d = d.unescaped()
		}
	}
}

func isInvisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || text.IsInvisible(r)
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

// mark marks in the source where pieces of forms stand.
func (d *normalisedText) mark(all []form, marked []bool) {
	runs := map[int]map[string][]int{}
	for _, f := range all {
		if runs[f.size] == nil {
			runs[f.size] = d.runs(f.size)
		}
		d.markPieces(f, runs[f.size], marked)
	}
}

// markPieces marks the pieces of a form, each once: a long run of one letter is many times the same
// piece.
func (d *normalisedText) markPieces(f form, runs map[string][]int, marked []bool) {
	done := map[string]bool{}
	for i := 0; i+f.size <= len(f.letters); i++ {
		run := f.letters[i : i+f.size]
		if done[run] {
			continue
		}
		done[run] = true
		for _, at := range runs[run] {
			d.markRange(at, f.size, marked)
		}
	}
}

func (d *normalisedText) markRange(at, size int, marked []bool) {
	for i := d.from[at]; i < d.to[at+size-1]; i++ {
		marked[i] = true
	}
}

// masked is the source with one mask for each run of what is marked.
func (d *normalisedText) masked(source string, marked []bool) string {
	var b strings.Builder
	rest := 0
	for i := 0; i < len(d.from); i++ {
		if !marked[d.from[i]] {
			continue
		}
		b.WriteString(source[rest:d.from[i]])
		b.WriteString(masked)
		for i+1 < len(d.from) && marked[d.from[i+1]] {
			i++
		}
		rest = d.to[i]
	}
	return b.String() + source[rest:]
}

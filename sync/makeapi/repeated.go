package makeapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// errRepeats is a reply that holds the token. Names are identity: they cannot be masked where they
// are read, and stand in every output, so such a reply is not used.
var errRepeats = unreadable("it repeats the token of this run, in something else than the value of a variable")

const repeatsHint = "who sees the zone may know the token: make a new one there, and take the old one out of the name"

// secretForms are forms of a secret, as it is and encoded.
type secretForms struct {
	forms             [][]byte
	shortest, longest int // in bytes
}

func newSecretForms(texts []string) (s secretForms) {
	for i, text := range texts {
		s.forms = append(s.forms, []byte(text))
		s.longest = max(s.longest, len(text))
		if s.shortest = min(s.shortest, len(text)); i == 0 {
			s.shortest = len(text)
		}
	}
	return s
}

// in tells whether a text holds one.
func (s *secretForms) in(text []byte) bool {
	return len(s.forms) > 0 && len(text) >= s.shortest &&
		slices.ContainsFunc(s.forms, func(form []byte) bool { return bytes.Contains(text, form) })
}

// withoutSecrets is the body of a reply that may hold none: not that of a write, which says what
// has happened, nor one with values of variables, which are masked one by one.
func (s *secretForms) withoutSecrets(k *call, body io.Reader) io.Reader {
	if len(s.forms) == 0 || k.holdsValues || k.method != http.MethodGet {
		return body
	}
	return &secretsReader{from: body, secrets: s}
}

// secretsReader reads, and fails where a secret is complete.
type secretsReader struct {
	from    io.Reader
	secrets *secretForms
	last    []byte // the end of what was read, in which a secret may begin
}

// longestEscape is how many bytes of JSON a character may take (\u0041).
const longestEscape = 6

// Read reads.
func (r *secretsReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	text := append(r.last, p[:n]...)
	if r.secrets.in(withoutEscapes(text)) {
		return 0, errRepeats
	}
	kept := (r.secrets.longest + 1) * longestEscape
	r.last = append([]byte(nil), text[max(len(text)-kept, 0):]...)
	return n, err
}

// withoutEscapes is a part of some JSON in which characters stand for themselves.
func withoutEscapes(json []byte) []byte {
	if bytes.IndexByte(json, '\\') < 0 {
		return json
	}
	plain := make([]byte, 0, len(json))
	for len(json) > 0 {
		size := 1
		switch {
		case json[0] != '\\' || len(json) == 1:
			plain = append(plain, json[0])
		case json[1] == 'u' && len(json) >= longestEscape:
			code, err := strconv.ParseUint(string(json[2:longestEscape]), 16, 16)
			if err == nil {
				plain, size = utf8.AppendRune(plain, rune(code)), longestEscape
			}
		default:
			plain, size = append(plain, json[1]), 2
		}
		json = json[size:]
	}
	return plain
}

// isUseless tells whether another try of a broken reply would not help.
func isUseless(err error) bool {
	var tooMuch excess
	return errors.As(err, &tooMuch) || errors.Is(err, errRepeats)
}

package makeapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
)

// errRepeats is a reply that holds what the run itself is trusted with. Names are identity: they
// cannot be masked where they are read, and stand in every output, so such a reply is not used.
var errRepeats = unreadable("it repeats a secret of this run, such as its token, in something else than the value " +
	"of a variable; who sees the zone may know it, so make a new one there")

// secretForms are the longer secrets of a run, as they are and encoded.
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

// Read reads.
func (r *secretsReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	seam := append(r.last, p[:min(n, r.secrets.longest)]...)
	if r.secrets.in(seam) || r.secrets.in(p[:n]) {
		return 0, errRepeats
	}
	if n > r.secrets.longest {
		seam = p[:n]
	}
	r.last = append([]byte(nil), seam[max(len(seam)-r.secrets.longest, 0):]...)
	return n, err
}

// isUseless tells whether another try of a broken reply would not help.
func isUseless(err error) bool {
	var tooMuch excess
	return errors.As(err, &tooMuch) || errors.Is(err, errRepeats)
}

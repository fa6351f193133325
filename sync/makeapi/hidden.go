package makeapi

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// hiddenSecrets are what no message may repeat, whatever the call: nothing but an error needs them,
// so they are made ready for searching when there is one.
type hiddenSecrets struct {
	texts []string
	forms func() []form
}

// Most words of a message are harmless, and here they meet every secret of a run, not the one that
// a call has sent: so a piece is longer than a word mostly is, a secret shorter than a piece is
// looked for as a whole and not if it could be a word itself.
const (
	longPiece      = 16
	shortestHidden = 8
	mostHidden     = 10_000
)

func newHiddenSecrets(texts []string) hiddenSecrets {
	return hiddenSecrets{texts, sync.OnceValue(func() (all []form) {
		for _, secret := range texts {
			if !mayBeWord(secret) {
				all = append(all, forms(secret, longPiece)...)
			}
		}
		return slices.DeleteFunc(all, func(f form) bool { return f.size < shortestHidden })
	})}
}

// mayBeWord tells whether a secret is likely to stand in a message that does not repeat it.
func mayBeWord(secret string) bool {
	letters := lettersOf(secret)
	return len(letters) < shortestHidden || len(letters) < longPiece &&
		!strings.ContainsFunc(letters, func(r rune) bool { return !unicode.IsLetter(r) })
}

// and are these and more, each once.
func (h hiddenSecrets) and(secrets []string) hiddenSecrets {
	texts, seen := slices.Clone(h.texts), map[string]bool{}
	for _, secret := range secrets {
		if len(seen) < mostHidden && !seen[secret] {
			seen[secret] = true
			texts = append(texts, secret)
		}
	}
	return newHiddenSecrets(texts)
}

// in are the forms of which the text may hold a piece. A piece holds a run of 8 letters at one of
// every so many places of its form, and only those are looked up: in ten thousand secrets hardly
// any is left, and a failure of every call stays cheap.
func (h hiddenSecrets) in(message string) []form {
	runs := map[string]bool{}
	for d := range normalise(message).readings() {
		for i := 0; i+shortestHidden <= len(d.letters); i++ {
			runs[d.letters[i:i+shortestHidden]] = true
		}
	}
	var found []form
	for _, f := range h.forms() {
		for i := 0; i+shortestHidden <= len(f.letters); i += f.size - shortestHidden + 1 {
			if runs[f.letters[i:i+shortestHidden]] {
				found = append(found, f)
				break
			}
		}
	}
	return found
}

package document

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"makesync/spec"
)

// leastContained is how long a secret of the run is, in bytes, that no value may contain; shorter
// ones may be part of a word, so no value may be equal to them.
const leastContained = 8

// longerThanWords is how long a secret is, in bytes, that no name holds by chance.
const longerThanWords = 16

// OwnSecrets are what the run itself is trusted with: tokens, the key of seals, the url of who is
// told, the passwords of proxies. No declared value may give one away, wherever it came from, and
// no live one is shown that does.
type OwnSecrets struct {
	texts, encoded []string
	// within are those that no value may contain, sorted, and none of them begins another: so a
	// text begins with one if it begins with the last that is not behind it.
	within   []string
	shortest int // of within, in bytes
}

// Texts are the secrets themselves.
func (s OwnSecrets) Texts() []string { return s.texts }

// FormsOf are those of a secret that is too long to be a word, as it is and encoded; none of
// others.
func FormsOf(secret string) []string {
	if secret = strings.TrimSpace(secret); len(secret) < longerThanWords {
		return nil
	}
	return append(encodings(secret), secret)
}

// SecretsOf are those of an environment, and the tokens of declared, built-in and named zones.
func SecretsOf(
	zones map[string]spec.Zone, env func(string) (string, bool), roots []string, names ...string,
) OwnSecrets {
	var all OwnSecrets
	read := func(name string) string {
		if value, ok := lookup(env, name); ok {
			return value
		}
		return ""
	}
	for _, name := range []string{"MAKE_API_KEY", "MAKESYNC_SEAL_KEY", "MAKESYNC_NOTIFY_URL"} {
		all = all.With(read(name))
	}
	for _, name := range slices.Concat(sortedKeys(spec.BuiltinZones()), sortedKeys(zones), names) {
		all = all.With(read(TokenVariable(name)))
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			for _, password := range proxyPasswords(read(spelled)) {
				all = all.With(password)
			}
		}
	}
	files := newReferenced(&filling{})
	for _, name := range sortedKeys(zones) {
		e := evaluator{env: env, roots: roots, folder: zones[name].Folder, files: files, token: true}
		if zones[name].Token.IsZero() {
			continue
		}
		if token, err := e.evaluate(zones[name].Token.Reveal()); err == nil {
			all = all.With(token.text)
		}
	}
	return all
}

// proxyPasswords are the password of a proxy's address as it is written and as it is meant (%40 is
// @), or what stands alone before the @. net/http takes addresses without a scheme, too.
func proxyPasswords(address string) []string {
	if _, rest, found := strings.Cut(address, "://"); found {
		address = rest
	}
	authority, _, _ := strings.Cut(address, "/")
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return nil
	}
	user, written, found := strings.Cut(authority[:at], ":")
	if !found {
		written = user
	}
	meant, err := url.PathUnescape(written)
	if err != nil {
		return []string{written}
	}
	return []string{written, meant}
}

// With are these and one more, unless that is nothing.
func (s OwnSecrets) With(secret string) OwnSecrets {
	if secret = strings.TrimSpace(secret); secret == "" || slices.Contains(s.texts, secret) {
		return s
	}
	s.texts = append(slices.Clip(s.texts), secret)
	if len(secret) >= leastContained {
		forms := encodings(secret)
		s.encoded = append(slices.Clip(s.encoded), forms...)
		s.within = prefixFree(slices.Concat(s.within, forms, []string{secret}))
		s.shortest = len(slices.MinFunc(s.within, func(a, b string) int { return len(a) - len(b) }))
	}
	return s
}

// prefixFree sorts texts and leaves out those that begin with another.
func prefixFree(texts []string) (kept []string) {
	slices.Sort(texts)
	for _, text := range texts {
		if len(kept) == 0 || !strings.HasPrefix(text, kept[len(kept)-1]) {
			kept = append(kept, text)
		}
	}
	return kept
}

// GivenAway tells whether a value gives one of the secrets away, as it is or in an encoded form.
func (s OwnSecrets) GivenAway(value string) bool {
	for at := range len(value) - s.shortest + 1 { // few values of variables are as long as a token
		rest := value[at:]
		n, found := slices.BinarySearch(s.within, rest)
		if found || n > 0 && strings.HasPrefix(rest, s.within[n-1]) {
			return true
		}
	}
	return slices.Contains(s.texts, value)
}

// hide unmarks, of the bytes of a text that are shown, those that give a secret away.
func (s OwnSecrets) hide(text string, shown []bool) {
	for _, secret := range slices.Concat(s.texts, s.encoded) {
		if len(secret) < leastContained {
			continue
		}
		for from := 0; ; {
			at := strings.Index(text[from:], secret)
			if at < 0 {
				break
			}
			from += at + len(secret)
			clear(shown[from-len(secret) : from])
		}
	}
}

// encodings are the forms in which a secret stands in headers, addresses, JSON and dumps, and from
// which anybody reads it: those that differ from the secret, each once.
func encodings(secret string) []string {
	forms := []string{hex.EncodeToString([]byte(secret)), url.QueryEscape(secret), url.PathEscape(secret)}
	forms = append(forms, strings.ToUpper(forms[0]), lowerEscapes(forms[1]), lowerEscapes(forms[2]))
	for before := range 3 {
		forms = append(forms, withinBase64(secret, before, base64.RawStdEncoding),
			withinBase64(secret, before, base64.RawURLEncoding))
	}
	for _, escapeHTML := range []bool{true, false} {
		var quoted strings.Builder
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(escapeHTML)
		if encoder.Encode(secret) == nil {
			form := strings.TrimSuffix(quoted.String(), "\n")
			forms = append(forms, form[1:len(form)-1])
		}
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return form == secret })
}

// withinBase64 is what of a secret no neighbour changes when it is encoded together with what
// stands around it, as in user:secret: so many bytes stand before it, modulo 3.
func withinBase64(secret string, before int, encoding *base64.Encoding) string {
	all := encoding.EncodeToString(append(make([]byte, before), secret...))
	if (before+len(secret))%3 != 0 {
		all = all[:len(all)-1]
	}
	return all[(before*8+5)/6:]
}

var upperEscape = regexp.MustCompile(`%[0-9A-F]{2}`)

// lowerEscapes spells percent signs as %3d, not as %3D.
func lowerEscapes(escaped string) string {
	return upperEscape.ReplaceAllStringFunc(escaped, strings.ToLower)
}

package state

import (
	"encoding/base64"
	"maps"

	"golang.org/x/crypto/scrypt"

	"makesync/spec"
)

// scryptN is the cost of scrypt: 32 MiB and some 80 ms for each secret, paid only for those that a
// step touches or that documents and a snapshot share.
var scryptN = 1 << 15

// CheapenFingerprints is for tests, which fingerprint thousands of secrets. The program never calls
// it.
func CheapenFingerprints() { scryptN = 1 << 4 }

const (
	scryptR   = 8
	scryptP   = 1
	scryptLen = 32
)

// SecretFingerprint is a salted, slow hash of a secret: it can be compared within one plan, and
// guessing what is behind it costs an attacker who finds the plan time for each guess. It is
// empty without a salt: an unsalted one would be the same in every plan.
func SecretFingerprint(secret spec.Value, salt []byte) string {
	if len(salt) == 0 {
		return ""
	}
	key, err := scrypt.Key([]byte(secret.Reveal()), salt, scryptN, scryptR, scryptP, scryptLen)
	if err != nil {
		return "" // only for costs that are no power of two
	}
	return "scrypt:" + base64.RawURLEncoding.EncodeToString(key)
}

// Fingerprinted is the scalar with its fingerprint, if it is a secret; without a salt it stays as
// it is.
func (s Scalar) Fingerprinted(salt []byte) Scalar {
	if s.IsSensitive() && !s.text.IsZero() && len(salt) > 0 {
		s.Fingerprint = SecretFingerprint(s.text, salt)
	}
	return s
}

// Fingerprinted is the view with a fingerprint on each secret; one without secrets is given back.
func (v View) Fingerprinted(salt []byte) View {
	if len(v.Secrets()) == 0 {
		return v
	}
	out := make(View, len(v))
	for path, side := range v {
		out[path] = side.Fingerprinted(salt)
	}
	return out
}

// Unmasked is the view with its value shown, for objects that the caller has found to be none.
func (v View) Unmasked() View { return v.MaskedIf(false) }

// Masked is the view with its value a secret.
func (v View) Masked() View { return v.MaskedIf(true) }

// Secrets are the sensitive values of a view.
func (v View) Secrets() (secrets []spec.Value) {
	for _, side := range v {
		if side.IsSensitive() && !side.text.IsZero() {
			secrets = append(secrets, side.text)
		}
	}
	return secrets
}

// MaskedIf is the view with its value a secret, or shown; other sides stay as they are. One that is
// so already is given back.
func (v View) MaskedIf(secret bool) View {
	side, has := v["value"]
	text := side.text.Unmasked()
	if secret {
		text = text.Masked()
	}
	if !has || side.IsUnseen() || text == side.text {
		return v
	}
	out := maps.Clone(v)
	side.text = text
	out["value"] = side
	return out
}

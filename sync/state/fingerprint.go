package state

import (
	"maps"

	"makesync/spec"
)

// Fingerprinted is the scalar with its fingerprint, if it is a secret; without a salt it stays as
// it is.
func (s Scalar) Fingerprinted(prints *spec.Fingerprints) Scalar {
	if s.IsSensitive() && !s.text.IsZero() && !prints.None() {
		s.Fingerprint = prints.Of(s.text)
	}
	return s
}

// Fingerprinted is the view with a fingerprint on each secret; one without secrets is given back.
func (v View) Fingerprinted(prints *spec.Fingerprints) View {
	if prints.None() || len(v.Secrets()) == 0 {
		return v
	}
	out := make(View, len(v))
	for path, side := range v {
		out[path] = side.Fingerprinted(prints)
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

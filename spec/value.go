package spec

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// masked is what every formatter prints instead of a secret.
const masked = "(sensitive)"

// Value is a text that may be a secret. Every way of printing it (String, fmt
// verbs, GoString, JSON, YAML, slog) shows a mask when it is sensitive; only
// Reveal gives the text, so that a search for Reveal finds every place where a
// secret can leave the program. A secret's text is behind a pointer, since fmt
// calls no methods on unexported fields of other structs and would print it.
type Value struct {
	text   string
	secret *secretText
}

type secretText struct {
	text string
	own  bool // see Own
}

// Plain makes a value that may be shown.
func Plain(text string) Value { return Value{text: text} }

// Sensitive makes a value that is masked everywhere.
func Sensitive(text string) Value { return Value{secret: &secretText{text: text}} }

// Own makes a value that is masked everywhere, whatever is said of its address: it gives away what
// the run itself is trusted with, such as its token.
func Own(text string) Value { return Value{secret: &secretText{text, true}} }

// Reveal gives the text itself, secret or not.
func (v Value) Reveal() string {
	if v.secret != nil {
		return v.secret.text
	}
	return v.text
}

// IsSensitive tells whether the value is masked.
func (v Value) IsSensitive() bool { return v.secret != nil }

// IsZero tells whether there is no text.
func (v Value) IsZero() bool { return v.Reveal() == "" }

// Equal tells whether two values have the same text and are both masked or both not.
func (v Value) Equal(w Value) bool {
	return v.IsSensitive() == w.IsSensitive() && v.Reveal() == w.Reveal()
}

// Masked is the same text, masked from here on.
func (v Value) Masked() Value {
	if v.secret != nil {
		return v
	}
	return Sensitive(v.text)
}

// IsOwn tells whether the value was made by Own.
func (v Value) IsOwn() bool { return v.secret != nil && v.secret.own }

// IsSecret tells by the value alone that it is a secret: by its shape, or as the run's own.
func (v Value) IsSecret() bool { return v.IsOwn() || LooksSecret(v.Reveal()) }

// Unmasked is the same text, shown from here on, unless it is a secret by itself. Only the code
// that has compared a live value's address with the sensitive patterns may call it.
func (v Value) Unmasked() Value {
	if v.IsSecret() {
		return v.Masked()
	}
	return Plain(v.Reveal())
}

// String is the text, or the mask.
func (v Value) String() string {
	if v.secret != nil {
		return masked
	}
	return v.text
}

// GoString keeps %#v from printing the text.
func (v Value) GoString() string { return fmt.Sprintf("spec.Value(%q)", v.String()) }

// Format serves every fmt verb with the masked form.
func (v Value) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), v.String())
}

// LogValue keeps slog from printing the text.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalJSON writes the text as a string, or {"sensitive": true}.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.secret != nil {
		return []byte(`{"sensitive":true}`), nil
	}
	return json.Marshal(v.text)
}

// MarshalText serves encoders that want text, map keys included.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"makesync/spec"
)

// Scalar is one side of a field: nothing, a number, a boolean, a text, a
// secret, or what nobody knows. In JSON a secret is {"sensitive": true}, with its reference and its
// salted fingerprint where a saved plan needs them; the value itself is never written.
type Scalar struct {
	kind scalarKind
	text spec.Value
	// Reference is `${env:NAME}` or `${file:…}`, from which apply takes a secret again.
	Reference string
	// Fingerprint is "scrypt:…" in a saved plan.
	Fingerprint string
}

type scalarKind uint8

const (
	scalarNone scalarKind = iota
	scalarText
	scalarNumber
	scalarBool
	scalarUnseen
)

// None is the side of a field that is not there; null in JSON.
func None() Scalar { return Scalar{} }

// Text is a text side.
func Text(s string) Scalar { return Scalar{kind: scalarText, text: spec.Plain(s)} }

// Bool is a boolean side.
func Bool(b bool) Scalar {
	return Scalar{kind: scalarBool, text: spec.Plain(strconv.FormatBool(b))}
}

// Number is a number given as its canonical decimal text.
func Number(s string) Scalar { return Scalar{kind: scalarNumber, text: spec.Plain(s)} }

// Unseen is the side of a field that is there and that nobody has seen; {"unknown": true} in JSON.
func Unseen() Scalar { return Scalar{kind: scalarUnseen, text: spec.Plain("(unknown)")} }

// OfType is a variable's value with the type that its typeId says; a value that is no number or
// boolean stays a text whatever the type claims.
func OfType(t spec.VariableType, v spec.Value) Scalar {
	s := Scalar{kind: scalarText, text: v}
	switch t {
	case spec.TypeNumber:
		if json.Valid([]byte(v.Reveal())) && v.Reveal() != "" && v.Reveal()[0] != '"' {
			s.kind = scalarNumber
		}
	case spec.TypeBoolean:
		if r := v.Reveal(); r == "true" || r == "false" {
			s.kind = scalarBool
		}
	}
	return s
}

// IsNone tells whether this side is not there.
func (s Scalar) IsNone() bool { return s.kind == scalarNone }

// IsUnseen tells whether this side is there and nobody has seen it.
func (s Scalar) IsUnseen() bool { return s.kind == scalarUnseen }

// IsText tells whether this side is a text (or a secret), not a number or a boolean.
func (s Scalar) IsText() bool { return s.kind == scalarText }

// IsNumber tells whether this side is a number, secret or not.
func (s Scalar) IsNumber() bool { return s.kind == scalarNumber }

// SameForm tells whether both sides are numbers, booleans, texts, or neither is there. Of a secret
// that was read from a file nobody knows it.
func (s Scalar) SameForm(other Scalar) bool {
	return s.kind == other.kind || s.IsSensitive() && other.IsSensitive()
}

// Value is the text behind the scalar, masked if it is a secret.
func (s Scalar) Value() spec.Value { return s.text }

// IsSensitive tells whether the scalar is a secret.
func (s Scalar) IsSensitive() bool { return s.text.IsSensitive() }

// String is for people; a secret is masked.
func (s Scalar) String() string { return s.text.String() }

// Format serves every fmt verb with the masked form: fmt does not ask the unexported value inside
// how it wants to be printed, and would show its text.
func (s Scalar) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), s.String())
}

type secretJSON struct {
	Unknown     bool   `json:"unknown,omitempty"`
	Sensitive   bool   `json:"sensitive"`
	Reference   string `json:"reference,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// MarshalJSON writes null, a number, a boolean, a string or the secret's form.
func (s Scalar) MarshalJSON() ([]byte, error) {
	switch {
	case s.kind == scalarNone:
		return []byte("null"), nil
	case s.kind == scalarUnseen:
		return []byte(`{"unknown":true}`), nil
	case s.text.IsSensitive():
		return json.Marshal(secretJSON{Sensitive: true, Reference: s.Reference, Fingerprint: s.Fingerprint})
	case s.kind == scalarText:
		return marshalText(s.text.Reveal())
	}
	return []byte(s.text.Reveal()), nil
}

// marshalText is a JSON string without HTML escaping; whoever marshals around it decides about
// that.
func marshalText(text string) ([]byte, error) {
	if !strings.ContainsFunc(text, needsEscape) {
		return []byte(`"` + text + `"`), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// needsEscape tells whether a character may stand in JSON otherwise than as it is.
func needsEscape(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r > '~' }

// UnmarshalJSON reads what MarshalJSON wrote; a secret comes back without its value.
func (s *Scalar) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case 'n':
		*s = None()
	case 't', 'f':
		*s = Bool(data[0] == 't')
	case '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*s = Text(text)
	case '{':
		var secret secretJSON
		if err := json.Unmarshal(data, &secret); err != nil {
			return err
		}
		switch {
		case secret.Unknown && !secret.Sensitive:
			*s = Unseen()
			return nil
		case !secret.Sensitive:
			return fmt.Errorf("a field's side is an object without sensitive: true")
		}
		*s = Scalar{kind: scalarText, text: spec.Sensitive(""), Reference: secret.Reference,
			Fingerprint: secret.Fingerprint}
	default:
		var number json.Number
		if err := json.Unmarshal(data, &number); err != nil {
			return err
		}
		*s = Number(number.String())
	}
	return nil
}

// Mask is the same side as a secret; nothing stays nothing, and what nobody knows unknown.
func (s Scalar) Mask() Scalar {
	if !s.IsNone() && !s.IsUnseen() {
		s.text = s.text.Masked()
	}
	return s
}

// Canonical is the text by which two sides are compared; a secret's is a hash that never leaves
// memory.
func (s Scalar) Canonical() string {
	if s.IsUnseen() {
		return "\x00unknown" // no text is equal to it
	}
	if !s.IsSensitive() {
		return s.text.Reveal()
	}
	sum := sha256.Sum256([]byte(s.text.Reveal()))
	return "secret:" + hex.EncodeToString(sum[:])
}

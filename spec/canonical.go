package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// dateLayout is how Make writes an instant: YYYY-MM-DDTHH:mm:ss.sssZ (published contract).
const dateLayout = "2006-01-02T15:04:05.000Z"

// rawForm is the type of a value as JSON or YAML writes it.
type rawForm uint8

const (
	rawNull rawForm = iota
	rawString
	rawNumber
	rawBoolean
)

var rawNames = [...]string{"empty (null)", "a text", "a number", "a boolean"}

// Canonical gives a value in the one text that documents, live values and plans
// share: 5 for "5", 5.0 and 5e0; true; 2026-11-20T00:00:00.000Z; a string as it
// stands. raw is what a document or an answer holds: a string, bool, json.Number,
// json.RawMessage, an int, int64 or float64, or nil.
//
// The API answers a number as JSON number or as string, and checks type against
// value only when both are sent together, so a live value need not fit its type:
// then err says so, without the value, and text is the value as JSON or plain text.
func Canonical(t VariableType, raw any) (text string, err error) {
	text, kind, err := plainText(raw)
	if err != nil {
		return text, err
	}
	switch t {
	case TypeNumber:
		if n, ok := canonicalNumber(text); ok && kind != rawBoolean {
			return n, nil
		}
		return text, errors.New("the value is not a number")
	case TypeBoolean:
		if b := strings.ToLower(text); (b == "true" || b == "false") && kind != rawNumber {
			return b, nil
		}
		return text, errors.New("the value is not a boolean")
	case TypeDate:
		if d, ok := canonicalDate(text); ok && kind == rawString {
			return d, nil
		}
		return text, errors.New("the value is not a date")
	case TypeString:
		if kind != rawString {
			return text, fmt.Errorf("the value is %s, not a text", rawNames[kind])
		}
		return text, nil
	}
	return text, errors.New("the type is unknown")
}

// SameNumber tells whether a zone that keeps numbers as doubles cannot tell two canonical numbers
// apart.
func SameNumber(a, b string) bool { return a == b || DoubleOf(a) != "" && DoubleOf(a) == DoubleOf(b) }

// exactDigits is how long a whole number may be that every double holds exactly.
const exactDigits = 15

// DoubleOf is the canonical form of the double nearest to a number; "" when the number is too large
// for any.
func DoubleOf(number string) string {
	if len(number) <= exactDigits && isCanonicalWhole(number) {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return ""
	}
	text, _ := canonicalNumber(strconv.FormatFloat(f, 'g', -1, 64))
	return text
}

// plainText takes a raw value apart into its text and its form.
func plainText(raw any) (string, rawForm, error) {
	switch v := raw.(type) {
	case string:
		return v, rawString, nil
	case bool:
		return strconv.FormatBool(v), rawBoolean, nil
	case json.Number:
		return v.String(), rawNumber, nil
	case int:
		return strconv.Itoa(v), rawNumber, nil
	case int64:
		return strconv.FormatInt(v, 10), rawNumber, nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), rawNumber, nil
	case json.RawMessage:
		return rawText(v)
	case nil:
		return "null", rawNull, errors.New("the value is empty (null)")
	}
	return "", rawNull, errors.New("the value is an object or a list")
}

func rawText(raw json.RawMessage) (string, rawForm, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return "", rawNull, errors.New("the value cannot be read")
	}
	text, kind, err := plainText(v)
	if text == "" && err != nil {
		text = string(raw)
	}
	return text, kind, err
}

// canonicalNumber writes a decimal number without loss in one form: no leading
// or trailing zeros, no exponent as long as the number is at most 21 digits
// long, else d.ddde±N. 0x… is read too, since YAML writes whole numbers so.
func canonicalNumber(text string) (string, bool) {
	switch {
	case isCanonicalWhole(text):
		return text, true
	case len(text) > 400:
		return "", false
	}
	if strings.HasPrefix(text, "0x") {
		n, ok := new(big.Int).SetString(text, 0)
		if !ok {
			return "", false
		}
		text = n.String()
	}
	sign, digits, exponent, ok := splitNumber(text)
	if !ok {
		return "", false
	}
	if digits == "" {
		return "0", true
	}
	return sign + layOut(digits, exponent), true
}

// isCanonicalWhole tells whether a text is a whole number in its canonical form, as nearly all are;
// false says nothing.
func isCanonicalWhole(text string) bool {
	if text == "" || len(text) > maxPlainDigits || text[0] == '0' && len(text) > 1 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// splitNumber reads [+-]digits[.digits][e[+-]digits] as 0.DIGITS × 10^exponent
// with DIGITS neither beginning nor ending in a zero.
func splitNumber(s string) (sign, digits string, exponent int, ok bool) {
	if rest, found := strings.CutPrefix(s, "-"); found {
		sign, s = "-", rest
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	mantissa, power, hasPower := strings.Cut(strings.ReplaceAll(s, "E", "e"), "e")
	if hasPower {
		n, err := strconv.Atoi(power)
		if err != nil || n > 1_000_000 || n < -1_000_000 {
			return "", "", 0, false
		}
		exponent = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", "", 0, false
	}
	exponent += len(whole)
	trimmed := strings.TrimLeft(digits, "0")
	exponent -= len(digits) - len(trimmed)
	return sign, strings.TrimRight(trimmed, "0"), exponent, true
}

// maxPlainDigits is how long a number may be before it is written with an exponent.
const maxPlainDigits = 21

func layOut(digits string, exponent int) string {
	switch {
	case exponent >= len(digits) && exponent <= maxPlainDigits:
		return digits + strings.Repeat("0", exponent-len(digits))
	case exponent > 0 && exponent < len(digits):
		return digits[:exponent] + "." + digits[exponent:]
	case exponent <= 0 && exponent > -7:
		return "0." + strings.Repeat("0", -exponent) + digits
	}
	text := digits[:1]
	if len(digits) > 1 {
		text += "." + digits[1:]
	}
	if exponent > 0 {
		return text + "e+" + strconv.Itoa(exponent-1)
	}
	return text + "e" + strconv.Itoa(exponent-1)
}

// WholeNumber gives a number that has no fraction in decimal digits.
func WholeNumber(text string) (string, bool) {
	n, ok := canonicalNumber(text)
	return n, ok && !strings.ContainsAny(n, ".e")
}

// dateLayouts are the forms of ISO 8601 that name an instant; a day alone is its
// midnight in UTC, as ECMAScript has it.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999-0700",
	"2006-01-02"}

// canonicalDate gives an instant in UTC with milliseconds, which is what Make keeps.
func canonicalDate(text string) (string, bool) {
	if len(text) > 40 {
		return "", false
	}
	text = strings.ToUpper(text)
	for _, layout := range dateLayouts {
		when, err := time.Parse(layout, text)
		switch {
		case err != nil:
			continue
		case hasDateLayout(text):
			return text, true
		}
		when = when.UTC()
		if when.Year() < 0 || when.Year() > 9999 {
			return "", false
		}
		return when.Format(dateLayout), true
	}
	return "", false
}

// hasDateLayout tells whether a date is written as Make writes it.
func hasDateLayout(date string) bool {
	const point = len("2006-01-02T15:04:05")
	return len(date) == len(dateLayout) && date[point] == '.' && date[len(date)-1] == 'Z'
}

// CompareDecimals compares two decimal numbers: -1, 0 or 1. What is none, and "", count as 0.
func CompareDecimals(a, b string) int { return rational(a).Cmp(rational(b)) }

func rational(text string) *big.Rat {
	if n, ok := canonicalNumber(text); ok && !strings.Contains(n, "e") {
		if r, ok := new(big.Rat).SetString(n); ok {
			return r
		}
	}
	return new(big.Rat)
}

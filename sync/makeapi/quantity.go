package makeapi

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// quantity is a counter, written as a number or as decimal text; known is false for anything else.
type quantity struct {
	n     float64
	known bool
}

// UnmarshalJSON takes both forms and leaves the rest unknown.
func (q *quantity) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseFloat(string(unquoted(data)), 64)
	*q = quantity{n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) && n >= 0}
	return nil
}

// scaled is the quantity in units of so many; nil for unknown.
func (q quantity) scaled(unit float64) *float64 {
	if !q.known {
		return nil
	}
	n := q.n / unit
	return &n
}

// moment is a time or a date; zero for anything else, null included.
type moment struct{ time.Time }

// UnmarshalJSON takes RFC 3339 and dates.
func (m *moment) UnmarshalJSON(data []byte) error {
	m.Time = time.Time{}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, string(unquoted(data))); err == nil {
			m.Time = at.UTC()
			return nil
		}
	}
	return nil
}

// money is an amount, a number in places and a text in others, as decimal text with two places at
// least; "" for anything else. It is never a float: 34.12 has to stay 34.12.
type money string

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,6})?$`)

// UnmarshalJSON takes both forms.
func (m *money) UnmarshalJSON(data []byte) error {
	*m = ""
	text := string(unquoted(data))
	if !decimalForm.MatchString(text) {
		return nil
	}
	whole, places, _ := strings.Cut(text, ".")
	for len(places) < 2 {
		places += "0"
	}
	*m = money(whole + "." + places)
	return nil
}

package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in hundredths. In state files it is written as "34.12".
type Money int

// String writes the amount with two decimals.
func (m Money) String() string { return fmt.Sprintf("%d.%02d", int(m)/100, int(m)%100) }

// MarshalJSON writes the amount as a string.
func (m Money) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// UnmarshalJSON reads "34.12", and as a number 34.12.
func (m *Money) UnmarshalJSON(b []byte) error {
	whole, part, _ := strings.Cut(strings.Trim(string(b), `"`), ".")
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 31)
	if err != nil || whole == "" || len(part) > 2 {
		return fmt.Errorf("%s is no amount; write it as \"34.12\"", b)
	}
	*m = Money(n)
	return nil
}

// amountForm is how a reply writes money. The catalogue's list has a number, all other places have
// a string in the published examples and a number in the schema: a switch.
func amountForm(c *call, m Money, inList bool) any {
	if c.is("amounts", "number") || inList && c.is("amounts", "published") {
		return json.RawMessage(strings.TrimSuffix(m.String(), ".00"))
	}
	return m.String()
}

// periodForm is how a reply writes month and year: bare in the catalogue and as "1 month" in a
// subscription (published in examples). The word for a year is shown nowhere.
func periodForm(c *call, p string, inCatalogue bool) string {
	if p == "year" {
		p = c.w.switchValue("yearly-period")
	}
	if c.is("period-form", "bare") || inCatalogue && c.is("period-form", "published") || p == "annual" {
		return p
	}
	return "1 " + p
}

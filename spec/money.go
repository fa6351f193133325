package spec

import (
	"errors"
	"math"
	"strings"
)

// Amount is an amount of money, in millionths of its currency's unit, never a float: 34.12 has to
// stay 34.12, and "34.12" is 34.120.
type Amount int64

// The digits of an Amount before and behind the point.
const (
	amountWhole  = 12
	amountPlaces = 6
	amountUnit   = 1_000_000
)

var errAmount = errors.New("an amount is a number from 0 on with at most 12 digits before the point and 6 behind it")

// ParseAmount reads an amount as a document or a zone writes it: 34.12, 34.120, 34.
func ParseAmount(text string) (Amount, error) {
	whole, places, point := strings.Cut(text, ".")
	if whole == "" || point && places == "" || len(places) > amountPlaces {
		return 0, errAmount
	}
	whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	if len(whole) > amountWhole {
		return 0, errAmount
	}
	var n Amount
	for _, digit := range whole + places + strings.Repeat("0", amountPlaces-len(places)) {
		if digit < '0' || digit > '9' {
			return 0, errAmount
		}
		n = n*10 + Amount(digit-'0')
	}
	return n, nil
}

// String is the amount with two places at least: 34.12, 34.125, 0.00.
func (a Amount) String() string {
	digits := [amountWhole + amountPlaces + 8]byte{}
	at := len(digits)
	for n, places := max(a, 0), 0; n > 0 || places <= amountPlaces; n, places = n/10, places+1 {
		if places == amountPlaces {
			at--
			digits[at] = '.'
		}
		at--
		digits[at] = byte('0' + n%10)
	}
	text := string(digits[at:])
	for strings.HasSuffix(text, "0") && len(text)-strings.IndexByte(text, '.') > 3 {
		text = text[:len(text)-1]
	}
	return text
}

// MarshalText writes the amount as JSON's text.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText has written.
func (a *Amount) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAmount(string(text))
	return err
}

// Plus adds; what is too large for an Amount stays at its end, which every bound holds.
func (a Amount) Plus(b Amount) Amount {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

// Monthly is what a price for so many months comes to in one, rounded up.
func (a Amount) Monthly(months int) Amount {
	n := Amount(max(months, 1))
	return (a + n - 1) / n
}

// Period is how long a price is for.
type Period string

// The periods that Make sells.
const (
	Month Period = "month"
	Year  Period = "year"
)

// ParsePeriod reads a period in the words in which the API or a person writes it: month, "1 month",
// monthly, year, annual. Any other stays as it is, in lower case, so that it can be shown; ok is
// false then.
func ParsePeriod(text string) (p Period, ok bool) {
	word := strings.TrimSpace(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "1 "))
	switch word {
	case "month", "months", "monthly":
		return Month, true
	case "year", "years", "yearly", "annual", "annually", "12 months":
		return Year, true
	}
	return Period(word), false
}

// Months is how many months the period has; an unknown one counts as one, which is the most that
// its price can come to in a month.
func (p Period) Months() int {
	if p == Year {
		return 12
	}
	return 1
}

// Money is an amount in a currency, of three letters in upper case.
type Money struct {
	Amount   Amount
	Currency string
}

// String is 34.12 USD.
func (m Money) String() string { return m.Amount.String() + " " + m.Currency }

// ParseCurrency gives a currency in upper case; ok is false for what is none.
func ParseCurrency(text string) (currency string, ok bool) {
	currency = strings.ToUpper(strings.TrimSpace(text))
	letters := strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return currency, len(currency) == 3 && letters == ""
}

package text

import (
	"strconv"
	"strings"
)

// Or lists words for a hint: "a, b or c"; "nothing" when there are none.
func Or(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return join(words, " or ")
}

// And lists words: "a", "a and b", "a, b and c"; "" when there are none.
func And(words []string) string { return join(words, " and ") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}

// AndMore is And that lists at most the first words and counts the rest: "a, b and 12 more".
func AndMore(words []string, most int) string {
	if len(words) <= most {
		return And(words)
	}
	return strings.Join(words[:most], ", ") + " and " + Number(len(words)-most) + " more"
}

// Commas lists ids or alternatives, at most the first of them: "a, b", "a, b, and 12 more".
func Commas(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return strings.Join(words[:most], ", ") + ", and " + Number(len(words)-most) + " more"
}

// Number writes an integer with commas between thousands: 1,234.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Word is the word in the number that n asks for.
func Word(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Count is "1 change", "1,234 changes".
func Count(n int, one, many string) string { return Number(n) + " " + Word(n, one, many) }

package command

import (
	"errors"
	"regexp"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"
)

// newDurationFlag makes a flag that takes a duration as Go writes it, and days: 30s, 5m, 24h, 7d.
// c.Duration reads it.
func newDurationFlag(name string, value time.Duration, usage string) cli.Flag {
	d := durationValue(value)
	return &cli.GenericFlag{Name: name, Value: &d, Usage: usage}
}

type durationValue time.Duration

// String is read by c.Duration.
func (d *durationValue) String() string { return time.Duration(*d).String() }

var errDuration = errors.New("write a number with its unit, such as 30s, 5m, 24h or 7d")

// Set reads what stands on the command line.
func (d *durationValue) Set(text string) error {
	parsed, err := parseDuration(text)
	if err != nil {
		return err
	}
	*d = durationValue(parsed)
	return nil
}

// days are the part of a duration that time.ParseDuration does not know: 7d, 1d12h.
var days = regexp.MustCompile(`^([0-9]{1,5})d`)

func parseDuration(text string) (time.Duration, error) {
	var sum time.Duration
	if m := days.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most five digits
		sum = time.Duration(n) * 24 * time.Hour
		if text = text[len(m[0]):]; text == "" {
			return sum, nil
		}
	}
	rest, err := time.ParseDuration(text)
	if err != nil || sum > 0 && rest < 0 {
		return 0, errDuration
	}
	return sum + rest, nil
}

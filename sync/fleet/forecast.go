package fleet

import (
	"time"

	"makesync/sync/state"
)

// The days that a pace is made of.
const (
	longPace  = 30
	shortPace = 7
)

// Pace is how many credits go in a day: the mean of the last 30 days or of the last 7, whichever is
// more, so that a fleet hears early of an organization that has begun to use more:
//
//	····▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▅▅▅▅▅▅▅▂
//	    └───────── 30 days ────────────┘│   today is not over, and does not count
//	                            └─ 7 ──┘
//
// Known is false when no day is told that is over.
func Pace(days []state.UsageDay, now time.Time) (perDay float64, known bool) {
	// The zone counts days in the user's time zone: the newest row is today there, unless it is
	// older than yesterday here.
	if n := len(days); n > 0 && days[n-1].Date >= now.UTC().AddDate(0, 0, -1).Format(time.DateOnly) {
		days = days[:n-1]
	}
	var credits []float64
	for _, day := range days {
		if day.Credits != nil {
			credits = append(credits, *day.Credits)
		}
	}
	if len(credits) == 0 {
		return 0, false
	}
	return max(mean(credits, longPace), mean(credits, shortPace)), true
}

// mean is that of the last n numbers.
func mean(numbers []float64, n int) float64 {
	numbers = numbers[max(0, len(numbers)-n):]
	sum := 0.0
	for _, number := range numbers {
		sum += number
	}
	return sum / float64(len(numbers))
}

// Forecast tells how many days the credits that are left last at a pace, and whether that is until
// the reset. Nothing left lasts 0 days; at no pace at all the rest lasts for ever, which is nil. A
// reset that is not known (zero) leaves open whether they last.
func Forecast(left, perDay float64, reset, now time.Time) (daysLeft *float64, lasts *bool) {
	if left <= 0 || perDay > 0 {
		daysLeft = ptr(0.0)
		if left > 0 {
			*daysLeft = rounded(left/perDay, 10)
		}
	}
	if !reset.IsZero() {
		until := max(0, reset.Sub(now).Hours()/24)
		lasts = ptr(left > 0 && left >= perDay*until)
	}
	return daysLeft, lasts
}

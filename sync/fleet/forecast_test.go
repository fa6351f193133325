package fleet

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/sync/state"
)

func usageOf(credits []float64, last time.Time) []state.UsageDay {
	days := make([]state.UsageDay, len(credits))
	for i := range credits {
		days[i] = state.UsageDay{Date: last.AddDate(0, 0, i-len(credits)+1).Format(time.DateOnly), Credits: &credits[i]}
	}
	return days
}

func TestPace(t *testing.T) {
	t.Parallel()
	calm := make([]float64, 30)
	for i := range calm {
		calm[i] = 10
	}
	rising := append(append([]float64{}, calm[:22]...), 70, 70, 70, 70, 70, 70, 70, 999999)
	for _, test := range []struct {
		about   string
		credits []float64
		last    time.Time
		want    float64
		known   bool
	}{
		{"nothing is told", nil, now, 0, false},
		{"only today", []float64{5}, now, 0, false},
		{"the same every day", calm, now, 10, true},
		{"more in the last week, and today does not count", rising, now, 70, true},
		{"today is another day there", rising, now.AddDate(0, 0, 1), 70, true},
		{"days that are over all count", []float64{10, 20}, now.AddDate(0, 0, -3), 15, true},
	} {
		if got, known := Pace(usageOf(test.credits, test.last), now); got != test.want || known != test.known {
			t.Errorf("%s: %v %v, want %v %v", test.about, got, known, test.want, test.known)
		}
	}
}

// More usage never makes the credits last longer, more credits never shorter, and a later reset never makes them last.
func TestForecastIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		amount := rapid.Float64Range(0, 1e6)
		left, pace := amount.Draw(r, "left"), amount.Draw(r, "pace")
		more := amount.Draw(r, "more")
		reset := now.Add(time.Duration(rapid.IntRange(-48, 24*40).Draw(r, "hours")) * time.Hour)
		days, lasts := Forecast(left, pace, reset, now)
		faster, lastsFaster := Forecast(left, pace+more, reset, now)
		richer, lastsRicher := Forecast(left+more, pace, reset, now)
		_, lastsLater := Forecast(left, pace, reset.Add(time.Hour*24), now)
		if longer(faster, days) || *lastsFaster && !*lasts {
			r.Errorf("more usage lasts longer")
		}
		if longer(days, richer) || *lasts && !*lastsRicher {
			r.Errorf("more credits last shorter")
		}
		if *lastsLater && !*lasts {
			r.Errorf("they last until later, and not until the reset")
		}
		if left == 0 && *lasts {
			r.Errorf("nothing lasts")
		}
	})
}

// longer compares days; nil is for ever.
func longer(a, b *float64) bool { return b != nil && (a == nil || *a > *b) }

func TestForecastWithoutReset(t *testing.T) {
	t.Parallel()
	if days, lasts := Forecast(100, 10, time.Time{}, now); *days != 10 || lasts != nil {
		t.Errorf("%v %v: a reset that is not known leaves it open", *days, lasts)
	}
}

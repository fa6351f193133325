package slots_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/slots"
)

func TestEachIsBounded(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			var busy, most, done atomic.Int32
			slots.New(limit).Each(7, func(int) {
				if n := busy.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Second)
				busy.Add(-1)
				done.Add(1)
			})
			if want := int32(max(1, limit)); most.Load() != want || done.Load() != 7 {
				t.Errorf("limit %d: %d at once, %d done", limit, most.Load(), done.Load())
			}
		})
	}
}

// One that waits a minute and yields keeps nobody waiting, and goes on at once though others are busy.
func TestYieldLetsOthersGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, began := slots.New(1), time.Now()
		ends := make([]time.Duration, 3)
		s.Each(3, func(i int) {
			if i == 0 {
				reacquire := s.Yield()
				time.Sleep(90 * time.Second)
				reacquire()
			} else {
				time.Sleep(time.Minute)
			}
			ends[i] = time.Since(began)
		})
		if want := [3]time.Duration{90 * time.Second, time.Minute, 2 * time.Minute}; [3]time.Duration(ends) != want {
			t.Errorf("ended after %v, want %v", ends, want)
		}
	})
}

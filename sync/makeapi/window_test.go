package makeapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/state"
)

// TestWindowNeverExceedsItsLimit: whatever the delays of the network, no minute of the zone's
// clock sees more calls than the limit, and the client is never slower than the limit forces.
func TestWindowNeverExceedsItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 7).Draw(t, "limit")
		w := window{licensed: limit, share: rapid.SampledFrom([]float64{0, 0.5, 0.8, 1}).Draw(t, "share")}
		now := time.Unix(1000, 0)
		var arrivals []time.Time
		for range rapid.IntRange(1, 40).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20000).Draw(t, "pause")) * time.Millisecond)
			for wait := w.reserve(now); wait > 0; wait = w.reserve(now) {
				now = now.Add(wait)
			}
			travel := time.Duration(rapid.IntRange(0, 5000).Draw(t, "travel")) * time.Millisecond
			arrivals = append(arrivals, now.Add(time.Duration(rapid.Float64Range(0, 1).Draw(t, "where")*float64(travel))))
			now = now.Add(travel)
			w.complete(now, true)
		}
		ours := limit
		if w.share > 0 {
			ours = max(1, int(float64(limit)*w.share))
		}
		for i := ours; i < len(arrivals); i++ {
			if gap := arrivals[i].Sub(arrivals[i-ours]); gap < minute {
				t.Fatalf("calls %d and %d arrive within %v at limit %d, share %v", i-ours, i, gap, limit, w.share)
			}
		}
	})
}

// limitedZone answers 429 beyond limit calls in a minute, rolling or fixed from the first call.
type limitedZone struct {
	mu       sync.Mutex
	limit    int
	rolling  bool
	header   bool
	arrivals map[string][]time.Time
	refused  int
}

func (z *limitedZone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(5 * time.Millisecond)
	z.mu.Lock()
	defer z.mu.Unlock()
	now, in := time.Now(), z.arrivals[r.URL.Path]
	if z.rolling {
		for len(in) > 0 && now.Sub(in[0]) >= minute {
			in = in[1:]
		}
	} else if len(in) > 0 && now.Sub(in[0]) >= minute {
		in = nil
	}
	if z.header && len(in) > 0 {
		w.Header().Set("X-RateLimit-Limit", fmt.Sprint(z.limit))
		w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(max(z.limit-len(in)-1, 0)))
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(in[0].Add(minute).Unix()+1))
	}
	if len(in) >= z.limit {
		z.refused++
		w.WriteHeader(429)
		fmt.Fprint(w, "Requests limit for organization exceeded, please try again later.")
		return
	}
	z.arrivals[r.URL.Path] = append(in, now)
	fmt.Fprint(w, `{"organizationVariables":[]}`)
}

// wholeWindow leaves nothing to others.
func wholeWindow(o *Options) { o.RateShare = 1 }

func readMany(t *testing.T, c *Client, organization int64, calls int) time.Duration {
	began := time.Now()
	var group sync.WaitGroup
	slots := make(chan struct{}, 8)
	for range calls {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			live := &state.Organization{Organization: spec.Organization{ID: organization}}
			if err := c.Read(t.Context(), live, spec.KindVariable); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

func TestPacingIsAsFastAsTheLimitLets(t *testing.T) {
	t.Parallel()
	for _, rolling := range []bool{false, true} {
		for _, header := range []bool{false, true} {
			for _, test := range []struct{ limit, calls int }{{30, 29}, {30, 30}, {30, 31}, {30, 95}, {60, 240}, {1, 3}, {1000, 2500}} {
				t.Run(fmt.Sprintf("rolling=%v,header=%v,%d of %d", rolling, header, test.calls, test.limit), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						z := &limitedZone{limit: test.limit, rolling: rolling, header: header, arrivals: map[string][]time.Time{}}
						c := client(t, z.ServeHTTP, wholeWindow)
						c.SetLimit(1, test.limit)
						took := readMany(t, c, 1, test.calls)
						rounds := time.Duration((test.calls+test.limit-1)/test.limit - 1)
						most := rounds*minute + time.Second
						if header {
							most += rounds * time.Second // the reset that the stub names is rounded up
						}
						if took > most || z.refused != 0 {
							t.Errorf("took %v with %d refusals, want at most %v with none", took, z.refused, most)
						}
					})
				})
			}
		}
	}
}

// TestShareIsTakenAtFullSpeed: what is ours of a minute is taken at once, and no more of it.
func TestShareIsTakenAtFullSpeed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ limit, calls, ours int }{
		{30, 24, 24}, {30, 25, 24}, {30, 96, 24}, {60, 200, 48}, {1, 3, 1}, {3, 5, 2}, {1000, 1700, 800},
	} {
		for _, header := range []bool{false, true} {
			t.Run(fmt.Sprintf("header=%v,%d of %d", header, test.calls, test.limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					z := &limitedZone{limit: test.limit, header: header, arrivals: map[string][]time.Time{}}
					c := client(t, z.ServeHTTP)
					c.SetLimit(1, test.limit)
					took := readMany(t, c, 1, test.calls)
					rounds := time.Duration((test.calls+test.ours-1)/test.ours - 1)
					most := rounds*(minute+time.Second) + time.Second
					if took < rounds*minute || took > most || z.refused != 0 {
						t.Errorf("took %v with %d refusals, want %v to %v with none", took, z.refused, rounds*minute, most)
					}
				})
			})
		}
	}
}

// TestOthersAreLeftTheirPart: another client of the same organization, which calls at a steady
// pace, is served as many calls of each minute as are left to it.
func TestOthersAreLeftTheirPart(t *testing.T) {
	t.Parallel()
	for _, perMinute := range []int{10, 12, 30, 50} {
		for _, header := range []bool{false, true} {
			t.Run(fmt.Sprintf("header=%v,%d a minute", header, perMinute), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					z := &limitedZone{limit: 60, header: header, arrivals: map[string][]time.Time{}}
					c := client(t, z.ServeHTTP)
					c.SetLimit(1, 60)
					done := make(chan struct{})
					go func() {
						readMany(t, c, 1, 200)
						close(done)
					}()
					if served := callSteadily(z, perMinute, done); slices.Min(served) < min(perMinute, 12)-1 {
						t.Errorf("the other was served %v calls, minute by minute", served)
					}
				})
			})
		}
	}
}

// callSteadily calls as another client does until done, and counts what is served in each whole
// minute.
func callSteadily(zone http.Handler, perMinute int, done <-chan struct{}) (served []int) {
	for {
		n := 0
		for range perMinute {
			time.Sleep(minute / time.Duration(perMinute))
			answer := httptest.NewRecorder()
			zone.ServeHTTP(answer, httptest.NewRequest("GET", "/api/v2/organizations/1/variables", nil))
			if answer.Code == 200 {
				n++
			}
		}
		select {
		case <-done:
			return served
		default:
			served = append(served, n)
		}
	}
}

// TestOthersAreSeen: what falls faster in the zone than our calls do is somebody else's.
func TestOthersAreSeen(t *testing.T) {
	t.Parallel()
	start := time.Unix(6000, 0)
	w := window{licensed: 60, share: 0.8}
	call := func(at, remaining int) (wait time.Duration) {
		now := start.Add(time.Duration(at) * time.Second)
		if wait := w.reserve(now); wait > 0 {
			return wait
		}
		reset := minute - time.Duration(at%60)*time.Second
		w.update(now, rateHeaders{limit: 60, remaining: remaining, reset: reset})
		w.complete(now, true)
		return 0
	}
	for i, step := range []struct {
		at, remaining int
		wait          time.Duration
	}{
		{0, 59, 0}, {1, 58, 0}, {2, 20, 0}, // others used 37
		{3, 13, 0}, {4, 12, 0}, {5, 0, 55 * time.Second}, // their part is left
		{60, 59, 0}, {61, 47, 0}, {62, 35, 0}, // they used 43 of the minute before, and 22 of this one
		{63, 34, 0}, {64, 22, 0}, {65, 12, 0}, {66, 0, 54 * time.Second},
		{200, 5, 0}, {201, 0, 39 * time.Second}, // one call at least
	} {
		if wait := call(step.at, step.remaining); wait != step.wait {
			t.Errorf("call %d at %d s waits %v, want %v: %+v", i+1, step.at, wait, step.wait, w)
		}
	}
}

func TestBusyNeighbourDelaysNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &limitedZone{limit: 10, arrivals: map[string][]time.Time{}}
		c := client(t, z.ServeHTTP, wholeWindow)
		c.SetLimit(1, 10)
		c.SetLimit(2, 10)
		done := make(chan time.Duration)
		go func() { done <- readMany(t, c, 1, 55) }()
		if took := readMany(t, c, 2, 10); took > time.Second {
			t.Errorf("the quiet organization took %v", took)
		}
		if took := <-done; took < 5*minute {
			t.Errorf("the busy organization took %v, too fast for its limit", took)
		}
	})
}

func TestUnknownLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &limitedZone{limit: 10, arrivals: map[string][]time.Time{}}
		c := client(t, z.ServeHTTP)
		took := readMany(t, c, 1, 35)
		if took > 5*minute {
			t.Errorf("took %v", took)
		}
		if c.Stats().RateWaits == 0 || c.Stats().Waiting != 0 {
			t.Errorf("counters: %+v", c.Stats())
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	start := time.Unix(5000, 0)
	for _, test := range []struct {
		name  string
		hints []time.Duration
		want  []time.Duration
	}{
		{"without a hint", []time.Duration{0, 0, 0, 0, 0, 0}, []time.Duration{4, 8, 16, 32, 60, 60}},
		{"with Retry-After: 1", []time.Duration{1, 1, 1}, []time.Duration{1, 2, 4}},
		{"with a reset", []time.Duration{42}, []time.Duration{42}},
		{"with an absurd hint", []time.Duration{86400}, []time.Duration{120}},
	} {
		var w window
		now := start
		for i, hint := range test.hints {
			w.refuse(now, now, hint*time.Second)
			wait := w.reserve(now)
			if want := test.want[i] * time.Second; wait < want || wait > want+margin {
				t.Errorf("%s: refusal %d waits %v, want %v", test.name, i+1, wait, want)
			}
			now = now.Add(wait)
		}
		w.refuse(start, now, 0)
		if w.refusals != len(test.hints) {
			t.Errorf("%s: a call in flight counts as another refusal", test.name)
		}
		w.resetRefusals(now.Add(1))
		if w.refusals != 0 {
			t.Errorf("%s: a good answer does not end the series", test.name)
		}
	}
}

func TestLearnFromHeaders(t *testing.T) {
	t.Parallel()
	now := time.Unix(5000, 0)
	for _, test := range []struct {
		name     string
		licensed int
		headers  rateHeaders
		limit    int
		wait     time.Duration
	}{
		{"lower than the licence", 60, rateHeaders{limit: 30, remaining: 12, reset: 20 * time.Second}, 30, 0},
		{"somebody else used it up", 60, rateHeaders{limit: 60, remaining: 0, reset: 20 * time.Second}, 60, 20 * time.Second},
		{"another counter", 60, rateHeaders{limit: 10000, remaining: 0, reset: 20 * time.Second}, 60, 0},
		{"a reset that is no window", 60, rateHeaders{limit: 60, remaining: 0, reset: time.Hour}, 60, 0},
		{"no reset", 60, rateHeaders{limit: 60, remaining: 0}, 60, 0},
		{"no licence", 0, rateHeaders{limit: 30, remaining: -1}, 30, 0},
		{"nothing", 60, rateHeaders{remaining: -1}, 60, 0},
	} {
		w := window{licensed: test.licensed}
		w.update(now, test.headers)
		if got := w.limit(); got != test.limit {
			t.Errorf("%s: limit %d, want %d", test.name, got, test.limit)
		}
		if wait := w.reserve(now); wait != test.wait {
			t.Errorf("%s: waits %v, want %v", test.name, wait, test.wait)
		}
	}
}

func TestRateHeaders(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	unix := fmt.Sprint(now.Unix() + 42)
	for _, test := range []struct {
		name   string
		header map[string]string
		want   time.Duration
	}{
		{"none", nil, 0},
		{"seconds", map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"fraction", map[string]string{"Retry-After": "0.5"}, 500 * time.Millisecond},
		{"date", map[string]string{"Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{"past date", map[string]string{"Retry-After": "Sun, 22 Nov 2026 11:00:30 GMT"}, 0},
		{"negative", map[string]string{"Retry-After": "-3"}, 0},
		{"nonsense", map[string]string{"Retry-After": "soon"}, 0},
		{"not a number", map[string]string{"Retry-After": "NaN", "X-Ratelimit-Reset": "NaN"}, 0},
		{"unix", map[string]string{"X-Ratelimit-Reset": unix}, 42 * time.Second},
		{"milliseconds", map[string]string{"X-Ratelimit-Reset": unix + "000"}, 42 * time.Second},
		{"from now", map[string]string{"X-Ratelimit-Reset": "12"}, 12 * time.Second},
		{"the zone's clock", map[string]string{"X-Ratelimit-Reset": unix, "Date": "Sun, 22 Nov 2026 12:00:10 GMT"}, 32 * time.Second},
		{"Retry-After first", map[string]string{"X-Ratelimit-Reset": unix, "Retry-After": "3"}, 3 * time.Second},
	} {
		header := http.Header{}
		for key, value := range test.header {
			header.Set(key, value)
		}
		if got := readRateHeaders(header, now).hint(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestWaitsAreTold: to whoever watches, with the name that the list of organizations showed.
func TestWaitsAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &limitedZone{limit: 2, arrivals: map[string][]time.Time{}}
		var rests []Wait
		c := client(t, z.ServeHTTP, wholeWindow, func(o *Options) { o.OnWait = func(r Wait) { rests = append(rests, r) } })
		c.SetLimit(1, 2)
		c.organizationNames.Store(int64(1), "Acme")
		for range 3 {
			if err := c.Read(t.Context(), &state.Organization{Organization: spec.Organization{ID: 1}}, spec.KindVariable); err != nil {
				t.Fatal(err)
			}
		}
		want := Wait{Zone: "eu1", Organization: 1, Name: "Acme", For: minute}
		for i := range rests {
			rests[i].For = rests[i].For.Round(time.Second)
		}
		if len(rests) != 1 || rests[0] != want {
			t.Errorf("%+v, want once %+v", rests, want)
		}
	})
}

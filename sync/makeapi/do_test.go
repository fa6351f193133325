package makeapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// faults answer one after another; the last one repeats.
func faults(each ...http.HandlerFunc) (http.HandlerFunc, *atomic.Int32) {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		i := min(int(n.Add(1)), len(each)) - 1
		each[i](w, r)
	}, &n
}

func answers(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func hangs(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func drops(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }

func stalls(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, `{"organizationVariables":[`)
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

const noVariables = `{"organizationVariables":[]}`

// rename is a write whose reply does not matter.
var rename = plan.Write{Verb: plan.UpdateOrganization, Organization: 1, Address: "acme", Arguments: plan.Arguments{Name: "New"}}

// create is a write whose reply is needed.
var create = plan.Write{Verb: plan.CreateOrganization, Address: "acme",
	Arguments: plan.Arguments{Name: "New", RegionID: 1, TimezoneID: 2, CountryID: 3}}

func readOnce(c *Client) error {
	return c.Read(context.Background(), &state.Organization{Organization: spec.Organization{ID: 1}}, spec.KindVariable)
}

// TestFaults: one fault, then a good answer. Reads ride it out; a write is repeated only
// where the fault proves that nothing happened.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		fault     http.HandlerFunc
		reads     bool // a read succeeds
		writes    bool // a write succeeds
		class     exit.Class
		certainty state.Certainty
	}{
		{"429 text", answers(429, "Requests limit for organization exceeded, please try again later."), true, true, "", 0},
		{"429 JSON", answers(429, `{"message":"later"}`, "Retry-After", "1"), true, true, "", 0},
		{"418", answers(418, ""), true, true, "", 0},
		{"500", answers(500, `{"message":"oops"}`), true, false, exit.ClassServer, state.Unknown},
		{"502 page", answers(502, "<html><title>502 Bad Gateway</title></html>"), true, false, exit.ClassServer, state.Unknown},
		{"503", answers(503, "", "Retry-After", "5"), true, false, exit.ClassServer, state.Unknown},
		{"408", answers(408, ""), true, false, exit.ClassServer, state.UnderWay},
		{"504", answers(504, ""), true, false, exit.ClassServer, state.UnderWay},
		{"524", answers(524, ""), true, false, exit.ClassServer, state.UnderWay},
		{"reset", drops, true, false, exit.ClassUnreachable, state.UnderWay},
		{"hang", hangs, true, false, exit.ClassUnreachable, state.UnderWay},
		{"stall", stalls, true, false, exit.ClassBroken, state.Unknown},
		{"cut off", answers(200, `{"organizationVariables":[{"na`), true, false, exit.ClassBroken, state.Unknown},
		{"short body", answers(200, `{}`, "Content-Length", "99"), true, false, exit.ClassBroken, state.Unknown},
		{"200 page", answers(200, "<html>login</html>"), true, false, exit.ClassBroken, state.Unknown},
		{"200 error", answers(200, `{"message":"boom","code":"SC500"}`), true, false, exit.ClassBroken, state.Unknown},
		{"400", answers(400, `{"code":"SC400"}`), false, false, exit.ClassInvalid, state.NotHappened},
		{"401", answers(401, `{"code":"IM015"}`), false, false, exit.ClassRefused, state.NotHappened},
		{"402", answers(402, ``), true, false, exit.ClassLicence, state.NotHappened},
		{"404", answers(404, ``), true, false, exit.ClassNotFound, state.NotHappened},
		{"406", answers(406, `{"code":"IM004"}`), false, false, exit.ClassInvalid, state.NotHappened},
		{"409", answers(409, ``), false, false, exit.ClassInvalid, state.NotHappened},
		{"413", answers(413, ``), false, false, exit.ClassInvalid, state.NotHappened},
		{"302", answers(302, ``, "Location", "https://evil.example/x"), false, false, exit.ClassUnreachable, state.Unknown},
		{"308", answers(308, ``, "Location", "https://evil.example/x"), false, false, exit.ClassUnreachable, state.NotHappened},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handler, _ := faults(test.fault, answers(200, noVariables))
				err := readOnce(client(t, handler))
				if (err == nil) != test.reads {
					t.Errorf("read: %v", err)
				}
				handler, calls := faults(test.fault, answers(200, `{"organization":{"id":1}}`))
				_, err = client(t, handler).Write(t.Context(), rename)
				if test.writes {
					if err != nil || calls.Load() != 2 {
						t.Errorf("write: %v after %d requests", err, calls.Load())
					}
					return
				}
				e := callError(t, err)
				if e.Class != test.class || e.Certainty != test.certainty || calls.Load() != 1 {
					t.Errorf("write: class %s, certainty %d after %d requests: %v", e.Class, e.Certainty, calls.Load(), e)
				}
			})
		})
	}
}

func TestRedirectNamesTheOtherHost(t *testing.T) {
	t.Parallel()
	c := client(t, answers(302, "", "Location", "https://evil.example/x?token=1"))
	_, err := c.Me(t.Context())
	if e := callError(t, err); !strings.Contains(e.Message, "https://evil.example;") || c.Calls().Read != 1 {
		t.Errorf("%v after %+v", e, c.Calls())
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		fault       http.HandlerFunc
		timeout     time.Duration
		least, most time.Duration
		class       exit.Class
	}{
		{"500 for ever", answers(500, ""), 0, 15 * time.Second, 40 * time.Second, exit.ClassServer},
		{"500 for ever, in a hurry", answers(500, ""), 3 * time.Second, time.Second, 3 * time.Second, exit.ClassServer},
		{"hangs for ever", hangs, 0, time.Minute, 2 * minute, exit.ClassUnreachable},
		{"hangs for ever, in a hurry", hangs, 5 * time.Second, time.Second, 5 * time.Second, exit.ClassUnreachable},
		{"429 for ever", answers(429, ""), 0, 2 * minute, 4 * minute, exit.ClassRateLimit},
		{"429 for ever, in a hurry", answers(429, ""), time.Second, minute, 2*minute + time.Second, exit.ClassRateLimit},
		{"429 at once, for ever", answers(429, "", "Retry-After", "0"), time.Second, minute, 2*minute + time.Second, exit.ClassRateLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handler, calls := faults(test.fault)
				c := client(t, handler, func(o *Options) { o.Timeout = test.timeout })
				began := time.Now()
				e := callError(t, readOnce(c))
				if took := time.Since(began); took < test.least || took > test.most || e.Class != test.class {
					t.Errorf("%s after %v, want %s after %v to %v", e.Class, took, test.class, test.least, test.most)
				}
				if calls.Load() > 12 {
					t.Errorf("%d requests", calls.Load())
				}
				before := calls.Load()
				readOnce(c)
				if again := calls.Load() - before; again > 2 {
					t.Errorf("the next call of the same organization cost %d requests more", again)
				}
			})
		})
	}
}

func TestInterruption(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(3 * time.Second):
				io.WriteString(w, `{"organization":{"id":1}}`)
			case <-r.Context().Done():
			}
		}
		c := client(t, slow)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := c.Write(ctx, rename); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("a write under way: %v after %v", err, time.Since(began))
		}
		_, err := c.Write(ctx, rename)
		e := callError(t, err)
		if e.Class != exit.ClassCancelled || e.Certainty != state.NotHappened || c.Calls().Write != 1 {
			t.Errorf("a write after the interruption: %v, %+v", e, c.Calls())
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.Organization(ctx, 1, false)
		if e := callError(t, err); e.Class != exit.ClassCancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a read under way: %v", e)
		}
	})
}

// TestInterruptionOfAWriteWithoutAnswer: the write in flight gets a grace time after the
// interruption, no more.
func TestInterruptionOfAWriteWithoutAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Write(ctx, rename)
		if e := callError(t, err); e.Certainty != state.UnderWay || time.Since(began) != time.Second+writeGrace {
			t.Errorf("%v after %v", e, time.Since(began))
		}
	})
}

// TestPanicOfTheHandler: a handler's panic is its own error, which does not repeat its value, and a
// write of which nothing is known stays unknown.
func TestPanicOfTheHandler(t *testing.T) {
	t.Parallel()
	c := client(t, func(http.ResponseWriter, *http.Request) { panic("boom") })
	_, err := c.Write(t.Context(), rename)
	if e := callError(t, err); !strings.Contains(e.Message, "handler panicked") || strings.Contains(e.Message, "boom") || e.Certainty != state.UnderWay {
		t.Errorf("%v", e)
	}
}

func TestLogAndObserverHoldNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const hash, value = "0f0f0f0f-aaaa-4bbb-8ccc-dddddddddddd", "sekrit\"<väl>ue"
		var log bytes.Buffer
		var attempts []Attempt
		handler := func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"message":%q}`, fmt.Sprint(string(body), r.URL.RawQuery, r.Header))
		}
		c := client(t, handler, func(o *Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			o.Observe = func(a Attempt) { attempts = append(attempts, a) }
		})
		secret := state.OfType(spec.TypeString, spec.Sensitive(value))
		_, first := c.Write(t.Context(), plan.Write{Verb: plan.CreateVariable, Organization: 1, Address: "acme/variable/A",
			Arguments: plan.Arguments{Name: "A", Type: spec.TypeString, Value: &secret}})
		_, second := c.Invitation(t.Context(), hash)
		_, third := c.Write(t.Context(), plan.Write{Verb: plan.AcceptInvitation, Arguments: plan.Arguments{Name: hash}})
		all := log.String() + fmt.Sprintf("%+v %v %+v %v %+v %v %+v", attempts, first, first, second, second, third, third)
		for _, form := range slices.Concat(escapes(value), escapes(hash), escapes(testToken), []string{"väl"}) {
			if strings.Contains(all, form) {
				t.Errorf("%q leaks:\n%s", form, all)
			}
		}
		if len(attempts) != 3 || !strings.Contains(log.String(), "organizations/1/variables") {
			t.Errorf("attempts %+v\n%s", attempts, log.String())
		}
	})
}

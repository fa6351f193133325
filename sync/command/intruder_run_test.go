package command_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/sandbox"
)

// TestIntruder: another administrator comes in between plan and apply, and at every call of the run. What
// they have made is never overwritten after makesync has seen it, or could have: the step is stale, fails, or does
// not converge. What comes between the last look and the write nobody can see, since the API has no conditional
// writes; that look is never older than a minute.
func TestIntruder(t *testing.T) {
	t.Parallel()
	stride := *intruderStride
	if raceDetector || testing.Short() {
		stride *= 8
	}
	for _, saved := range []bool{false, true} {
		for k := range intrusions {
			t.Run(fmt.Sprintf("%s saved %v", intrusions[k].name, saved), func(t *testing.T) {
				t.Parallel()
				for nth := 1 + k%stride; nth <= 100; nth += stride {
					synctest.Test(t, func(t *testing.T) { newIntruded(t, &intrusions[k], saved, nth).play() })
				}
			})
		}
	}
}

// intruderDelay is how long each call takes: a look is fresh when its answer comes.
const intruderDelay = 3 * time.Second

// intruded is a run into which somebody comes.
type intruded struct {
	*everything
	what  *intrusion
	saved bool
	nth   int // the call before which they come

	mu     sync.Mutex
	calls  []seenCall
	theirs string // what they have made of the place
}

type seenCall struct {
	sandbox.CallEvent
	at time.Time
}

func newIntruded(t *testing.T, what *intrusion, saved bool, nth int) *intruded {
	t.Helper()
	return &intruded{everything: newEverything(t, false, nil), what: what, saved: saved, nth: nth}
}

func (i *intruded) play() {
	i.Helper()
	var args []string
	if i.saved {
		args = []string{"--allow-partial", i.save()}
	}
	i.fault("op=*,kind=delay,delay=" + intruderDelay.String())
	i.world.OnCall(i.hear)
	_, wrong := i.applyTruly(args...)
	if i.nth > len(i.calls) {
		return // the run was over before they came
	}
	wrong = append(wrong, i.overwritten()...)
	for _, difference := range i.differences() {
		if id := difference[:2]; id == "15" || id == "16" || id == "21" {
			wrong = append(wrong, difference)
		}
	}
	for _, words := range append(wrong, doubles(everythingKeys, i.world, i.ours())...) {
		i.Errorf("before call %d, %s: %s", i.nth, i.calls[i.nth-1].Path, words)
	}
}

func (i *intruded) hear(c sandbox.CallEvent) {
	i.mu.Lock() // lists of names are read side by side
	defer i.mu.Unlock()
	i.calls = append(i.calls, seenCall{c, time.Now()})
	if len(i.calls) == i.nth {
		i.alter(i.what.do)
		i.theirs = i.fact()
	}
}

func (i *intruded) fact() string { return factsOf(i.world, i.began.Add(time.Minute))[i.what.place] }

// overwritten tells whether theirs is gone although it could have been seen.
//
//	they come      then a look       then the write
//	while planning the plan's own    theirs stands in the plan, and whoever confirms it knows
//	               one of the apply  overwritten in spite of it: wrong
//	later          one of the apply  overwritten in spite of it: wrong
//	               none              nobody could know; the last look must not be old
func (i *intruded) overwritten() (wrong []string) {
	is := i.fact()
	write := i.write()
	switch {
	case is == i.theirs:
		return nil
	case write < 0:
		return []string{fmt.Sprintf("%s was %q and is %q, and nobody wrote it", i.what.place, i.theirs, is)}
	}
	looks := i.looks(write)
	first := i.nth - 1
	if !i.saved && len(looks) > 0 && looks[0] >= first {
		return nil
	}
	if len(looks) == 0 {
		return []string{fmt.Sprintf("%s was %q and is %q, without a look", i.what.place, i.theirs, is)}
	}
	last := looks[len(looks)-1]
	if last >= first {
		wrong = append(wrong, fmt.Sprintf("%s was %q and is %q: overwritten by call %d, in spite of the look by call %d (%s)", i.what.place, i.theirs, is, write+1, last+1, i.calls[last].Path))
	}
	if age := i.calls[write].at.Sub(i.calls[last].at); age > time.Minute+intruderDelay {
		wrong = append(wrong, fmt.Sprintf("%s was overwritten after a look %v ago", i.what.place, age))
	}
	return wrong
}

// looks are the calls before a write that show the place. The list of organizations is looked at for all of them when
// planning, and later only for names that are to be given.
func (i *intruded) looks(write int) (looks []int) {
	for n, c := range i.calls[:write] {
		planned := c.Operation == listOrganizations && i.what.seen == readOrganization && i.what.listed && len(looks) == 0 && !i.saved
		if planned || c.Operation == i.what.seen && (c.Operation == listOrganizations || strings.Contains(c.Path, "/"+i.id())) {
			looks = append(looks, n)
		}
	}
	return looks
}

// id is the organization that they change.
func (i *intruded) id() string {
	id, _, _ := strings.Cut(i.what.place, "/")
	return id
}

// write is the first call from theirs on that changed their place; -1 for none.
func (i *intruded) write() int {
	for n := i.nth - 1; n < len(i.calls); n++ {
		for _, w := range i.ours() {
			address := everythingKeys.addressOf(i.world, w)
			theirs := address == i.what.address || "11/"+w.Object == i.what.place
			if theirs && w.Operation == i.calls[n].Operation && w.Path == i.calls[n].Path {
				return n
			}
		}
	}
	return -1
}

package sync

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"makesync/spec"
	"makesync/spec/text"
)

// state is what reading shows about a write whose answer is lost.
type state uint8

const (
	unreadable state = iota // it cannot be read
	happened                // the object is as it should be
	nothing                 // the object is as it was before
	neither                 // somebody else's hand, or a half-done write
)

// finding is a state with what proves it.
type finding struct {
	state  state
	why    string
	answer Answer
}

// settling is how long reads have to show nothing before that proves that nothing
// happened. A zone may still be working on a request whose connection broke; for what
// would be made twice, and for a removal that is followed by an invitation of the same person, we wait for it. The list
// of organizations comes from the central backend, so that the replication to the zones, for which Make has `wait=true`,
// does not delay it.
var settling = map[Verb]time.Duration{CreateOrganization: 10 * time.Second, InviteMember: 3 * time.Second, RemoveMember: 3 * time.Second}

// settlingUnderWay is how long that takes after a time-out: it does not end what it waited for.
const settlingUnderWay = time.Minute

// settlingOf is how long an answer lost in this way takes to settle.
func settlingOf(verb Verb, err error) time.Duration {
	if call := AsCallError(err); call != nil && call.Certainty == UnderWay && settling[verb] > 0 {
		return settlingUnderWay
	}
	return settling[verb]
}

// resolve reads until the outcome is clear or the deadline is over. An organization that has been
// found unreadable once is asked only once for each later step: its other steps must not wait for long, too.
func (w *worker) resolve(s *Step, write Write, images Images, cause error, deadline time.Time) finding {
	waits := newWaits(w.o.Jitter)
	settles := w.o.Clock.Now().Add(settlingOf(write.Verb, cause))
	for {
		found := w.inspect(s, write, images)
		now := w.o.Clock.Now()
		switch {
		case found.state == nothing && !now.Before(settles):
			w.blind = false
			return w.hearWitness(write, found)
		case found.state == happened, found.state == neither:
			w.blind = false
			return found
		case found.state == unreadable && (w.blind || now.After(deadline)):
			w.blind = true
			return found
		case found.state == nothing && now.After(deadline):
			return finding{state: neither, why: "it is not there yet, which proves nothing so soon"}
		}
		if err := w.o.Clock.Sleep(w.writing, waits.next()); err != nil {
			return finding{state: unreadable, why: "the run was stopped before it could be read"}
		}
	}
}

// behind is how long a zone's lists may not show what it has done.
const behind = 3 * time.Second

// watch reads on where the repetition of a lost write is refused and nothing has changed to the eye: that is how it
// looks, too, when the first attempt has done it and the list does not show it yet.
func (w *worker) watch(s *Step, write Write, images Images, found finding) finding {
	waits := newWaits(w.o.Jitter)
	shows := w.o.Clock.Now().Add(behind)
	for (found.state == nothing || found.state == unreadable) && w.o.Clock.Now().Before(shows) && w.o.Clock.Sleep(w.writing, waits.next()) == nil {
		found = w.inspect(s, write, images)
	}
	return found
}

// inspect reads once.
func (w *worker) inspect(s *Step, write Write, images Images) finding {
	if write.Verb == CreateOrganization {
		return w.findCreated(write.Arguments.Name)
	}
	if err := w.sight.look(w.writing, s, true); err != nil {
		return finding{state: unreadable, why: "the object cannot be read (" + text.OneLine(err.Error()) + ")"}
	}
	answer := Answer{}
	if m := findMember(w.sight.live.Members, s.Address.Name()); m != nil && write.Verb == InviteMember {
		answer.UserID = m.UserID
	}
	if write.Verb == InviteMember && answer.UserID == 0 && hasPending(w.sight.live.Unreadable) {
		return finding{state: neither, why: "a pending invitation that nobody can read may be hers"}
	}
	if write.Verb == DeleteVariable && !hasCustom(w.sight.live.Variables) {
		if why := w.variablesHidden(); why != "" {
			return finding{state: unreadable, why: why}
		}
	}
	found := compare(images, w.sight.view(s).Fingerprinted(w.viewSalt))
	found.answer = answer
	return found
}

// variablesHidden is why an empty list of variables proves nothing: without the licence the zone answers with the
// system variables alone (published).
func (w *worker) variablesHidden() string {
	live, err := w.port.Reader.Organization(w.writing, w.id, false)
	if err != nil {
		return "the licence, without which the list of variables is empty, cannot be read (" + text.OneLine(err.Error()) + ")"
	}
	return LacksKind(live.License, spec.KindVariable)
}

func hasPending(rows []RoleRow) bool {
	return slices.ContainsFunc(rows, func(row RoleRow) bool { return row.Invitation != "" })
}

// compare tells what an object's view says about a write with the given images.
func compare(images Images, now View) finding {
	switch {
	case reached(images.After, now):
		return finding{state: happened}
	case unchanged(images, now):
		return finding{state: nothing, why: "it is as it was before"}
	case now == nil:
		return finding{state: neither, why: "it is not there any more"}
	}
	return finding{state: neither, why: "it reads " + describe(now) + ", which is neither the value before nor the one after"}
}

// reached tells whether a view shows what a step wants. What the step does not speak of may be anything.
func reached(want, now View) bool {
	if want == nil || now == nil {
		return want == nil && now == nil
	}
	for path, side := range want {
		if path == "invitation" && side.text.Reveal() == "pending" && now[path].text.Reveal() == "" {
			continue // accepted meanwhile
		}
		if !sameSide(side, now[path]) {
			return false
		}
	}
	return true
}

// unchanged tells whether a view still shows what a write was to change.
func unchanged(images Images, now View) bool {
	if images.Before == nil || now == nil {
		return images.Before == nil && now == nil
	}
	for path, side := range images.Before {
		changes := images.After == nil || !sameSide(side, images.After[path])
		if changes && !sameSide(side, now[path]) {
			return false
		}
	}
	return true
}

// sameSide compares by meaning; a side of which only a fingerprint is left is compared by those.
func sameSide(a, b Scalar) bool {
	if a.Fingerprint != "" && b.Fingerprint != "" {
		return a.Fingerprint == b.Fingerprint
	}
	return a.IsNone() == b.IsNone() && a.text.Reveal() == b.text.Reveal()
}

// describe is a view in words, secrets masked: `type number, value 5`.
func describe(v View) string {
	parts := make([]string, 0, len(v))
	for path, side := range v {
		text := text.OneLine(side.String())
		if text == "" {
			text = "none"
		}
		parts = append(parts, path+" "+text)
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}

// waits are jittered exponential waits: about 0.5 s, 1 s, 2 s, … up to about 15 s.
type waits struct {
	exponential *backoff.ExponentialBackOff
	jitter      func() float64
}

func newWaits(jitter func() float64) waits {
	e := &backoff.ExponentialBackOff{InitialInterval: 500 * time.Millisecond, Multiplier: 2, MaxInterval: 15 * time.Second}
	return waits{exponential: e, jitter: jitter}
}

// next is the next wait, between half of the interval and one and a half.
func (w waits) next() time.Duration {
	return time.Duration(float64(w.exponential.NextBackOff()) * (0.5 + w.jitter()))
}

// imagesOf narrows a step's images to one of its writes: both writes of a
// re-invitation leave their own trace.
func imagesOf(write Write, s *Step, images Images) Images {
	if s.Kind != spec.KindMember || s.Op != OpReinvite {
		return images
	}
	if write.Verb == RemoveMember {
		return Images{Before: images.Before}
	}
	return Images{After: images.After}
}

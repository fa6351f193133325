package sync

import (
	"context"
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// checkAll checks every step of a saved plan against the live state, as if
// the steps before it had been done, before anything is written.
func (w *worker) checkAll(ctx context.Context) {
	w.stale = map[int]verdict{}
	if w.unknownZone {
		return
	}
	for i := range w.steps {
		if ctx.Err() != nil {
			return
		}
		if v := w.check(ctx, &w.steps[i], w.steps[:i]); v != nil && ctx.Err() == nil { // a stop is no verdict
			w.stale[w.steps[i].N] = *v
		}
	}
}

// staleNow checks one step just before it is done, when that is due.
func (w *worker) staleNow(ctx context.Context, s *Step) *verdict {
	if v, known := w.stale[s.N]; known {
		return &v
	}
	due := w.o.Saved || w.o.Clock.Now().Sub(w.o.Fetched) > shelfLife
	if due || s.Kind == spec.KindOrganization && s.Op == OpCreate {
		return w.check(ctx, s, w.notDone(s))
	}
	return nil
}

// notDone are the steps before s that were to be done and are not: what the plan expects
// beyond what the zone shows.
func (w *worker) notDone(s *Step) []Step {
	var open []Step
	for i := range w.steps {
		if w.steps[i].N == s.N {
			break
		}
		if r := w.reports[w.steps[i].N]; r == nil || r.Outcome != Succeeded {
			open = append(open, w.steps[i])
		}
	}
	return open
}

// check compares a step's precondition with the live state.
func (w *worker) check(ctx context.Context, s *Step, earlier []Step) *verdict {
	if s.Kind == spec.KindOrganization && s.Op == OpCreate {
		return w.checkCreate(ctx)
	}
	if w.organization.ID == 0 {
		return nil // nothing of it was there when the plan was made
	}
	if err := w.sight.look(ctx, s, false); err != nil {
		if ctx.Err() != nil {
			return skip(stopReason(ctx))
		}
		return unseen(err, "unreadable: what this step changes could not be read, so nothing was written")
	}
	if w.sight.gone {
		return skip("stale: " + errGone.Error())
	}
	if w.secretChanged(s) {
		return skip("stale: the value behind " + s.Arguments.Value.Reference + " is not the one that the plan was made with")
	}
	if why := misdirected(w.sight.live, s); why != "" {
		return skip("stale: " + why)
	}
	if Precondition(w.sight.live, s, earlier, w.salt) != s.Precondition {
		return skip("stale: " + changedSince(w.sight.view(s)))
	}
	return nil
}

// misdirected tells whether the ids of a step belong to something else than its address says. A plan
// of our own making never does that, unless the thing was deleted and made anew.
func misdirected(live *Live, s *Step) string {
	name, a := s.Address.Name(), s.Arguments
	switch s.Kind {
	case spec.KindVariable:
		if v := findVariable(live.Variables, name); v != nil && s.Op == OpUpdate && !showsValue(s) && !sameSide(variableScalar(v), *a.Value) {
			return "its value is not the one that this step leaves as it is"
		}
	case spec.KindFeatureControl:
		if c := findControl(live.FeatureControls, name); c == nil || c.ID != a.ControlID {
			return fmt.Sprintf("the control %q has not the id %d", text.OneLine(name), a.ControlID)
		}
	case spec.KindMember:
		if m := findMember(live.Members, name); m != nil && s.Op != OpInvite && m.UserID != a.UserID {
			return fmt.Sprintf("%s has not the user id %d", text.OneLine(name), a.UserID)
		}
	case spec.KindOwner:
		if m := findUser(live.Members, a.UserID); m == nil || a.Email != "" && !strings.EqualFold(m.Email, a.Email) {
			return fmt.Sprintf("the user %d is not %s", a.UserID, text.OneLine(a.Email))
		}
	}
	return ""
}

// changedSince says what is there now instead of what the plan saw.
func changedSince(now View) string {
	if now == nil {
		return "it is not there any more, or what it relies on has changed since the plan was made"
	}
	return "it, or what it relies on, has changed since the plan was made; it is now " + describe(now)
}

// checkCreate refuses to make a second organization of the name, and remembers which
// there are: if the answer to the create is lost, another one of the name is the one that it made.
func (w *worker) checkCreate(ctx context.Context) *verdict {
	rows, err := w.port.Reader.Organizations(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return skip(stopReason(ctx))
		}
		return failure("unreadable: the list of organizations could not be read, so nothing was created", err)
	}
	name := w.steps[0].Arguments.Name
	w.known, w.listed = idsNamed(rows, name), idsOf(rows)
	here, _ := Candidates(w.port.Endpoint, rows, w.otherHosts()...)
	if same := idsNamed(here, name); len(same) > 0 {
		return skip(fmt.Sprintf("stale: an organization named %q is there now (id %d); plan again", text.OneLine(name), same[0]))
	}
	same, err := w.unlisted(ctx, name)
	switch {
	case err != nil:
		return skip("stale: " + err.Error() + "; plan again later")
	case len(same) > 0:
		return skip(fmt.Sprintf("stale: an organization named %q is there now (id %d), which the list does not show yet; plan again later", text.OneLine(name), same[0]))
	}
	return nil
}

func idsNamed(rows []*Live, name string) []int64 {
	var ids []int64
	for _, row := range rows {
		if normalName(row.Name) == normalName(name) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// otherHosts are the hosts of every zone but this one.
func (w *worker) otherHosts() []string {
	var used []spec.Endpoint
	for _, port := range w.o.Zones {
		used = append(used, port.Endpoint)
	}
	return KnownHosts(w.port.Endpoint, nil, used...)
}

// secretChanged tells whether a reference of a saved plan gives another value now than when the plan was made.
func (w *worker) secretChanged(s *Step) bool {
	v := s.Arguments.Value
	return w.o.Saved && v != nil && v.IsSensitive() && v.Fingerprint != SecretFingerprint(v.text, w.salt)
}

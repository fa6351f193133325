package planner

import (
	"cmp"
	"context"
	"sync"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// zone is one zone in one planning run: what it says about itself, and which of its organizations
// is which.
type zone struct {
	name string
	// place is where it is: the same for all names of one zone.
	place string
	port  state.Port
	me    state.User
	// lists are the zone's lists of names, each read once and only when a name in the documents
	// needs it.
	lists map[state.List]func() diff.NameEntries
	mu    sync.Mutex // of lists
	// prefetched are the lists that were read when the zone was opened.
	prefetched []state.List
	// here are the organizations that live in the zone, elsewhere the other rows of its list.
	here, elsewhere []*state.Organization
	// startsFree: a new organization of the zone is on the Free plan.
	startsFree bool
	// known serves hints.
	known knownNames
	// unmanaged are those of which no document speaks.
	unmanaged []*state.Organization
	// catalogue is what the zone sells.
	catalogue diff.BillingInput
	// err is why nothing of the zone could be read.
	err error
}

// openZone reads the token's user, the list of organizations and the lists of names that the
// documents will ask for, side by side.
func openZone(ctx context.Context, r *Request, name string, wanted []*spec.Organization) *zone {
	port, ok := r.Zones[name]
	z := &zone{name: name, place: placeOf(r, name), port: port, lists: map[state.List]func() diff.NameEntries{}}
	if !ok || port.Reader == nil {
		z.err = &state.CallError{
			Doing:   "read zone " + name,
			Class:   exit.ClassRefused,
			Message: "there is no way to reach it",
		}
		return z
	}
	var rows []*state.Organization
	var meErr, rowsErr error
	var group spec.Group
	group.Go(func() error { z.me, meErr = port.Reader.Me(ctx); return nil })
	group.Go(func() error { z.catalogue = catalogueOf(ctx, port.Reader, wanted, r.Scope); return nil })
	group.Go(func() error { rows, rowsErr = port.Reader.Organizations(ctx); return nil })
	z.prefetched = neededLists(wanted, r.Scope)
	for _, list := range z.prefetched {
		// A list that fails hurts only the organizations that need it.
		group.Go(func() error { _ = z.names(ctx, port.Reader, list); return nil })
	}
	_ = group.Wait() // the errors are kept apart, so that which one is told does not depend on which comes first
	z.err = cmp.Or(meErr, rowsErr)
	z.me.Email = spec.NormalEmail(z.me.Email)
	if z.err == nil {
		z.here, z.elsewhere = state.Candidates(port.Endpoint, rows, r.otherHosts(port.Endpoint)...)
		z.startsFree = state.StartsFree(port.Endpoint, z.here)
	}
	return z
}

// placeOf is where the run reaches a zone, else where it would, by its flags or as documents say:
// nobody goes there for a plan of another zone, or against a snapshot or other documents.
func placeOf(r *Request, name string) string {
	if port := r.Zones[name]; port.Endpoint.URL != "" {
		return port.Endpoint.Place()
	}
	return cmp.Or(spec.URLPlace(r.ZoneURLs[name]), spec.ZonePlace(name, r.Desired.Zones))
}

// names reads one of the zone's lists, or gives what was read before, failures included.
func (z *zone) names(ctx context.Context, reader state.Reader, list state.List) diff.NameEntries {
	z.mu.Lock()
	read, ok := z.lists[list]
	if !ok {
		read = sync.OnceValue(func() diff.NameEntries {
			names, err := reader.Names(ctx, list, 0)
			return diff.NameEntries{Names: names, Err: err}
		})
		z.lists[list] = read
	}
	z.mu.Unlock()
	return read()
}

// neededLists are the zone's lists that documents of these organizations will surely ask for; they
// are read at once, beside the list of organizations. Others are read when they turn out to be
// needed.
func neededLists(wanted []*spec.Organization, s spec.Scope) []state.List {
	need := map[state.List]bool{}
	for _, o := range wanted {
		if s.Touches(o, spec.KindOrganization) {
			need[state.Timezones] = need[state.Timezones] || isWord(o.Timezone)
			need[state.Countries] = need[state.Countries] || isWord(o.Country)
		}
		if s.Touches(o, spec.KindMember) {
			// Also of who only goes: a plan names the role that is lost.
			need[state.Roles] = need[state.Roles] || len(o.Members) > 0 || o.Purges(spec.KindMember)
		}
	}
	var lists []state.List
	for _, l := range []state.List{state.Countries, state.Roles, state.Timezones} {
		if need[l] {
			lists = append(lists, l)
		}
	}
	return lists
}

func isWord(text string) bool {
	_, number := state.ParseID(text)
	return text != "" && !number
}

// findUnmanaged finds the organizations of which no document speaks, those that another name of the
// zone has not found. Taken are those of which one does.
func (z *zone) findUnmanaged(taken map[int64]string) {
	for _, l := range z.here {
		if _, known := taken[l.ID]; !known {
			taken[l.ID] = ""
			z.unmanaged = append(z.unmanaged, l)
		}
	}
}

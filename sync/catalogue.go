package sync

import (
	"context"
	"errors"
	"slices"
	"strconv"
	stdsync "sync"

	"makesync/spec"
)

// catalogue gives the API's lists of names, each read once and only when a name in the documents
// needs it. Lists that belong to an organization (its teams, its own roles) are read for that one.
type catalogue struct {
	reader ZoneReader
	mu     stdsync.Mutex
	lists  map[catalogueKey]func() ([]Name, error)
}

type catalogueKey struct {
	list         List
	organization int64
}

func newCatalogue(reader ZoneReader) *catalogue {
	return &catalogue{reader: reader, lists: map[catalogueKey]func() ([]Name, error){}}
}

// names reads a list, or gives what was read before, failures included.
func (c *catalogue) names(ctx context.Context, list List, organization int64) ([]Name, error) {
	c.mu.Lock()
	key := catalogueKey{list, organization}
	read, ok := c.lists[key]
	if !ok {
		read = stdsync.OnceValues(func() ([]Name, error) { return c.reader.Names(ctx, list, organization) })
		c.lists[key] = read
	}
	c.mu.Unlock()
	return read()
}

// loaded gives a zone's list if something has needed it, for naming ids to people.
func (c *catalogue) loaded(ctx context.Context, list List) []Name {
	c.mu.Lock()
	read := c.lists[catalogueKey{list, 0}]
	c.mu.Unlock()
	if read == nil {
		return nil
	}
	names, _ := read()
	return names
}

// forget drops an organization's lists, when its part of the plan is done.
func (c *catalogue) forget(organization int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.lists {
		if organization != 0 && key.organization == organization {
			delete(c.lists, key)
		}
	}
}

// nameError is a name in a document that a list does not settle: a mistake of the document, not
// of the reading.
type nameError struct {
	message, hint string
}

func (e *nameError) Error() string { return e.message }

// bind turns a name, code or id of a document into an entry of a list.
func bind(what string, list List, names []Name, text string) (Name, error) {
	found := matching(names, text)
	found = slices.CompactFunc(found, func(a, b Name) bool { return a.ID == b.ID })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Name{}, &nameError{"there is no " + what + " " + quote(text), knownNames(list, names, text)}
	}
	ids := make([]string, len(found))
	for i, n := range found {
		ids[i] = strconv.FormatInt(n.ID, 10)
	}
	return Name{}, &nameError{plural(len(found), what, what+"s") + " go by " + quote(text) + ": ids " + joinSome(ids, 10), "write one of the ids instead of the name"}
}

// knownNames is the hint for an unknown name: the nearest ones first, all of a short list.
func knownNames(list List, names []Name, text string) string {
	if len(names) == 0 {
		return "the zone's list is empty"
	}
	var known []string
	for _, n := range names {
		known = append(known, preferredName(list, n))
	}
	const short = 12
	if len(known) > short {
		return "did you mean " + joinSome(nearest(text, known, 3), 3) + "?"
	}
	slices.Sort(known)
	return "known: " + joinSome(slices.Compact(known), short)
}

// isNameError tells a mistake of a document from a failed call.
func isNameError(err error) (*nameError, bool) {
	var e *nameError
	return e, errors.As(err, &e)
}

// neededLists are the zone's lists that documents of these organizations will surely ask for; they
// are read at once, beside the list of organizations. Others are read when they turn out to be needed.
func neededLists(wanted []*spec.Organization, s Scope) []List {
	need := map[List]bool{}
	for _, o := range wanted {
		if s.touches(o, spec.KindOrganization) {
			need[Timezones] = need[Timezones] || isWord(o.Timezone)
			need[Countries] = need[Countries] || isWord(o.Country)
		}
		if s.touches(o, spec.KindMember) {
			need[Roles] = need[Roles] || slices.ContainsFunc(o.Members, func(m spec.Member) bool { return m.Role != "" })
		}
	}
	var lists []List
	for _, l := range []List{Countries, Roles, Timezones} {
		if need[l] {
			lists = append(lists, l)
		}
	}
	return lists
}

func isWord(text string) bool {
	_, number := decimal(text)
	return text != "" && !number
}

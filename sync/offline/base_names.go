package offline

import (
	"slices"
	"sort"
	"sync"

	"makesync/spec"
	"makesync/sync/state"
)

// nameIDs gives every name that documents use an id, since planning compares ids
// and without a zone nobody knows the real ones. Names that differ only in case are one, as in a
// zone's lists; a text that is an id stands for itself.
type nameIDs struct {
	mu    sync.Mutex
	lists map[state.List]map[string]state.Name
}

func newNameIDs() *nameIDs {
	ids := &nameIDs{lists: map[state.List]map[string]state.Name{state.Roles: {}}}
	for id, name := range state.BuiltinRoles {
		n, _ := state.ParseID(id)
		ids.lists[state.Roles][spec.FoldName(name)] = state.Name{ID: n, Name: name}
	}
	return ids
}

// register notes every name that an organization's documents use.
func (n *nameIDs) register(o *spec.Organization) {
	n.text(state.Regions, o.Region)
	n.text(state.Countries, o.Country)
	n.text(state.Timezones, o.Timezone)
	for i := range o.Members {
		n.text(state.Roles, o.Members[i].Role)
		if invite := o.Members[i].Invite; invite != nil {
			for _, team := range invite.Teams {
				n.text(state.Teams, team)
			}
		}
	}
}

// text is the id of a name, as a live state carries it; "" for no name.
func (n *nameIDs) text(list state.List, name string) string {
	if name == "" {
		return ""
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return state.FormatID(n.entry(list, name).ID)
}

// sorted are the ids of names whose order says nothing.
func (n *nameIDs) sorted(list state.List, names []string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = n.text(list, name)
	}
	slices.Sort(ids)
	return ids
}

func (n *nameIDs) entry(list state.List, name string) state.Name {
	if n.lists[list] == nil {
		n.lists[list] = map[string]state.Name{}
	}
	if _, builtin := state.BuiltinRoles[name]; builtin && list == state.Roles {
		name = state.BuiltinRoles[name]
	}
	entry, known := n.lists[list][spec.FoldName(name)]
	if !known {
		entry = state.Name{ID: 1<<50 + int64(len(n.lists[list])), Name: name}
		if id, number := state.ParseID(name); number {
			entry = state.Name{ID: id}
		}
		n.lists[list][spec.FoldName(name)] = entry
	}
	return entry
}

// names is a list with all names seen so far.
func (n *nameIDs) names(list state.List) []state.Name {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []state.Name
	for _, entry := range n.lists[list] {
		names = append(names, entry)
	}
	sort.Slice(names, func(i, j int) bool { return names[i].ID < names[j].ID })
	return names
}

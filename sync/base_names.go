package sync

import (
	"sort"
	stdsync "sync"

	"makesync/spec"
)

// nameIDs gives every name that documents use an id, since planning compares ids
// and without a zone nobody knows the real ones. Names that differ only in case are one, as in a
// zone's lists; a text that is an id stands for itself.
type nameIDs struct {
	mu    stdsync.Mutex
	lists map[List]map[string]Name
}

func newNameIDs() *nameIDs {
	ids := &nameIDs{lists: map[List]map[string]Name{Roles: {}}}
	for id, name := range builtinRoles {
		n, _ := parseID(id)
		ids.lists[Roles][FoldName(name)] = Name{ID: n, Name: name}
	}
	return ids
}

// register notes every name that an organization's documents use.
func (n *nameIDs) register(o *spec.Organization) {
	n.text(Regions, o.Region)
	n.text(Countries, o.Country)
	n.text(Timezones, o.Timezone)
	for i := range o.Members {
		n.text(Roles, o.Members[i].Role)
		if invite := o.Members[i].Invite; invite != nil {
			for _, team := range invite.Teams {
				n.text(Teams, team)
			}
		}
	}
}

// text is the id of a name, as a live state carries it; "" for no name.
func (n *nameIDs) text(list List, name string) string {
	if name == "" {
		return ""
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return idText(n.entry(list, name).ID)
}

func (n *nameIDs) entry(list List, name string) Name {
	if n.lists[list] == nil {
		n.lists[list] = map[string]Name{}
	}
	if _, builtin := builtinRoles[name]; builtin && list == Roles {
		name = builtinRoles[name]
	}
	entry, known := n.lists[list][FoldName(name)]
	if !known {
		entry = Name{ID: 1<<50 + int64(len(n.lists[list])), Name: name}
		if id, number := parseID(name); number {
			entry = Name{ID: id}
		}
		n.lists[list][FoldName(name)] = entry
	}
	return entry
}

// names is a list with all names seen so far.
func (n *nameIDs) names(list List) []Name {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []Name
	for _, entry := range n.lists[list] {
		names = append(names, entry)
	}
	sort.Slice(names, func(i, j int) bool { return names[i].ID < names[j].ID })
	return names
}

package planner

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// hints say why an organization of the documents seems not to be in its zone.
type hints struct {
	zone *zone
	want *spec.Organization
}

// knownNames are the organizations of a zone's list as hints look for them.
type knownNames struct {
	away indexed // those that live elsewhere, where the list says where
	// candidates are the names of those here that no document speaks of by id; named are they.
	candidates []string
	named      map[string]*state.Organization
}

// mostHints is how many names all hints of a zone look at together, some microseconds each.
const mostHints = 1_000_000

// knownOf prepares hints for so many organizations that are missing in the zone, of which pinned
// are the ids that documents give. Among too many names nobody looks for the nearest.
func knownOf(z *zone, missing int, pinned map[int64]bool) knownNames {
	var elsewhere []*state.Organization
	for _, l := range z.elsewhere {
		if l.Host != "" {
			elsewhere = append(elsewhere, l)
		}
	}
	k := knownNames{away: index(elsewhere), named: map[string]*state.Organization{}}
	if missing*len(z.here) > mostHints {
		return k
	}
	for _, l := range z.here {
		if !pinned[l.ID] {
			k.candidates = append(k.candidates, l.Name)
			k.named[l.Name] = l
		}
	}
	return k
}

// indexed are organizations by what documents call them; of several the first.
type indexed struct {
	byID   map[int64]*state.Organization
	byName map[string]*state.Organization
}

func index(organizations []*state.Organization) indexed {
	x := indexed{map[int64]*state.Organization{}, map[string]*state.Organization{}}
	for _, l := range organizations {
		if name := state.NormalName(l.Name); x.byName[name] == nil {
			x.byName[name] = l
		}
		if x.byID[l.ID] == nil {
			x.byID[l.ID] = l
		}
	}
	return x
}

// usualReasons lists the usual reasons, with the nearest live names.
func (h hints) usualReasons() string {
	hint := "if it exists: it was renamed (write its id), it lives in another zone, or the token's user " +
		h.zone.me.Name() + " is no member of it"
	if where := h.livesElsewhere(); where != "" {
		hint += "; " + where
	}
	return hint + h.nearest()
}

// livesElsewhere says in which zone the organization is, if the list shows it: "Acme (id 11) lives
// in us1.make.com".
func (h hints) livesElsewhere() string {
	l := h.zone.known.away.byName[state.NormalName(h.want.Name)]
	if h.want.ID != 0 {
		l = h.zone.known.away.byID[h.want.ID]
	}
	if l == nil {
		return ""
	}
	return text.OneLine(l.Name) + " (id " + strconv.FormatInt(l.ID, 10) + ") lives in " + text.OneLine(l.Host)
}

// nearest lists the live names most like the wanted one that no document speaks of by id.
func (h hints) nearest() string {
	if h.want.Name == "" {
		return ""
	}
	var near []string
	for _, name := range text.Nearest(h.want.Name, h.zone.known.candidates, 3) {
		words := text.Quote(name)
		if id := h.zone.known.named[name].ID; !state.IsSynthetic(id) {
			words += " (id " + strconv.FormatInt(id, 10) + ")"
		}
		near = append(near, words)
	}
	if len(near) == 0 {
		return ""
	}
	return "; nearest in the zone: " + text.Commas(near, 3)
}

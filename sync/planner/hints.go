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
	// pinned are the ids that documents give, which are no candidates.
	pinned map[int64]bool
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
	for _, l := range h.zone.elsewhere {
		same := h.want.ID == l.ID && l.ID != 0
		if h.want.ID == 0 {
			same = state.NormalName(l.Name) == state.NormalName(h.want.Name)
		}
		if same && l.Host != "" {
			return text.OneLine(l.Name) + " (id " + strconv.FormatInt(l.ID, 10) + ") lives in " + text.OneLine(l.Host)
		}
	}
	return ""
}

// nearest lists the live names most like the wanted one that no document speaks of by id.
func (h hints) nearest() string {
	if h.want.Name == "" || len(h.zone.here) == 0 {
		return ""
	}
	byName := map[string]*state.Organization{}
	var names []string
	for _, l := range h.zone.here {
		if !h.pinned[l.ID] {
			names = append(names, l.Name)
			byName[l.Name] = l
		}
	}
	var near []string
	for _, name := range text.Nearest(h.want.Name, names, 3) {
		words := text.Quote(name)
		if id := byName[name].ID; !state.IsSynthetic(id) {
			words += " (id " + strconv.FormatInt(id, 10) + ")"
		}
		near = append(near, words)
	}
	if len(near) == 0 {
		return ""
	}
	return "; nearest in the zone: " + text.Commas(near, 3)
}

package command_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"makesync/sync/sandbox"
)

// wish is what a random document says of one organization; a nil map is a block that is absent.
type wish struct {
	key, zone string
	id        int // 0: by name, or a new one
	absent    bool
	fields    map[string]any // name, country, timezone, tfaEnforced, owner, as the document says them
	controls  map[string]bool
	variables map[string]map[string]any
	members   map[string]map[string]any
	purge     []string
}

// wisher draws documents about a world.
type wisher struct {
	*rand.Rand
	state *sandbox.State
	// common names are those of several organizations, or of a form that a document must pin by id.
	names map[string]int
}

// drawWishes draws what the documents say of a world: of most organizations something, of none everything.
func drawWishes(random *rand.Rand, state *sandbox.State) (list []*wish) {
	w := &wisher{random, state, map[string]int{}}
	for _, z := range state.Zones {
		for _, o := range z.Organizations {
			w.names[o.Name]++
		}
	}
	deleted := false
	for _, z := range state.Zones {
		for _, o := range z.Organizations {
			switch {
			case w.chance(0.25):
			case !deleted && w.chance(0.08):
				deleted = true
				list = append(list, &wish{key: fmt.Sprint("o", o.ID), zone: z.Name, id: o.ID, absent: true})
			default:
				list = append(list, w.organization(z, o))
			}
		}
	}
	if w.chance(0.4) || len(list) == 0 {
		list = append(list, w.newborn())
	}
	return list
}

func (w *wisher) chance(p float64) bool { return w.Float64() < p }

func pick[T any](w *wisher, list ...T) T { return list[w.IntN(len(list))] }

func (w *wisher) organization(z *sandbox.Zone, o *sandbox.Organization) *wish {
	h := &wish{key: fmt.Sprint("o", o.ID), zone: z.Name, id: o.ID, fields: map[string]any{}}
	if w.names[o.Name] == 1 && o.ID%3 == 0 && isPlain(o.Name) {
		h.id, h.fields["name"] = 0, o.Name
	} else if w.chance(0.3) {
		h.fields["name"] = fmt.Sprintf("Renamed %d, %s", o.ID, pick(w, "Ünïcode", "O'Neill", "(old) 1/2 + a_b"))
	}
	if w.chance(0.4) {
		h.fields["timezone"] = pick(w, "Europe/Prague", "America/New_York", "Asia/Tokyo")
	}
	if w.chance(0.3) {
		h.fields["country"] = pick(w, "CZ", "DE", "US")
	}
	if w.chance(0.3) {
		h.fields["tfaEnforced"] = w.chance(0.6)
	}
	if w.chance(0.5) {
		h.controls = map[string]bool{}
		for _, name := range []string{"Make AI Tools", "Make AI Agents", "Community Apps"} {
			if w.chance(0.6) {
				h.controls[name] = w.chance(0.5)
			}
		}
	}
	if w.chance(0.8) {
		w.variables(h, o)
	}
	if w.chance(0.8) {
		w.members(h, o)
	}
	return h
}

func isPlain(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !(r == ' ' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) < 0
}

func (w *wisher) newborn() *wish {
	h := &wish{key: "newborn", zone: w.state.Zones[0].Name, fields: map[string]any{"name": "Newborn One", "region": "EU", "country": "CZ", "timezone": "Europe/Prague"}}
	if w.chance(0.5) {
		h.variables = map[string]map[string]any{"FIRST": {"value": 1}}
	}
	if w.chance(0.5) {
		h.members = map[string]map[string]any{"first@acme.example": w.invitation(&sandbox.Organization{}, "Accountant")}
	}
	if w.chance(0.5) {
		h.controls = map[string]bool{"Make AI Tools": w.chance(0.5)}
	}
	return h
}

func (w *wisher) variables(h *wish, o *sandbox.Organization) {
	h.variables = map[string]map[string]any{}
	for _, v := range o.Variables {
		switch {
		case w.chance(0.3):
		case w.chance(0.2):
			h.variables[v.Name] = map[string]any{"state": "absent"}
		case w.chance(0.15):
			h.variables[v.Name] = map[string]any{"type": "number", "value": 1, "ignoreValue": true}
		default:
			h.variables[v.Name] = w.value()
		}
	}
	for i := range w.IntN(4) {
		h.variables[fmt.Sprintf("%s_%d", pick(w, "NEW", "$new", "n_E_w"), i)] = w.value()
	}
	if w.chance(0.3) {
		h.purge = append(h.purge, "variable")
	}
}

// value draws a variable of any type, with values that are easily mistaken.
func (w *wisher) value() map[string]any {
	switch w.IntN(4) {
	case 0:
		return map[string]any{"type": "number", "value": pick[any](w, 0, 5, -1.5, 1e15, json.Number("0.10"), json.Number("12345678901234567890"))}
	case 1:
		return map[string]any{"type": "boolean", "value": w.chance(0.5)}
	case 2:
		return map[string]any{"type": "date", "value": pick(w, "2026-11-20T00:00:00.000Z", "2026-11-20T01:00:00+01:00", "1999-12-31T23:59:59.999Z")}
	}
	return map[string]any{"type": "string", "value": pick(w, "x", "true", "007", "NO", "5", " spaces ", "a\nb", "č = c\u030c, \u2028 \"q\" <tag> &", "日本", "{\"a\":1}", "2026-11-20")}
}

var chaosRoles = []string{"Admin", "Accountant", "Guest", "App Developer"}

func (w *wisher) members(h *wish, o *sandbox.Organization) {
	h.members = map[string]map[string]any{}
	var accepted []string
	for _, m := range o.Members {
		email := w.emailOf(m.UserID)
		switch {
		case email == "" || w.chance(0.2):
		case m.UserID == 1:
			h.members[email] = map[string]any{"role": "Admin"}
		case w.chance(0.2):
			h.members[email] = map[string]any{"state": "absent", "connections": pick(w, "keep", "delete")}
		case m.Role.ID == 11, w.chance(0.2):
			h.members[email] = map[string]any{}
		case m.Invitation != nil && w.chance(0.7):
			h.members[email] = w.invitation(o, pick(w, chaosRoles...))
		default:
			h.members[email] = map[string]any{"role": pick(w, chaosRoles...)}
		}
		if m.Invitation == nil && h.members[email] != nil && h.members[email]["state"] == nil {
			accepted = append(accepted, email)
		}
	}
	for i := range w.IntN(3) {
		h.members[fmt.Sprintf("%s%d-%d@acme.example", pick(w, "new", "o'neill", "x+y"), o.ID, i)] = w.invitation(o, pick(w, chaosRoles...))
	}
	if len(accepted) > 0 && w.chance(0.25) {
		h.fields["owner"] = pick(w, accepted...)
	}
	if w.chance(0.3) {
		h.purge = append(h.purge, "member")
	}
}

func (w *wisher) invitation(o *sandbox.Organization, role string) map[string]any {
	invite := map[string]any{"name": pick(w, "Ann New", "Žofie O'Hara", "N")}
	if len(o.Teams) > 1 && w.chance(0.5) {
		invite["teams"] = []string{o.Teams[1].Name}
	}
	return map[string]any{"role": role, "invite": invite}
}

// emailOf is the e-mail of a user as documents write it; "" for a row without a user.
func (w *wisher) emailOf(user int) string {
	for _, u := range w.state.Users {
		if u.ID == user {
			return strings.ToLower(u.Email)
		}
	}
	return ""
}

// writeWishes is the document, in JSON.
func writeWishes(list []*wish) ([]byte, error) {
	organizations := map[string]any{}
	for _, h := range list {
		organizations[h.key] = h.block()
	}
	return json.Marshal(map[string]any{"apiVersion": "makesync/v1", "organizations": organizations, "guards": map[string]any{
		"maxCreates": map[string]int{"organization": 1}, "maxInvites": 100,
		"maxDeletes":       map[string]int{"variable": 100, "member": 100, "organization": 1},
		"maxDeletesPerRun": map[string]int{"variable": 1000, "member": 1000, "organization": 1},
	}})
}

func (h *wish) block() map[string]any {
	block := map[string]any{"zone": h.zone}
	if h.id != 0 {
		block["id"] = h.id
	}
	if h.absent {
		block["state"] = "absent"
		return block
	}
	for name, value := range h.fields {
		block[name] = value
	}
	if h.controls != nil {
		block["featureControls"] = h.controls
	}
	if h.variables != nil {
		block["variables"] = h.variables
	}
	if h.members != nil {
		block["members"] = h.members
	}
	if h.purge != nil {
		block["purge"] = h.purge
	}
	return block
}

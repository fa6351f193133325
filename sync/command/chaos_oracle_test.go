package command_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/sandbox"
)

// The oracle of the chaos test: from the zone's state before and after, and from what the document says, it tells
// what was not reached and what was touched that should not have been. It shares no code with the program.

// find is an organization by id, or by name when it is new.
func find(s *sandbox.State, id int, name string) *sandbox.Organization {
	for _, z := range s.Zones {
		for _, o := range z.Organizations {
			if o.ID == id || id == 0 && o.Name == name {
				return o
			}
		}
	}
	return nil
}

// touched lists what the documents do not speak of and is not as it was.
func touched(before, after *sandbox.State, list []*wish) (wrong []string) {
	for _, z := range before.Zones {
		for _, was := range z.Organizations {
			is := find(after, was.ID, "")
			i := slices.IndexFunc(list, func(h *wish) bool { return h.means(was) })
			switch {
			case i < 0 && !reflect.DeepEqual(was, is):
				wrong = append(wrong, fmt.Sprintf("organization %d, of which no document speaks, has changed", was.ID))
			case i < 0 || is == nil && list[i].absent:
			case is == nil:
				wrong = append(wrong, fmt.Sprintf("organization %d is gone", was.ID))
			default:
				wrong = append(wrong, list[i].touched(before, after, was, is)...)
			}
		}
	}
	return wrong
}

func (h *wish) means(o *sandbox.Organization) bool {
	return h.id == o.ID || h.id == 0 && h.key == fmt.Sprint("o", o.ID)
}

func (h *wish) touched(before, after *sandbox.State, was, is *sandbox.Organization) (wrong []string) {
	keep := func(what string, may bool, was, is any) {
		if !may && !reflect.DeepEqual(was, is) {
			wrong = append(wrong, fmt.Sprintf("%s: %s was %v and is %v", h.key, what, was, is))
		}
	}
	says := func(field string) bool { _, is := h.fields[field]; return is }
	keep("name", says("name"), was.Name, is.Name)
	keep("country", says("country"), was.Country, is.Country)
	keep("timezone", says("timezone"), was.Timezone, is.Timezone)
	keep("tfa", says("tfaEnforced"), was.TFAEnforced, is.TFAEnforced)
	keep("the rest", false, []any{was.Plan, was.License, was.Created, was.Paused, was.ActiveScenarios, was.Apps, was.Billing, len(was.Teams)},
		[]any{is.Plan, is.License, is.Created, is.Paused, is.ActiveScenarios, is.Apps, is.Billing, len(is.Teams)})
	for name, on := range was.FeatureControls {
		_, may := h.controls[name]
		keep("control "+name, may, on, is.FeatureControls[name])
	}
	for _, v := range was.Variables {
		_, declared := h.variables[v.Name]
		keep("variable "+v.Name, declared || slices.Contains(h.purge, "variable"), &v, variableOf(is, v.Name))
	}
	for _, m := range was.Members {
		email := emailOf(before, m.UserID)
		_, declared := h.members[email]
		owner := says("owner") && (m.UserID == 1 || m.Role.ID == 11)
		keep("member "+email, declared || owner || email != "" && slices.Contains(h.purge, "member"), roleOf(m), roleOf(memberOf(is, m.UserID)))
	}
	return append(wrong, h.invented(after, was, is)...)
}

// invented lists objects that are new and that no document speaks of.
func (h *wish) invented(after *sandbox.State, was, is *sandbox.Organization) (wrong []string) {
	for _, v := range is.Variables {
		if h.variables[v.Name] == nil && variableOf(was, v.Name) == nil {
			wrong = append(wrong, h.key+": a new variable "+v.Name)
		}
	}
	for _, m := range is.Members {
		if email := emailOf(after, m.UserID); h.members[email] == nil && memberOf(was, m.UserID) == nil {
			wrong = append(wrong, h.key+": a new member "+email)
		}
	}
	return wrong
}

// missed lists the addresses of declared objects that are not as the document says.
func (h *wish) missed(s *sandbox.State) (list []spec.Address) {
	o := find(s, h.id, fmt.Sprint(h.fields["name"]))
	if h.absent || o == nil {
		if h.absent != (o == nil) {
			list = append(list, spec.NewAddress(h.key, spec.KindOrganization, ""))
		}
		return list
	}
	miss := func(reached bool, kind spec.Kind, name string) {
		if !reached {
			list = append(list, spec.NewAddress(h.key, kind, name))
		}
	}
	miss(h.attributesOf(o), spec.KindOrganization, "")
	if on, says := h.fields["tfaEnforced"]; says {
		miss(o.TFAEnforced == on, spec.KindTFA, "")
	}
	if owner, says := h.fields["owner"].(string); says {
		miss(slices.ContainsFunc(o.Members, func(m *sandbox.Member) bool { return m.Role.ID == 11 && emailOf(s, m.UserID) == owner }), spec.KindOwner, "")
	}
	for name, on := range h.controls {
		miss(o.FeatureControls[name] == on, spec.KindFeatureControl, name)
	}
	for name, want := range h.variables {
		miss(isAs(variableOf(o, name), want), spec.KindVariable, name)
	}
	for email, want := range h.members {
		miss(isMember(s, o, email, want), spec.KindMember, email)
	}
	return list
}

var chaosPlaces = map[any]int{"Europe/Prague": 113, "CZ": 24, "DE": 30}

func (h *wish) attributesOf(o *sandbox.Organization) bool {
	name, says := h.fields["name"]
	reached := !says || name == o.Name
	if id := chaosPlaces[h.fields["timezone"]]; id != 0 && id != o.Timezone.ID {
		reached = false
	}
	if id := chaosPlaces[h.fields["country"]]; id != 0 && id != o.Country.ID {
		reached = false
	}
	return reached
}

// isAs compares a variable with what a document says.
func isAs(v *sandbox.Variable, want map[string]any) bool {
	switch {
	case want["state"] == "absent":
		return v == nil
	case v == nil:
		return false
	case want["ignoreValue"] == true:
		return true
	}
	text, is := fmt.Sprint(want["value"]), ""
	if json.Unmarshal(v.Value, &is) != nil {
		is = string(v.Value)
	}
	switch want["type"] {
	case "number", nil:
		a, okA := new(big.Rat).SetString(text)
		b, okB := new(big.Rat).SetString(is)
		return v.Type == 1 && okA && okB && a.Cmp(b) == 0
	case "boolean":
		return v.Type == 3 && text == is
	case "date":
		a, errA := time.Parse(time.RFC3339, text)
		b, errB := time.Parse(time.RFC3339, is)
		return v.Type == 4 && errA == nil && errB == nil && a.Equal(b)
	}
	return v.Type == 2 && text == is
}

var chaosRoleIDs = map[any]int{"Admin": 12, "Accountant": 14, "App Developer": 15, "Guest": 16}

// isMember compares a member with what a document says; the Owner's role is nobody's to say.
func isMember(s *sandbox.State, o *sandbox.Organization, email string, want map[string]any) bool {
	i := slices.IndexFunc(o.Members, func(m *sandbox.Member) bool { return emailOf(s, m.UserID) == email })
	if want["state"] == "absent" {
		return i < 0
	}
	if i < 0 {
		return false
	}
	role := o.Members[i].Role.ID
	return want["role"] == nil || role == 11 || role == chaosRoleIDs[want["role"]]
}

func variableOf(o *sandbox.Organization, name string) *sandbox.Variable {
	for i := range o.Variables {
		if o.Variables[i].Name == name {
			return &o.Variables[i]
		}
	}
	return nil
}

func memberOf(o *sandbox.Organization, user int) *sandbox.Member {
	for _, m := range o.Members {
		if m.UserID == user {
			return m
		}
	}
	return nil
}

// roleOf is a member's role and whether they have accepted.
func roleOf(m *sandbox.Member) string {
	if m == nil {
		return "no member"
	}
	return fmt.Sprint("role ", m.Role.ID, ", invited ", m.Invitation != nil)
}

func emailOf(s *sandbox.State, user int) string {
	for _, u := range s.Users {
		if u.ID == user {
			return strings.ToLower(u.Email)
		}
	}
	return ""
}

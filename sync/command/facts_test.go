package command_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"makesync/sync/sandbox"
)

// facts are what a world holds, by place: 11/variable/RETRIES → `number 5`. They are taken
// from the zone's own state, which shares no code with the client.
type facts map[string]string

// factsOf takes the facts of all zones. An invitation that was sent after the beginning is new.
func factsOf(w *sandbox.World, began time.Time) facts {
	state, f := w.Snapshot(), facts{}
	roles := map[int]string{1: "Team Admin", 3: "Team Member", 11: "Owner", 12: "Admin", 13: "Member", 14: "Accountant", 16: "Guest"}
	emails := map[int]string{}
	for _, u := range state.Users {
		emails[u.ID] = strings.ToLower(u.Email)
	}
	for _, z := range state.Zones {
		for _, o := range z.Organizations {
			t := factTaker{f, fmt.Sprint(o.ID), began, w.Now(), emails, roles}
			t.organization(o)
		}
	}
	return f
}

type factTaker struct {
	facts  facts
	id     string
	began  time.Time
	now    time.Time
	emails map[int]string
	roles  map[int]string
}

func (t factTaker) put(place string, value any) { t.facts[t.id+"/"+place] = fmt.Sprint(value) }

func (t factTaker) organization(o *sandbox.Organization) {
	t.put("name", o.Name)
	t.put("plan", o.Plan)
	t.put("country", o.Country.ID)
	t.put("timezone", o.Timezone.ID)
	t.put("tfa", o.TFAEnforced)
	t.put("kept connections", o.KeptConnections)
	t.put("scenarios", o.ActiveScenarios)
	for name, on := range o.FeatureControls {
		t.put("control/"+name, on)
	}
	for _, v := range o.Variables {
		t.put("variable/"+v.Name, variableTypes[v.Type]+" "+string(v.Value))
	}
	for _, m := range o.Members {
		t.put("member/"+t.who(m.UserID), t.member(m))
	}
	for _, team := range o.Teams {
		var people []string
		for _, m := range team.Members {
			people = append(people, t.who(m.UserID)+" "+t.roles[m.Role.ID])
		}
		slices.Sort(people)
		t.put("team/"+team.Name, cmp.Or(strings.Join(people, ", "), "nobody"))
	}
}

var variableTypes = map[sandbox.VariableType]string{1: "number", 2: "string", 3: "boolean", 4: "date"}

func (t factTaker) who(user int) string {
	if email := t.emails[user]; email != "" {
		return email
	}
	return fmt.Sprint("user ", user)
}

func (t factTaker) member(m *sandbox.Member) string {
	role := t.roles[m.Role.ID]
	if role == "" {
		role = fmt.Sprint("role ", m.Role.ID)
	}
	switch {
	case m.Invitation == nil:
		return role
	case !m.Invitation.Sent.Before(t.began):
		return strings.TrimSpace(role + " newly invited " + m.Invitation.Note)
	case t.now.Sub(m.Invitation.Sent) >= 7*24*time.Hour:
		return role + " expired"
	}
	return role + " invited"
}

// differences lists where facts are not as they should be.
func (f facts) differences(want facts) []string {
	var list []string
	for place, value := range want {
		if f[place] != value {
			list = append(list, fmt.Sprintf("%s is %q and should be %q", place, f[place], value))
		}
	}
	for place, value := range f {
		if _, wanted := want[place]; !wanted {
			list = append(list, fmt.Sprintf("%s is %q and should not be there", place, value))
		}
	}
	slices.Sort(list)
	return list
}

// readFacts reads lines of `place: value`.
func readFacts(text string) facts {
	f := facts{}
	for line := range strings.Lines(text) {
		if place, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			f[place] = value
		}
	}
	return f
}

// with is a copy in which some facts are others; "-" takes one away, also all below a place that ends in /.
func (f facts) with(changes facts) facts {
	changed := facts{}
	for place, value := range f {
		changed[place] = value
	}
	for place, value := range changes {
		if value != "-" {
			changed[place] = value
			continue
		}
		for p := range f {
			if p == place || strings.HasSuffix(place, "/") && strings.HasPrefix(p, place) {
				delete(changed, p)
			}
		}
	}
	return changed
}

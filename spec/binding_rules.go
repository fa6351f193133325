package spec

import (
	"cmp"
	"strconv"
)

const organizationsPath = "organizations"

// noLongerDeclared are the organizations of base that head does not speak of any more: nobody looks
// after them, and what patterns say of them is about nothing, or about another one.
func noLongerDeclared(base, head *Desired, renamed map[string]string) (changes []RuleChange) {
	stays := keysOf(head.Organizations)
	for i := range base.Organizations {
		o := &base.Organizations[i]
		if stays[o.Key] || renamed[o.Key] != "" {
			continue
		}
		changes = append(changes, RuleChange{Path: PathKey(organizationsPath, "", o.Key), From: "declared",
			Weakens: o.State != Absent, Source: o.PositionOf("")})
	}
	return changes
}

// bindings are which organization of Make one of the documents means, which of its values are not
// looked at, and whose connections go with them.
func bindings(o *Organization) []Setting {
	path := PathKey("organizations", "", o.Key)
	settings := []Setting{{Path: path + ".zone", Value: o.Zone}, {Path: path + ".id", Value: idWords(o.ID)}}
	if o.ID == 0 { // with an id the name is a field like others
		settings = append(settings, Setting{Path: path + ".name", Value: o.Name})
	}
	for i := range o.Variables {
		if v := &o.Variables[i]; v.IgnoreValue {
			settings = append(settings, Setting{Path: path + ".variables." + v.Name + ".ignoreValue", Value: "true"})
		}
	}
	for i := range o.Members {
		if m := &o.Members[i]; m.DeleteConnections {
			settings = append(settings, Setting{Path: connectionsPath(path, m), Value: connectionsOf(m)})
		}
	}
	return settings
}

// compareBindings tells of organizations that mean another one in Make than before, or may, of
// variables whose values are no longer looked at, and of connections that are to go.
func compareBindings(base, head *Desired, former map[string]string) (changes []RuleChange) {
	before := make(map[string]*Organization, len(base.Organizations))
	for i := range base.Organizations {
		before[base.Organizations[i].Key] = &base.Organizations[i]
	}
	for i := range head.Organizations {
		now := &head.Organizations[i]
		was := before[cmp.Or(former[now.Key], now.Key)]
		if was == nil {
			continue
		}
		path := PathKey("organizations", "", now.Key)
		changed := func(field, from, to string) {
			if from != to {
				changes = append(changes, RuleChange{Path: path + "." + field, From: from, To: to,
					Weakens: true, Source: now.PositionOf(field)})
			}
		}
		changed("zone", was.Zone, now.Zone)
		changed("id", idWords(was.ID), idWords(now.ID))
		if was.ID == 0 && now.ID == 0 {
			changed("name", was.Name, now.Name)
		}
		changes = append(changes, noLongerLookedAt(path, was, now)...)
		changes = append(changes, otherConnections(path, was, now)...)
	}
	return changes
}

func idWords(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// noLongerLookedAt are the variables that have become ignoreValue, and those that were.
func noLongerLookedAt(path string, was, now *Organization) (changes []RuleChange) {
	ignored := make(map[string]bool, len(was.Variables))
	for i := range was.Variables {
		ignored[was.Variables[i].Name] = was.Variables[i].IgnoreValue
	}
	for i := range now.Variables {
		v := &now.Variables[i]
		before, declared := ignored[v.Name]
		if !declared || before == v.IgnoreValue {
			continue
		}
		changes = append(changes, RuleChange{
			Path: path + ".variables." + v.Name + ".ignoreValue", Weakens: v.IgnoreValue,
			From: strconv.FormatBool(before), To: strconv.FormatBool(v.IgnoreValue), Source: &v.Source,
		})
	}
	return changes
}

// otherConnections are the people who were to be removed before, and are still, with another word
// about their connections: no step shows it while they are not there.
func otherConnections(path string, was, now *Organization) (changes []RuleChange) {
	before := make(map[string]*Member, len(was.Members))
	for i := range was.Members {
		before[was.Members[i].Email] = &was.Members[i]
	}
	for i := range now.Members {
		m := &now.Members[i]
		b := before[m.Email]
		if b == nil || b.State != Absent || m.State != Absent || b.DeleteConnections == m.DeleteConnections {
			continue
		}
		changes = append(changes, RuleChange{Path: connectionsPath(path, m), Weakens: m.DeleteConnections,
			From: connectionsOf(b), To: connectionsOf(m), Source: &m.Source})
	}
	return changes
}

func connectionsPath(path string, m *Member) string {
	return PathKey(path+".members", "members", m.Email) + ".connections"
}

func connectionsOf(m *Member) string {
	if m.DeleteConnections {
		return "delete"
	}
	return "keep"
}

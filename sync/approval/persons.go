package approval

import (
	"maps"
	"slices"
	"strings"
)

// persons says which names are one person: those that differ in case only, or in the dot of the
// root behind their host, and those that share a key in the approvers file, whatever the options of
// the lines. It holds a parent for each folded name.
type persons map[string]string

// folded is the one spelling of a name, or of a pattern of names.
func folded(name string) string { return strings.TrimRight(strings.ToLower(name), ".") }

func (p persons) find(name string) string {
	name = folded(name)
	for {
		parent, known := p[name]
		if !known || parent == name {
			return name
		}
		name = parent
	}
}

// join makes two names one person; the smaller name stands for both.
func (p persons) join(a, b string) {
	a, b = p.find(a), p.find(b)
	p[max(a, b)] = min(a, b)
}

func (p persons) joinByKey(lines []signerLine) {
	first := map[string]string{} // a name by key
	for _, line := range lines {
		if line.authority {
			continue // the key of an authority is nobody's
		}
		key := string(line.key.Marshal())
		for _, name := range line.names() {
			if first[key] == "" {
				first[key] = name
			}
			p.join(first[key], name)
		}
	}
}

// claim is a valid signature of a key for a person.
type claim struct {
	key    string // marshalled
	person string
}

// assign gives as many keys as possible a person each, no person twice. With keys that are each one
// person's, as in all files that make sense, that is: every person once. It never gives fewer
// persons for more claims.
func assign(claims []claim) map[string]string {
	wanted := map[string][]string{}
	for _, c := range claims {
		wanted[c.key] = append(wanted[c.key], c.person)
	}
	taken := map[string]string{} // person → key
	var place func(key string, tried map[string]bool) bool
	place = func(key string, tried map[string]bool) bool {
		for _, person := range wanted[key] {
			if tried[person] {
				continue
			}
			tried[person] = true
			if holder, busy := taken[person]; !busy || place(holder, tried) {
				taken[person] = key
				return true
			}
		}
		return false
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		slices.Sort(wanted[key])
		place(key, map[string]bool{})
	}
	return taken
}

package complete

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// Sources are where values come from; what is nil gives none. Each is asked only when its values
// are wanted.
type Sources struct {
	// Desired are the documents of these files, without a reference read; nil: there are none.
	Desired func(files []string) *spec.Desired
	// Runs are the ids of runs in this folder of journals ("": the usual one), newest first.
	Runs func(journal string) []string
	// Words are those that `explain` knows, Columns those of `status`, Ops the ops with their kinds
	// of --allow rules.
	Words, Columns, Ops []string
}

// kind is a kind of value.
type kind uint8

const (
	nothing   kind = iota
	choices        // the few words of the flag itself
	zones          // names of zones
	zoneURLs       // NAME=
	builtin        // names of zones that need no entry
	keys           // of organizations
	addresses      // of what the documents declare
	words          // addresses, and what explain knows
	runs
	people
	columns
	rules // of --allow
)

// byFlag says what a flag's value is.
var byFlag = map[string]kind{
	"zone": zones, "zone-url": zoneURLs, "sandbox": builtin, "from": zones, "to": zones,
	"target": addresses, "exclude": addresses, "organization": keys, "person": people, "show": columns,
	"sort": columns, "allow": rules, "resume": runs, "run": runs,
}

// HasValues tells whether the values of a flag are known.
func HasValues(flag string) bool { return byFlag[flag] != nothing }

// byCommand says what a command's argument is.
var byCommand = map[string]kind{
	"explain": words, "adopt": addresses, "runs show": runs, "undo": runs, "compare": zones,
	"billing claim-offer": keys,
}

// CommandsWithValues are the commands whose arguments have values, sorted.
func CommandsWithValues() []string { return slices.Sorted(maps.Keys(byCommand)) }

// most is how many candidates a shell gets.
const most = 2000

// Values are the candidates for the word at the cursor, sorted, with what stands before the value;
// none: it is a file, or nobody knows.
func Values(l Line, s Sources) []string {
	what := l.kind()
	found := s.candidates(&l, what)
	var fitting []string
	for _, value := range found {
		if strings.HasPrefix(value, l.Current) && isPlain(value) {
			fitting = append(fitting, l.Prefix+value)
		}
	}
	if what != runs { // which come newest first
		slices.Sort(fitting)
	}
	fitting = slices.Compact(fitting)
	return fitting[:min(len(fitting), most)]
}

// kind is what stands at the cursor.
func (l *Line) kind() kind {
	switch {
	case l.Flag == nil:
		return byCommand[l.Command]
	case len(l.Flag.Choices) > 0:
		return choices
	}
	return byFlag[l.Flag.Names[0]]
}

// isPlain tells whether a name can be typed and shown: it is what it looks like, in one line.
func isPlain(value string) bool {
	return value != "" && len(value) <= 256 && text.OneLine(value) == value && text.Quote(value) == `"`+value+`"`
}

func (s Sources) candidates(l *Line, what kind) []string {
	switch what {
	case choices:
		return l.listed(l.Flag.Choices)
	case runs:
		return s.runs(l)
	case columns:
		return l.listed(s.Columns)
	case builtin:
		return spec.BuiltinZoneNames()
	case nothing:
		return nil
	}
	if s.Desired == nil {
		return nil
	}
	desired := s.Desired(l.Given["file"])
	if desired == nil {
		desired = &spec.Desired{}
	}
	return s.declared(desired, l, what)
}

// declared are the candidates out of documents.
func (s Sources) declared(d *spec.Desired, l *Line, what kind) []string {
	switch what {
	case zones:
		return zoneNames(d)
	case zoneURLs:
		return suffixed(zoneNames(d), "=")
	case keys:
		return keysOf(d)
	case words:
		return append(addressesOf(d, l.Current), s.Words...)
	case people:
		return peopleOf(d)
	case rules:
		return rulesOf(d, s.Ops, l.Current)
	}
	return addressesOf(d, l.Current)
}

// listed are the values of a flag that takes several, with commas between them.
func (l *Line) listed(choices []string) []string {
	i := strings.LastIndexByte(l.Current, ',') + 1
	if i == 0 {
		return choices
	}
	given := strings.Split(l.Current[:i], ",")
	var more []string
	for _, choice := range choices {
		if !slices.Contains(given, choice) {
			more = append(more, l.Current[:i]+choice)
		}
	}
	return more
}

func (s Sources) runs(l *Line) []string {
	if s.Runs == nil {
		return nil
	}
	journal := ""
	if given := l.Given["journal"]; len(given) > 0 {
		journal = given[len(given)-1]
	}
	return s.Runs(journal)
}

func zoneNames(d *spec.Desired) []string {
	names := spec.BuiltinZoneNames()
	for name := range d.Zones {
		names = append(names, name)
	}
	return names
}

func suffixed(list []string, end string) []string {
	out := make([]string, len(list))
	for i, word := range list {
		out[i] = word + end
	}
	return out
}

func keysOf(d *spec.Desired) []string {
	out := make([]string, len(d.Organizations))
	for i := range d.Organizations {
		out[i] = d.Organizations[i].Key
	}
	return out
}

// addressesOf are the addresses one level below what is typed: keys, then kinds, then objects. Of a
// fleet there are too many for one list.
func addressesOf(d *spec.Desired, typed string) (out []string) {
	key, rest, below := strings.Cut(typed, "/")
	if !below {
		return append(keysOf(d), suffixed(keysOf(d), "/")...)
	}
	i, found := slices.BinarySearchFunc(d.Organizations, key, func(o spec.Organization, key string) int {
		return cmp.Compare(o.Key, key)
	})
	if !found {
		return nil
	}
	kind, _, named := strings.Cut(rest, "/")
	for _, k := range spec.Kinds() {
		declared := spec.Declared(&d.Organizations[i], k)
		switch {
		case k == spec.KindOrganization || len(declared) == 0:
		case named && string(k) == kind:
			for _, a := range declared {
				out = append(out, string(a))
			}
		case !named && declared[0].Name() == "":
			out = append(out, string(declared[0]))
		case !named:
			out = append(out, key+"/"+string(k)+"/")
		}
	}
	return out
}

func peopleOf(d *spec.Desired) (out []string) {
	for i := range d.Organizations {
		for j := range d.Organizations[i].Members {
			out = append(out, d.Organizations[i].Members[j].Email)
		}
		out = append(out, d.Organizations[i].Owner)
	}
	return out
}

// rulesOf are --allow rules: first the op and its kind, then the key.
func rulesOf(d *spec.Desired, ops []string, typed string) []string {
	op, _, keyed := strings.Cut(typed, "@")
	if !keyed {
		return suffixed(ops, "@")
	}
	out := []string{op + "@*"}
	for _, key := range keysOf(d) {
		out = append(out, op+"@"+key)
	}
	return out
}

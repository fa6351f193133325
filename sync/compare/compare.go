package compare

import (
	"slices"
	"sort"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// CompareFormat is the version of the JSON form.
const CompareFormat = "makesync.compare/v1"

// Comparison is the difference of two sides: plain data, everything sorted.
type Comparison struct {
	Format        string                 `json:"format"`
	A             ComparedSide           `json:"a"`
	B             ComparedSide           `json:"b"`
	Organizations []ComparedOrganization `json:"organizations"`
	Summary       CompareSummary         `json:"summary"`
	Problems      []spec.Problem         `json:"problems"`
	Exit          exit.Code              `json:"exit"`
}

// ComparedSide says what a side is.
type ComparedSide struct {
	Name string `json:"name"` // as on the command line
	// Kind is zone, snapshot or documents.
	Kind SideKind `json:"kind"`
	Zone string   `json:"zone,omitempty"`
}

// SideKind is where a side comes from.
type SideKind string

// The kinds of side.
const (
	SideZone      SideKind = "zone"
	SideSnapshot  SideKind = "snapshot"
	SideDocuments SideKind = "documents"
)

// ComparedOrganization is one pair, or one without a partner.
type ComparedOrganization struct {
	Key string `json:"key"` // A's, where it is there
	// A and B are the names; "" where that side does not have it.
	A string `json:"a"`
	B string `json:"b"`
	// Only is "a" or "b" when the other side has no partner.
	Only        string       `json:"only,omitempty"`
	Differences []Difference `json:"differences"`
	// NotCompared says what could not be compared, and why.
	NotCompared []NotCompared `json:"notCompared"`
	Same        int           `json:"same"` // objects that do not differ
}

// Difference is one field that differs. A whole object that one side lacks has the field "".
type Difference struct {
	Address spec.Address `json:"address"`
	Path    string       `json:"path"`
	A       state.Scalar `json:"a"`
	B       state.Scalar `json:"b"`
}

// NotCompared is something of which one side does not know enough.
type NotCompared struct {
	Address spec.Address `json:"address"`
	Reason  string       `json:"reason"`
}

// CompareSummary counts organizations.
type CompareSummary struct {
	Same        int `json:"same"`
	Different   int `json:"different"`
	OnlyA       int `json:"onlyA"`
	OnlyB       int `json:"onlyB"`
	NotCompared int `json:"notCompared"` // objects, not organizations
}

// Compare pairs the organizations of two sides by key, else by name (but documents that pin an id
// with that organization of the zone itself, whatever its key would be), and compares them field by
// field. Ids never count.
//
//	in A and B, all fields equal      same
//	in A and B, some field not        different: a Difference for each
//	in one only                       different: Only says in which
func Compare(a, b ComparedSide, flatA, flatB []FlatOrganization, problems []spec.Problem) *Comparison {
	c := &Comparison{Format: CompareFormat, A: a, B: b, Organizations: []ComparedOrganization{}, Problems: problems}
	if c.Problems == nil {
		c.Problems = []spec.Problem{}
	}
	for _, pair := range pairOrganizations(flatA, flatB) {
		c.Organizations = append(c.Organizations, comparePair(pair[0], pair[1]))
	}
	sort.SliceStable(c.Organizations, func(i, j int) bool { return c.Organizations[i].Key < c.Organizations[j].Key })
	for i := range c.Organizations {
		c.Summary.add(&c.Organizations[i])
	}
	c.Exit = c.exit()
	return c
}

func (s *CompareSummary) add(o *ComparedOrganization) {
	s.NotCompared += len(o.NotCompared)
	switch {
	case o.Only == "a":
		s.OnlyA++
	case o.Only == "b":
		s.OnlyB++
	case len(o.Differences) > 0:
		s.Different++
	default:
		s.Same++
	}
}

// exit is changes when anything differs. What could not be read is said by the caller, who knows
// why.
func (c *Comparison) exit() exit.Code {
	if c.Summary.Different+c.Summary.OnlyA+c.Summary.OnlyB > 0 {
		return exit.Changes
	}
	return exit.OK
}

// pairOrganizations pairs by key, then the rest by name where it is unique on both sides. A partner
// that is missing is nil.
func pairOrganizations(a, b []FlatOrganization) [][2]*FlatOrganization {
	var pairs [][2]*FlatOrganization
	partner := map[*FlatOrganization]*FlatOrganization{}
	join := func(key func(*FlatOrganization) string, fit func(a, b *FlatOrganization) bool) {
		left, right := unpaired(a, partner, key), unpaired(b, partner, key)
		for text, organizations := range left {
			if others := right[text]; text != "" && len(organizations) == 1 && len(others) == 1 &&
				fit(organizations[0], others[0]) {
				partner[organizations[0]], partner[others[0]] = others[0], organizations[0]
			}
		}
	}
	anyhow := func(*FlatOrganization, *FlatOrganization) bool { return true }
	join((*FlatOrganization).identity, func(a, b *FlatOrganization) bool { return a.Declared != b.Declared })
	join(func(s *FlatOrganization) string { return s.Key }, anyhow)
	join(func(s *FlatOrganization) string { return state.NormalName(s.Name) }, anyhow)
	for i := range a {
		pairs = append(pairs, [2]*FlatOrganization{&a[i], partner[&a[i]]})
	}
	for i := range b {
		if partner[&b[i]] == nil {
			pairs = append(pairs, [2]*FlatOrganization{nil, &b[i]})
		}
	}
	return pairs
}

// unpaired groups the flat organizations that have no partner yet.
func unpaired(organizations []FlatOrganization, partner map[*FlatOrganization]*FlatOrganization,
	key func(*FlatOrganization) string) map[string][]*FlatOrganization {
	groups := map[string][]*FlatOrganization{}
	for i := range organizations {
		if s := &organizations[i]; partner[s] == nil {
			groups[key(s)] = append(groups[key(s)], s)
		}
	}
	return groups
}

func comparePair(a, b *FlatOrganization) ComparedOrganization {
	o := ComparedOrganization{Differences: []Difference{}, NotCompared: []NotCompared{}}
	switch {
	case a == nil:
		o.Key, o.B, o.Only = b.Key, b.Name, "b"
		return o
	case b == nil:
		o.Key, o.A, o.Only = a.Key, a.Name, "a"
		return o
	}
	o.Key, o.A, o.B = a.Key, a.Name, b.Name
	for _, kind := range spec.Kinds() {
		if !o.notComparable(a, b, kind) {
			o.compareKind(a, b, kind)
		}
	}
	return o
}

// notComparable tells whether a kind is not compared: a side could not be read, which is noted, or
// a document beside a live side does not manage it.
func (o *ComparedOrganization) notComparable(a, b *FlatOrganization, kind spec.Kind) bool {
	if kind.Bills() && !a.Billing && !b.Billing {
		return true
	}
	for _, pair := range [][2]*FlatOrganization{{a, b}, {b, a}} {
		side, other := pair[0], pair[1]
		if side.Declared && !other.Declared && !side.Managed[kind] ||
			!side.Declared && kind == spec.KindTFA && !side.has(kind) {
			return true
		}
	}
	for _, side := range []*FlatOrganization{a, b} {
		if why := side.Unknown[kind]; why != "" {
			o.NotCompared = append(o.NotCompared, NotCompared{spec.NewAddress(o.Key, kind, ""), why})
			return true
		}
	}
	return false
}

func (o *ComparedOrganization) compareKind(a, b *FlatOrganization, kind spec.Kind) {
	if n := a.Unseen + b.Unseen; n > 0 && kind == spec.KindMember && !a.Declared && !b.Declared {
		why := text.Count(n, "person has", "people have") + " no e-mail that can be read"
		o.NotCompared = append(o.NotCompared, NotCompared{spec.NewAddress(o.Key, kind, ""), why})
	}
	for _, name := range objectNames(kind, a, b) {
		address := spec.NewAddress(o.Key, kind, name)
		id := ObjectID{kind, name}
		before, skipped := len(o.Differences), len(o.NotCompared)
		if why := a.Invalid[id] + b.Invalid[id]; why != "" && a.Declared != b.Declared {
			o.NotCompared = append(o.NotCompared, NotCompared{address, "no document can hold it: " + why})
			continue
		}
		if unseen := unseenIn(id, a, b) + unseenIn(id, b, a); unseen > 0 {
			const words = " there no e-mail that can be read, and may be this one"
			o.NotCompared = append(o.NotCompared,
				NotCompared{address, text.Count(unseen, "person has", "people have") + words})
			continue
		}
		o.compareObject(address, a.Objects[id], b.Objects[id], a.Declared == b.Declared)
		if len(o.Differences) == before && len(o.NotCompared) == skipped {
			o.Same++
		}
	}
}

// unseenIn is how many people on the other side somebody may be who is on one side only: those
// whose e-mail nobody tells.
func unseenIn(id ObjectID, side, other *FlatOrganization) int {
	if id.Kind != spec.KindMember || side.Objects[id] == nil || other.Objects[id] != nil {
		return 0
	}
	return other.Unseen
}

func objectNames(kind spec.Kind, organizations ...*FlatOrganization) []string {
	seen := map[string]bool{}
	var names []string
	for _, s := range organizations {
		for id := range s.Objects {
			if id.Kind == kind && !seen[id.Name] {
				seen[id.Name] = true
				names = append(names, id.Name)
			}
		}
	}
	sort.Strings(names)
	return names
}

// compareObject compares the fields of one object. Where a document stands beside a live side, a
// field that one of them does not state says nothing; between equals it is a difference.
func (o *ComparedOrganization) compareObject(address spec.Address, a, b FlatFields, equals bool) {
	if isDisabled(a) && b == nil || isDisabled(b) && a == nil {
		return
	}
	if a == nil || b == nil {
		o.Differences = append(o.Differences, Difference{address, "", presence(a), presence(b)})
		return
	}
	for _, path := range fieldPaths(a, b) {
		left, inA := a.at(path)
		right, inB := b.at(path)
		if !inA || !inB {
			if equals && path != "role" { // an Owner's role is left out on purpose
				o.Differences = append(o.Differences, Difference{address, path, left.Side, right.Side})
			}
			continue
		}
		switch equal, why := left.equals(right); {
		case why != "":
			o.NotCompared = append(o.NotCompared, NotCompared{address, path + ": " + why})
		case !equal:
			o.Differences = append(o.Differences, difference(address, path, left.Side, right.Side))
		}
	}
}

// difference shows no value of a field that is a secret on either side: what documents take from a
// reference is live what they wrote before.
func difference(address spec.Address, path string, a, b state.Scalar) Difference {
	if a.IsSensitive() || b.IsSensitive() {
		a, b = a.Mask(), b.Mask()
	}
	return Difference{address, path, a, b}
}

// isDisabled tells a feature control that is off, which is as good as one that is not there.
func isDisabled(fields FlatFields) bool {
	enabled, is := fields.at("enabled")
	return is && enabled.Side.Value().Reveal() == "false"
}

// presence stands for a whole object: "there" or nothing.
func presence(fields FlatFields) state.Scalar {
	if fields == nil {
		return state.None()
	}
	return state.Text("there")
}

// fieldPaths are the paths of both, sorted.
func fieldPaths(a, b FlatFields) []string {
	paths := make([]string, 0, len(a)+len(b))
	for _, fields := range []FlatFields{a, b} {
		for i := range fields {
			paths = append(paths, fields[i].path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

package spec

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Setting is one rule in force that documents or trusted files state about runs themselves: what
// may be done, what is shown, who is called. Lists give a Setting for each entry, all with the same
// path. A secret is never a value.
type Setting struct {
	// Path is the YAML path: guards.maxInvites, guards.protect, zones.lab,
	// organizations.acme.purge.
	Path string
	// Value is the rule as text: 5, acme/variable/A_*, https://make.example.
	Value string
	// Kind says what a change of it means.
	Kind SettingKind
	// Source is where it stands; zero when a default is in force.
	Source Source
}

// SettingKind says which change of a setting lets more through.
type SettingKind uint8

// The kinds of settings.
const (
	SettingMost   SettingKind = iota // a number that is not to be passed
	SettingLeast                     // a number that has to be reached
	SettingEntry                     // an entry of a list that protects: weaker without it
	SettingList                      // a list of patterns that narrows: weaker without it, or with more in it
	SettingPower                     // something that lets a run do more: weaker with it
	SettingChoice                    // one of several: any change of it may be weaker
	SettingRights                    // what a run may do by it: any change may be weaker, also a first one
)

// RuleChange is a difference between the rules of two sets of documents.
type RuleChange struct {
	Path string `json:"path"`
	// From and To are the values; empty: there is none.
	From string `json:"from"`
	To   string `json:"to"`
	// Weakens: the change lets more through than before, or may.
	Weakens bool `json:"weakens"`
	// Source is where the rule stands now, or stood before.
	Source *Source `json:"source,omitempty"`
}

// RulesDigest is the same for equal rules: sha256: and hex. Which organizations of Make are meant,
// and which values are not looked at, counts too: between equal digests CompareRules finds nothing.
func RulesDigest(d *Desired) string {
	settings := slices.Clone(d.Settings)
	for i := range d.Organizations {
		settings = append(settings, bindings(&d.Organizations[i])...)
	}
	return digestOf(settings)
}

// GuardsDigest is that of guards and policies alone: what decides which steps are let through.
func GuardsDigest(settings []Setting) string {
	return digestOf(slices.DeleteFunc(slices.Clone(settings), func(s Setting) bool {
		return s.Path != policiesPath && !strings.HasPrefix(s.Path, "guards.")
	}))
}

const policiesPath = "policies"

func digestOf(settings []Setting) string {
	lines := make([]string, len(settings))
	for i, s := range settings {
		line, _ := json.Marshal([]string{s.Path, s.Value}) // texts always can be
		lines[i] = string(line)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// CompareRules tells how the rules of head differ from those of base: weakening ones first, and
// those for all organizations before those of one, so that many of these hide none of them. An
// organization whose key changed while its id or name stayed is the same one, and a change of its
// own; former gives its key of base by that of head. idOf gives the id of an organization whose
// documents do not say it, 0 where nobody knows; it may be nil.
func CompareRules(base, head *Desired, idOf func(*Organization) int64) (
	changes []RuleChange, former map[string]string,
) {
	former = FormerKeys(base, head, idOf)
	renamed := map[string]string{}
	for now, before := range former {
		renamed[before] = now
		changes = append(changes, RuleChange{Path: "organizations", From: before, To: now,
			Weakens: losesPatterns(base, before, now), Source: sourceOfKey(head, now)})
	}
	changes = append(changes, noLongerDeclared(base, head, renamed)...)
	before, now := byPath(base.Settings, renamed), byPath(head.Settings, nil)
	for path := range before {
		if _, ok := now[path]; !ok {
			now[path] = nil
		}
	}
	for path, settings := range now {
		changes = append(changes, compareSettings(path, before[path], settings)...)
	}
	changes = append(changes, compareBindings(base, head, former)...)
	slices.SortFunc(changes, func(a, b RuleChange) int {
		return cmp.Or(compareBools(b.Weakens, a.Weakens), breadth(a.Path)-breadth(b.Path), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return changes, former
}

// breadth orders changes by how much they are about: everything, which organizations there are,
// then one of them.
func breadth(path string) int {
	below, ofOne := strings.CutPrefix(path, organizationsPath)
	switch {
	case !ofOne:
		return 0
	case strings.Count(below, ".") <= 1, strings.Count(below, ".") == 2 && isBinding(below):
		return 1
	}
	return 2
}

func isBinding(path string) bool {
	return slices.Contains([]string{".zone", ".id", ".name"}, path[strings.LastIndexByte(path, '.'):])
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// byPath groups settings; those of an organization with another key of now stand under that.
func byPath(settings []Setting, renamed map[string]string) map[string][]Setting {
	groups := map[string][]Setting{}
	for _, s := range settings {
		path := s.Path
		if rest, ok := strings.CutPrefix(path, "organizations."); ok {
			key, below, _ := strings.Cut(rest, ".")
			if now := renamed[key]; now != "" {
				path = "organizations." + now + "." + below
			}
		}
		groups[path] = append(groups[path], s)
	}
	return groups
}

// FormerKeys finds the organizations of head that stood in base under another key: with the same
// id, or else with the same name, in the same zone, whichever of its names that has. It gives the
// key of base by that of head; idOf is that of CompareRules.
func FormerKeys(base, head *Desired, idOf func(*Organization) int64) map[string]string {
	type sign struct {
		zone, name string // the zone by its name, or by its place
		id         int64
	}
	id := func(o *Organization) int64 {
		if o.ID != 0 || idOf == nil {
			return o.ID
		}
		return idOf(o)
	}
	signs := func(d *Desired, o *Organization) []sign {
		var all []sign
		for _, zone := range []string{o.Zone, ZonePlace(o.Zone, d.Zones)} {
			if id := id(o); id != 0 {
				all = append(all, sign{zone: zone, id: id})
			}
			if o.Name != "" {
				all = append(all, sign{zone: zone, name: o.Name})
			}
		}
		return all
	}
	gone, before := map[sign]*Organization{}, map[string]bool{}
	stays := keysOf(head.Organizations)
	for i := range base.Organizations {
		o := &base.Organizations[i]
		before[o.Key] = true
		for _, s := range signs(base, o) {
			if !stays[o.Key] && gone[s] == nil {
				gone[s] = o
			}
		}
	}
	former := map[string]string{}
	for i := range head.Organizations {
		o := &head.Organizations[i]
		for _, s := range signs(head, o) {
			was := gone[s]
			if was == nil || before[o.Key] || former[o.Key] != "" || id(o) != 0 && id(was) != 0 && id(o) != id(was) {
				continue
			}
			former[o.Key] = was.Key
		}
	}
	return former
}

func keysOf(organizations []Organization) map[string]bool {
	keys := make(map[string]bool, len(organizations))
	for i := range organizations {
		keys[organizations[i].Key] = true
	}
	return keys
}

func sourceOfKey(d *Desired, key string) *Source {
	for i := range d.Organizations {
		if d.Organizations[i].Key == key {
			return d.Organizations[i].PositionOf("")
		}
	}
	return nil
}

// losesPatterns tells whether a pattern of base speaks of the former key and not of the new one, or
// policies do, as far as anybody can see that.
func losesPatterns(base *Desired, before, now string) bool {
	if slices.ContainsFunc(base.Settings, func(s Setting) bool { return s.Path == policiesPath }) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(base.Guards.Protect, base.Sensitive), func(g Glob) bool {
		key, _ := g.KeyPart()
		return key.Match(before) && !key.Match(now)
	})
}

// compareSettings pairs what stands at one path before and now.
func compareSettings(path string, before, now []Setting) (changes []RuleChange) {
	gone, came := without(before, now), without(now, before)
	for i := range max(len(gone), len(came)) {
		var from, to *Setting
		if i < len(gone) {
			from = &gone[i]
		}
		if i < len(came) {
			to = &came[i]
		}
		if entry := cmp.Or(from, to); entry.Kind == SettingEntry && from != nil && to != nil {
			changes = append(changes, ruleChange(path, from, nil), ruleChange(path, nil, to))
			continue
		}
		changes = append(changes, ruleChange(path, from, to))
	}
	return changes
}

// without are the settings whose values the others do not have, by value.
func without(settings, others []Setting) (rest []Setting) {
	left := map[string]int{}
	for _, s := range others {
		left[s.Value]++
	}
	for _, s := range settings {
		if left[s.Value] > 0 {
			left[s.Value]--
			continue
		}
		rest = append(rest, s)
	}
	slices.SortFunc(rest, func(a, b Setting) int { return cmp.Compare(a.Value, b.Value) })
	return rest
}

func ruleChange(path string, from, to *Setting) RuleChange {
	c := RuleChange{Path: path, Weakens: weakensRule(from, to)}
	if from != nil {
		c.From, c.Source = from.Value, from.Source.Position()
	}
	if to != nil {
		c.To, c.Source = to.Value, cmp.Or(to.Source.Position(), c.Source)
	}
	return c
}

// weakensRule tells whether a change lets more through; nil stands for no rule.
func weakensRule(from, to *Setting) bool {
	switch cmp.Or(from, to).Kind {
	case SettingMost:
		return from != nil && (to == nil || CompareDecimals(to.Value, from.Value) > 0)
	case SettingLeast:
		return from != nil && (to == nil || CompareDecimals(to.Value, from.Value) < 0)
	case SettingEntry:
		return to == nil
	case SettingList:
		return from != nil && (to == nil || !containsWords(from.Value, to.Value))
	case SettingRights:
		return true
	case SettingPower:
		return to != nil && (from == nil || !containsWords(from.Value, to.Value))
	}
	return from != nil
}

// containsWords tells whether every word of part, between commas, is one of whole.
func containsWords(whole, part string) bool {
	words := strings.Split(whole, ", ")
	for _, word := range strings.Split(part, ", ") {
		if !slices.Contains(words, word) {
			return false
		}
	}
	return true
}

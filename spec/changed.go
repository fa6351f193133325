package spec

import (
	"reflect"
	"slices"
	"strings"
)

// ChangedSince restricts a plan to organizations of which the documents say something else than
// they did.
type ChangedSince struct {
	// Version is the other version of the documents: git:main, or a folder.
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"` // that a revision of git names
	// Changed of the Declared organizations are looked at.
	Changed  int `json:"changed"`
	Declared int `json:"declared"`
}

// Changed gives the keys of organizations of which head says something else than base does:
//
//	the organization itself, with its profiles laid under it and its references read
//	the definition of the zone that it lives in
//	what holds for all organizations: guards, sensitive patterns, policies
//
// Where a line stands is no difference, and neither is a reference of another name that gives the
// same value. A value that only one side could read counts as changed. A file that both could not
// read is the same one when its path is, which is why base's references have to read as head's do.
func Changed(base, head *Desired) map[string]bool {
	before := map[string]*Organization{}
	for i := range base.Organizations {
		before[base.Organizations[i].Key] = &base.Organizations[i]
	}
	all, zones := changedRules(base, head)
	changed := map[string]bool{}
	for i := range head.Organizations {
		o := &head.Organizations[i]
		if was := before[o.Key]; all || zones[o.Zone] || was == nil || !sameStatement(was, o) {
			changed[o.Key] = true
		}
	}
	return changed
}

// changedRules tells whether a rule for all organizations has changed, and which zones have.
func changedRules(base, head *Desired) (all bool, zones map[string]bool) {
	zones = map[string]bool{}
	now := rulesByPath(head)
	was := rulesByPath(base)
	for _, rules := range []map[string][]string{was, now} {
		for path := range rules {
			if slices.Equal(was[path], now[path]) {
				continue
			}
			if zone, ok := strings.CutPrefix(path, "zones."); ok {
				zones[strings.TrimSuffix(zone, ".token")] = true
				continue
			}
			all = true
		}
	}
	return all, zones
}

// rulesByPath are the settings that belong to no organization.
func rulesByPath(d *Desired) map[string][]string {
	rules := map[string][]string{}
	for _, s := range d.Settings {
		if !strings.HasPrefix(s.Path, "organizations.") {
			rules[s.Path] = append(rules[s.Path], s.Value)
		}
	}
	for _, values := range rules {
		slices.Sort(values)
	}
	return rules
}

// sameStatement compares organizations without their positions.
func sameStatement(a, b *Organization) bool {
	x, y := *a, *b
	x.At, y.At = nil, nil
	x.Profiles, y.Profiles = nil, nil // what they say is in the rest
	x.Variables, y.Variables = nil, nil
	x.FeatureControls, y.FeatureControls = nil, nil
	x.Members, y.Members = nil, nil
	return reflect.DeepEqual(x, y) &&
		sameList(a.Variables, b.Variables, sameVariable) &&
		sameList(a.FeatureControls, b.FeatureControls, sameControl) &&
		sameList(a.Members, b.Members, sameMember)
}

// sameList tells an undeclared list from an empty one.
func sameList[T any](a, b []T, same func(a, b *T) bool) bool {
	return (a == nil) == (b == nil) && slices.EqualFunc(a, b, func(a, b T) bool { return same(&a, &b) })
}

func sameVariable(a, b *Variable) bool {
	x, y := *a, *b
	x.Source, y.Source = Source{}, Source{}
	if !x.Unknown && !y.Unknown {
		x.Reference, y.Reference = "", ""
	}
	if !a.Value.Equal(b.Value) {
		return false
	}
	x.Value, y.Value = Value{}, Value{}
	return x == y
}

func sameControl(a, b *FeatureControl) bool { return a.Name == b.Name && a.Enabled == b.Enabled }

func sameMember(a, b *Member) bool {
	x, y := *a, *b
	x.Source, y.Source, x.RoleSource, y.RoleSource = Source{}, Source{}, Source{}, Source{}
	return reflect.DeepEqual(x, y)
}

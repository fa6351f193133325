package adopt

import (
	"fmt"
	"slices"

	"makesync/spec"
	"makesync/spec/document/edit"
	"makesync/spec/text"
)

// inherited finds the profile that states what is to change; "" when the organization does itself,
// or nobody.
func (a *adopting) inherited(c *candidate, v edit.Value) (profile, file string) {
	own, err := a.texts.open(c.want.At[""].File)
	if err != nil || own.Has(edit.Place{Organization: c.want.Key}, v) > 0 || c.step.Source == nil {
		return "", ""
	}
	from, err := a.texts.open(c.step.Source.File)
	if err != nil {
		return "", ""
	}
	for _, name := range slices.Backward(c.want.Profiles) {
		if from.Has(edit.Place{Profile: name}, v) == c.step.Source.Line {
			return name, c.step.Source.File
		}
	}
	return "", ""
}

// shared is one object of a profile, and whose live value may stand in it.
type shared struct {
	of    []*candidate
	texts map[string]bool // the values that they would write
}

// shares finds the objects of profiles among the candidates.
func (a *adopting) shares(chosen []*candidate) map[*candidate]*shared {
	type object struct {
		file, profile string
		kind          spec.Kind
		name          string
	}
	objects, shares := map[object]*shared{}, map[*candidate]*shared{}
	for _, c := range chosen {
		if len(c.values) != 1 || c.gains {
			continue
		}
		if c.profile, c.file = a.inherited(c, c.values[0]); c.profile == "" {
			continue
		}
		at := object{c.file, c.profile, c.step.Kind, c.step.Address.Name()}
		if objects[at] == nil {
			objects[at] = &shared{texts: map[string]bool{}}
		}
		s := objects[at]
		s.of, s.texts[c.values[0].String()] = append(s.of, c), true
		shares[c] = s
	}
	return shares
}

// profiles changes a profile where all of its organizations agree; else each gets an override. That
// touches organizations of which nobody spoke, so that --yes alone never does it.
func (a *adopting) profiles(chosen []*candidate) (rest []*candidate) {
	shares := a.shares(chosen)
	for _, c := range chosen {
		s := shares[c]
		switch {
		case s == nil:
		case a.Unattended || len(s.texts) > 1 || len(s.of) < a.users(c.profile):
			a.note("%s comes from the profile %s: it is written into %s alone", c.step.Address, c.profile, c.want.Key)
			c.profile = ""
		case s.of[0] != c: // the profile is changed once
			a.texts.Written++
			continue
		default:
			a.note("changes the profile %s, of which all %s agree", c.profile,
				text.Count(len(s.of), "organization", "organizations"))
		}
		rest = append(rest, c)
	}
	return rest
}

func (a *adopting) note(format string, args ...any) {
	a.texts.Notes = append(a.texts.Notes, fmt.Sprintf(format, args...))
}

// users is how many organizations have a profile.
func (a *adopting) users(profile string) (n int) {
	for i := range a.Desired.Organizations {
		if slices.Contains(a.Desired.Organizations[i].Profiles, profile) {
			n++
		}
	}
	return n
}

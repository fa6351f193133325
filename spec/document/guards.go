package document

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
)

// statedGuards are the guards that files state, each with its position.
type statedGuards struct {
	limits         map[string]scalar // by name: maxInvites, maxDeletes.variable, drift, …
	requiredAdmins []scalar
	emails         []emailList
	protect        []writtenGlob
}

// emailList is one list of patterns; lists of several places narrow each other.
type emailList struct {
	at
	globs []spec.Glob
}

// writtenGlob is a pattern with its position.
type writtenGlob struct {
	at
	glob spec.Glob
}

func newStatedGuards() statedGuards { return statedGuards{limits: map[string]scalar{}} }

// addLists joins the lists of people and patterns.
func (s *statedGuards) addLists(g writtenGuards) {
	s.requiredAdmins = append(s.requiredAdmins, g.requiredAdmins...)
	for _, p := range g.protect {
		s.protect = append(s.protect, writtenGlob{p.at, mustGlob(p.text)})
	}
	if g.emailsAt.file == nil {
		return
	}
	list := emailList{at: g.emailsAt, globs: []spec.Glob{}}
	for _, p := range g.emails {
		list.globs = append(list.globs, mustGlob(p.text))
	}
	s.emails = append(s.emails, list)
}

// limitKind says what makes a limit stricter.
type limitKind uint8

const (
	limitMost   limitKind = iota // a number that is not to be passed: the lower one
	limitLeast                   // a number that has to be reached: the higher one
	limitMoney                   // an amount that is not to be passed: the lower one
	limitPolicy                  // hold over revert
)

// kindOfLimit tells it by the guard's name.
func kindOfLimit(name string) limitKind {
	switch {
	case name == "drift":
		return limitPolicy
	case strings.HasPrefix(name, moneyGuard+"."):
		return limitMoney
	case name == "minAdmins" || name == "minOrganizations" || name == "approvals":
		return limitLeast
	}
	return limitMost
}

// weakens tells whether one value of a limit lets more through than another; "" means that there
// is none.
func weakens(name, from, to string) bool {
	switch kindOfLimit(name) {
	case limitPolicy:
		return from == driftHold && to != driftHold
	case limitLeast:
		return compareNumbers(to, from) < 0
	}
	return from != "" && (to == "" || compareNumbers(to, from) > 0)
}

// compareNumbers compares two decimal numbers of at least 0; "" is 0.
func compareNumbers(a, b string) int {
	return decimal(a).Cmp(decimal(b))
}

func decimal(text string) *big.Rat {
	if n, ok := new(big.Rat).SetString(text); ok {
		return n
	}
	return new(big.Rat)
}

// defaultLimits are the limits that hold where nobody states one, by name.
func defaultLimits() map[string]string {
	d := spec.DefaultGuards()
	limits := map[string]string{
		"maxInvites": strconv.Itoa(d.MaxInvites), "minAdmins": strconv.Itoa(d.MinAdmins),
		"minOrganizations": "0", "approvals": "0", "drift": driftRevert,
	}
	counted := countedLimits(&d)
	for guard, kinds := range countedKinds {
		for _, kind := range kinds {
			limits[guard+"."+string(kind)] = strconv.Itoa(counted[guard][kind])
		}
	}
	return limits
}

func countedLimits(g *spec.Guards) map[string]map[spec.Kind]int {
	return map[string]map[spec.Kind]int{
		"maxCreates": g.MaxCreates, "maxDeletes": g.MaxDeletes, "maxDeletesPerRun": g.MaxDeletesPerRun,
	}
}

// guardsOf makes the guards in force out of limits by name, and the lists.
func guardsOf(limits map[string]string, lists ...*statedGuards) spec.Guards {
	g := spec.DefaultGuards()
	for name, value := range limits {
		setLimit(&g, name, value)
	}
	for _, l := range lists {
		for _, s := range l.requiredAdmins {
			g.RequiredAdmins = append(g.RequiredAdmins, s.text)
		}
		for _, list := range l.emails {
			g.EmailLists = append(g.EmailLists, list.globs)
		}
		for _, p := range l.protect {
			g.Protect = append(g.Protect, p.glob)
		}
	}
	slices.Sort(g.RequiredAdmins)
	g.RequiredAdmins = slices.Compact(g.RequiredAdmins)
	return g
}

func setLimit(g *spec.Guards, name, value string) {
	n, _ := strconv.Atoi(value) // the decoder has checked it
	switch name {
	case "maxInvites":
		g.MaxInvites = n
	case "minAdmins":
		g.MinAdmins = n
	case "minOrganizations":
		g.MinOrganizations = n
	case "approvals":
		g.Approvals = n
	case "drift":
		g.HoldDrift = value == driftHold
	}
	guard, of, _ := strings.Cut(name, ".")
	if counted := countedLimits(g)[guard]; counted != nil {
		counted[spec.Kind(of)] = n
	}
	if currency, ok := strings.CutPrefix(name, moneyGuard+"."); ok {
		if g.MaxMonthly == nil {
			g.MaxMonthly = map[string]string{}
		}
		g.MaxMonthly[currency] = value
	}
}

// texts are the values of the limits that are stated.
func (s *statedGuards) texts() map[string]string {
	limits := map[string]string{}
	for name, value := range s.limits {
		limits[name] = value.text
	}
	return limits
}

// names are the limits that are stated, sorted.
func (s *statedGuards) names() []string { return slices.Sorted(maps.Keys(s.limits)) }

// strictest keeps, of each limit, the strictest value of several files.
func (s *statedGuards) strictest(g writtenGuards) {
	for _, limit := range g.limits {
		if former, ok := s.limits[limit.name]; !ok || weakens(limit.name, limit.text, former.text) {
			s.limits[limit.name] = limit.scalar
		}
	}
	s.addLists(g)
}

// guards are the guards in force, which documents can only tighten where trusted files are given.
func (d *Documents) guards() spec.Guards {
	if d.trusted == nil {
		return guardsOf(d.stated.texts(), &d.stated)
	}
	limits := d.trusted.limits()
	for name, value := range d.stated.texts() {
		if weakens(name, value, limits[name]) {
			limits[name] = value
		}
	}
	return guardsOf(limits, &d.trusted.stated, &d.stated)
}

// allSensitive are the patterns of secrets that documents and trusted files state.
func (d *Documents) allSensitive() []spec.Glob {
	var globs []spec.Glob
	if d.trusted != nil {
		globs = globsOf(d.trusted.sensitive)
	}
	return append(globs, globsOf(d.sensitive)...)
}

func globsOf(written []writtenGlob) []spec.Glob {
	var globs []spec.Glob
	for _, w := range written {
		globs = append(globs, w.glob)
	}
	return globs
}

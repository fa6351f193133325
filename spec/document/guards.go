package document

import (
	"maps"
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

// kindOfLimit says what a change of a limit means, by the guard's name.
func kindOfLimit(name string) spec.SettingKind {
	switch name {
	case "minAdmins", "minOrganizations", "approvals":
		return spec.SettingLeast
	case "drift":
		return spec.SettingEntry
	}
	return spec.SettingMost
}

// weakens tells whether one value of a limit lets more through than another; "" means that there
// is none.
func weakens(name, from, to string) bool {
	switch kindOfLimit(name) {
	case spec.SettingEntry:
		return from == driftHold && to != driftHold
	case spec.SettingLeast:
		return spec.CompareDecimals(to, from) < 0
	}
	return from != "" && (to == "" || spec.CompareDecimals(to, from) > 0)
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
func guardsOf(limits map[string]string, lists []*statedGuards) spec.Guards {
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

// limits are the limits in force by name, which documents can only tighten where trusted files are
// given.
func (d *Documents) limits() map[string]string {
	limits := defaultLimits()
	if d.trusted != nil {
		limits = d.trusted.limits()
	}
	for name, value := range d.stated.texts() {
		if d.trusted == nil || weakens(name, value, limits[name]) {
			limits[name] = value
		}
	}
	return limits
}

// lists are the lists in force.
func (d *Documents) lists() []*statedGuards {
	if d.trusted == nil {
		return []*statedGuards{&d.stated}
	}
	return []*statedGuards{&d.trusted.stated, &d.stated}
}

// Guards are the guards in force, of documents that need not be resolved.
func (d *Documents) Guards() spec.Guards { return guardsOf(d.limits(), d.lists()) }

// Tighten puts trusted rules over the documents, before they are resolved: documents can only be
// stricter. A document that asks for more is cut, with a warning that names both positions. Without
// trusted rules it does nothing.
func (d *Documents) Tighten(t *Trusted) []spec.Problem {
	if t == nil {
		return nil
	}
	d.trusted = t
	limits := t.limits()
	var problems []spec.Problem
	for _, name := range d.stated.names() {
		asked := d.stated.limits[name]
		if !weakens(name, limits[name], asked.text) {
			continue
		}
		problems = append(problems, t.cut(name, asked, limits[name]))
	}
	addExcerpts(d.files, problems)
	return spec.SortProblems(problems)
}

// Sensitive are the patterns of secrets that documents and trusted files state.
func (d *Documents) Sensitive() []spec.Glob {
	var globs []spec.Glob
	for _, w := range d.allSensitivePatterns() {
		globs = append(globs, w.glob)
	}
	return globs
}

func (d *Documents) allSensitivePatterns() []writtenGlob {
	if d.trusted == nil {
		return d.sensitive
	}
	return slices.Concat(d.trusted.sensitive, d.sensitive)
}

// GuardSettings are the guards, policies and patterns of secrets in force.
func (d *Documents) GuardSettings() []spec.Setting {
	var s settings
	limitSettings(d, &s)
	for _, lists := range d.lists() {
		lists.settings(&s)
	}
	for _, p := range d.allSensitivePatterns() {
		s.add("sensitive", p.glob.String(), spec.SettingEntry, p.source())
	}
	policySettings(d, &s)
	return s
}

// Policies are the lists in force: of trusted files first, then those of documents, which only add.
func (d *Documents) Policies() []Policies {
	if d.trusted == nil {
		return d.policies
	}
	return append(append([]Policies{}, d.trusted.policies...), d.policies...)
}

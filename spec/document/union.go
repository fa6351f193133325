package document

import (
	"cmp"
	"path/filepath"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
)

// union unites the parts of all files. Lists are joined, everything else may
// stand in one place only.
type union struct {
	out           *Documents
	zoneAt        map[string]at
	zonesLeftOut  bool
	organizations map[string]*layer
	problems      []spec.Problem
}

func newUnion() *union {
	return &union{
		out: &Documents{zones: map[string]spec.Zone{}, stated: newStatedGuards(),
			profiles: map[string]*layer{}, tokenAt: map[string]at{}},
		zoneAt:        map[string]at{},
		organizations: map[string]*layer{},
	}
}

func (u *union) addFile(f loadedFile) {
	if f.source.data != nil {
		u.out.files = append(u.out.files, f.source)
	}
	for _, p := range f.parts {
		for _, z := range p.zones {
			u.addZone(z)
		}
		u.addGuards(p.guards)
		for _, s := range p.sensitive {
			u.out.sensitive = append(u.out.sensitive, writtenGlob{s.at, mustGlob(s.text)})
		}
		if p.policies.List != nil {
			u.out.policies = append(u.out.policies, p.policies)
		}
		for _, l := range p.profiles {
			if u.unique("profiles."+l.key, l.at, u.out.profiles[l.key], "profile") {
				u.out.profiles[l.key] = l
			}
		}
		for _, l := range p.organizations {
			if u.unique("organizations."+l.key, l.at, u.organizations[l.key], "organization") {
				u.organizations[l.key] = l
				u.out.organizations = append(u.out.organizations, l)
			}
		}
	}
}

// mustGlob compiles a pattern that the decoder has already accepted.
func mustGlob(pattern string) spec.Glob {
	g, _ := spec.ParseGlob(pattern)
	return g
}

func (u *union) unique(path string, pos at, first *layer, what string) bool {
	if first == nil {
		return true
	}
	u.duplicate(path, pos, first.at, "the "+what+" "+text.Backquote(first.key)+" stands in two places")
	return false
}

func (u *union) duplicate(path string, pos, first at, message string) {
	p := newProblem(ruleSettingTwice, pos, nil, message, "the other one is at "+first.source().String()+"; keep one")
	p.Path, p.Related = path, first.pointer()
	u.problems = append(u.problems, p)
}

func (u *union) addZone(z writtenZone) {
	if first, ok := u.zoneAt[z.name]; ok {
		u.duplicate("zones."+z.name, z.at, first, "the zone "+text.Backquote(z.name)+" stands in two places")
		return
	}
	if len(u.zoneAt) == maxZones {
		u.tooManyZones(z.at)
		return
	}
	u.zoneAt[z.name] = z.at
	folder := filepath.Dir(z.file.path)
	zone := spec.Zone{Name: z.name, URL: z.url.text, Host: z.host.text, Folder: folder, Broken: z.broken,
		Source: z.source()}
	if z.token.isSet() {
		zone.Token = spec.Sensitive(z.token.text)
		u.out.tokenAt[z.name] = z.token.at
	}
	if s := z.sandbox; s != nil {
		zone.Sandbox = &spec.SandboxZone{Folder: folder,
			State: filepath.Join(folder, ".makesync", spec.FileStem(z.name)+".json")}
		if s.seed.isSet() {
			zone.Sandbox.Seed = joinFolder(folder, s.seed.text)
		}
		if s.state.isSet() {
			zone.Sandbox.State = joinFolder(folder, s.state.text)
		}
	}
	u.out.zones[z.name] = zone
}

// tooManyZones is told once, at the first that is too many.
func (u *union) tooManyZones(pos at) {
	if u.zonesLeftOut {
		return
	}
	u.zonesLeftOut = true
	u.problems = append(u.problems, newProblem(ruleTooMuch, pos, nil, "with this zone the documents declare more than "+
		text.Number(maxZones)+" zones", "declare those that organizations are in, and split the others off"))
}

// addGuards adds the guards of one document. A limit may stand in one place only; lists of people
// and patterns are joined, and a list of e-mails narrows.
func (u *union) addGuards(g writtenGuards) {
	for _, limit := range g.limits {
		if first, ok := u.out.stated.limits[limit.name]; ok {
			u.duplicate("guards."+limit.name, limit.at, first.at, "the guard "+text.Backquote(limit.name)+
				" stands in two places")
			continue
		}
		u.out.stated.limits[limit.name] = limit.scalar
	}
	u.out.stated.addLists(g)
}

// documents sorts what order must not decide.
func (u *union) documents() *Documents {
	slices.SortFunc(u.out.organizations, func(a, b *layer) int { return cmp.Compare(a.key, b.key) })
	return u.out
}

package export

import (
	"fmt"
	"sort"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// Migration is a migration of organizations from one zone to another: what was
// read of both, and what people decided.
type Migration struct {
	From, To *state.ZoneState // the source with all kinds; the target with at least its lists and feature controls
	Map      spec.MigrationMap
	// Region is where new organizations are made, by name or id, unless the map says so; "" chooses
	// by the target's list.
	Region string
	// KeyPattern makes the new keys: {key} is the derived key, {id} the id, {from} and {to} are the
	// zones' names.
	KeyPattern string
	// Sensitive tells whether a variable's value must not be written, by its address with the old
	// key.
	Sensitive func(spec.Address) bool
}

// MigrationResult is what a migration comes to: documents in stages, and all that they do not say.
type MigrationResult struct {
	Stages []Stage
	// Collisions keep an organization out of the documents until the map decides.
	Collisions []Collision
	// Omissions is what cannot be carried over.
	Omissions []Omission
	Secrets   []Secret
	// Problems are mistakes of the map and lists that could not be read.
	Problems []spec.Problem
	// Region is the region chosen for new organizations, RegionWhy how; "" when people have to
	// choose.
	Region, RegionWhy string
	// Regions are the target's, to choose from.
	Regions []string
}

// Stage is a folder of documents that are planned and applied together.
type Stage struct {
	Folder    string
	Documents []Document
	// Allow are the rules that let through what the stage is for and guards would hold.
	Allow []string
}

// The stages, in the order in which they are applied: the people last, since invitations send
// e-mail.
const (
	StageOrganizations = "01-organizations"
	StageSettings      = "02-variables-and-controls"
	StagePeople        = "03-people"
)

// Collision is an organization that is not written since it would meet another one.
type Collision struct {
	Organization string // its name in the source
	ID           int64
	Reason       string
	Remedy       string // what to write into the map
}

// Omission is something that does not come along.
type Omission struct {
	// Organization is the name in the source; "" when it concerns all of them.
	Organization string
	What, Why    string
}

// Migrate writes the source's organizations as documents for the target zone. Names of roles and
// enums are looked up in the target's own lists; what is not there is left out, and said.
func Migrate(r Migration) *MigrationResult {
	out := &MigrationResult{Stages: []Stage{{Folder: StageOrganizations}, {Folder: StageSettings},
		{Folder: StagePeople}}}
	out.Problems = append(append(out.Problems, r.From.Problems...), r.To.Problems...)
	out.chooseRegion(&r)
	moves := r.organizations(out)
	r.collide(moves, out)
	m := migrator{Migration: &r, out: out, controls: controlNames(r.To.Organizations),
		hidden: controlsHidden(r.To.Organizations)}
	m.exporter = Exporter{Zone: r.To.Endpoint.Name, Names: r.From.Names, OrganizationRoles: r.From.Roles,
		Billing: BillingAsComments}
	m.exporter.SetAside(r.From.Organizations)
	for _, move := range moves {
		if !move.collides {
			m.write(move)
		}
	}
	out.finish(moves, &r)
	return out
}

// migratedOrganization is one organization on its way.
type migratedOrganization struct {
	live        *state.Organization
	oldKey      string
	key, name   string
	decided     spec.MappedOrganization
	takenOverBy *state.Organization // the organization in the target that takes it over
	collides    bool
}

// organizations lists what goes, with its new name and key; what the map skips is left out.
func (r *Migration) organizations(out *MigrationResult) []*migratedOrganization {
	used := make([]bool, len(r.Map.Organizations))
	var moves []*migratedOrganization
	for _, live := range r.From.Organizations {
		m := &migratedOrganization{live: live, oldKey: r.From.Keys[live.ID], name: live.Name}
		for i, decided := range r.Map.Organizations {
			if !MatchesOrganization(decided.From, m.oldKey, live.Name, live.ID) {
				continue
			}
			if m.decided.From != "" {
				out.addDoubleEntry(m, decided)
			}
			used[i], m.decided = true, decided
		}
		if m.decided.Skip {
			out.omit(live, "the organization itself", "the map skips it")
			continue
		}
		m.rename(r)
		moves = append(moves, m)
	}
	for i, decided := range r.Map.Organizations {
		if !used[i] {
			source := decided.Source
			out.Problems = append(out.Problems, spec.Problem{Severity: spec.Error, Rule: "map-matches-nothing",
				Source: &source,
				Message: "the map names " + text.Quote(decided.From) +
					", which is no name, key or id of an organization that is moved",
				Hint: "write the name as the source zone has it"})
		}
	}
	return moves
}

// addDoubleEntry reports an entry about an organization of which another one has spoken: one of
// them would be lost silently.
func (out *MigrationResult) addDoubleEntry(m *migratedOrganization, second spec.MappedOrganization) {
	source := second.Source
	out.Problems = append(out.Problems, spec.Problem{Severity: spec.Error, Rule: "map-twice", Source: &source,
		Message: fmt.Sprintf("the map speaks of %s (id %d) twice: as %s and as %s", text.Quote(m.live.Name), m.live.ID,
			text.Quote(m.decided.From), text.Quote(second.From)),
		Hint: "write one entry, with everything that it says; an id is never ambiguous"})
}

// MatchesOrganization tells whether a map's entry is about an organization: by key, name or id.
func MatchesOrganization(from, key, name string, id int64) bool {
	return from == key || state.NormalName(from) == state.NormalName(name) || from == state.FormatID(id)
}

func (m *migratedOrganization) rename(r *Migration) {
	if m.decided.Name != "" {
		m.name = m.decided.Name
	}
	if m.key = m.decided.Key; m.key == "" {
		m.key = strings.NewReplacer("{key}", m.oldKey, "{id}", state.FormatID(m.live.ID),
			"{from}", r.From.Endpoint.Name, "{to}", r.To.Endpoint.Name).Replace(r.KeyPattern)
	}
}

// collide finds what would meet in the target: a name that is there already, one name or one key
// twice.
func (r *Migration) collide(moves []*migratedOrganization, out *MigrationResult) {
	names, keys, heirs := map[string]int{}, map[string]int{}, map[int64]int{}
	for _, m := range moves {
		names[state.NormalName(m.name)]++
		keys[m.key]++
		heirs[m.decided.ID]++
	}
	for _, m := range moves {
		switch there := r.inTarget(m.name); {
		case m.decided.ID != 0 && heirs[m.decided.ID] > 1:
			out.collide(m, fmt.Sprintf("the map lets id %d take over several organizations", m.decided.ID),
				"give it another `id`, or none for a new organization")
		case m.decided.ID != 0:
			r.takeOver(m, there, out)
		case len(there) > 0:
			out.collide(m, fmt.Sprintf("%s holds an organization of the name %s already (%s)", r.To.Endpoint.Name,
				text.Quote(m.name), idsText(there)),
				"give it another `name`, or let that one take it over with `id: "+state.FormatID(there[0].ID)+"`")
		case names[state.NormalName(m.name)] > 1:
			out.collide(m, "several organizations of the migration would be called "+text.Quote(m.name),
				"give it another `name`")
		case !spec.AcceptsName(m.name):
			out.collide(
				m,
				"Make refuses the name "+text.Quote(m.name)+" for a new organization",
				"give it another `name`",
			)
		}
		switch {
		case keys[m.key] > 1:
			out.collide(m, "several organizations of the migration would have the key "+text.Quote(m.key),
				"give it another `key`")
		case !spec.AcceptsKey(m.key):
			out.collide(m, text.Quote(m.key)+" is no key that documents allow",
				"give it another `key`, or use another --key")
		}
	}
}

func (r *Migration) inTarget(name string) []*state.Organization {
	var found []*state.Organization
	for _, live := range r.To.All() {
		if state.NormalName(live.Name) == state.NormalName(name) {
			found = append(found, live)
		}
	}
	return found
}

func idsText(organizations []*state.Organization) string {
	var ids []string
	for _, live := range organizations {
		ids = append(ids, "id "+state.FormatID(live.ID))
	}
	return text.Commas(ids, 5)
}

// takeOver lets an organization that is in the target already take another one over. Its name stays
// as it is.
func (r *Migration) takeOver(m *migratedOrganization, namesakes []*state.Organization, out *MigrationResult) {
	for _, live := range r.To.All() {
		if live.ID == m.decided.ID {
			m.takenOverBy = live
			switch {
			case m.decided.Name == "":
				m.name = live.Name
			case len(namesakes) > 1 || len(namesakes) == 1 && namesakes[0] != live:
				out.collide(m,
					fmt.Sprintf("id %d would get the name %s, which another organization of %s has already (%s)",
						live.ID, text.Quote(m.name), r.To.Endpoint.Name, idsText(namesakes)),
					"give it another `name`, or none to keep the one that it has")
			}
			return
		}
	}
	out.collide(m, fmt.Sprintf("the map lets id %d take it over, which is not in %s", m.decided.ID, r.To.Endpoint.Name),
		"write an id of that zone, or none for a new organization")
}

func (out *MigrationResult) collide(m *migratedOrganization, reason, remedy string) {
	m.collides = true
	out.Collisions = append(out.Collisions, Collision{Organization: m.live.Name, ID: m.live.ID, Reason: reason,
		Remedy: "in the map, under organizations." + m.oldKey + ": " + remedy})
}

func (out *MigrationResult) omit(live *state.Organization, what, why string) {
	out.Omissions = append(out.Omissions, Omission{Organization: live.Name, What: what, Why: why})
}

// chooseRegion decides where new organizations are made: as told, the only region that there is, or
// the one that the zone's name speaks of (us1 → US). The API never says where a live organization
// is.
func (out *MigrationResult) chooseRegion(r *Migration) {
	regions := r.To.Names[state.Regions]
	for _, region := range regions {
		out.Regions = append(out.Regions, state.PreferredName(state.Regions, region))
	}
	sort.Strings(out.Regions)
	told, by := r.Map.Region, "the map says so"
	if r.Region != "" {
		told, by = r.Region, "--region says so"
	}
	_, read := r.To.Names[state.Regions]
	switch found := state.MatchNames(regions, told); {
	case told != "" && !read:
		out.Region, out.RegionWhy = told, by+", unchecked"
	case told != "" && len(found) == 1:
		out.Region, out.RegionWhy = state.PreferredName(state.Regions, found[0]), by
	case told != "":
		out.Problems = append(out.Problems, spec.Problem{Severity: spec.Error, Rule: "region",
			Message: "the region " + text.Quote(told) + " is not one of the target's",
			Hint:    "known: " + text.Commas(out.Regions, 12)})
	case len(regions) == 1:
		out.Region, out.RegionWhy = out.Regions[0], "it is the only one"
	default:
		out.guessRegion(r.To.Endpoint.Name, regions)
	}
}

// guessRegion takes the one region whose name begins with the letters of the zone's name: us of
// us1, eu of celonis-eu1.
func (out *MigrationResult) guessRegion(zone string, regions []state.Name) {
	letters := spec.FoldName(strings.TrimRight(zone[strings.LastIndexByte(zone, '-')+1:], "0123456789"))
	var found []state.Name
	for _, region := range regions {
		if letters != "" && strings.HasPrefix(spec.FoldName(region.Name), letters) {
			found = append(found, region)
		}
	}
	if len(found) == 1 {
		out.Region, out.RegionWhy = state.PreferredName(state.Regions, found[0]), "the zone is called "+zone
	}
}

// finish sorts, drops files of empty stages, and adds what concerns all organizations.
func (out *MigrationResult) finish(moves []*migratedOrganization, r *Migration) {
	for i := range out.Stages {
		sort.SliceStable(out.Stages[i].Documents, func(a, b int) bool {
			return out.Stages[i].Documents[a].Organization.Key < out.Stages[i].Documents[b].Organization.Key
		})
	}
	creates := 0
	for _, m := range moves {
		if !m.collides && m.takenOverBy == nil {
			creates++
		}
	}
	if creates > 0 {
		out.Stages[0].Allow = []string{fmt.Sprintf("create:organization<=%d@*", creates)}
	}
	for _, d := range out.Stages[2].Documents {
		if n := invites(d.Organization.Members); n > spec.DefaultGuards().MaxInvites {
			out.Stages[2].Allow = append(out.Stages[2].Allow,
				fmt.Sprintf("invite:member<=%d@%s", n, d.Organization.Key))
		}
	}
	if len(moves) > 0 {
		from := r.From.Endpoint.Name
		for _, l := range [][2]string{
			{"scenarios, webhooks, data stores, templates and custom apps",
				"the organizations API does not carry them; Make's own migration helper moves scenarios"},
			{"connections and keys",
				"they hold credentials, which the API never gives out; make them again in the target"},
			{"history, logs, usage and incomplete executions", "they stay with the organization in " + from},
			{"plan, payment methods and invoices",
				"new organizations begin on Free: buy the plans before the second wave"},
		} {
			out.Omissions = append(out.Omissions, Omission{What: l[0], Why: l[1]})
		}
	}
	sort.SliceStable(out.Omissions, func(i, j int) bool {
		return out.Omissions[i].Organization < out.Omissions[j].Organization
	})
}

func invites(members []spec.Member) int {
	n := 0
	for i := range members {
		if members[i].Invite != nil {
			n++
		}
	}
	return n
}

package sandbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// organizationColumns are the keys of an organization in the order of a recorded
// detail. By default rows of the list have four of them (recorded); asked for
// with cols[], a list can have those in listable. Operations, transfer and
// credits are decimal strings (recorded).
var organizationColumns = table[home]{
	{"id", true, func(_ *call, h home) any { return h.org.ID }},
	{"name", true, func(_ *call, h home) any { return h.org.Name }},
	{"timezoneId", true, func(_ *call, h home) any { return h.org.Timezone.ID }},
	{"zone", true, func(_ *call, h home) any { return h.zone.Host }},
	{"countryId", false, func(_ *call, h home) any { return h.org.Country.ID }},
	{"license", false, here(func(h home) any { return h.org.licence() })},
	{"serviceName", false, here(func(h home) any { return h.org.planName() })},
	{"isPaused", false, here(func(h home) any { return h.org.Paused })},
	{"externalId", false, func(_ *call, h home) any { return orNull(h.org.ExternalID) }},
	{"productName", false, func(_ *call, h home) any { return h.org.planName() }},
	{"solutionPartnerLink", false, func(*call, home) any { return nil }},
	{"tfaEnforced", false, func(_ *call, h home) any { return h.org.TFAEnforced }},
	{"sharedScenarioPartnerCode", false, func(*call, home) any { return nil }},
	{"privateSpaces", false, func(*call, home) any { return []object{} }},
	{"createdAt", false, func(_ *call, h home) any { return h.org.Created }},
	{"lastReset", false, func(c *call, h home) any { return meter{h.org}.lastReset(c.now) }},
	{"nextReset", false, func(c *call, h home) any { return nextMonth(meter{h.org}.lastReset(c.now)) }},
	{"operations", false, func(c *call, h home) any { return decimal(meter{h.org}.used(c.now).operations) }},
	{"transfer", false, func(c *call, h home) any { return decimal(meter{h.org}.used(c.now).transfer) }},
	{"centicreditsConsumed", false, func(c *call, h home) any { return centicredits(meter{h.org}.used(c.now)) }},
	{"operationsExt", false, func(*call, home) any { return "0" }},
	{"centicreditsExtra", false, func(*call, home) any { return "0" }},
	{"autoPurchasingActivated", false, func(_ *call, h home) any { return h.org.AutoPurchase }},
	{"transferExt", false, func(*call, home) any { return "0" }},
	{"features", false, func(*call, home) any { return object{} }},
	{"activeApps", false, func(_ *call, h home) any { return len(h.org.Apps) }},
	{"activeScenarios", false, func(_ *call, h home) any { return h.org.ActiveScenarios }},
	{"unusedOperations", false, func(c *call, h home) any { return decimal(meter{h.org}.unused(c.now).operations) }},
	{"unusedTransfer", false, func(c *call, h home) any { return decimal(meter{h.org}.unused(c.now).transfer) }},
	{"unusedCenticredits", false, func(c *call, h home) any { return centicredits(meter{h.org}.unused(c.now)) }},
	{"autoPurchaseInProgress", false, func(*call, home) any { return false }},
	{"ssoType", false, func(*call, home) any { return nil }},
	{"featureControls", false, func(_ *call, h home) any { return controlFlags(h) }},
	{"teams", false, func(_ *call, h home) any { return teamNames(h.org) }},
}

var (
	// listable are the columns that a list can be asked for (published; others of
	// the detail are in no list of columns, and are left out here).
	listable = organizationColumns.named("id", "name", "countryId", "timezoneId", "license", "zone", "serviceName",
		"teams", "isPaused", "externalId", "productName", "tfaEnforced", "privateSpaces")
	// created are the keys in the reply to creating and changing an organization.
	created = organizationColumns.named(
		"id",
		"name",
		"timezoneId",
		"countryId",
		"license",
		"zone",
		"serviceName",
		"teams",
		"isPaused",
	)
)

// here leaves a column out for organizations that live in another zone than the one called.
func here(get func(home) any) func(*call, home) any {
	return func(c *call, h home) any {
		if h.zone != c.zone {
			return absent
		}
		return get(h)
	}
}

func teamNames(o *Organization) []object {
	rows := make([]object, len(o.Teams))
	for i, t := range o.Teams {
		rows[i] = object{{"id", t.ID}, {"name", t.Name}}
	}
	return rows
}

func homeOf(c *call) home { return home{org: c.org, zone: c.w.index.organization(c.org.ID).zone} }

// listOrganizations: GET /organizations spans all zones of the world: every
// organization that the user belongs to, by name.
func listOrganizations(c *call) (any, error) {
	sel, err := listable.pick(c)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(c, maxLimit, "name", "id")
	if err != nil {
		return nil, err
	}
	rows := visibleOrganizations(c)
	if p.sortBy == "id" {
		rows = ordered(rows, func(home) string { return "" }, func(h home) int { return h.org.ID })
	}
	return object{{"organizations", sel.rows(c, cut(p, rows))}, {"pg", p.echo(len(rows))}}, nil
}

// visibleOrganizations are those that the user has joined, narrowed to the host
// zone and the external id of the query. Whether open invitations count is a switch.
func visibleOrganizations(c *call) []home {
	zone, external := c.query().Get("zone"), c.query().Get("externalId")
	var rows []home
	for _, h := range c.w.index.memberships(c.user.ID) {
		if h.org.member(c.user.ID).Invitation != nil && c.is("invited-in-list", "no") ||
			zone != "" && zone != h.zone.Host || external != "" && external != h.org.ExternalID ||
			!c.w.lag.isListed(h.org.ID, c.now) {
			continue
		}
		rows = append(rows, h)
	}
	return rows
}

// getOrganization: GET /organizations/{organizationId} has every column.
func getOrganization(c *call) (any, error) {
	sel := organizationColumns
	if c.is("detail-cols", "apply") && len(requestedColumns(c)) > 0 {
		var err error
		if sel, err = sel.pick(c); err != nil {
			return nil, err
		}
	}
	return object{{"organization", sel.row(c, homeOf(c))}}, nil
}

// createOrganization: POST /organizations. The new organization is on Free, lives in
// the first zone of the region, has one team, My Team, and its creator as Owner.
// Names need not be unique.
func createOrganization(c *call) (change, error) {
	var in struct {
		Name       *string `json:"name"`
		RegionID   *int    `json:"regionId"`
		TimezoneID *int    `json:"timezoneId"`
		CountryID  *int    `json:"countryId"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if c.is("create-organization", "forbid") && !c.user.allows([]string{"admin:write"}) {
		return change{}, forbiddenAnswer(c)
	}
	err := missing("name", in.Name == nil, "regionId", in.RegionID == nil, "timezoneId", in.TimezoneID == nil,
		"countryId", in.CountryID == nil)
	if err != nil {
		return change{}, err
	}
	zone := zoneOfRegion(c, *in.RegionID)
	if zone == nil {
		return change{}, invalid("Region does not exist.")
	}
	if err := checkOrganization(c, in.Name, in.CountryID, in.TimezoneID); err != nil {
		return change{}, err
	}
	return change{"organization", func() any {
		o := newOrganization(c, *in.Name, *in.CountryID, *in.TimezoneID, c.user)
		addOrganization(c, home{org: o, zone: zone})
		return object{{"organization", created.row(c, home{org: o, zone: zone})},
			{"userOrganizationRole", memberColumns.normal().row(c, membership{o, o.Members[0]})}}
	}}, nil
}

// newOrganization is on Free with one team; who creates it is its Owner and Team Admin.
func newOrganization(c *call, name string, country, timezone int, owner *User) *Organization {
	o := &Organization{ID: next(&c.w.state.Next.Organization), Name: name, Plan: "Free",
		Country: Ref{ID: country}, Timezone: Ref{ID: timezone}, Created: c.now.UTC()}
	admin := []TeamMember{{UserID: owner.ID, Role: Ref{ID: teamAdminID}}}
	o.Teams = []*Team{{ID: next(&c.w.state.Next.Team), Name: "My Team", Members: admin}}
	o.Members = []*Member{{UserID: owner.ID, Role: Ref{ID: ownerID}}}
	o.Billing = newBilling(o)
	return o
}

func addOrganization(c *call, h home) {
	h.zone.Organizations = append(h.zone.Organizations, h.org)
	x := c.w.index
	x.orgs[h.org.ID] = h
	for _, t := range h.org.Teams {
		x.teams[t.ID] = home{h.org, h.zone, t}
	}
	x.membersChanged(c.user.ID)
	c.w.lag.begin(h.org.ID, lagMode(c))
	if c.unlisted > 0 {
		c.w.lag.hide(h.org.ID, c.now.Add(c.unlisted))
	}
}

func zoneOfRegion(c *call, id int) *Zone {
	if c.zone.Region.ID == id {
		return c.zone
	}
	for _, z := range c.w.state.Zones {
		if z.Region.ID == id {
			return z
		}
	}
	return nil
}

// missing is the refusal of a body that lacks required fields: pairs of a name
// and whether it is missing.
func missing(pairs ...any) error {
	var reasons []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1].(bool) {
			reasons = append(reasons, "Missing value of required parameter '"+pairs[i].(string)+"'.")
		}
	}
	if reasons != nil {
		return invalid(reasons...)
	}
	return nil
}

func checkOrganization(c *call, name *string, country, timezone *int) error {
	var reasons []string
	if name != nil && !validName(*name) {
		reasons = append(reasons, "Invalid organization name.")
	}
	if country != nil && c.zone.enums().country(*country) == nil {
		reasons = append(reasons, "Country does not exist.")
	}
	if timezone != nil && c.zone.enums().timezone(*timezone) == nil {
		reasons = append(reasons, "Timezone does not exist.")
	}
	if reasons != nil {
		return invalid(reasons...)
	}
	return nil
}

// validName holds the published rule for names of organizations and of invited
// people: 1 to 128 letters, digits, spaces and '-.()*+,@_/ with no space at
// either end. Combining marks count as letters.
func validName(s string) bool {
	if n := utf8.RuneCountInString(s); n < 1 || n > 128 || strings.TrimSpace(s) != s {
		return false
	}
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(" '-.()*+,@_/", r) {
			return false
		}
	}
	return true
}

// updateOrganization: PATCH /organizations/{organizationId} changes what is sent.
func updateOrganization(c *call) (change, error) {
	var in struct {
		Name       *string `json:"name"`
		CountryID  *int    `json:"countryId"`
		TimezoneID *int    `json:"timezoneId"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := checkOrganization(c, in.Name, in.CountryID, in.TimezoneID); err != nil {
		return change{}, err
	}
	return change{"organization", func() any {
		set(&c.org.Name, in.Name)
		set(&c.org.Country.ID, in.CountryID)
		set(&c.org.Timezone.ID, in.TimezoneID)
		if in.Name != nil {
			c.w.index.membersChanged()
		}
		return object{{"organization", created.row(c, homeOf(c))}}
	}}, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// deleteOrganization: DELETE /organizations/{organizationId}, by the Owner only.
// One without active scenarios goes even unconfirmed.
func deleteOrganization(c *call) (change, error) {
	if c.role.ID != ownerID {
		return change{}, lacking("organization delete")
	}
	if c.org.ActiveScenarios > 0 && !c.flag("confirmed") {
		return change{}, unconfirmedDelete(c, "The organization has active scenarios.", activeScenarios(c))
	}
	return change{"organization", func() any {
		removeOrganization(c)
		return object{{"organization", c.org.ID}}
	}}, nil
}

func removeOrganization(c *call) {
	z := c.zone
	for i, o := range z.Organizations {
		if o == c.org {
			z.Organizations = append(z.Organizations[:i:i], z.Organizations[i+1:]...)
			break
		}
	}
	delete(c.w.index.orgs, c.org.ID)
	for _, t := range c.org.Teams {
		delete(c.w.index.teams, t.ID)
	}
	c.w.index.membersChanged()
}

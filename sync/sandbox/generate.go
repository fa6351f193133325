package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// GenerateOptions say how large a generated world is.
type GenerateOptions struct {
	Organizations int      // over all zones; default 5
	Variables     int      // of each organization whose licence has them
	Members       int      // of each organization, the first user among them; default 1
	Seed          int64    // the same seed makes the same world
	Zones         []string // names; default eu1 and us1
}

// Generate makes a plausible world with the oddities that real ones have: unicode
// names in both normal forms, names at the limits and with / * ? [ %, two
// organizations of one name, expired and pending invitations, role rows without a
// user, two roles of one name, numbers kept as strings, types and values that
// disagree, objects as values, values that look like placeholders, and all plans.
// The first user has the default token and two-factor authentication and belongs
// to every organization, to most as Owner. Organization i has oddity i, over and
// over, so that a handful of organizations shows them all. Every fifth is in trouble
// besides (see troubles), and some variables are the same wherever they are, as if
// from one profile.
func Generate(o GenerateOptions) *State {
	o.Organizations, o.Members = cmp.Or(o.Organizations, 5), cmp.Or(o.Members, 1)
	if len(o.Zones) == 0 {
		o.Zones = []string{"eu1", "us1"}
	}
	g := &generator{GenerateOptions: o, random: rand.New(rand.NewPCG(uint64(o.Seed), 1))}
	g.state = &State{Version: stateVersion, Users: []*User{{ID: 1, Name: "Olga Operations", Email: "ops@acme.example",
		Token: defaultToken, TwoFactor: true, LastLogin: founded}}}
	for _, name := range o.Zones {
		g.state.Zones = append(g.state.Zones, &Zone{Name: name, Organizations: []*Organization{}})
	}
	g.people()
	for i := range o.Organizations {
		z := g.state.Zones[i*len(o.Zones)/o.Organizations]
		z.Organizations = append(z.Organizations, g.organization(i))
	}
	g.state.Roles = []*Role{{ID: 1001, Name: "Member", Category: "organization", OrganizationID: 11,
		Description: "A custom role that is called as a built-in one.", Permissions: []string{mayView}}}
	return g.state
}

type generator struct {
	GenerateOptions
	random *rand.Rand
	state  *State
}

var (
	givenNames = []string{
		"Ada",
		"Bruno",
		"Chloé",
		"Dana",
		"Emil",
		"Fatima",
		"Goran",
		"Hana",
		"Iva",
		"Jürgen",
		"Katarzyna",
		"Łukasz",
		"María",
		"Nguyễn",
		"Ondřej",
		"Priya",
		"Søren",
		"Tereza",
		"Urška",
		"Yūki",
	}
	familyNames = []string{
		"Adams",
		"Bianchi",
		"Černý",
		"Dubois",
		"Eriksson",
		"Fernández",
		"Grünwald",
		"Horvat",
		"Ito",
		"Jovanović",
		"Kovács",
		"Lewandowska",
		"Müller",
		"Novotná",
		"O'Brien",
		"Papadopoulou",
		"Quinn",
		"Rossi",
		"Šimek",
		"Tanaka",
	}
	firms = []string{
		"Acme",
		"Borealis",
		"Cobalt",
		"Delta",
		"Evergreen",
		"Foxglove",
		"Granite",
		"Harbor",
		"Indigo",
		"Juniper",
		"Kestrel",
		"Lumen",
		"Meridian",
		"Nimbus",
		"Orchard",
	}
	trades = []string{
		"Automation",
		"Logistics",
		"Foods",
		"Studio",
		"Labs",
		"Consulting",
		"Retail",
		"Energy",
		"Media",
		"Health",
		"Travel",
	}
	// oddNames are given to the first organizations; the two of one name come first.
	oddNames = []string{
		"Twin Brothers", "Twin Brothers",
		"Caf\u00e9 Z\u00fcrich", "Cafe\u0301 Zu\u0308rich", // one name in NFC and in NFD
		"日本オートメーション", "Команда Север",
		"A/B * C", "What? [draft] 100% %2F", "N", strings.Repeat("Long name ", 12) + "exactly.",
		"O'Neill & Co. (old), @home_1 + 2",
	}
	generatedPlans = []string{"Enterprise", "Pro", "Teams", "Pro", "Free", "Core"}
)

// people fill a pool from which organizations take their members.
func (g *generator) people() {
	for i := range min(max(g.Members*3, 8), 5000) {
		given, family := givenNames[g.random.IntN(len(givenNames))], familyNames[g.random.IntN(len(familyNames))]
		u := &User{
			ID:        i + 2,
			Name:      given + " " + family,
			Email:     fmt.Sprintf("user%d@acme.example", i+2),
			TwoFactor: i%3 > 0,
		}
		switch {
		case i == 1:
			u.Email = "User3@Acme.Example" // upper case, as people type it
		case i%5 != 4:
			u.LastLogin = founded.Add(time.Duration(g.random.IntN(200*24)) * time.Hour)
		}
		g.state.Users = append(g.state.Users, u)
	}
}

func (g *generator) organization(i int) *Organization {
	o := &Organization{ID: 11 + i, Name: g.name(i), Plan: generatedPlans[i%len(generatedPlans)], ActiveScenarios: i % 4,
		Created: founded.Add(time.Duration(g.random.IntN(100*24*60)) * time.Minute)}
	o.Country, o.Timezone = g.place()
	for _, name := range []string{"My Team", "Ops", "Sales"}[:1+i%3] {
		o.Teams = append(o.Teams, &Team{ID: 101 + 3*i + len(o.Teams), Name: name})
	}
	g.members(o, i)
	if o.has("customVariables") {
		o.Variables = make([]Variable, g.Variables)
		for v := range o.Variables {
			o.Variables[v] = g.variable(v)
		}
	}
	g.trouble(o, i)
	return o
}

func (g *generator) name(i int) string {
	if i < len(oddNames) {
		return oddNames[i]
	}
	return fmt.Sprintf("%s %s %d", firms[g.random.IntN(len(firms))], trades[g.random.IntN(len(trades))], i)
}

func (g *generator) place() (country, timezone Ref) {
	c, t := builtinEnums().Countries, builtinEnums().Timezones
	return Ref{ID: c[g.random.IntN(len(c))].ID}, Ref{ID: t[g.random.IntN(len(t))].ID}
}

// members begin with the first user, who is Owner but of every seventh
// organization. Of the others the second is pending, the third expired, and the
// fourth a row without a user, in every second organization.
func (g *generator) members(o *Organization, i int) {
	first := &Member{UserID: 1, Role: Ref{ID: ownerID}}
	o.Members = append(o.Members, first)
	pool := g.random.Perm(len(g.state.Users) - 1)
	for n := range min(g.Members-1, len(pool)) {
		m := &Member{
			UserID:      pool[n] + 2,
			Role:        Ref{ID: []int{adminID, memberID, memberID, 14, 15, 16}[n%6]},
			Connections: n % 3,
		}
		switch {
		case i%2 == 0 && n == 1:
			m.Invitation = &Invitation{word: "pending"}
		case i%2 == 0 && n == 2:
			m.Invitation = &Invitation{word: "expired"}
		case i%2 == 0 && n == 3:
			m.UserID = 900_000 + i
		}
		o.Members = append(o.Members, m)
	}
	if i%7 == 6 && len(o.Members) > 1 {
		first.Role.ID, o.Members[1].Role.ID = adminID, ownerID
	}
}

// variable makes the v-th variable: the odd ones first, then plain ones, of which a quarter is the
// same in every organization.
func (g *generator) variable(v int) Variable {
	name := fmt.Sprintf("VAR_%03d", v)
	switch v {
	case 0:
		return Variable{"NUMBER_AS_STRING", 1, json.RawMessage(`"42"`)}
	case 1:
		return Variable{"MISMATCH", 1, json.RawMessage(`"not a number"`)}
	case 2:
		return Variable{"OBJECT", 2, json.RawMessage(`{"a":1,"b":[true,null]}`)}
	case 3:
		return Variable{"MASKED", 2, json.RawMessage(`"***"`)}
	case 4:
		return Variable{"PLACEHOLDER", 2, json.RawMessage(`"${env:HOME} ##X##"`)}
	case 5:
		return Variable{"$cash_" + strings.Repeat("n", 122), 2, json.RawMessage(`"name at the limit"`)}
	case 6:
		return Variable{"UNICODE", 2, quoted("č = c\u030c, \u2028, \"quoted\", <tag> & more\nlines")}
	}
	plain := g.plainVariable(name, v)
	switch v % 8 {
	case 0:
		plain.Value = json.RawMessage(strconv.Itoa(1000 + v))
	case 1:
		plain.Value = quoted("https://hub.acme.example/" + strconv.Itoa(v))
	}
	return plain
}

// plainVariable draws a value of one of the four types.
func (g *generator) plainVariable(name string, v int) Variable {
	switch v % 4 {
	case 0:
		return Variable{name, 1, json.RawMessage(strconv.Itoa(g.random.IntN(100000)))}
	case 1:
		return Variable{
			name,
			2,
			quoted("https://" + strings.ToLower(firms[g.random.IntN(len(firms))]) + ".example/" + strconv.Itoa(v)),
		}
	case 2:
		return Variable{name, 3, json.RawMessage(strconv.FormatBool(g.random.IntN(2) == 0))}
	}
	return Variable{
		name,
		4,
		quoted(founded.Add(time.Duration(g.random.IntN(1_000_000)) * time.Minute).Format("2006-01-02T15:04:05.000Z")),
	}
}

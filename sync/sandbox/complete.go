package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// complete makes a state whole: it assigns ids that are missing, in the order of
// the file, resolves names to ids and fills defaults in. It changes nothing in a
// state that is whole already. now is the world's clock. The error says what
// does not hold together, and where.
func (s *State) complete(now time.Time) error {
	if len(s.Users) == 0 || len(s.Zones) == 0 {
		return errors.New("a state needs at least one user and one zone")
	}
	k := &completion{state: s, now: now, emails: map[string]*User{}, taken: map[int]bool{}}
	k.countIDs()
	steps := []func() error{k.users, k.zones, k.roles, k.organizations, k.switches}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type completion struct {
	state  *State
	now    time.Time
	emails map[string]*User
	taken  map[int]bool // ids of users and, later on, of rows without one
	free   int          // the last id that was given to a user
}

// countIDs puts the next ids behind all that are taken. Organizations begin at
// 11 and teams at 101, so that a mixed-up id shows.
func (k *completion) countIDs() {
	n := &k.state.Next
	n.Organization, n.Team, n.Role, n.Edit = max(
		n.Organization,
		11,
	), max(
		n.Team,
		101,
	), max(
		n.Role,
		1001,
	), max(
		n.Edit,
		firstEdit,
	)
	n.User = max(n.User, 1)
	for _, u := range k.state.Users {
		k.take(u.ID)
	}
	for _, r := range k.state.Roles {
		n.Role = max(n.Role, r.ID+1)
	}
	for _, z := range k.state.Zones {
		for _, o := range z.Organizations {
			n.Organization = max(n.Organization, o.ID+1)
			for _, t := range o.Teams {
				n.Team = max(n.Team, t.ID+1)
			}
			for _, m := range o.Members {
				n.User = max(n.User, m.UserID+1)
			}
			for _, edits := range o.History {
				for _, e := range edits {
					n.Edit = max(n.Edit, e.ID+1)
				}
			}
		}
	}
}

// takeRows keeps the ids of rows without a user from people who are known by e-mail only.
func (k *completion) takeRows() {
	for _, z := range k.state.Zones {
		for _, o := range z.Organizations {
			for _, m := range o.Members {
				k.take(m.UserID)
			}
		}
	}
}

func (k *completion) take(user int) {
	k.taken[user] = true
	k.state.Next.User = max(k.state.Next.User, user+1)
}

// userID gives the users of a seed the lowest ids that are free, so that the first
// one is user 1 even where some row names user 900.
func (k *completion) userID() int {
	for k.free++; k.taken[k.free]; k.free++ {
	}
	k.take(k.free)
	return k.free
}

// next gives out an id.
func next(counter *int) int {
	*counter++
	return *counter - 1
}

func (k *completion) users() error {
	ids := map[int]bool{}
	for i, u := range k.state.Users {
		if u.ID == 0 {
			u.ID = k.userID()
		}
		if i == 0 && u.Token == "" {
			u.Token = defaultToken
		}
		email := strings.ToLower(u.Email)
		if ids[u.ID] || k.emails[email] != nil || email == "" {
			return fmt.Errorf("user %d, %q: an e-mail and an id of its own are needed", u.ID, u.Email)
		}
		ids[u.ID], k.emails[email] = true, u
		if err := k.user(u); err != nil {
			return err
		}
	}
	return nil
}

func (k *completion) user(u *User) error {
	if u.Name == "" {
		u.Name, _, _ = strings.Cut(u.Email, "@")
	}
	if u.Language == "" {
		u.Language = "en"
	}
	if u.Locale == 0 {
		u.Locale = 1
	}
	err := builtinEnums().resolve(&u.Country, &u.Timezone)
	if err != nil {
		return fmt.Errorf("user %s: %w", u.Email, err)
	}
	return nil
}

func (k *completion) zones() error {
	seen := map[string]bool{}
	for i, z := range k.state.Zones {
		if z.Name == "" || seen[z.Name] {
			return fmt.Errorf("zone %d, %q: a name of its own is needed", i+1, z.Name)
		}
		seen[z.Name] = true
		if z.Host == "" {
			z.Host = hostOf(z.Name)
		}
		if z.Region == nil {
			z.Region = regionOf(z.Name, i)
		}
		if z.Controls == nil {
			z.Controls = builtinControls(i)
		}
		if len(z.Contract) > 0 && !json.Valid(z.Contract) {
			return fmt.Errorf("zone %s: the contract is no JSON", z.Name)
		}
		if err := completePrices(z.Prices); err != nil {
			return fmt.Errorf("zone %s: %w", z.Name, err)
		}
	}
	return nil
}

func hostOf(zone string) string {
	if name, ok := strings.CutPrefix(zone, "celonis-"); ok {
		return name + ".make.celonis.com"
	}
	return zone + ".make.com"
}

// regionOf follows the first letters of the zone's name; the ids are made up,
// since Make does not publish them.
func regionOf(zone string, i int) *Region {
	name := strings.TrimPrefix(zone, "celonis-")
	switch {
	case strings.HasPrefix(name, "eu"):
		return &Region{1, "EU"}
	case strings.HasPrefix(name, "us"):
		return &Region{2, "US"}
	}
	return &Region{10 + i, strings.ToUpper(name)}
}

func (k *completion) roles() error {
	for _, r := range k.state.Roles {
		if r.ID == 0 {
			r.ID = next(&k.state.Next.Role)
		}
		if r.Category != "organization" && r.Category != "team" {
			return fmt.Errorf("role %q: the category is organization or team, not %q", r.Name, r.Category)
		}
	}
	return nil
}

func (k *completion) organizations() error {
	ids := map[int]bool{}
	k.takeRows()
	for _, z := range k.state.Zones {
		for _, o := range z.Organizations {
			if o.ID == 0 {
				o.ID = next(&k.state.Next.Organization)
			}
			if ids[o.ID] {
				return fmt.Errorf("organization %q: the id %d is taken", o.Name, o.ID)
			}
			ids[o.ID] = true
			if err := k.organization(z, o); err != nil {
				return fmt.Errorf("organization %q: %w", o.Name, err)
			}
		}
	}
	return nil
}

// founded is when an organization was created whose seed does not say it.
var founded = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

func (k *completion) organization(z *Zone, o *Organization) error {
	if o.Plan == "" {
		o.Plan = "Pro"
	}
	if _, ok := plans[o.Plan]; !ok {
		return fmt.Errorf("no plan %q; there are %s", o.Plan, strings.Join(slices.Sorted(maps.Keys(plans)), ", "))
	}
	if o.Created.IsZero() {
		o.Created = founded
	}
	if o.Teams == nil {
		o.Teams = []*Team{{Name: "My Team"}}
	}
	if o.Members == nil {
		o.Members = []*Member{{UserID: k.state.Users[0].ID, Role: Ref{ID: ownerID}}}
	}
	if o.FeatureControls == nil && o.Plan != "Free" {
		o.FeatureControls = z.controlsOfNew()
	}
	if o.Billing == nil {
		o.Billing = newBilling(o)
	}
	k.billing(z, o)
	if err := z.enums().resolve(&o.Country, &o.Timezone); err != nil {
		return err
	}
	if err := k.members(o); err != nil {
		return err
	}
	if err := k.teams(o); err != nil {
		return err
	}
	return completeVariables(o)
}

// billing dates what a seed says without a date.
func (k *completion) billing(z *Zone, o *Organization) {
	b := o.Billing
	if b.Canceled && b.Ends.IsZero() {
		_, b.Ends = z.cycle(o, k.now)
	}
	if b.Failing && b.Failed.IsZero() {
		b.Failed = k.now.Add(-2 * 24 * time.Hour).UTC().Truncate(time.Millisecond)
	}
	b.Failing = false
}

func (k *completion) members(o *Organization) error {
	seen := map[int]bool{}
	for _, m := range o.Members {
		if err := k.member(o, m); err != nil {
			return err
		}
		if seen[m.UserID] {
			return fmt.Errorf("user %d is a member twice", m.UserID)
		}
		seen[m.UserID] = true
	}
	return nil
}

func (k *completion) member(o *Organization, m *Member) (err error) {
	if m.UserID, err = k.person(m.Email, m.Name, m.UserID); err != nil {
		return err
	}
	m.Email, m.Name = "", ""
	if m.Role.ID, err = k.roleID(m.Role, "organization", memberID); err != nil {
		return fmt.Errorf("member %d: %w", m.UserID, err)
	}
	m.Role.Name = ""
	if m.Invitation != nil {
		m.Invitation.complete(k.now, o.ID, m.UserID)
	}
	return nil
}

// person finds the user of an e-mail, and adds one who is known from there only.
func (k *completion) person(email, name string, id int) (int, error) {
	if email == "" {
		if id < 1 {
			return 0, errors.New("a member needs an email or a userId")
		}
		return id, nil
	}
	if u := k.emails[strings.ToLower(email)]; u != nil {
		return u.ID, nil
	}
	u := &User{ID: k.userID(), Email: email, Name: name}
	k.state.Users, k.emails[strings.ToLower(email)] = append(k.state.Users, u), u
	return u.ID, k.user(u)
}

func (k *completion) roleID(r Ref, category string, otherwise int) (int, error) {
	if r.Name == "" {
		if r.ID == 0 {
			return otherwise, nil
		}
		return r.ID, nil
	}
	for _, role := range append(slices.Clone(builtinRoles), k.state.Roles...) {
		if role.Category == category && strings.EqualFold(role.Name, r.Name) {
			return role.ID, nil
		}
	}
	return 0, fmt.Errorf("no %s role %q", category, r.Name)
}

func (k *completion) teams(o *Organization) (err error) {
	for _, t := range o.Teams {
		if t.ID == 0 {
			t.ID = next(&k.state.Next.Team)
		}
		for i := range t.Members {
			m := &t.Members[i]
			if m.UserID, err = k.person(m.Email, "", m.UserID); err != nil {
				return fmt.Errorf("team %q: %w", t.Name, err)
			}
			if m.Role.ID, err = k.roleID(m.Role, "team", teamMemberID); err != nil {
				return fmt.Errorf("team %q: %w", t.Name, err)
			}
			m.Email, m.Role.Name = "", ""
		}
	}
	return nil
}

func (k *completion) switches() error {
	for _, name := range slices.Sorted(maps.Keys(k.state.Switches)) {
		if err := checkSwitch(name, k.state.Switches[name]); err != nil {
			return err
		}
	}
	return nil
}

// complete resolves the words pending and expired, and makes the hash.
func (i *Invitation) complete(now time.Time, org, user int) {
	switch {
	case i.word == "expired":
		i.Sent = now.Add(-invitationLifetime - 24*time.Hour)
	case i.word == "pending" || i.Sent.IsZero():
		i.Sent = now
	}
	i.word = ""
	i.Sent = i.Sent.UTC().Truncate(time.Millisecond)
	if i.Hash == "" {
		i.Hash = uuid("invitation", org, user, i.Sent.UnixMilli())
	}
}

// uuid makes a UUID (version 4 in form) that is always the same for the same parts.
func uuid(parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

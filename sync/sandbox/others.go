package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

// accept lets invited people accept, in the organization that the rule names or the call is about,
// or everywhere.
func accept(f *Fault, c *call) {
	org := f.Organization
	if org == 0 {
		org = organizationOf(c)
	}
	// A state file that cannot be written is reported by the next write.
	_ = c.w.alter(func(s *State) error {
		for _, z := range s.Zones {
			for _, o := range z.Organizations {
				if org == 0 || o.ID == org {
					acceptIn(c.w.store, o, f.Member)
				}
			}
		}
		return nil
	})
}

// acceptIn accepts the open invitations of an organization, or one of them; the caller has the
// lock.
func acceptIn(s *store, o *Organization, email string) {
	for _, m := range o.Members {
		u := s.index.users[m.UserID]
		if m.state(s.Now()) != "pending" || u == nil || email != "" && !strings.EqualFold(email, u.Email) {
			continue
		}
		m.Invitation, u.Invited = nil, false
		s.index.membersChanged(u.ID)
	}
}

// spend counts calls of other clients against the limit that this call is under.
func spend(f *Fault, c *call) {
	c.w.store.mu.RLock()
	defer c.w.store.mu.RUnlock()
	b, limit := budgetOf(c)
	for range max(f.Calls, 1) {
		c.w.limits.spend(b, limit, c.w.Now())
	}
}

// budgetOf is the rate limit that the call comes under.
func budgetOf(c *call) (budget, int) {
	if c.op.organization != nil {
		if id, err := c.op.organization(c); err == nil {
			if h := c.w.index.organization(id); h.org != nil {
				return budget{"organization", id}, h.org.apiLimit()
			}
		}
	}
	user := 0
	if u := c.w.index.token(c.r.Header.Get("Authorization")); u != nil {
		user = u.ID
	}
	return budget{"user", user}, userLimit
}

// twin creates what the call is about to create, as another run of the same tool does: same name,
// country and time zone, with somebody else as Owner. Calls that create nothing are left alone.
func twin(_ *Fault, c *call) {
	if c.op.name != "POST /organizations" {
		return
	}
	_ = c.w.alter(func(*State) error {
		var in struct {
			Name       string `json:"name"`
			RegionID   int    `json:"regionId"`
			TimezoneID int    `json:"timezoneId"`
			CountryID  int    `json:"countryId"`
		}
		user := c.w.index.token(c.r.Header.Get("Authorization"))
		if json.Unmarshal(c.body, &in) != nil || user == nil || !validName(in.Name) ||
			zoneOfRegion(c, in.RegionID) == nil {
			return nil // the call itself will be refused
		}
		c.now, c.user = c.w.Now(), user
		o := newOrganization(c, in.Name, in.CountryID, in.TimezoneID, somebodyElse(c))
		o.Members = append(o.Members, &Member{UserID: user.ID, Role: Ref{ID: adminID}})
		addOrganization(c, home{org: o, zone: zoneOfRegion(c, in.RegionID)})
		c.w.index.membersChanged(o.Members[0].UserID)
		return nil
	})
}

// somebodyElse is another user of the world, or a new one.
func somebodyElse(c *call) *User {
	i := slices.IndexFunc(c.w.state.Users, func(u *User) bool { return u.ID != c.user.ID && !u.Invited })
	if i >= 0 {
		return c.w.state.Users[i]
	}
	u := &User{ID: next(&c.w.state.Next.User), Name: "Somebody Else", Email: "else@other.example", Language: "en",
		Timezone: c.user.Timezone, Country: c.user.Country, Locale: 1}
	c.w.state.Users = append(c.w.state.Users, u)
	c.w.index.addUser(u)
	return u
}

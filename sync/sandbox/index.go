package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// index finds what calls name, without a walk through the state. Memberships are
// made on demand, since a user may belong to 10,000 organizations.
type index struct {
	state  *State
	tokens map[string]*User // by "token UUID", lower case
	users  map[int]*User
	emails map[string]*User // by lower-case e-mail
	orgs   map[int]home
	teams  map[int]home
	roles  []*Role // built-in ones, then the state's

	mu     sync.Mutex
	belong map[int][]home // by user, sorted by name
}

// home is an organization and the zone where it lives.
type home struct {
	org  *Organization
	zone *Zone
	team *Team // in the index of teams
}

func newIndex(s *State) *index {
	x := &index{state: s, tokens: map[string]*User{}, users: map[int]*User{}, emails: map[string]*User{},
		orgs: map[int]home{}, teams: map[int]home{}, belong: map[int][]home{}}
	for _, u := range s.Users {
		x.addUser(u)
	}
	x.roles = append(x.roles, builtinRoles...)
	x.roles = append(x.roles, s.Roles...)
	for _, z := range s.Zones {
		for _, o := range z.Organizations {
			x.orgs[o.ID] = home{org: o, zone: z}
			for _, t := range o.Teams {
				x.teams[t.ID] = home{o, z, t}
			}
		}
	}
	return x
}

func (x *index) addUser(u *User) {
	x.users[u.ID], x.emails[strings.ToLower(u.Email)] = u, u
	if u.Token != "" {
		x.tokens["token "+strings.ToLower(u.Token)] = u
	}
}

// token finds the user of an Authorization header, "Token UUID".
func (x *index) token(header string) *User {
	return x.tokens[strings.ToLower(header)]
}

// organization finds an organization in any zone; org is nil when there is none.
func (x *index) organization(id int) home { return x.orgs[id] }

// role finds a role; an id that no role has gives a role without permissions.
func (x *index) role(id int) *Role {
	for _, r := range x.roles {
		if r.ID == id {
			return r
		}
	}
	return &Role{ID: id}
}

// memberships are the organizations in which the user has a row, also a pending
// one, by name and then by id.
func (x *index) memberships(user int) []home {
	x.mu.Lock()
	defer x.mu.Unlock()
	if list, ok := x.belong[user]; ok {
		return list
	}
	list := []home{}
	for _, z := range x.state.Zones {
		for _, o := range z.Organizations {
			if o.member(user) != nil {
				list = append(list, home{org: o, zone: z})
			}
		}
	}
	slices.SortFunc(list, func(a, b home) int {
		return cmp.Or(cmp.Compare(a.org.Name, b.org.Name), cmp.Compare(a.org.ID, b.org.ID))
	})
	x.belong[user] = list
	return list
}

// membersChanged forgets the memberships of these users; of all, when there are none.
func (x *index) membersChanged(users ...int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(users) == 0 {
		clear(x.belong)
	}
	for _, u := range users {
		delete(x.belong, u)
	}
}

// belongs says whether the user has joined the organization.
func (x *index) belongs(user, organization int) bool {
	o := x.orgs[organization].org
	return o != nil && o.member(user) != nil && o.member(user).Invitation == nil
}

// member returns the user's row in the organization, nil if there is none.
func (o *Organization) member(user int) *Member {
	for _, m := range o.Members {
		if m.UserID == user {
			return m
		}
	}
	return nil
}

// owner returns the row of the Owner, nil if there is none.
func (o *Organization) owner() *Member {
	for _, m := range o.Members {
		if m.Role.ID == ownerID && m.Invitation == nil {
			return m
		}
	}
	return nil
}

func (o *Organization) team(id int) *Team {
	for _, t := range o.Teams {
		if t.ID == id {
			return t
		}
	}
	return nil
}

func (o *Organization) variable(name string) *Variable {
	for i := range o.Variables {
		if o.Variables[i].Name == name {
			return &o.Variables[i]
		}
	}
	return nil
}

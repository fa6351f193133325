package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// PersonView is where a person is, and what has to be written to take her out.
type PersonView struct {
	Email         string               `json:"email"`
	Organizations []PersonOrganization `json:"organizations"`
	// Lines are the lines of documents that speak of her.
	Lines []Line `json:"lines"`
	// Write are the lines of a document that remove her everywhere, ready to paste.
	Write []string `json:"write"`
	// Edits are the fewest places of the documents to edit, with what to write there.
	Edits []Edit `json:"edits,omitempty"`
	// NotLookedInto are organizations in which she may be unseen.
	NotLookedInto []Unseen `json:"notLookedInto"`

	statements map[string]statement // by key
}

// PersonOrganization is a person in one organization. Invitation is absent for who has accepted.
type PersonOrganization struct {
	Key        string   `json:"key"`
	Zone       string   `json:"zone"`
	ID         int64    `json:"id"`
	Name       string   `json:"name"`
	Role       string   `json:"role"`
	Owner      bool     `json:"owner"`
	Invitation string   `json:"invitation,omitempty"`
	Teams      []string `json:"teams,omitempty"`
	TwoFactor  *bool    `json:"twoFactor,omitempty"`
}

// Line is a line of a document.
type Line struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	About string `json:"about"`
}

// Unseen is an organization in which a person may be without being seen, and why.
type Unseen struct {
	Organization string `json:"organization"`
	Reason       string `json:"reason"`
}

// NewPersonView is a view of nobody yet.
func NewPersonView(email string) *PersonView {
	return &PersonView{
		Email: strings.ToLower(strings.TrimSpace(email)), Organizations: []PersonOrganization{},
		Lines: []Line{}, Write: []string{}, NotLookedInto: []Unseen{}, statements: map[string]statement{},
	}
}

// AddZone looks for the person in a zone. Roles name the roles of the zone, as far as they are
// known.
func (v *PersonView) AddZone(zone *Zone, roles []state.Name) {
	for i := range zone.Readings {
		r := &zone.Readings[i]
		live := r.Organization
		if err := r.Failed[PartMembers]; err != nil {
			reason := text.OneLine(err.Error())
			if r.Lacks(PartMembers) {
				reason = "the plan does not show people to tokens"
			}
			v.NotLookedInto = append(v.NotLookedInto, Unseen{r.Key, reason})
			continue
		}
		if n := len(live.Unreadable); n > 0 {
			v.NotLookedInto = append(v.NotLookedInto, Unseen{r.Key, unseenWords(n)})
		}
		for j := range live.Members {
			if m := &live.Members[j]; m.Email == v.Email {
				v.Organizations = append(v.Organizations, v.place(r, m, roles))
			}
		}
	}
	slices.SortStableFunc(v.Organizations, func(a, b PersonOrganization) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Zone, b.Zone))
	})
}

func unseenWords(n int) string {
	return text.Count(n, "person shows no e-mail, and may be the one", "people show no e-mail, and one may be the one")
}

func (v *PersonView) place(r *Reading, m *spec.Member, roles []state.Name) PersonOrganization {
	live, more := r.Organization, r.People[m.UserID]
	p := PersonOrganization{
		Key: r.Key, Zone: r.Zone, ID: live.ID, Name: live.Name, Role: state.RoleName(roles, m.Role),
		Owner: m.Accepted() && live.IsOwner(m), Invitation: m.Invitation, TwoFactor: more.TwoFactor,
	}
	for _, id := range more.Teams {
		p.Teams = append(p.Teams, state.NameOf(state.Teams, live.Teams, state.FormatID(id)))
	}
	slices.Sort(p.Teams)
	return p
}

// AddDocuments finds the lines that speak of her.
func (v *PersonView) AddDocuments(desired *spec.Desired) {
	seen := map[Line]bool{}
	add := func(at spec.Source, about string) {
		line := Line{at.File, at.Line, about}
		if at.IsZero() || seen[line] {
			return
		}
		seen[line] = true
		v.Lines = append(v.Lines, line)
	}
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		for j := range o.Members {
			if m := &o.Members[j]; strings.EqualFold(m.Email, v.Email) {
				add(m.Source, o.Key+"/member")
				v.statements[o.Key] = statement{m.Source, m.State == spec.Absent}
			}
		}
		if strings.EqualFold(o.Owner, v.Email) {
			add(o.At["owner"], o.Key+"/owner")
		}
	}
	for _, s := range desired.Settings { // guards that keep her: requiredAdmins, protect, emails
		value := strings.ToLower(s.Value)
		if value == v.Email || strings.HasSuffix(value, "/"+v.Email) {
			add(s.Source, s.Path)
		}
	}
	slices.SortStableFunc(v.Lines, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.About, b.About))
	})
}

// Finish writes the lines that take her out. Ids stand with organizations that no document
// declares; an Owner stays until the ownership is another's.
func (v *PersonView) Finish(declared func(key string) bool) {
	var lines []string
	for _, o := range v.Organizations {
		if o.Owner {
			lines = append(lines, fmt.Sprintf("  # %s: she is the Owner; first: owner: SOMEBODY ELSE", o.Key))
			continue
		}
		lines = append(lines, "  "+o.Key+":")
		if !declared(o.Key) {
			lines = append(lines, fmt.Sprintf("    id: %d", o.ID))
		}
		lines = append(lines, "    members:", "      "+v.Email+": {state: absent}")
	}
	v.Edits = v.edits(declared)
	if len(lines) > 0 {
		v.Write = append([]string{"organizations:"}, lines...)
	}
}

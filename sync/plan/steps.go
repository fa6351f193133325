package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// InvalidStep tells why the j-th step of an organization is none that makesync plans, so that a
// forged file can do nothing that a plan could not: it is one of the known steps, has the risk that
// it shows, and its arguments do to the object of its address what its fields say. Last is the
// number of the step before.
func InvalidStep(o *Organization, j, last int) string {
	s := &o.Steps[j]
	row := typeIndex(s.Type())
	creates := o.ID == 0 && o.Steps[0].Kind == spec.KindOrganization && o.Steps[0].Op == OpCreate
	switch {
	case row < 0:
		return fmt.Sprintf("there is no step %s of a %s", text.OneLine(string(s.Op)), text.OneLine(string(s.Kind)))
	case s.N <= last:
		return fmt.Sprintf("its number does not follow %d", last)
	case s.Address.Key() != o.Key || s.Address != spec.NewAddress(o.Key, s.Kind, s.Address.Name()):
		return "its address is not one of a " + string(s.Kind) + " of " + text.OneLine(o.Key)
	case o.ID < 0 || o.ID == 0 && !creates:
		return "its organization has no id"
	case s.Op == OpCreate && s.Kind == spec.KindOrganization && (j != 0 || o.ID != 0):
		return "it creates an organization that is there"
	case s.Op == OpDelete && s.Kind == spec.KindOrganization && len(o.Steps) > 1:
		return "deleting an organization stands alone"
	case s.Risk != riskOf(s):
		return "its risk is " + string(riskOf(s)) + ", not " + text.OneLine(string(s.Risk))
	case s.Foreseen != "" && (!creates || s.Foreseen != state.RefusedByFree(s.Kind)):
		return "it says that Free will refuse it, which is not so"
	case s.Money != nil && !s.MovesMoney():
		return "it shows money, and moves none"
	case s.Precondition == "" && (o.ID != 0 || j == 0):
		return "it has no precondition"
	}
	if why := InvalidOrder(o.Steps[:j], s.After); why != "" {
		return why
	}
	seen := map[string]bool{}
	for _, f := range s.Fields {
		if seen[f.Path] || !slices.Contains(stepTypes[row].fields, f.Path) {
			return "it shows the field " + text.Quote(f.Path) + " twice, or has none such"
		}
		if creates && !f.From.IsNone() || s.Op.Counted() == OpDelete && !f.To.IsNone() {
			return "it shows the field " + text.Quote(f.Path) + " of what is not there"
		}
		if f.From.IsSensitive() && s.Kind != spec.KindVariable && !s.MovesMoney() { // which policies may let pass
			return "it shows the field " + text.Quote(f.Path) + " as a secret, which it is not"
		}
		if f.From.Reference != "" || f.To.Reference != "" { // that of its argument counts
			return "it shows a reference in the field " + text.Quote(f.Path)
		}
		if !hasForm(s, f.Path, f.From, formerType(s)) || !hasForm(s, f.Path, f.To, s.Arguments.Type) {
			return "it shows the field " + text.Quote(f.Path) + " as no plan does"
		}
		seen[f.Path] = true
	}
	if name := argumentBeyond(row, &s.Arguments); name != "" {
		return "it has the argument " + text.Quote(name) + ", which no such step has"
	}
	late := creates || s.Kind == spec.KindFeatureControl && PurchaseFor(o.Steps[:j], s) != nil
	return stepTypes[row].invalid(s, late)
}

// InvalidOrder: a step comes after steps before it, of the same organization; so there are no
// circles.
func InvalidOrder(before []Step, after []int) string {
	for _, n := range after {
		_, known := slices.BinarySearchFunc(before, n, func(s Step, n int) int { return cmp.Compare(s.N, n) })
		if !known {
			return fmt.Sprintf("it comes after step %d, which is none before it", n)
		}
	}
	return ""
}

// hasForm tells whether a side is a number, a boolean or a text as a plan shows it: a policy for
// which "60" is another value than 60 looks at what is written.
func hasForm(s *Step, path string, side state.Scalar, t spec.VariableType) bool {
	switch {
	case side.IsSensitive(): // no plan hides anything else
		return s.Kind == spec.KindVariable && path == "value"
	case side.IsNone(), side.IsUnseen(), s.MovesMoney():
		return true
	case s.Kind == spec.KindFeatureControl, s.Kind == spec.KindTFA:
		t = spec.TypeBoolean
	case s.Kind != spec.KindVariable, path != "value":
		t = spec.TypeString
	}
	return side.SameForm(state.OfType(t, side.Value()))
}

// formerType is that of a variable before a step.
func formerType(s *Step) spec.VariableType {
	f := s.field("type")
	if f == nil {
		return s.Arguments.Type
	}
	t, _ := spec.ParseVariableType(f.From.Value().Reveal())
	return t
}

// isCanonical tells whether a value is written as every part of makesync writes one of its type.
func isCanonical(t spec.VariableType, value *state.Scalar) bool {
	if value.IsSensitive() {
		return true
	}
	var raw any = value.Value().Reveal()
	canonical, err := spec.Canonical(t, raw)
	return err == nil && canonical == raw && value.SameForm(state.OfType(t, value.Value()))
}

// The checks of a step's arguments compare them with its address and its fields. Late: the
// organization is yet to be made, so that ids in it are not known.

func invalidVariable(s *Step, _ bool) string {
	a := s.Arguments
	written, kept := s.Op != OpDelete, s.Op == OpUpdate // an update shows what changes
	kind := state.Text(a.Type.String())
	return FirstViolated(
		Constraint{a.Name != s.Address.Name(), "it names another variable"},
		Constraint{!spec.IsPathSegment(a.Name), "its name cannot stand in the path of a call"},
		Constraint{written == (a.Value == nil), "it has no value, or one too many"},
		Constraint{a.Value != nil && !isCanonical(a.Type, a.Value), "its value is none of its type"},
		Constraint{written && !s.shows("value", a.Value) && !(kept && s.field("value") == nil),
			"it writes another value than it shows"},
		Constraint{written && !s.shows("type", &kind) && !(kept && s.field("type") == nil),
			"it writes another type than it shows"},
		Constraint{written && len(s.Fields) == 0, "it does not show what it writes"},
		Constraint{!written && (s.field("value") == nil || s.field("type") == nil), "it does not show what it deletes"},
		Constraint{a.Value != nil && a.Value.IsSensitive() && a.Value.Fingerprint == "",
			"its secret has no fingerprint"},
	)
}

func invalidControl(s *Step, late bool) string {
	a := s.Arguments
	return FirstViolated(
		Constraint{a.Enable == nil, "it does not say whether to switch on or off"},
		Constraint{state.NormalName(a.Name) != state.NormalName(s.Address.Name()), "it names another control"},
		Constraint{a.ControlID < 1 && !late, "its id is below 1"},
		Constraint{!s.showsSwitch("enabled"), "it switches to another state than it shows"},
	)
}

func invalidTFA(s *Step, _ bool) string {
	return FirstViolated(
		Constraint{s.Arguments.Enable == nil, "it does not say whether to switch on or off"},
		Constraint{s.Address.Name() != "", "it has a name"},
		Constraint{!s.showsSwitch("tfaEnforced"), "it switches to another state than it shows"},
		Constraint{s.Arguments.Enable != nil && *s.Arguments.Enable && !slices.Contains(s.Notes, NoteTFA),
			"it signs people out and does not say so"},
	)
}

func invalidOwner(s *Step, _ bool) string {
	a := s.Arguments
	return FirstViolated(
		Constraint{a.UserID < 1, "its user id is below 1"},
		Constraint{!isEmail(a.Email), "it names nobody"},
		Constraint{s.Address.Name() != "", "it has a name"},
		Constraint{!s.showsText("owner", a.Email), "it makes somebody else Owner than it shows"},
	)
}

func invalidMember(s *Step, late bool) string {
	a := s.Arguments
	invites := s.Op.Counted() == OpInvite
	getsRole := invites || s.Op == OpUpdate
	teams := len(a.TeamIDs)+len(a.Teams) > 0
	return FirstViolated(
		Constraint{a.Email != s.Address.Name() || a.Email == "" || spec.NormalEmail(a.Email) != a.Email ||
			getsRole && !isEmail(a.Email), "it names another person"},
		Constraint{s.Op != OpInvite && a.UserID < 1, "its user id is below 1"},
		Constraint{getsRole && a.RoleID < 1, "its role id is below 1"},
		Constraint{a.RoleID == state.OwnerRole, "ownership is only transferred"},
		Constraint{a.DeleteConnections && s.Op.Counted() != OpDelete, "it deletes connections of somebody who stays"},
		Constraint{a.DeleteConnections && !slices.Contains(s.Notes, NoteConnections(a.Email)),
			"it deletes connections and does not say so"},
		Constraint{slices.ContainsFunc(a.TeamIDs, func(id int64) bool { return id < 1 }), "a team id is below 1"},
		Constraint{late && len(a.TeamIDs) > 0 || !late && len(a.Teams) > 0,
			"its ids and names are those of another organization"},
		Constraint{getsRole && s.field("role") == nil, "it gives another role than it shows"},
		Constraint{!getsRole && s.field("role") == nil || s.Op == OpRevoke && s.field("invitation") == nil,
			"it does not show what it removes"},
		Constraint{!invites && (s.field("name") != nil || s.field("note") != nil) || !showsInvitation(s),
			"it shows what it does not write"},
		Constraint{invites && !s.showsText("name", a.Name), "it writes another name than it shows"},
		Constraint{invites && (a.Note != "" || s.field("note") != nil) && !s.showsText("note", a.Note),
			"it writes another note than it shows"},
		Constraint{teams != (s.field("teams") != nil) || len(a.Teams) > 0 && !s.showsText("teams", TeamsText(a.Teams)),
			"it gives other teams than it shows"},
	)
}

// showsInvitation tells whether a step says of an invitation what it does to it.
func showsInvitation(s *Step) bool {
	switch {
	case s.field("invitation") == nil, s.Op.Counted() == OpDelete:
		return true
	case s.Op == OpReinvite:
		return s.showsText("invitation", "pending")
	}
	return false
}

// isEmail tells whether an e-mail is one that documents can give, in its one form. Whoever is there
// already may have another.
func isEmail(email string) bool { return spec.AcceptsEmail(email) && spec.NormalEmail(email) == email }

// NoteTFA says what enforcing two-factor authentication does.
const NoteTFA = "signs out at once everybody who has a password and no two-factor authentication"

// NoteConnections says that a removal takes somebody's connections along.
func NoteConnections(email string) string { return "deletes the connections that belong to " + email }

// TeamsText shows the names of teams in one field.
func TeamsText(names []string) string { return strings.Join(names, ", ") }

// TakenAlong is what the deletion of an organization takes with it. Its notes count each.
var TakenAlong = [...]string{"active scenarios", "teams", "members"}

// NoteNotKnown begins the note of what nobody could count.
func NoteNotKnown(what string) string { return what + ": not known" }

// countsAll tells whether a deletion says of all that it takes along how many they are.
func (s *Step) countsAll() bool {
	unknown := func(what string) bool {
		begins := func(note string) bool { return strings.HasPrefix(note, NoteNotKnown(what)) }
		return slices.ContainsFunc(s.Notes, begins)
	}
	return !slices.ContainsFunc(TakenAlong[:], unknown)
}

func invalidOrganization(s *Step, _ bool) string {
	a := s.Arguments
	complete := a.Name != "" && a.RegionID > 0 && a.CountryID > 0 && a.TimezoneID > 0
	misses := func(path string, id int64) bool { return s.Op != OpDelete && (id > 0) != (s.field(path) != nil) }
	renames := s.Op == OpCreate || s.Op == OpUpdate && (a.Name != "" || s.field("name") != nil)
	return FirstViolated(
		Constraint{s.Op == OpCreate && !complete, "a new organization needs name, region, country and time zone"},
		Constraint{s.Op == OpUpdate && a.Name == "" && a.CountryID < 1 && a.TimezoneID < 1, "it changes nothing"},
		Constraint{a.CountryID < 0 || a.TimezoneID < 0 || a.RegionID < 0, "an id is below 1"},
		Constraint{misses("region", a.RegionID) || misses("country", a.CountryID) || misses("timezone", a.TimezoneID),
			"it writes other fields than it shows"},
		Constraint{renames && !s.showsText("name", a.Name), "it writes another name than it shows"},
		Constraint{s.Op == OpDelete && s.field("name") == nil, "it does not show what it deletes"},
		Constraint{s.Op == OpDelete && a.Confirmed && !s.countsAll(),
			"it is confirmed, and does not show all that goes along"},
	)
}

// Constraint is something that holds for whatever makesync writes, and is violated by a file that
// it did not write.
type Constraint struct {
	Violated bool
	// Message says how, as the end of a sentence: "its id is below 1".
	Message string
}

// FirstViolated is the message of the first constraint that is violated; "" when all hold.
func FirstViolated(constraints ...Constraint) string {
	for _, c := range constraints {
		if c.Violated {
			return c.Message
		}
	}
	return ""
}

// ShownFields are the fields as people read them: a secret with the reference that it comes from,
// which only the step's argument carries.
func (s *Step) ShownFields() []Field {
	v := s.Arguments.Value
	if v == nil || v.Reference == "" {
		return s.Fields
	}
	fields := slices.Clone(s.Fields)
	for i := range fields {
		if f := &fields[i]; f.Path == "value" && f.To.IsSensitive() {
			f.To.Reference = v.Reference
		}
	}
	return fields
}

// Shown is the plan with the fields of its steps as people read them.
func (p *Plan) Shown() *Plan {
	shown := *p
	shown.Organizations = slices.Clone(p.Organizations)
	for i := range shown.Organizations {
		o := &shown.Organizations[i]
		o.Steps = slices.Clone(o.Steps)
		for j := range o.Steps {
			o.Steps[j].Fields = o.Steps[j].ShownFields()
		}
	}
	return &shown
}

// field is the field of a path; nil when the step does not show it.
func (s *Step) field(path string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Path == path {
			return &s.Fields[i]
		}
	}
	return nil
}

// shows tells whether the field of a path leads to what is written.
func (s *Step) shows(path string, written *state.Scalar) bool {
	f := s.field(path)
	return f != nil && written != nil &&
		f.To.SameForm(*written) &&
		f.To.IsSensitive() == written.IsSensitive() && f.To.Value().Reveal() == written.Value().Reveal()
}

func (s *Step) showsText(path, written string) bool {
	text := state.Text(written)
	return s.shows(path, &text)
}

func (s *Step) showsSwitch(path string) bool {
	if s.Arguments.Enable == nil {
		return true // said elsewhere
	}
	enable := state.Bool(*s.Arguments.Enable)
	return s.shows(path, &enable)
}

// ShownIDs are ids of one of the API's lists that a step sends, with the text by which it shows
// them. Whether the text is their name only the zone can say.
type ShownIDs struct {
	Path string
	List state.List
	IDs  []int64
	Text string
}

// ShownIDs are those of the step.
func (s *Step) ShownIDs() []ShownIDs {
	a := s.Arguments
	var all []ShownIDs
	for _, shown := range []ShownIDs{
		{"role", state.Roles, []int64{a.RoleID}, ""},
		{"teams", state.Teams, a.TeamIDs, ""},
		{"region", state.Regions, []int64{a.RegionID}, ""},
		{"country", state.Countries, []int64{a.CountryID}, ""},
		{"timezone", state.Timezones, []int64{a.TimezoneID}, ""},
		{customerPath + spec.CountryKey, state.Countries, []int64{a.billedIn()}, ""},
	} {
		if f := s.field(shown.Path); f != nil && len(shown.IDs) > 0 && shown.IDs[0] > 0 {
			shown.Text = f.To.Value().Reveal()
			all = append(all, shown)
		}
	}
	return all
}

package offline

import (
	"context"
	"errors"
	"strings"
	"sync"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/lookup"
	"makesync/sync/state"
)

// snapshotReader plans from a snapshot: a Reader without a network. Where the
// snapshot holds a fingerprint or a hash instead of a value or an e-mail, it asks the documents:
// what they desire is hashed the same way, and what fits is the same text. So nothing after it
// knows that the live state was not read just now.
type snapshotReader struct {
	snapshot *Snapshot
	byID     map[int64]*SavedOrganization
	// desired are the organizations of the documents, by the id of the live one.
	desired map[int64]*spec.Organization
	// emails are the documents' e-mails by their hash.
	emails map[string]string
	// fingerprints are those of desired values, by organization and name: each takes a core for a
	// while, and there may be several readings.
	fingerprints sync.Map
}

// Port is the snapshot as a zone to plan the documents from. It needs no token.
func (s *Snapshot) Port(desired *spec.Desired) state.Port {
	r := &snapshotReader{snapshot: s, byID: s.byID(), desired: map[int64]*spec.Organization{}}
	find := s.Finder()
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		if o.Zone != s.Zone {
			continue
		}
		if saved := find(o); saved != nil {
			r.desired[saved.ID] = o
		}
	}
	r.emails = map[string]string{}
	for _, email := range emailsOf(desired, s.Zone) {
		r.emails[HashEmail(email, s.SaltBytes())] = email
	}
	endpoint := spec.Endpoint{Name: s.Zone, URL: s.URL, Hosts: s.Hosts}
	if s.Sandbox {
		endpoint.Sandbox = &spec.SandboxZone{World: s.World}
	}
	return state.Port{Endpoint: endpoint, Reader: r}
}

// Wanted tells what the snapshot was asked for of an organization.
func (s *Snapshot) Wanted() func(live *state.Organization, key string) state.Wanted {
	byID := s.byID()
	return func(live *state.Organization, _ string) state.Wanted {
		saved := byID[live.ID]
		if saved == nil {
			return state.Wanted{}
		}
		wanted := state.Everything(live, saved.asked(spec.KindOrganization))
		wanted.Kinds = saved.readKinds()
		return wanted
	}
}

// Finder finds the organization of the snapshot that a document's one is: by id, else by its name,
// when only one has it.
func (s *Snapshot) Finder() func(*spec.Organization) *SavedOrganization {
	byID, byName := map[int64]*SavedOrganization{}, map[string]*SavedOrganization{}
	for i := range s.Organizations {
		saved := &s.Organizations[i]
		if byID[saved.ID] == nil {
			byID[saved.ID] = saved
		}
		name := state.NormalName(saved.Name)
		if _, twice := byName[name]; twice {
			saved = nil // planning will list the ids
		}
		byName[name] = saved
	}
	return func(o *spec.Organization) *SavedOrganization {
		if o.ID != 0 {
			return byID[o.ID]
		}
		return byName[state.NormalName(o.Name)]
	}
}

// emailsOf lists every e-mail that the documents name for a zone, each once.
func emailsOf(desired *spec.Desired, zone string) []string {
	var emails []string
	seen := map[string]bool{"": true}
	add := func(email string) {
		if email = strings.ToLower(email); !seen[email] {
			seen[email] = true
			emails = append(emails, email)
		}
	}
	for _, email := range desired.Guards.RequiredAdmins {
		add(email)
	}
	for _, g := range desired.Guards.Protect {
		if email, exact := protectedEmail(g); exact {
			add(email)
		}
	}
	for i := range desired.Organizations {
		if o := &desired.Organizations[i]; o.Zone == zone {
			add(o.Owner)
			for j := range o.Members {
				add(o.Members[j].Email)
			}
		}
	}
	return emails
}

// protectedEmail is the one e-mail that a pattern of `protect` names. Of a pattern that covers
// several members it is not exact; "" and exact: the pattern covers no member.
func protectedEmail(g spec.Glob) (email string, exact bool) {
	pattern := g.String()
	_, name, member := strings.Cut(pattern, "/member/")
	switch {
	case member && !strings.ContainsAny(name, "*?["):
		return spec.Address(pattern).Name(), true
	case member || strings.Contains(pattern, "**") ||
		strings.Count(pattern, "/") == 2 && strings.ContainsAny(strings.Split(pattern, "/")[1], "*?["):
		return "", false
	}
	return "", true
}

func (r *snapshotReader) email(saved string) string {
	if known, ok := r.emails[saved]; ok {
		return known
	}
	return saved
}

// Me is the user who took the snapshot, without an e-mail where only its hash is known.
func (r *snapshotReader) Me(context.Context) (state.User, error) {
	u := r.snapshot.User
	email := r.email(u.Email)
	if strings.HasSuffix(email, HashedDomain) {
		email = ""
	}
	return state.User{ID: u.ID, Email: email, TwoFactor: u.TwoFactor}, nil
}

// Organizations are the rows of the list, those of other zones included.
func (r *snapshotReader) Organizations(context.Context) ([]*state.Organization, error) {
	var rows []*state.Organization
	for i := range r.snapshot.Organizations {
		rows = append(rows, r.row(&r.snapshot.Organizations[i]))
	}
	for _, row := range r.snapshot.Elsewhere {
		rows = append(
			rows,
			&state.Organization{Organization: spec.Organization{ID: row.ID, Name: row.Name}, Host: row.Host},
		)
	}
	return rows, nil
}

func (r *snapshotReader) row(o *SavedOrganization) *state.Organization {
	return &state.Organization{
		Organization: spec.Organization{ID: o.ID, Name: o.Name, Country: o.Country, Timezone: o.Timezone,
			TFAEnforced: o.TFAEnforced},
		Host: o.Host, Plan: o.Plan, License: o.License, Refused: o.Refused, Teams: loadNames(o.Teams), Paused: o.Paused,
		ActiveScenarios: o.ActiveScenarios,
	}
}

func loadNames(saved []SavedName) []state.Name {
	if saved == nil {
		return nil
	}
	names := []state.Name{}
	for _, n := range saved {
		names = append(names, state.Name(n))
	}
	return names
}

// OrganizationNames are the rows themselves: nothing here costs a call.
func (r *snapshotReader) OrganizationNames(ctx context.Context) ([]*state.Organization, error) {
	return r.Organizations(ctx)
}

// errNotWritten: what is only asked before a write has no answer where nothing is written.
var errNotWritten = errors.New("this zone is read from files, and nothing is written to it")

// RoleRow is asked for before a write, and nothing is written to a snapshot.
func (r *snapshotReader) RoleRow(context.Context, int64, int64) (*state.RoleRow, error) {
	return nil, errNotWritten
}

// Names is one of the lists, of the zone or of one organization.
func (r *snapshotReader) Names(_ context.Context, list state.List, organization int64) ([]state.Name, error) {
	saved, failures := r.snapshot.Names[list], r.snapshot.NamesFailed
	if o := r.byID[organization]; o != nil {
		saved, failures = map[state.List][]SavedName{state.Teams: o.Teams, state.Roles: o.Roles}[list], o.NamesFailed
	}
	if failure, failed := failures[list]; failed {
		return nil, failure.callError()
	}
	if saved == nil {
		return nil, notInSnapshot("read the list of " + string(list))
	}
	return loadNames(saved), nil
}

// Organization is the saved detail.
func (r *snapshotReader) Organization(_ context.Context, id int64, _ bool) (*state.Organization, error) {
	o := r.byID[id]
	if o == nil {
		return nil, notInSnapshot("read organization " + state.FormatID(id))
	}
	if failure, failed := o.Failed[spec.KindOrganization]; failed {
		return nil, failure.callError()
	}
	return r.row(o), nil
}

// Read fills in a kind. One that was not asked for is a failure; Check has said so before.
func (r *snapshotReader) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	o := r.byID[live.ID]
	if o == nil || !o.asked(kind) {
		return r.fail(live, kind, notInSnapshot("read "+string(kind)+" of "+text.Quote(live.Name)))
	}
	if failure, failed := o.Failed[kind]; failed {
		return r.fail(live, kind, failure.callError())
	}
	r.readLacks(live, o, kind)
	if !o.holds(kind) {
		return nil // the zone gave none, which is not the same as an empty list
	}
	switch kind {
	case spec.KindFeatureControl:
		r.readControls(live, o)
	case spec.KindVariable:
		return r.readVariables(ctx, live, o)
	case spec.KindMember:
		r.readMembers(live, o)
	}
	return nil
}

// readLacks fills in what the organization's plan does not offer. Where it shuts tokens out, the
// reading of any kind tells that TFA is not to be had either.
func (r *snapshotReader) readLacks(live *state.Organization, o *SavedOrganization, kind spec.Kind) {
	why, lacks := o.Lacks[kind]
	if !lacks {
		return
	}
	if live.Lacks == nil {
		live.Lacks = map[spec.Kind]string{}
	}
	live.Lacks[kind] = why
	if tfa, lacks := o.Lacks[spec.KindTFA]; lacks {
		live.Lacks[spec.KindTFA] = tfa
	}
}

// callError is the failure as the zone answered when the snapshot was taken.
func (f SavedFailure) callError() *state.CallError {
	return &state.CallError{Doing: f.Doing, Status: f.Status, Code: f.Code, Message: f.Message, Class: f.Class,
		Hint: "this is what the zone answered when the snapshot was taken"}
}

func (r *snapshotReader) fail(live *state.Organization, kind spec.Kind, err *state.CallError) error {
	state.NoteFailure(live, kind, err)
	return err
}

func notInSnapshot(doing string) *state.CallError {
	return &state.CallError{Doing: doing, Message: "it is not in the snapshot", Class: exit.ClassNotFound,
		Hint: "take the snapshot again, with -f and these documents or without -f for everything"}
}

func (r *snapshotReader) readControls(live *state.Organization, o *SavedOrganization) {
	live.FeatureControls = make([]spec.FeatureControl, 0, len(o.FeatureControls))
	for _, c := range o.FeatureControls {
		live.FeatureControls = append(live.FeatureControls, spec.FeatureControl{ID: c.ID, Name: c.Name,
			Enabled: c.Enabled})
	}
}

func (r *snapshotReader) readVariables(ctx context.Context, live *state.Organization, o *SavedOrganization) error {
	live.Variables = make([]spec.Variable, 0, len(o.Variables))
	desired := r.desiredVariables(live.ID)
	for i := range o.Variables {
		if err := ctx.Err(); err != nil { // a secret takes a while
			return err
		}
		saved := &o.Variables[i]
		t, _ := spec.ParseVariableType(saved.Type)
		live.Variables = append(live.Variables, spec.Variable{
			Name: saved.Name, Type: t, Value: r.value(live.ID, saved, desired), System: saved.System,
			Invalid: saved.Invalid,
			Unseen:  saved.Value == nil && saved.Fingerprint == "" && r.snapshot.Values != ValuesNone,
		})
	}
	return nil
}

// value is the saved value; of one that is only fingerprinted, the desired value when it fits.
// Where no values were kept at all it is the desired one, since nothing can be said against it
// (Check has warned).
func (r *snapshotReader) value(
	organization int64, saved *SavedVariable, desiredVariable func(name string) *spec.Variable,
) spec.Value {
	switch {
	case saved.own:
		return spec.Own(*saved.Value)
	case saved.Value != nil:
		return spec.Sensitive(*saved.Value)
	}
	desired := desiredVariable(saved.Name)
	switch {
	case desired == nil:
		return spec.Sensitive("(not in the snapshot)")
	case saved.Fingerprint == "" || desired.Unknown:
		return desired.Value.Masked()
	}
	if r.fingerprint(organization, desired) == saved.Fingerprint {
		return desired.Value.Masked()
	}
	return spec.Own(saved.Fingerprint) // which is no value to show
}

func (r *snapshotReader) fingerprint(organization int64, desired *spec.Variable) string {
	place := string(ValueSalt(r.snapshot.SaltBytes(), organization, desired.Name))
	if known, ok := r.fingerprints.Load(place); ok {
		return known.(string)
	}
	made := spec.SecretFingerprint(desired.Value, []byte(place))
	r.fingerprints.Store(place, made)
	return made
}

// desiredVariables finds what the documents declare of an organization, by name.
func (r *snapshotReader) desiredVariables(organization int64) func(name string) *spec.Variable {
	if o := r.desired[organization]; o != nil {
		return lookup.Variables(o.Variables)
	}
	return lookup.Variables(nil)
}

func (r *snapshotReader) readMembers(live *state.Organization, o *SavedOrganization) {
	live.AdminRoles = state.AdminRolesOf(append(loadNames(r.snapshot.Names[state.Roles]), loadNames(o.Roles)...))
	live.Members = make([]spec.Member, 0, len(o.Members))
	live.OwnerID = o.OwnerID
	for _, m := range o.Members {
		email := r.email(m.Email)
		live.Members = append(live.Members, spec.Member{Email: email, UserID: m.UserID, Role: m.Role,
			Invitation: m.Invitation, Name: m.Name})
		if m.UserID == o.OwnerID {
			live.Owner = email
		}
	}
	for _, row := range o.Unreadable {
		live.Unreadable = append(live.Unreadable, state.RoleRow(row))
	}
}

// FindUser finds a person among the saved members of the organization; a snapshot knows no others.
func (r *snapshotReader) FindUser(_ context.Context, organization int64, email string) (int64, error) {
	if o := r.byID[organization]; o != nil {
		for _, m := range o.Members {
			if strings.EqualFold(r.email(m.Email), email) {
				return m.UserID, nil
			}
		}
	}
	return 0, nil
}

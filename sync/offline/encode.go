package offline

import (
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// snapshotEncoder turns live objects into their saved forms.
type snapshotEncoder struct {
	options      SnapshotOptions
	state        *state.ZoneState
	spoken       map[string]bool // e-mails; see notice
	hashing      spec.Group      // fingerprints, each of which takes a core for a while
	fingerprints int
	// guessable counts fingerprints of short values.
	guessable int
}

// notice gathers the people whom the documents make their business otherwise than by the e-mail:
// whom they remove from one organization is told of in the others, too.
func (k *snapshotEncoder) notice() {
	k.spoken = map[string]bool{}
	for _, live := range k.state.All() {
		for _, m := range live.Members {
			if k.options.Needed.speaksOf(live, m.UserID) {
				k.spoken[m.Email] = true
			}
		}
	}
}

// email is an e-mail as it is kept.
func (k *snapshotEncoder) email(email string) string {
	declared := k.spoken[email] || k.options.Values == ValuesPlain || k.options.Needed.names(email)
	if k.options.HashEmails || !declared {
		return HashEmail(email, k.options.Salt)
	}
	return email
}

func (k *snapshotEncoder) organization(live *state.Organization) SavedOrganization {
	o := SavedOrganization{
		SavedRow: saveRow(live), Plan: live.Plan, Refused: live.Refused,
		Country: live.Country, Timezone: live.Timezone, TFAEnforced: live.TFAEnforced,
		License: live.License, Teams: saveNames(live.Teams), Roles: saveNames(k.state.Roles[live.ID]),
		Paused: live.Paused, ActiveScenarios: live.ActiveScenarios, OwnerID: live.OwnerID, Lacks: live.Lacks,
		Kinds: []spec.Kind{}, NamesFailed: k.namesFailed(live.ID),
	}
	if live.FeatureControls != nil {
		o.FeatureControls = []SavedControl{}
	}
	for _, c := range live.FeatureControls {
		o.FeatureControls = append(o.FeatureControls, SavedControl{ID: c.ID, Name: c.Name, Enabled: c.Enabled})
	}
	if live.Variables != nil {
		o.Variables = make([]SavedVariable, len(live.Variables))
	}
	declares := k.options.Needed.declaring(live)
	for i := range live.Variables {
		k.variable(&o.Variables[i], live, &live.Variables[i], declares)
	}
	k.people(&o, live)
	if live.Detailed || live.DetailErr != nil {
		o.Kinds = append(o.Kinds, spec.KindOrganization)
	}
	o.fail(spec.KindOrganization, live.DetailErr)
	for _, kind := range state.ReadKinds {
		if o.holds(kind) || live.Failed[kind] != nil || live.Lacks[kind] != "" {
			o.Kinds = append(o.Kinds, kind)
		}
		o.fail(kind, live.Failed[kind])
	}
	return o
}

// fail notes why a kind could not be read.
func (o *SavedOrganization) fail(kind spec.Kind, err error) {
	if err == nil {
		return
	}
	if o.Failed == nil {
		o.Failed = map[spec.Kind]SavedFailure{}
	}
	o.Failed[kind] = saveFailure(err)
}

func (k *snapshotEncoder) people(o *SavedOrganization, live *state.Organization) {
	if live.Members != nil {
		o.Members = []SavedMember{}
	}
	for _, m := range live.Members {
		saved := SavedMember{UserID: m.UserID, Role: m.Role, Invitation: m.Invitation}
		saved.Email = k.email(m.Email)
		if saved.Email == m.Email {
			saved.Name = m.Name // which else tells whose e-mail is hashed
		}
		o.Members = append(o.Members, saved)
	}
	for _, row := range live.Unreadable {
		o.Unreadable = append(o.Unreadable, SavedRoleRow(row))
	}
}

// holds tells whether the kind was read.
func (o *SavedOrganization) holds(kind spec.Kind) bool {
	switch kind {
	case spec.KindFeatureControl:
		return o.FeatureControls != nil
	case spec.KindVariable:
		return o.Variables != nil
	}
	return o.Members != nil
}

// readKinds are the kinds with a call of their own that were asked for.
func (o *SavedOrganization) readKinds() (kinds []spec.Kind) {
	for _, kind := range state.ReadKinds {
		if o.asked(kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// asked tells whether the kind was asked for when the snapshot was taken.
func (o *SavedOrganization) asked(kind spec.Kind) bool {
	return slices.Contains(o.Kinds, kind)
}

// variable fills in what is kept of a variable: its value where the documents declare one.
func (k *snapshotEncoder) variable(
	saved *SavedVariable, live *state.Organization, v *spec.Variable, declares func(*spec.Variable) bool,
) {
	*saved = SavedVariable{Name: v.Name, Type: v.Type.String(), System: v.System, Invalid: v.Invalid}
	a := spec.NewAddress(k.options.Needed.Key(live, k.state.Keys[live.ID]), spec.KindVariable, v.Name)
	saved.Sensitive = !v.System && (v.Value.IsSecret() ||
		k.options.Sensitive != nil && k.options.Sensitive(a))
	switch {
	case k.options.Values == ValuesPlain && !v.Value.IsOwn():
		text := v.Value.Reveal()
		saved.Value = &text
	case k.options.Values == ValuesNone, !declares(v):
	case saved.Sensitive && k.fingerprints == MostFingerprints:
	case saved.Sensitive:
		k.fingerprints++
		if len(v.Value.Reveal()) < GuessableBelow {
			k.guessable++
		}
		k.hashing.Go(func() error {
			saved.Fingerprint = spec.SecretFingerprint(v.Value, ValueSalt(k.options.Salt, live.ID, v.Name))
			return nil
		})
	default:
		text := v.Value.Reveal()
		saved.Value = &text
	}
}

// namesFailed are the lists of an organization, or by 0 of the zone, that could not be read.
func (k *snapshotEncoder) namesFailed(organization int64) map[state.List]SavedFailure {
	failed := map[state.List]SavedFailure{}
	for list, err := range k.state.ListErrs {
		if list.Organization == organization {
			failed[list.List] = saveFailure(err)
		}
	}
	return failed
}

func saveRow(live *state.Organization) SavedRow {
	return SavedRow{ID: live.ID, Name: live.Name, Host: live.Host}
}

// saveNames keeps what was not read, nil, apart from an empty list.
func saveNames(names []state.Name) []SavedName {
	if names == nil {
		return nil
	}
	saved := []SavedName{}
	for _, n := range names {
		saved = append(saved, SavedName(n))
	}
	return saved
}

func saveFailure(err error) SavedFailure {
	call := state.AsCallError(err)
	if call == nil {
		return SavedFailure{Doing: "read", Message: text.OneLine(err.Error()), Class: exit.ClassBroken}
	}
	return SavedFailure{Doing: call.Doing, Status: call.Status, Code: call.Code, Message: call.Message,
		Class: call.Class}
}

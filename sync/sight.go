package sync

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// shelfLife is how long something read, or a plan's own reading, may be relied on before a write.
const shelfLife = time.Minute

// sight is what a worker has seen of its organization: each kind is read once for all
// steps that need it, again when it is too old, and follows the run's own writes in between.
type sight struct {
	w    *worker
	live *Live
	at   map[spec.Kind]time.Time // when each kind was read; KindOrganization is the detail call
	gone bool                    // the organization is not there
}

func newSight(w *worker) *sight {
	live := &Live{Organization: spec.Organization{Key: w.organization.Key, Zone: w.organization.Zone, ID: w.organization.ID}}
	return &sight{w: w, live: live, at: map[spec.Kind]time.Time{}}
}

// needed lists what a step has to know, KindOrganization standing for the detail call. That
// comes first: where it shows that the organization is gone, nothing else can be read.
func needed(s *Step) []spec.Kind {
	needs := Needs(s)
	if needs.Detail {
		return append([]spec.Kind{spec.KindOrganization}, needs.Kinds...)
	}
	return needs.Kinds
}

// has tells whether all that the step needs was read at some time.
func (v *sight) has(s *Step) bool {
	for _, kind := range needed(s) {
		if v.at[kind].IsZero() {
			return false
		}
	}
	return true
}

// look reads what the step needs and what is too old, or, if fresh, all of it.
func (v *sight) look(ctx context.Context, s *Step, fresh bool) error {
	if v.gone && !fresh && v.w.o.Clock.Now().Sub(v.at[spec.KindOrganization]) <= shelfLife {
		return nil
	}
	for _, kind := range needed(s) {
		at := v.at[kind]
		if !fresh && !at.IsZero() && v.w.o.Clock.Now().Sub(at) <= shelfLife {
			continue
		}
		err := v.read(ctx, kind)
		if lack := (lackError{}); s.Kind == spec.KindOrganization && errors.As(err, &lack) {
			continue // the plan was made without knowing the members of a Free organization, too
		}
		if err != nil {
			return err
		}
		if v.gone {
			return nil
		}
	}
	if s.Kind == spec.KindMember {
		return v.explain(ctx, s)
	}
	return nil
}

func (v *sight) read(ctx context.Context, kind spec.Kind) error {
	v.live.ID = v.w.id
	if kind == spec.KindOrganization {
		return v.readDetail(ctx)
	}
	seen := &Live{Organization: spec.Organization{Key: v.live.Key, Zone: v.live.Zone, ID: v.live.ID},
		Host: v.live.Host, License: v.live.License}
	err := v.w.port.Reader.Read(ctx, seen, kind)
	if err = cmp.Or(err, seen.Failed[kind]); err != nil {
		return v.refused(ctx, err)
	}
	reason, lacks := seen.Lacks[kind]
	if lacks && v.at[spec.KindOrganization].IsZero() { // a 404 may mean either: the licence decides
		if err := v.readDetail(ctx); err != nil || v.gone {
			return err
		}
		return v.read(ctx, kind)
	}
	if lacks {
		return lackError{text.OneLine(reason)}
	}
	v.gone = false
	normalise(seen)
	switch kind {
	case spec.KindVariable:
		v.live.Variables = seen.Variables
	case spec.KindFeatureControl:
		v.live.FeatureControls = seen.FeatureControls
	case spec.KindMember:
		v.live.Members, v.live.OwnerID, v.live.Unreadable = seen.Members, seen.OwnerID, seen.Unreadable
		v.live.AdminRoles = seen.AdminRoles
	}
	v.at[kind] = v.w.o.Clock.Now()
	return nil
}

// lackError says that the organization's plan does not offer a kind. There is nothing to be seen then, which
// does not prove that nothing is there.
type lackError struct{ reason string }

func (e lackError) Error() string { return licenceWord + " " + e.reason }

// unseen is the verdict on a step that relies on what could not be read.
func unseen(err error, otherwise string) *verdict {
	var lack lackError
	if errors.As(err, &lack) {
		return skip(lack.Error())
	}
	return failure(otherwise, err)
}

// refused takes a refusal for a proof that the organization is gone only if the list agrees: 403 and
// 404 both mean "not a member", also in the wrong zone. One that this run has made is not gone: lists may lag behind.
func (v *sight) refused(ctx context.Context, err error) error {
	call := AsCallError(err)
	if call == nil || call.Status != 403 && call.Status != 404 || v.w.organization.ID == 0 {
		return err
	}
	rows, listErr := v.w.port.Reader.Organizations(ctx)
	if listErr != nil {
		return errors.Join(err, listErr)
	}
	if slices.ContainsFunc(rows, func(row *Live) bool { return row.ID == v.live.ID }) {
		return err
	}
	v.gone, v.at[spec.KindOrganization] = true, v.w.o.Clock.Now()
	return nil
}

func (v *sight) readDetail(ctx context.Context) error {
	detail, err := v.w.port.Reader.Organization(ctx, v.live.ID, false)
	if err != nil {
		return v.refused(ctx, err)
	}
	normalise(detail)
	v.gone = false
	v.live.Name, v.live.Country, v.live.Timezone = detail.Name, detail.Country, detail.Timezone
	v.live.TFAEnforced, v.live.License, v.live.Teams = detail.TFAEnforced, detail.License, detail.Teams
	v.live.Host, v.live.Paused, v.live.ActiveScenarios = detail.Host, detail.Paused, detail.ActiveScenarios
	v.at[spec.KindOrganization] = v.w.o.Clock.Now()
	return nil
}

// explain finds the person of a step among the rows that match no user: by asking
// for the e-mail, else by the user id that the plan found out.
func (v *sight) explain(ctx context.Context, s *Step) error {
	email := s.Address.Name()
	if findMember(v.live.Members, email) != nil || len(v.live.Unreadable) == 0 {
		return nil
	}
	id, err := v.w.port.Reader.FindUser(ctx, v.live.ID, email)
	if err != nil {
		return err
	}
	if id == 0 {
		id = s.Arguments.UserID
	}
	at := slices.IndexFunc(v.live.Unreadable, func(row RoleRow) bool { return row.UserID == id })
	if at < 0 {
		return nil
	}
	row := v.live.Unreadable[at]
	v.live.Unreadable = slices.Delete(slices.Clone(v.live.Unreadable), at, at+1)
	v.live.Members = append(v.live.Members, spec.Member{Email: email, UserID: row.UserID, Role: idText(row.RoleID), Invitation: row.Invitation})
	normalise(v.live)
	return nil
}

// view is the step's object as it was seen, its secrets masked as the plan masks them.
func (v *sight) view(s *Step) View {
	if v.gone {
		return nil
	}
	return secretAsPlanned(ViewOf(v.live, s.Kind, s.Address.Name()), s)
}

// enact follows a write of the run itself, in what has been read.
func (v *sight) enact(s *Step, write Write, answer Answer) {
	switch {
	case write.Verb == CreateOrganization || !v.has(s):
	case write.Verb == DeleteOrganization:
		v.gone = true
	default:
		enact(v.live, write, answer)
	}
}

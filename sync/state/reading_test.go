package state

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
)

// replies is an ObjectReader that answers each call with the next of its replies, and keeps what
// it was asked.
type replies struct {
	errs  []error
	asked []string
}

func (r *replies) next(call string) error {
	r.asked = append(r.asked, call)
	if len(r.errs) == 0 {
		return nil
	}
	err := r.errs[0]
	r.errs = r.errs[1:]
	return err
}

func (r *replies) Organization(_ context.Context, id int64, wait bool) (*Organization, error) {
	call := "detail"
	if wait {
		call = "wait"
	}
	return &Organization{Organization: spec.Organization{ID: id, Country: "54"}}, r.next(call)
}

func (r *replies) Read(_ context.Context, live *Organization, kind spec.Kind) error {
	if err := r.next(string(kind)); err != nil {
		live.Failed = map[spec.Kind]error{kind: err}
		return err
	}
	if kind == spec.KindVariable {
		live.Variables = []spec.Variable{}
	}
	return nil
}

func (r *replies) RoleRow(context.Context, int64, int64) (*RoleRow, error) { return nil, nil }

func (r *replies) FindUser(context.Context, int64, string) (int64, error) { return 0, nil }

// An organization that its zone does not know yet is waited for once, and only when the caller
// wants that.
func TestReadOrganizationAwaits(t *testing.T) {
	missing, wanted := &CallError{Class: exit.ClassNotFound}, Wanted{Detail: true, Kinds: []spec.Kind{spec.KindVariable}}
	for name, c := range map[string]struct {
		await  bool
		errs   []error
		asked  string
		read   bool
		failed error
	}{
		"all there":             {true, nil, "detail variable", true, nil},
		"the detail comes late": {true, []error{missing}, "detail wait detail variable", true, nil},
		"a kind comes late":     {true, []error{nil, missing}, "detail variable wait variable", true, nil},
		"it never comes":        {true, []error{missing, missing, missing}, "detail wait variable", false, missing},
		"nobody waits":          {false, []error{nil, missing}, "detail variable", false, missing},
		"not a 404":             {true, []error{nil, errors.ErrUnsupported}, "detail variable", false, errors.ErrUnsupported},
	} {
		reader, live := &replies{errs: c.errs}, &Organization{Organization: spec.Organization{ID: 11}}
		wanted.Await = c.await
		reading := ReadOrganization(context.Background(), reader, live, wanted)
		if got := strings.Join(reader.asked, " "); got != c.asked || reading.Awaited != slices.Contains(reader.asked, "wait") {
			t.Errorf("%s: asked %s, want %s; awaited %t", name, got, c.asked, reading.Awaited)
		}
		if got := live.Failed[spec.KindVariable]; !errors.Is(got, c.failed) || live.Read(spec.KindVariable) != c.read {
			t.Errorf("%s: failed %v, want %v; read %t", name, got, c.failed, live.Read(spec.KindVariable))
		}
		if detail := live.DetailErr == nil; detail != (live.Country == "54") {
			t.Errorf("%s: the detail says %v, the organization %q", name, live.DetailErr, live.Country)
		}
	}
}

// What a stop left unread is the run's own doing, not the zone's.
func TestReadOrganizationStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	reader, live := &replies{}, &Organization{}
	ReadOrganization(ctx, reader, live, Wanted{Kinds: ReadKinds})
	for _, kind := range ReadKinds {
		if ExitOfFailure(live.Failed[kind]) != exit.OK || live.Failed[kind] == nil || len(reader.asked) > 0 {
			t.Errorf("%s: %v, asked %v", kind, live.Failed[kind], reader.asked)
		}
	}
}

// Unread, empty and there are three different things.
func TestLiveReadAndHas(t *testing.T) {
	yes := true
	empty := &Organization{Organization: spec.Organization{FeatureControls: []spec.FeatureControl{}, Variables: []spec.Variable{}, Members: []spec.Member{}}}
	full := &Organization{OwnerID: 1, Organization: spec.Organization{TFAEnforced: &yes, FeatureControls: make([]spec.FeatureControl, 1),
		Variables: make([]spec.Variable, 1), Members: make([]spec.Member, 1)}}
	partly := *full
	partly.Failed = map[spec.Kind]error{spec.KindMember: errors.ErrUnsupported}
	for name, c := range map[string]struct {
		live      *Organization
		read, has string
	}{
		"to be made": {nil, "", ""},
		"a row":      {&Organization{}, "organization", "organization"},
		"empty":      {empty, "organization featureControl variable member owner", "organization"},
		"full": {full, "organization featureControl variable member tfa owner",
			"organization featureControl variable member tfa owner"},
		"in part": {&partly, "organization featureControl variable tfa",
			"organization featureControl variable member tfa owner"},
	} {
		var read, has []string
		for _, kind := range []spec.Kind{spec.KindOrganization, spec.KindFeatureControl, spec.KindVariable, spec.KindMember, spec.KindTFA, spec.KindOwner} {
			if c.live.Read(kind) {
				read = append(read, string(kind))
			}
			if c.live.Has(kind) {
				has = append(has, string(kind))
			}
		}
		if strings.Join(read, " ") != c.read || strings.Join(has, " ") != c.has {
			t.Errorf("%s: read %v, has %v", name, read, has)
		}
	}
}

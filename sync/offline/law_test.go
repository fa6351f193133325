package offline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
)

func TestMain(m *testing.M) {
	spec.CheapenFingerprints()
	m.Run()
}

// snapshotFor takes a snapshot of the zone as `makesync snapshot -f` does, and reads it back.
func snapshotFor(t *rapid.T, r planner.Request, needed offline.Needed, now time.Time) *offline.Snapshot {
	s, err := state.ReadZone(t.Context(), r.Zones["eu1"], state.ReadOptions{
		Lists:  append(state.ReadingLists(), state.Regions),
		Select: func(live *state.Organization, _ string) bool { return needed.Needs(live) },
		Wanted: needed.Wanted,
		Memory: r.Memory, Refusals: r.Refusals,
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := offline.EncodeSnapshot(offline.MakeSnapshot(s, offline.SnapshotOptions{
		Taken: now, Values: offline.ValuesFingerprint, Salt: []byte("salt"), Needed: needed,
		Sensitive: func(a spec.Address) bool { return spec.IsSensitive(a, a.Name(), r.Desired.Sensitive) },
	}))
	if err != nil {
		t.Fatal(err)
	}
	if problems := spec.Check(schema.Snapshot(), data); len(problems) > 0 {
		t.Fatalf("%s: %s", problems[0].Path, problems[0].Message)
	}
	snapshot, err := offline.DecodeSnapshot(data)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// remembered is a memory of one person.
type remembered map[int64]string

func (m remembered) EmailOf(_ string, _, user int64) string { return m[user] }

// refused is a memory of what plans of Make do not offer.
type refused []state.Refusal

func (r refused) Refused(string, int64, string) []state.Refusal { return r }

// Planning against a snapshot of now gives the plan of now: of every zone, for every document, also
// one that deletes organizations, and whatever of the zone could not be read.
func TestLawOfflineEqualsOnline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		plantest.DrawTrouble(t, zone, &r)
		if rapid.Bool().Draw(t, "allow") {
			r.Allow = []plan.Allow{plantest.MustAllow(t, "delete:organization@*")}
		}
		if rapid.Bool().Draw(t, "remembered") {
			r.Memory = remembered{90: "d@y.example"}
		}
		if rapid.Bool().Draw(t, "refused") {
			r.Refusals = refused{{Feature: state.Feature{Kind: spec.KindOrganization, Name: "timezone"}, Message: "no"},
				{Feature: state.Feature{Kind: spec.KindVariable}, Message: "no"}}
		}
		now := time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)
		online := plantest.Make(t, r)
		// Documents that need everything stand for a snapshot that was taken without -f.
		needed := offline.NeededOf(r.Desired, "eu1")
		snapshot := snapshotFor(t, r, needed, now)
		for _, p := range offline.Check([]*offline.Snapshot{snapshot}, r.Desired, r.Scope, now, 0) {
			t.Fatalf("%s: %s", p.Rule, p.Message)
		}
		r.Memory, r.Refusals = nil, nil // what the state folder knows was asked when the snapshot was taken
		r.Zones = map[string]state.Port{"eu1": snapshot.Port(r.Desired)}
		if diff := cmp.Diff(form(t, online), form(t, plantest.Make(t, r))); diff != "" {
			t.Fatalf("online (-) and offline (+):\n%s", diff)
		}
	})
}

// Equal secrets look different wherever they stand, and none has a fingerprint that is the same in every snapshot.
func TestFingerprintsTellNoEqualSecrets(t *testing.T) {
	t.Parallel()
	salt, secret := []byte("a salt of sixteen"), spec.Sensitive("hunter2hunter2")
	seen := map[string]string{}
	for _, at := range []struct {
		organization int64
		name         string
		salt         []byte
	}{{11, "A", salt}, {11, "B", salt}, {12, "A", salt}, {1, "1A", salt}, {11, "A", []byte("another salt of 16")}} {
		print, where := spec.SecretFingerprint(secret, offline.ValueSalt(at.salt, at.organization, at.name)), fmt.Sprint(at)
		if seen[print] != "" || print == "" {
			t.Errorf("%s and %s have the fingerprint %q", seen[print], where, print)
		}
		seen[print] = where
	}
	if print := spec.SecretFingerprint(secret, nil); print != "" {
		t.Errorf("without a salt the fingerprint is %s", print)
	}
}

// A snapshot holds no value of a variable and no e-mail of a person that its documents do not make
// their business, and no secret as it is.
func TestLawNothingUndeclaredIsSaved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		for i, live := range zone.Orgs {
			for j := range live.Variables {
				live.Variables[j].Value = spec.Sensitive(fmt.Sprint("value-", i, "-", live.Variables[j].Name, "-"))
				if rapid.IntRange(0, 3).Draw(t, "shape") == 0 {
					live.Variables[j].Value = spec.Sensitive(fmt.Sprint("u:value-", i, "-", live.Variables[j].Name, "-@host"))
				}
			}
		}
		for _, live := range zone.Orgs {
			for j := range live.Members {
				live.Members[j].Name = "Name of " + live.Members[j].Email
			}
		}
		snapshot := snapshotFor(t, r, offline.NeededOf(r.Desired, "eu1"), time.Unix(0, 0))
		data, err := offline.EncodeSnapshot(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		for i, live := range zone.Orgs {
			o := &r.Desired.Organizations[i]
			for _, v := range live.Variables {
				declared := o.Purges(spec.KindVariable) &&
					!r.Desired.Guards.Protects(spec.NewAddress(o.Key, spec.KindVariable, v.Name), live.ID)
				if d := state.FindVariable(o.Variables, v.Name); d != nil {
					declared = !d.IgnoreValue || d.State == spec.Absent
				}
				text := fmt.Sprint("value-", i, "-", v.Name, "-")
				if bytes.Contains(data, []byte(text)) && (!declared || spec.LooksSecret(v.Value.Reveal())) {
					t.Fatalf("the snapshot of %+v holds %s", o, text)
				}
			}
		}
		named := map[string]bool{}
		for _, email := range r.Desired.Guards.RequiredAdmins {
			named[email] = true
		}
		removes := false
		for _, o := range r.Desired.Organizations {
			named[o.Owner] = true
			for _, m := range o.Members {
				named[m.Email] = true
			}
			removes = removes || o.State == spec.Absent || o.Purges(spec.KindMember) || o.Owner != ""
		}
		for _, live := range zone.Orgs {
			for _, m := range live.Members {
				told := bytes.Contains(data, []byte(m.Email)) || bytes.Contains(data, []byte(m.Name))
				if !removes && !named[m.Email] && told {
					t.Fatalf("the snapshot holds %s, whom no document names", m.Email)
				}
			}
		}
	})
}

// form is a plan as its JSON, decoded, without what an offline plan cannot have: the preconditions of
// secrets, of which a snapshot holds hashes.
func form(t *rapid.T, p *plan.Plan) any {
	p = plantest.Outcome(p)
	for i := range p.Organizations {
		steps := append([]plan.Step{}, p.Organizations[i].Steps...)
		for j := range steps {
			if plan.StepIsSecret(&steps[j]) {
				steps[j].Precondition = ""
			}
		}
		p.Organizations[i].Steps = steps
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	// Whose the token was is known by the id alone where no document names the e-mail.
	for _, words := range [][2]string{
		{`"email":"ops@acme.example"`, `"email":""`}, {"token is ops@acme.example's", "token is user 1's"},
		{"user ops@acme.example is not", "user user 1 is not"}, {"ops@acme.example is no member", "user 1 is no member"},
		{"that ops@acme.example, whose token", "that user 1, whose token"},
	} {
		data = bytes.ReplaceAll(data, []byte(words[0]), []byte(words[1]))
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

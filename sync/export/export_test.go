package export

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func exportOf(t *testing.T, z *zonetest.Zone) (Document, *state.ZoneState) {
	t.Helper()
	s := zoneStateOf(t, "eu1", z)
	e := Exporter{Zone: "eu1", Names: s.Names, OrganizationRoles: s.Roles, Sensitive: func(a spec.Address) bool { return spec.IsSensitive(a, a.Name(), nil) }}
	return e.Document(s.Organizations[0], s.Keys[s.Organizations[0].ID]), s
}

func notes(d Document) string {
	var lines []string
	for _, n := range d.Notes {
		lines = append(lines, string(n.Kind)+" "+n.Name+": "+n.Text)
	}
	return strings.Join(lines, "\n")
}

func TestExportOfWhatCouldNotBeReadSaysSoAndDeclaresNothing(t *testing.T) {
	t.Parallel()
	z := zonetest.New(zonetest.Organization(11, "Acme"), zonetest.Organization(12, "Beta"))
	z.Fail = func(call string) error {
		if call == "variable 11" {
			return &state.CallError{Doing: "read variables of Acme", Status: 500, Message: "down", Class: exit.ClassServer}
		}
		return nil
	}
	d, s := exportOf(t, z)
	if d.Organization.Variables != nil || !d.Partly || !strings.Contains(notes(d), "could not be read completely: read variables of Acme: HTTP 500 down") {
		t.Errorf("draft = %+v\n%s", d.Organization, notes(d))
	}
	if d.Organization.Members == nil || d.Organization.FeatureControls == nil {
		t.Error("what could be read is not written")
	}
	if s.Exit() != exit.PartlyVisible || len(s.Unread()) != 1 || s.Unread()[0].Address != "acme/variable" {
		t.Errorf("exit %v, unread %v", s.Exit(), s.Unread())
	}
}

func TestZoneOfNothingReadableEndsAsTheCallsSay(t *testing.T) {
	t.Parallel()
	for class, want := range map[exit.Class]exit.Code{exit.ClassForbidden: exit.Refused, exit.ClassServer: exit.Unreachable, exit.ClassBroken: exit.Unreachable} {
		z := zonetest.New(zonetest.Organization(11, "Acme"))
		z.Fail = func(call string) error {
			if strings.HasSuffix(call, " 11") {
				return &state.CallError{Class: class, Message: "no"}
			}
			return nil
		}
		if got := zoneStateOf(t, "eu1", z).Exit(); got != want {
			t.Errorf("%s: exit %v, want %v", class, got, want)
		}
	}
}

func TestExportNamesRolesByNameUnlessItMeansTwo(t *testing.T) {
	t.Parallel()
	acme := zonetest.Organization(11, "Acme")
	zonetest.Person(acme, 2, "member@acme.example", 13, "")
	zonetest.Person(acme, 3, "twin@acme.example", 40, "")
	zonetest.Person(acme, 4, "other@acme.example", 41, "pending")
	zonetest.Person(acme, 5, "lost@acme.example", 99, "")
	z := zonetest.New(acme)
	z.Lists[state.Roles] = append(z.Lists[state.Roles], state.Name{ID: 40, Name: "Ops"}, state.Name{ID: 41, Name: "OPS"})
	d, _ := exportOf(t, z)
	roles := map[string]string{}
	for _, m := range d.Organization.Members {
		roles[m.Email] = m.Role
		if m.Invite != nil {
			t.Errorf("%s has an invite", m.Email)
		}
	}
	want := map[string]string{"ops@acme.example": "", "member@acme.example": "Member", "twin@acme.example": "40", "other@acme.example": "41", "lost@acme.example": ""}
	if fmt.Sprint(roles) != fmt.Sprint(want) {
		t.Errorf("roles = %v, want %v", roles, want)
	}
	if text := notes(d); !strings.Contains(text, "other@acme.example: invitation pending") || !strings.Contains(text, `role "99" is not in the list`) {
		t.Errorf("notes:\n%s", text)
	}
}

func TestExportWritesNoSecretAndNoRegion(t *testing.T) {
	t.Parallel()
	acme := zonetest.Organization(11, "Make")
	zonetest.Variable(acme, "API_KEY", spec.TypeString, "do-not-write-me")
	zonetest.Variable(acme, "API$KEY", spec.TypeNumber, "1")
	d, _ := exportOf(t, zonetest.New(acme))
	if d.Organization.Region != "" || strings.Contains(fmt.Sprintf("%+v", d), "do-not-write-me") {
		t.Errorf("draft = %+v", d)
	}
	for _, v := range d.Organization.Variables {
		if strings.Contains(v.Value.Reveal()+v.Reference, "do-not-write-me") {
			t.Errorf("%s is written as it is", v.Name)
		}
	}
	if len(d.Secrets) != 1 || d.Secrets[0].Variable != "ORG_MAKE_API_KEY" {
		t.Errorf("secrets = %v: MAKE_API_KEY is makesync's own token and refused as a reference", d.Secrets)
	}
}

func TestReferenceNamesAreGivenOutOnce(t *testing.T) {
	t.Parallel()
	var r ReferenceNames
	var got []string
	for _, a := range []spec.Address{"a-b/variable/C_TOKEN", "a/variable/B_C_TOKEN", "a/variable/B$C_TOKEN", "1st/variable/TOKEN"} {
		got = append(got, r.For(a))
	}
	if want := "[A_B_C_TOKEN A_B_C_TOKEN_2 A_B_C_TOKEN_3 ORG_1ST_TOKEN]"; fmt.Sprint(got) != want {
		t.Errorf("names = %v, want %s", got, want)
	}
}

func TestChooserIsWithoutCaseOnNameAndKey(t *testing.T) {
	t.Parallel()
	c, err := NewSelector([]string{"ACME*", "beta", "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[[2]string]bool{{"acme Labs", "x"}: true, {"Beta Labs", "beta"}: true, {"Gamma", "gamma"}: false} {
		if got := c.Selects(name[0], name[1]); got != want {
			t.Errorf("Chooses(%v) = %v", name, got)
		}
	}
	if unmatched := c.Unmatched("eu1"); len(unmatched) != 1 || !strings.Contains(unmatched[0].Message, "nobody") {
		t.Errorf("idle = %v", unmatched)
	}
}

func TestSurveyPassesOnWhatNothingCanBeSaidWithout(t *testing.T) {
	t.Parallel()
	z := zonetest.New(zonetest.Organization(11, "Acme"))
	wrong := errors.New("no list")
	z.Fail = func(call string) error {
		if call == "organizations" {
			return wrong
		}
		return nil
	}
	if _, err := state.ReadZone(t.Context(), state.Port{Reader: z}, state.ReadOptions{}); !errors.Is(err, wrong) {
		t.Errorf("error = %v", err)
	}
}

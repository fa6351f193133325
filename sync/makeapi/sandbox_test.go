package makeapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/sandbox"
	"makesync/sync/state"
)

// simulated is a client of the sandbox's starter zone eu1.
func simulated(t testing.TB, change ...func(*Options)) (*sandbox.World, *Client) {
	t.Helper()
	world := sandbox.New(sandbox.Starter(), nil)
	handler, err := world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	token := func(o *Options) { o.Token = spec.Sensitive(world.FirstToken()) }
	return world, clientOf(t, "https://eu1.make.com", HandlerTransport(handler), append(change, token)...)
}

// everything reads all there is in the zone, as text.
func everything(t testing.TB, c *Client) (string, error) {
	t.Helper()
	var b strings.Builder
	me, err := c.Me(t.Context())
	if err != nil {
		return "", err
	}
	lives, err := c.Organizations(t.Context())
	if err != nil {
		return "", err
	}
	fmt.Fprintln(&b, me.Email, *me.TwoFactor)
	for _, live := range lives {
		fmt.Fprintln(&b, live.ID, live.Name, live.Host, live.Country, live.Timezone, live.License != nil, len(live.Teams))
		if live.Host != "eu1.make.com" {
			continue
		}
		for _, kind := range []spec.Kind{spec.KindVariable, spec.KindFeatureControl, spec.KindMember} {
			if err := c.Read(t.Context(), live, kind); err != nil {
				return "", err
			}
		}
		for _, v := range live.Variables {
			fmt.Fprintln(&b, v.Name, v.Type, v.Value.Reveal(), v.System, v.Invalid)
		}
		for _, m := range live.Members {
			fmt.Fprintln(&b, m.Email, m.Role, m.Invitation)
		}
		fmt.Fprintln(&b, live.FeatureControls, live.Lacks, live.OwnerID, len(live.Unreadable))
	}
	return b.String(), nil
}

// TestSandboxReadsTheSameUnderEveryFault: a read gives the truth or an error, never something in
// between.
func TestSandboxReadsTheSameUnderEveryFault(t *testing.T) {
	t.Parallel()
	var want string
	var err error
	synctest.Test(t, func(t *testing.T) { // the sandbox's counters depend on the day
		_, quiet := simulated(t)
		want, err = everything(t, quiet)
	})
	if err != nil || !strings.Contains(want, "BILLING_DSN") || !strings.Contains(want, "erin@acme.example 13 pending") {
		t.Fatalf("%v\n%s", err, want)
	}
	faults := []string{
		"kind=status,status=500", "kind=status,status=503,body=html,retry-after=7", "kind=status,status=429,body=plain",
		"kind=status,status=429,retry-after=1", "kind=status,status=408", "kind=status,status=418,body=empty", "kind=drop-before",
		"kind=drop-after", "kind=hang", "kind=truncate", "kind=malformed", "kind=delay,delay=20s", "kind=status,status=200,body=html",
	}
	for _, text := range faults {
		for seed := range 4 {
			synctest.Test(t, func(t *testing.T) {
				world, c := simulated(t, func(o *Options) { o.Timeout = 10 * time.Minute })
				fault, err := sandbox.ParseFault(fmt.Sprintf("op=read,probability=0.3,seed=%d,%s", seed+1, text))
				if err != nil {
					t.Fatal(err)
				}
				if err := world.AddFault(fault); err != nil {
					t.Fatal(err)
				}
				got, err := everything(t, c)
				if err != nil || got != want {
					t.Errorf("%s, seed %d: %v\n%s", text, seed, err, cmp.Diff(want, got))
				}
			})
		}
	}
}

// TestSandboxUnderEverySwitch: the open questions about the API change what is known, never whether
// it can be read.
func TestSandboxUnderEverySwitch(t *testing.T) {
	t.Parallel()
	for _, s := range sandbox.SwitchTable() {
		for _, value := range s.Values {
			synctest.Test(t, func(t *testing.T) {
				world, c := simulated(t)
				if err := world.SetSwitch(s.Name, value); err != nil {
					t.Fatal(err)
				}
				got, err := everything(t, c)
				if err != nil || !strings.Contains(got, "RETRIES number 5") {
					t.Errorf("%s=%s: %v\n%s", s.Name, value, err, got)
				}
			})
		}
	}
}

// TestSandboxTakesEveryWrite: each verb once, and what is read afterwards.
func TestSandboxTakesEveryWrite(t *testing.T) {
	t.Parallel()
	world, c := simulated(t)
	if err := world.SetSwitch("free-plan", "allow"); err != nil {
		t.Fatal(err)
	}
	write := func(verb plan.Verb, organization int64, a plan.Arguments) plan.Answer {
		t.Helper()
		answer, err := c.Write(t.Context(), plan.Write{Verb: verb, Organization: organization, Address: "acme", Arguments: a})
		if err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
		return answer
	}
	one := func(list state.List) int64 {
		names, err := c.Names(t.Context(), list, 0)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", list, names, err)
		}
		return names[0].ID
	}
	made := write(plan.CreateOrganization, 0, plan.Arguments{Name: "New One", RegionID: one(state.Regions),
		TimezoneID: one(state.Timezones), CountryID: one(state.Countries)}).OrganizationID
	if live, err := c.Organization(t.Context(), made, true); err != nil || live.Name != "New One" || live.License == nil {
		t.Fatalf("%+v, %v", live, err)
	}
	write(plan.UpdateOrganization, made, plan.Arguments{Name: "New Two"})
	write(plan.DeleteOrganization, made, plan.Arguments{Confirmed: true})
	if _, err := c.Organization(t.Context(), made, false); err == nil {
		t.Error("the deleted organization is still there")
	}

	write(plan.CreateVariable, 11, plan.Arguments{Name: "$NEW", Type: spec.TypeNumber, Value: value(spec.TypeNumber, "1")})
	write(plan.UpdateVariable, 11, plan.Arguments{Name: "$NEW", Type: spec.TypeString, Value: value(spec.TypeString, "x")})
	if changes, err := c.History(t.Context(), 11, "$NEW"); err != nil || len(changes) != 2 {
		t.Errorf("history: %+v, %v", changes, err)
	}
	write(plan.DeleteVariable, 11, plan.Arguments{Name: "$NEW"})

	live := &state.Organization{}
	live.ID = 11
	if err := c.Read(t.Context(), live, spec.KindFeatureControl); err != nil {
		t.Fatal(err)
	}
	write(plan.SetControl, 11, plan.Arguments{ControlID: live.FeatureControls[0].ID, Enable: yes()})
	write(plan.EnforceTFA, 11, plan.Arguments{Enable: yes()})
	invited := write(plan.InviteMember, 11, plan.Arguments{Email: "new@acme.example", Name: "New", RoleID: 13}).UserID
	if found, err := c.FindUser(t.Context(), 11, "new@acme.example"); err != nil || found != invited || found == 0 {
		t.Errorf("invited %d, found %d, %v", invited, found, err)
	}
	write(plan.RemoveMember, 11, plan.Arguments{UserID: invited})
	bob, _ := c.FindUser(t.Context(), 11, "bob@acme.example")
	write(plan.SetRole, 11, plan.Arguments{UserID: bob, RoleID: 12})
	jane, _ := c.FindUser(t.Context(), 11, "jane@acme.example")
	write(plan.TransferOwner, 11, plan.Arguments{UserID: jane})
	write(plan.RemoveMember, 11, plan.Arguments{UserID: bob, DeleteConnections: true})
	if err := c.Read(t.Context(), live, spec.KindMember); err != nil || live.OwnerID != jane {
		t.Errorf("owner %d, want %d: %v", live.OwnerID, jane, err)
	}
	for _, m := range live.Members {
		if m.Email == "bob@acme.example" || m.Email == "new@acme.example" {
			t.Errorf("%s is still there", m.Email)
		}
	}
	if n := len(world.Log()); n != c.Calls().Write {
		t.Errorf("the zone saw %d writes, the client counts %d", n, c.Calls().Write)
	}
}

// TestSandboxWritesTellTheTruth: under every fault a write that counts as not happened has not.
func TestSandboxWritesTellTheTruth(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"kind=status,status=500", "kind=status-after,status=502", "kind=status,status=400", "kind=status,status=429,times=2", "kind=drop-before", "kind=drop-after",
		"kind=hang", "kind=hang-after", "kind=truncate", "kind=malformed", "kind=redirect", "kind=delay,delay=40s",
	} {
		synctest.Test(t, func(t *testing.T) {
			world, c := simulated(t)
			fault, err := sandbox.ParseFault("op=write,nth=1," + text)
			if err != nil {
				t.Fatal(err)
			}
			if err := world.AddFault(fault); err != nil {
				t.Fatal(err)
			}
			_, err = c.Write(t.Context(), plan.Write{Verb: plan.InviteMember, Organization: 11, Arguments: plan.Arguments{
				Email: "new@acme.example", Name: "New", RoleID: 13}})
			found, findErr := c.FindUser(t.Context(), 11, "new@acme.example")
			happened := found != 0
			if findErr != nil || len(world.Log()) > 1 {
				t.Fatalf("%s: %v, log %v", text, findErr, world.Log())
			}
			switch e := state.AsCallError(err); {
			case err == nil && !happened, e != nil && e.Certainty == state.NotHappened && happened:
				t.Errorf("%s: happened %v, and the client says %v", text, happened, err)
			case e != nil && e.Certainty != state.NotHappened && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout:
				t.Errorf("%s: %v counts as unknown", text, err)
			}
		})
	}
}

// TestSandboxLimitsAreKept: at full speed to the limit of the licence, and not one refusal.
func TestSandboxLimitsAreKept(t *testing.T) {
	t.Parallel()
	for _, headers := range []string{"x-ratelimit", "retry-after", "none"} {
		synctest.Test(t, func(t *testing.T) {
			world, c := simulated(t, wholeWindow)
			if err := world.SetSwitch("rate-headers", headers); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Organizations(t.Context()); err != nil {
				t.Fatal(err)
			}
			limit := c.windows.of(12).limit()
			took := readMany(t, c, 12, 2*limit+1)
			if stats := c.Stats(); limit < 30 || took > 2*minute+3*time.Second || stats.Failed[exit.ClassRateLimit] > 0 {
				t.Errorf("headers %s, limit %d: %v, %+v", headers, limit, took, stats)
			}
		})
	}
}

// TestOthersWhoCallWheneverWeDo: with each call of ours others spend some. Of the 120 calls of a
// minute their fifth is left to them, however many they take, and we have one call at least.
func TestOthersWhoCallWheneverWeDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ others, ours int }{{0, 96}, {1, 48}, {3, 24}, {11, 8}, {119, 1}} {
		synctest.Test(t, func(t *testing.T) {
			world, c := simulated(t)
			if test.others > 0 {
				fault, err := sandbox.ParseFault(fmt.Sprintf("organization=12,kind=spend,calls=%d", test.others))
				if err == nil {
					err = world.AddFault(fault)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.Organizations(t.Context()); err != nil {
				t.Fatal(err)
			}
			for n, began := 0, time.Now(); ; n++ {
				live := &state.Organization{Organization: spec.Organization{ID: 12}}
				if err := c.Read(t.Context(), live, spec.KindVariable); err != nil && c.Stats().RateWaits == 0 {
					t.Fatal(err)
				}
				if time.Since(began) < minute/2 {
					continue
				}
				if n != test.ours {
					t.Errorf("%d calls of others with each of ours: we took %d, want %d", test.others, n, test.ours)
				}
				return
			}
		})
	}
}

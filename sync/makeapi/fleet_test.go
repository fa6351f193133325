package makeapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/sandbox"
	"makesync/sync/state"
)

// lookOver reads all that a FleetReader reads, as text. What the Free plan refuses is an answer.
func lookOver(ctx context.Context, c *Client) (string, error) {
	var b strings.Builder
	time.Sleep(time.Until(time.Date(2026, 11, 27, 12, 1, 0, 0, time.UTC))) // in a bubble: until there are payments
	r := NewFleetReader(c)
	listed, err := r.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, live := range listed {
		fmt.Fprintln(&b, live.ID, live.Name, live.Plan, live.Host, live.License.APILimit(), len(live.Teams))
		if live.Host != "eu1.make.com" {
			continue
		}
		for _, read := range []func() (any, error){
			func() (any, error) { return r.Balance(ctx, live.ID) },
			func() (any, error) { return r.Usage(ctx, live.ID) },
			func() (any, error) { return r.Apps(ctx, live.ID) },
			func() (any, error) { return r.Subscription(ctx, live.ID) },
			func() (any, error) { return methodsOf(ctx, r, live.ID) },
			func() (any, error) { return r.Payments(ctx, live.ID) },
			func() (any, error) {
				people, err := r.People(ctx, live)
				return [...]any{people, live.Members, live.OwnerID, len(live.Unreadable)}, err
			},
		} {
			value, err := read()
			if call := state.AsCallError(err); call != nil && call.Class == exit.ClassFreePlan {
				fmt.Fprintln(&b, "  refused")
				continue
			}
			if err != nil {
				return "", err
			}
			text, err := json.Marshal(value)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "  %s\n", text)
		}
	}
	return b.String(), nil
}

// methodsOf are the payment methods with the expiry that payments tell.
func methodsOf(ctx context.Context, r *FleetReader, id int64) ([]billing.PaymentMethod, error) {
	methods, err := r.PaymentMethods(ctx, id)
	if err != nil {
		return nil, err
	}
	payments, err := r.Payments(ctx, id)
	for i := range methods {
		methods[i] = methods[i].WithExpiry(payments)
	}
	return methods, err
}

// TestFleetReadsTheSameUnderEveryFault: a read gives the truth or an error, never something in between.
func TestFleetReadsTheSameUnderEveryFault(t *testing.T) {
	t.Parallel()
	var want string
	var err error
	synctest.Test(t, func(t *testing.T) { // counters depend on the day
		_, quiet := simulated(t)
		want, err = lookOver(t.Context(), quiet)
	})
	if err != nil || !strings.Contains(want, `"Expires":"2030-12"`) || !strings.Contains(want, `"Status":"Paid"`) ||
		!strings.Contains(want, `"TwoFactor":true`) || !strings.Contains(want, `"TwoFactor":false`) ||
		!strings.Contains(want, "refused") {
		t.Fatalf("%v\n%s", err, want)
	}
	for _, secret := range []string{"Signature", "invoices.example", "4242", "fingerprint"} {
		if strings.Contains(want, secret) {
			t.Errorf("%s is shown:\n%s", secret, want)
		}
	}
	for _, text := range []string{"kind=status,status=500", "kind=status,status=429,body=plain", "kind=drop-after", "kind=truncate",
		"kind=malformed", "kind=status,status=200,body=html"} {
		synctest.Test(t, func(t *testing.T) {
			world, c := simulated(t, func(o *Options) { o.Timeout = 10 * time.Minute })
			fault, err := sandbox.ParseFault("op=read,probability=0.3,seed=1," + text)
			if err != nil {
				t.Fatal(err)
			}
			if err := world.AddFault(fault); err != nil {
				t.Fatal(err)
			}
			if got, err := lookOver(t.Context(), c); err != nil || got != want {
				t.Errorf("%s: %v\n%s", text, err, cmp.Diff(want, got))
			}
		})
	}
}

// TestFleetUnderEverySwitch: the open questions about the API change what is known, never whether it can be read.
func TestFleetUnderEverySwitch(t *testing.T) {
	t.Parallel()
	for _, s := range sandbox.SwitchTable() {
		for _, value := range s.Values {
			synctest.Test(t, func(t *testing.T) {
				world, c := simulated(t)
				if err := world.SetSwitch(s.Name, value); err != nil {
					t.Fatal(err)
				}
				got, err := lookOver(t.Context(), c)
				if err != nil || !strings.Contains(got, `"Used":`) || !strings.Contains(got, `"Credits":`) || strings.Contains(got, `"Amount":""`) {
					t.Errorf("%s=%s: %v\n%s", s.Name, value, err, got)
				}
			})
		}
	}
}

// Replies in forms that some zone may have: what is there counts, what is not is not there, never 0.
func TestFleetDecodes(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{
		"GET /organizations/11":                              `{"organization":{"id":11,"operations":"12","unusedOperations":88}}`,
		"GET /organizations/12":                              `{"organization":{"id":"12","centicreditsConsumed":"150","unusedCenticredits":null,"nextReset":null}}`,
		"GET /organizations/13":                              `{"organization":{"id":12}}`,
		"GET /organizations/11/usage":                        `{"data":[{"date":"2026-11-02T00:00:00Z","datatransfer":"7","centicredits":"150"},{"date":"2026-11-01","operations":3},{"date":"soon"}]}`,
		"GET /organizations/11/subscription":                 `{}`,
		"GET /organizations/12/subscription":                 404,
		"GET /organizations/13/subscription":                 `{"product":{"name":"Pro","nextBill":"2026-12-01","price":{"price":16,"currencyCode":"usd","period":"1 month"}}}`,
		"GET /organizations/11/payments":                     `{"payments":[{"created":"2026-10-01","amount_total":"1e9"},{"created":"2026-11-01","amount_total":9.5}]}`,
		"GET /organizations/11/subscription/payment-methods": `{"paymentMethods":[]}`,
		"GET /organizations/11/apps":                         `{"installedApps":[{},{}]}`,
	}}
	r := NewFleetReader(client(t, z.ServeHTTP, fewRetries))
	show := func(value any, err error) string {
		if err != nil {
			return "error"
		}
		text, _ := json.Marshal(value)
		return string(text)
	}
	ctx := t.Context()
	for _, test := range []struct{ about, got, want string }{
		{"operations count as credits", show(r.Balance(ctx, 11)), `{"Used":12,"Left":88,"Reset":"0001-01-01T00:00:00Z","AutoPurchase":null}`},
		{"a part is told", show(r.Balance(ctx, 12)), `{"Used":1.5,"Left":null,"Reset":"0001-01-01T00:00:00Z","AutoPurchase":null}`},
		{"another organization", show(r.Balance(ctx, 13)), "error"},
		{"days", show(r.Usage(ctx, 11)), `[{"Date":"2026-11-01","Operations":3,"Credits":3,"DataTransfer":null},{"Date":"2026-11-02","Operations":null,"Credits":1.5,"DataTransfer":7}]`},
		{"no product", show(r.Subscription(ctx, 11)), `null`},
		{"not found", show(r.Subscription(ctx, 12)), `null`},
		{"a number of money", show(r.Subscription(ctx, 13)), `{"Plan":"Pro","NextBill":"2026-12-01T00:00:00Z","Amount":"16.00","Currency":"USD","Period":"month"}`},
		{"newest first", show(firstTwo(r.Payments(ctx, 11))), `["2026-11-01 9.50","2026-10-01 "]`},
		{"no methods", show(r.PaymentMethods(ctx, 11)), `null`},
		{"apps", show(r.Apps(ctx, 11)), `2`},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.about, test.got, test.want)
		}
	}
}

func firstTwo(payments []billing.Payment, err error) ([]string, error) {
	var words []string
	for _, p := range payments {
		words = append(words, p.At.Format(time.DateOnly)+" "+p.Amount)
	}
	return words, err
}

// TestInspector asks the sandbox what doctor wants to know.
func TestInspector(t *testing.T) {
	t.Parallel()
	_, c := simulated(t)
	i := NewInspector(c)
	scopes, err := i.Scopes(t.Context())
	if err != nil || len(scopes) == 0 {
		t.Errorf("%v %v", scopes, err)
	}
	roles, err := i.OwnRoles(t.Context())
	if err != nil || !slices.Contains([]int64{11, 12}, roles[11]) {
		t.Errorf("%v %v", roles, err)
	}
	data, err := i.Contract(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	contract, err := fleet.ParseContract(data)
	if err != nil {
		t.Fatal(err)
	}
	if drift := fleet.CompareContract(contract); len(drift) > 0 {
		t.Errorf("the sandbox promises otherwise: %v", drift)
	}
	if err := i.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// Make's own document has known mistakes, which are no drift; a change that is one is told.
func TestContractOfTheSandboxDrifts(t *testing.T) {
	t.Parallel()
	world, c := simulated(t)
	if err := world.SetSwitch("contract", "published"); err != nil {
		t.Fatal(err)
	}
	data, err := NewInspector(c).Contract(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	contract, err := fleet.ParseContract(data)
	if err != nil {
		t.Fatal(err)
	}
	if drift := fleet.CompareContract(contract); len(drift) > 0 {
		t.Errorf("%v", drift)
	}
}

// TestPing: any answer is one, a failure of the zone is none.
func TestPing(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{200: true, 401: true, 404: true, 500: false} {
		z := &zone{answers: map[string]any{"GET /ping": status}}
		if status == 200 {
			z.answers["GET /ping"] = "pong"
		}
		if err := NewInspector(client(t, z.ServeHTTP, fewRetries)).Ping(t.Context()); (err == nil) != want {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// Probe remembers the last of each header; a reply without one takes nothing away.
func TestProbe(t *testing.T) {
	t.Parallel()
	replies := []http.Header{{"Date": {"Fri, 20 Nov 2026 12:00:00 GMT"}, "X-Ratelimit-Limit": {"60"}, "X-Ratelimit-Remaining": {"7"}}, {}}
	probe := NewProbe(transportFunc(func(*http.Request) (*http.Response, error) {
		header := replies[0]
		replies = replies[1:]
		return &http.Response{StatusCode: 200, Header: header, Body: http.NoBody}, nil
	}))
	for range 2 {
		if _, err := probe.RoundTrip(&http.Request{}); err != nil {
			t.Fatal(err)
		}
	}
	got := probe.Last()
	if got.ZoneTime != time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) || got.OurTime.IsZero() || got.Limit != 60 || got.Remaining != 7 || got.TLSVersion != "" {
		t.Errorf("%+v", got)
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Every call that this package makes stands in the table that doctor compares with a zone's contract.
func TestOperationsAreAllThatIsCalled(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	called := map[string]bool{}
	ids := regexp.MustCompile(`/[0-9]+`)
	names := regexp.MustCompile(`/variables/[^/]+`)
	world := sandbox.New(sandbox.Starter(), nil)
	handler, err := world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	recording := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/api/v2")
		path = names.ReplaceAllString(ids.ReplaceAllString(path, "/{}"), "/variables/{}")
		mu.Lock()
		called[r.Method+" "+path] = true
		mu.Unlock()
		handler.ServeHTTP(w, r)
	})
	c := client(t, recording.ServeHTTP, func(o *Options) { o.Token, o.URL = spec.Sensitive(world.FirstToken()), "https://eu1.make.com" })
	if _, err := lookOver(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := everything(t, c); err != nil {
		t.Fatal(err)
	}
	if err := world.SetSwitch("pending-in-users", "no"); err != nil {
		t.Fatal(err)
	}
	for _, organization := range world.Snapshot().Zones[0].Organizations {
		live := &state.Organization{}
		live.ID = int64(organization.ID)
		_ = c.Read(t.Context(), live, spec.KindMember)
	}
	_ = c.Read(t.Context(), &state.Organization{Organization: spec.Organization{ID: 11}}, spec.KindSubscription)
	_, _ = c.Catalogue(t.Context(), 11)
	_, _ = c.Price(t.Context(), 11, 1)
	_, _ = c.MethodTypes(t.Context(), 11)
	_, _ = NewInspector(c).MayAddToTeams(t.Context(), 11)
	_, _ = c.History(t.Context(), 11, "RETRIES")
	_, _ = c.Memberships(t.Context())
	_, _ = OwnInvitations(t.Context(), c)
	_, _ = c.Invitation(t.Context(), "0f2b7c96-6a1d-4e83-b5c0-94d8e7f3a1b2")
	for _, list := range []state.List{state.Roles, state.Regions, state.Countries, state.Timezones, state.Teams} {
		_, _ = c.Names(t.Context(), list, 11)
	}
	known := map[string]bool{}
	for _, op := range fleet.Operations() {
		known[op.Method+" "+op.Path] = true
	}
	for name := range called {
		if !known[name] {
			t.Errorf("%s is called, and in no row", name)
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "GET ") && !called[name] && name != "GET /users/me/current-authorization" {
			t.Errorf("%s is in a row, and not called", name)
		}
	}
}

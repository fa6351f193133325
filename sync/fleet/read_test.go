package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// fakeZone is a zone of three organizations, of which the third is in another zone. It counts calls.
type fakeZone struct {
	mu    sync.Mutex
	calls map[string]int
	fail  map[string]error // by call
}

func (z *fakeZone) call(name string, organization int64) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.calls == nil {
		z.calls = map[string]int{}
	}
	z.calls[name]++
	return z.fail[fmt.Sprintf("%s %d", name, organization)]
}

func (z *fakeZone) Me(context.Context) (state.User, error) {
	return state.User{ID: 1, Email: "ops@acme.example"}, z.call("me", 0)
}

func (z *fakeZone) Accounts(context.Context) ([]*state.Organization, error) {
	var listed []*state.Organization
	for i, name := range []string{"Beta", "Acme", "Elsewhere"} {
		live := &state.Organization{Organization: spec.Organization{ID: int64(11 + i), Name: name}, Host: "eu1.make.com",
			License: state.License{"apiLimit": 60.0}, Teams: []state.Name{{ID: 5, Name: "Ops"}}, Plan: "Pro"}
		listed = append(listed, live)
	}
	listed[2].Host = "us1.make.com"
	return listed, z.call("accounts", 0)
}

func (z *fakeZone) Balance(_ context.Context, id int64) (state.Balance, error) {
	return state.Balance{Used: ptr(10.0), Left: ptr(90.0), Reset: now.AddDate(0, 0, 10)}, z.call("balance", id)
}

func (z *fakeZone) Usage(_ context.Context, id int64) ([]state.UsageDay, error) {
	return usageOf([]float64{1, 2, 3}, now), z.call("usage", id)
}

func (z *fakeZone) Apps(_ context.Context, id int64) (int, error) { return 2, z.call("apps", id) }

func (z *fakeZone) People(_ context.Context, live *state.Organization) (map[int64]state.Person, error) {
	if err := z.call("people", live.ID); err != nil {
		return nil, err
	}
	live.OwnerID = 1
	live.Members = []spec.Member{
		{Email: "ops@acme.example", Role: "11", UserID: 1},
		{Email: "jane@acme.example", Role: "12", UserID: 2},
		{Email: "leo@acme.example", Role: "13", UserID: 3, Invitation: "expired"},
	}
	if live.ID == 11 {
		live.Unreadable = []state.RoleRow{{UserID: 9, RoleID: 13}}
	}
	return map[int64]state.Person{2: {TwoFactor: ptr(false), Teams: []int64{5}}}, nil
}

func (z *fakeZone) Subscription(_ context.Context, id int64) (*billing.Subscription, error) {
	return &billing.Subscription{Plan: "Pro", Amount: "16.00"}, z.call("subscription", id)
}

func (z *fakeZone) PaymentMethods(_ context.Context, id int64) ([]billing.PaymentMethod, error) {
	return []billing.PaymentMethod{billing.NewPaymentMethod(billing.PaymentMethod{Type: "card", Brand: "Visa", Default: true}, "4242")},
		z.call("methods", id)
}

func (z *fakeZone) Payments(_ context.Context, id int64) ([]billing.Payment, error) {
	p := billing.Payment{At: now, Status: "Paid", Invoice: spec.Sensitive("https://signed.example/1")}
	return []billing.Payment{p.PaidBy("visa", "4242", "2027-03")}, z.call("payments", id)
}

func (z *fakeZone) source() Source {
	e := spec.Endpoint{Name: "eu1", URL: "https://eu1.make.com", Hosts: []string{"eu1.make.com"}}
	return Source{Endpoint: e, Me: z.Me, Reader: z}
}

// Every column costs the calls that it needs, for the organizations of this zone, and no others.
func TestColumnsCostTheirCallsAndNoOthers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		column Column
		calls  string // besides the list and the user
	}{
		{ColumnZone, ""},
		{ColumnName, ""},
		{ColumnPlan, ""},
		{ColumnTeams, ""},
		{ColumnAPILimit, ""},
		{ColumnTFAEnforced, ""},
		{ColumnCredits, "balance"},
		{ColumnReset, "balance"},
		{ColumnForecast, "balance usage"},
		{ColumnUsage, "usage"},
		{ColumnApps, "apps"},
		{ColumnMembers, "people"},
		{ColumnInvitations, "people"},
		{ColumnTwoFactor, "people"},
		{ColumnOwner, "people"},
		{ColumnSubscription, "subscription"},
		{ColumnPaymentMethod, "methods payments"},
		{ColumnLastPayment, "payments"},
		{ColumnChanges, ""}, // the caller makes a plan
	} {
		zone := &fakeZone{}
		if _, err := ReadZone(t.Context(), zone.source(), ReadOptions{Parts: PartsOf([]Column{test.column})}); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"me": 1, "accounts": 1}
		for _, name := range strings.Fields(test.calls) {
			want[name] = 2
		}
		if fmt.Sprint(zone.calls) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", test.column, zone.calls, want)
		}
	}
	if len(Columns()) != 19 {
		t.Errorf("a column has no row here: %v", Columns())
	}
}

// A condition costs what its keys need; two of the credits come from the usage.
func TestConditionsCostTheirCalls(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string][]Part{
		"credits.left < 0.1 * credits.total": {PartCredits},
		"!credits.lasts":                     {PartCredits, PartUsage},
		"credits.daysLeft < 3.0":             {PartCredits, PartUsage},
		`zone == "lasts"`:                    nil,
	} {
		var keys []string
		if strings.Contains(condition, "credits") {
			keys = []string{"credits"}
		}
		if got := PartsOfCondition(condition, keys); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", condition, got, want)
		}
	}
	if got := PartsOfCondition("x", []string{"owner", "paymentMethod"}); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestParseColumns(t *testing.T) {
	t.Parallel()
	if got, err := ParseColumns("owner, credits,owner"); err != nil || !slices.Equal(got, []Column{ColumnOwner, ColumnCredits}) {
		t.Errorf("%v %v", got, err)
	}
	if got, _ := ParseColumns("all"); len(got) != len(Columns()) {
		t.Errorf("all are %v", got)
	}
	if got, _ := ParseColumns(""); slices.Contains(got, ColumnApps) || !slices.Contains(got, ColumnCredits) {
		t.Errorf("the standard ones are %v", got)
	}
	if _, err := ParseColumns("credit"); err == nil || !strings.Contains(err.Error(), "credits") {
		t.Errorf("%v", err)
	}
}

// What was not asked for or could not be read is absent from the row, and a failure is told.
func TestAbsentKeysStayAbsent(t *testing.T) {
	t.Parallel()
	refused := &state.CallError{Doing: "read the usage", Status: 403, Class: exit.ClassFreePlan, Message: "no tokens"}
	broken := &state.CallError{Doing: "read the credits", Status: 500, Class: exit.ClassServer, Message: "oops"}
	zone := &fakeZone{fail: map[string]error{"usage 11": refused, "balance 12": broken}}
	read, err := ReadZone(t.Context(), zone.source(), ReadOptions{Parts: []Part{PartCredits, PartUsage}})
	if err != nil {
		t.Fatal(err)
	}
	s := NewStatus(now, Columns())
	s.AddZone(read, now)
	s.Finish(Order{Column: byKey}, Limits{})
	acme, beta := s.Organizations[0], s.Organizations[1]
	if acme.Credits != nil || !slices.Equal(acme.NotRead, []string{"credits"}) || len(acme.Usage) != 3 {
		t.Errorf("acme: %+v", acme)
	}
	if beta.Credits == nil || beta.Credits.Lasts != nil || beta.Usage != nil || !slices.Equal(beta.NotRead, []string{"usage"}) {
		t.Errorf("beta: %+v", beta)
	}
	for _, row := range s.Organizations {
		if row.Members != nil || row.Apps != nil || row.Subscription != nil || row.LastPayment != nil || row.Owner != "" {
			t.Errorf("%s knows what was not read: %+v", row.Key, row)
		}
	}
	if len(s.Problems) != 1 || s.Problems[0].Address != "acme" || len(s.Attention) != 1 || s.Attention[0].Rule != "not-read" {
		t.Errorf("what the plan lacks is no failure, and the rest is one: %v %v", s.Problems, s.Attention)
	}
	if got := s.ExitOf(nil, false); got != exit.PartlyVisible {
		t.Errorf("exit %v", got)
	}
}

// Columns decide what is shown, not what is looked at.
func TestWhatNoColumnShowsIsLeftOut(t *testing.T) {
	t.Parallel()
	zone := &fakeZone{}
	read, err := ReadZone(t.Context(), zone.source(), ReadOptions{Parts: PartsOf(Columns())})
	if err != nil {
		t.Fatal(err)
	}
	s := NewStatus(now, []Column{ColumnReset})
	s.AddZone(read, now)
	s.Finish(Order{Column: byKey}, Limits{})
	for _, row := range s.Organizations {
		if row.Credits == nil || row.Credits.Reset == nil || row.Credits.Used != nil || row.Credits.Lasts != nil {
			t.Errorf("%+v", row.Credits)
		}
		if row.Plan+row.Owner != "" || row.Members != nil || row.Usage != nil || row.Teams != nil || row.LastPayment != nil {
			t.Errorf("%+v", row)
		}
	}
	if !slices.ContainsFunc(s.Attention, func(a Attention) bool { return a.Rule == "invitation-expired" }) {
		t.Errorf("%v", s.Attention)
	}
}

// A zone that fails is told; the exit is its own only when no zone could be read.
func TestExitOfStatus(t *testing.T) {
	t.Parallel()
	refused := error(&state.CallError{Class: exit.ClassRefused})
	down := error(&state.CallError{Class: exit.ClassUnreachable})
	bad := []Attention{{Severity: Bad}}
	for _, test := range []struct {
		about    string
		zones    int
		failures []error
		exitCode bool
		found    []Attention
		want     exit.Code
	}{
		{"all is well", 1, nil, true, nil, exit.OK},
		{"something is bad, and nobody asked", 1, nil, false, bad, exit.OK},
		{"something is bad", 1, nil, true, bad, exit.Changes},
		{"a warning", 1, nil, true, []Attention{{Severity: Warning}}, exit.OK},
		{"a zone failed", 1, []error{refused}, false, nil, exit.PartlyVisible},
		{"a zone failed and something is bad", 1, []error{down}, true, bad, exit.PartlyVisible},
		{"no zone could be read", 0, []error{down}, true, nil, exit.Unreachable},
		{"refused goes first", 0, []error{down, refused}, false, nil, exit.Refused},
	} {
		s := NewStatus(now, nil)
		s.Attention = test.found
		for range test.zones {
			s.AddZone(&Zone{}, now)
		}
		if got := s.ExitOf(test.failures, test.exitCode); got != test.want {
			t.Errorf("%s: %v, want %v", test.about, got, test.want)
		}
	}
}

// The links of invoices are in no row until they are asked for, and never kept.
func TestInvoicesAreSecrets(t *testing.T) {
	t.Parallel()
	zone := &fakeZone{}
	read, err := ReadZone(t.Context(), zone.source(), ReadOptions{Parts: []Part{PartPayments}})
	if err != nil {
		t.Fatal(err)
	}
	row := NewRow(&read.Readings[0], now)
	for _, text := range []string{fmt.Sprintf("%+v", row), fmt.Sprintf("%#v", row), fmt.Sprintf("%+v", read.Readings[0])} {
		if strings.Contains(text, "signed.example") {
			t.Errorf("a link is shown: %s", text)
		}
	}
	shared := row
	if row.ShowInvoices(); row.LastPayment.Invoice != "https://signed.example/1" || shared.LastPayment.Invoice != "" {
		t.Errorf("%+v %+v", row.LastPayment, shared.LastPayment)
	}
	if row.HideInvoices(); row.LastPayment.Invoice != "" {
		t.Errorf("%+v", row.LastPayment)
	}
}

// A person is found wherever she is; where she may be unseen is said.
func TestPersonView(t *testing.T) {
	t.Parallel()
	broken := &state.CallError{Doing: "read the people", Status: 500, Class: exit.ClassServer, Message: "oops"}
	for _, test := range []struct {
		email  string
		fail   map[string]error
		places string
		unseen string
		write  string
	}{
		{"JANE@acme.example ", nil, "acme Admin [Ops] false; beta Admin [Ops] false", "beta",
			"organizations: acme: id: 12 members: jane@acme.example: {state: absent} beta: members: jane@acme.example: {state: absent}"},
		{"ops@acme.example", nil, "acme Owner [] ; beta Owner [] ", "beta",
			"organizations: # acme: she is the Owner; first: owner: SOMEBODY ELSE # beta: she is the Owner; first: owner: SOMEBODY ELSE"},
		{"nobody@acme.example", map[string]error{"people 12": broken}, "", "acme beta", ""},
	} {
		zone := &fakeZone{fail: test.fail}
		read, err := ReadZone(t.Context(), zone.source(), ReadOptions{Parts: []Part{PartMembers}})
		if err != nil {
			t.Fatal(err)
		}
		v := NewPersonView(test.email)
		v.AddZone(read, nil)
		v.Finish(func(key string) bool { return key == "beta" })
		var places, unseen []string
		for _, o := range v.Organizations {
			factor := ""
			if o.TwoFactor != nil {
				factor = fmt.Sprint(*o.TwoFactor)
			}
			places = append(places, fmt.Sprintf("%s %s %v %s", o.Key, o.Role, o.Teams, factor))
		}
		for _, u := range v.NotLookedInto {
			unseen = append(unseen, u.Organization)
		}
		if got := strings.Join(places, "; "); got != test.places {
			t.Errorf("%s: %q, want %q", test.email, got, test.places)
		}
		if got := strings.Join(unseen, " "); got != test.unseen {
			t.Errorf("%s: unseen %q, want %q", test.email, got, test.unseen)
		}
		if got := strings.Join(strings.Fields(strings.Join(v.Write, " ")), " "); got != test.write {
			t.Errorf("%s: write %q, want %q", test.email, got, test.write)
		}
	}
}

func TestDocumentsSpeakOfAPerson(t *testing.T) {
	t.Parallel()
	at := func(line int) spec.Source { return spec.Source{File: "acme.yaml", Line: line} }
	desired := &spec.Desired{Organizations: []spec.Organization{{
		Key: "acme", Owner: "jane@acme.example", At: map[string]spec.Source{"owner": at(9)},
		Members: []spec.Member{{Email: "jane@acme.example", Source: at(4)}, {Email: "leo@acme.example", Source: at(5)}},
	}}}
	v := NewPersonView("Jane@acme.example")
	v.AddDocuments(desired)
	want := []Line{{"acme.yaml", 4, "acme/member"}, {"acme.yaml", 9, "acme/owner"}}
	if !slices.Equal(v.Lines, want) {
		t.Errorf("%v", v.Lines)
	}
}

// Two failures that matter: without the list, and an interrupted run, there is no status.
func TestReadZoneFails(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for _, call := range []string{"me 0", "accounts 0"} {
		zone := &fakeZone{fail: map[string]error{call: down}}
		if _, err := ReadZone(t.Context(), zone.source(), ReadOptions{}); !errors.Is(err, down) {
			t.Errorf("%s: %v", call, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(exit.ErrInterrupted)
	zone := &fakeZone{}
	if _, err := ReadZone(ctx, zone.source(), ReadOptions{}); !errors.Is(err, exit.ErrInterrupted) {
		t.Errorf("%v", err)
	}
}

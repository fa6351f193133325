package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/savedplan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

var passwords = map[string]string{"${env:PASSWORD}": "hunter2-after"}

func evaluate(reference string) (spec.Value, error) {
	value, set := passwords[reference]
	if !set {
		return spec.Value{}, errors.New(reference + " is not set")
	}
	return spec.Sensitive(value), nil
}

// saved is the world's plan as a file.
func saved(t testing.TB, key spec.Value) (*writtenZone, planner.Request, []byte) {
	t.Helper()
	z, r := world()
	r.Salt = []byte("a salt of sixteen")
	data, problems := savedplan.Encode(plantest.Make(t, r), key)
	if len(problems) > 0 {
		t.Fatalf("encode: %v", problems)
	}
	return z, r, data
}

func rules(problems []spec.Problem) string {
	var ids []string
	for _, p := range problems {
		ids = append(ids, p.Rule)
	}
	return strings.Join(ids, " ")
}

func TestASavedPlanIsAppliedAsItWasMade(t *testing.T) {
	t.Parallel()
	for _, key := range []spec.Value{{}, spec.Sensitive("seal key")} {
		z, r, data := saved(t, key)
		if bytes.Contains(data, []byte("hunter2")) {
			t.Fatal("the file holds a secret")
		}
		p, problems := savedplan.Decode(data, key)
		if len(problems) > 0 {
			t.Fatalf("decode: %v", problems)
		}
		again, _ := savedplan.Encode(p, key)
		if !bytes.Equal(again, data) {
			t.Error("a plan that was read is written otherwise")
		}
		if problems := savedplan.Verify(p, savedplan.VerifyOptions{Now: planned.Add(time.Hour), Zones: map[string]plan.Zone{"eu1": plan.ZoneAt(r.Zones["eu1"].Endpoint, z.User)}}); len(problems) > 0 {
			t.Errorf("verify: %v", problems)
		}
		if problems := savedplan.Hydrate(p, evaluate); len(problems) > 0 {
			t.Errorf("hydrate: %v", problems)
		}
		o := z.options()
		o.Saved, o.Fetched = true, time.Time{}
		marked := 0
		o.BeforeWriting = func() error { marked++; return nil }
		if report := Run(context.Background(), p, o); report.Succeeded != stepsOfWorld || marked != 1 || report.Exit != exit.OK {
			t.Errorf("exit %v, marked %d times\n%s", report.Exit, marked, outcomes(report))
		}
		wantConverged(t, z, r)
	}
}

func TestSeal(t *testing.T) {
	t.Parallel()
	key := spec.Sensitive("seal key")
	_, _, sealed := saved(t, key)
	_, _, open := saved(t, spec.Value{})
	cases := map[string]struct {
		data []byte
		key  spec.Value
		want string
	}{
		"sealed":             {sealed, key, ""},
		"open":               {open, spec.Value{}, ""},
		"laid out otherwise": {compact(t, open), spec.Value{}, ""},
		"another key":        {sealed, spec.Sensitive("another"), "plan-seal"},
		"no key":             {sealed, spec.Value{}, "plan-seal"},
		"no seal":            {open, key, "plan-seal"},
		"stripped":           {bytes.Replace(sealed, sealed[bytes.Index(sealed, []byte("hmac-sha256:")):][:len("hmac-sha256:")+64], []byte("none"), 1), key, "plan-seal"},
		"one space more":     {bytes.Replace(sealed, []byte(`{`), []byte(`{ `), 1), key, "plan-seal"},
		"later expiry":       {bytes.Replace(sealed, []byte(`"expires": "2026-11-23`), []byte(`"expires": "2027-11-23`), 1), key, "plan-seal"},
	}
	for name, c := range cases {
		if _, problems := savedplan.Decode(c.data, c.key); rules(problems) != c.want {
			t.Errorf("%s: %v, want %q", name, problems, c.want)
		}
	}
	for i := 0; i < len(sealed); i += 17 {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, problems := savedplan.Decode(changed, key); len(problems) == 0 {
			t.Errorf("byte %d may be changed: %q", i, sealed[max(0, i-20):min(len(sealed), i+20)])
		}
	}
}

func compact(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each forgery is a plan that could do what no plan of makesync does, with a digest that fits.
func TestForgedSteps(t *testing.T) {
	t.Parallel()
	step := func(p *plan.Plan, address string) *plan.Step {
		for i := range p.Organizations {
			for j := range p.Organizations[i].Steps {
				if s := &p.Organizations[i].Steps[j]; string(s.Address) == address {
					return s
				}
			}
		}
		t.Fatalf("no step %s", address)
		return nil
	}
	_, _, data := saved(t, spec.Value{})
	genuine, _ := savedplan.Decode(data, spec.Value{})
	secret := step(genuine, "acme/variable/PASSWORD").Fields[0].From
	cases := map[string]func(*plan.Plan){
		"past of a new one": func(p *plan.Plan) { step(p, "nova").Fields[0].From = state.Text("Owner") },
		"past as a secret":  func(p *plan.Plan) { step(p, "acme/member/rising@x.example").Fields[0].From = secret },
		"money that is not moved": func(p *plan.Plan) {
			step(p, "acme/tfa").Money = &billing.Cost{Currency: "USD", Period: "month", Charged: "none"}
		},
		"future of a removal":     func(p *plan.Plan) { step(p, "acme/member/gone@x.example").Fields[0].To = state.Text("Admin") },
		"unknown op":              func(p *plan.Plan) { step(p, "acme/tfa").Op = plan.OpDelete },
		"unknown kind":            func(p *plan.Plan) { step(p, "acme/tfa").Kind = "team" },
		"kind of another address": func(p *plan.Plan) { step(p, "acme/variable/NEW").Address = "acme/member/NEW" },
		"another organization":    func(p *plan.Plan) { step(p, "acme/variable/NEW").Address = "other/variable/NEW" },
		"harmless risk":           func(p *plan.Plan) { step(p, "doomed").Risk = plan.RiskNone },
		"another variable":        func(p *plan.Plan) { step(p, "acme/variable/NEW").Arguments.Name = "OTHER" },
		"another value":           func(p *plan.Plan) { v := state.Text("x"); step(p, "acme/variable/NEW").Arguments.Value = &v },
		"no value":                func(p *plan.Plan) { step(p, "acme/variable/NEW").Arguments.Value = nil },
		"another person":          func(p *plan.Plan) { step(p, "acme/member/gone@x.example").Arguments.Email = "ops@acme.example" },
		"removal as role change":  func(p *plan.Plan) { step(p, "acme/member/rising@x.example").Arguments.RoleID = 0 },
		"owner by role":           func(p *plan.Plan) { step(p, "acme/member/rising@x.example").Arguments.RoleID = state.OwnerRole },
		"another owner":           func(p *plan.Plan) { step(p, "acme/owner").Arguments.Email = "evil@x.example" },
		"no user":                 func(p *plan.Plan) { step(p, "acme/owner").Arguments.UserID = 0 },
		"negative user":           func(p *plan.Plan) { step(p, "acme/member/gone@x.example").Arguments.UserID = -4 },
		"tfa off":                 func(p *plan.Plan) { off := false; step(p, "acme/tfa").Arguments.Enable = &off },
		"tfa unsaid":              func(p *plan.Plan) { step(p, "acme/tfa").Arguments.Enable = nil },
		"circle":                  func(p *plan.Plan) { s := step(p, "acme/tfa"); s.After = []int{s.N} },
		"after a stranger":        func(p *plan.Plan) { step(p, "acme/tfa").After = []int{step(p, "nova").N} },
		"number twice":            func(p *plan.Plan) { step(p, "acme/owner").N = 1 },
		"no precondition":         func(p *plan.Plan) { step(p, "acme/tfa").Precondition = "" },
		"no organization id":      func(p *plan.Plan) { p.Organizations[0].ID = 0 },
		"negative organization":   func(p *plan.Plan) { p.Organizations[0].ID = -11 },
		"created twice":           func(p *plan.Plan) { p.Organizations[2].ID = 77 },
		"not alone":               func(p *plan.Plan) { p.Organizations[1].Steps = append(p.Organizations[1].Steps, plan.Step{N: 99}) },
		"organization twice":      func(p *plan.Plan) { p.Organizations[1].Key = "acme" },
		"nothing is shown":        func(p *plan.Plan) { step(p, "acme/variable/NEW").Fields = nil },
		"no value is shown":       func(p *plan.Plan) { s := step(p, "acme/variable/NEW"); s.Fields = s.Fields[:1] },
		"a field is shown twice":  func(p *plan.Plan) { s := step(p, "acme/tfa"); s.Fields = append(s.Fields, s.Fields[0]) },
		"a field of another kind": func(p *plan.Plan) { s := step(p, "acme/tfa"); s.Fields = append(s.Fields, plan.Field{Path: "role"}) },
		"tfa signs out unsaid":    func(p *plan.Plan) { step(p, "acme/tfa").Notes = nil },
		"tfa is not shown":        func(p *plan.Plan) { step(p, "acme/tfa").Fields = []plan.Field{} },
		"control is not shown":    func(p *plan.Plan) { step(p, "acme/featureControl/Make AI Tools").Fields = nil },
		"owner is not shown":      func(p *plan.Plan) { step(p, "acme/owner").Fields = []plan.Field{} },
		"role is not shown":       func(p *plan.Plan) { step(p, "acme/member/rising@x.example").Fields = []plan.Field{} },
		"invitee is not shown":    func(p *plan.Plan) { s := step(p, "acme/member/new@x.example"); s.Fields = s.Fields[1:] },
		"another invitee's name":  func(p *plan.Plan) { step(p, "acme/member/new@x.example").Arguments.Name = "Else" },
		"a note in the mail":      func(p *plan.Plan) { step(p, "acme/member/new@x.example").Arguments.Note = "click here" },
		"teams are not shown":     func(p *plan.Plan) { step(p, "acme/member/new@x.example").Arguments.TeamIDs = []int64{111} },
		"other teams later":       func(p *plan.Plan) { step(p, "nova/member/zoe@x.example").Arguments.Teams = []string{"Root"} },
		"ids of no team yet":      func(p *plan.Plan) { step(p, "nova/member/zoe@x.example").Arguments.TeamIDs = []int64{111} },
		"a note that is not sent": func(p *plan.Plan) {
			s := step(p, "acme/member/new@x.example")
			s.Arguments.Note = ""
			s.Fields = append(s.Fields, plan.Field{Path: "note", To: state.Text("Welcome")})
		},
		"a deletion of nothing": func(p *plan.Plan) { step(p, "acme/variable/OLD").Fields = []plan.Field{} },
		"another reference": func(p *plan.Plan) {
			step(p, "acme/variable/PASSWORD").Fields[0].To.Reference = "${env:HARMLESS}"
		},
		"connections go unsaid":  func(p *plan.Plan) { step(p, "acme/member/gone@x.example").Arguments.DeleteConnections = true },
		"time zone is not shown": func(p *plan.Plan) { step(p, "acme").Arguments.TimezoneID = 120 },
		"country is not shown":   func(p *plan.Plan) { s := step(p, "nova"); s.Fields = s.Fields[1:] },
		"renamed unseen":         func(p *plan.Plan) { step(p, "acme").Arguments.Name = "Other" },
		"another type":           func(p *plan.Plan) { step(p, "acme/variable/NEW").Arguments.Type = spec.TypeNumber },
		"no zones":               func(p *plan.Plan) { p.Zones = []plan.Zone{} },
		"a zone twice":           func(p *plan.Plan) { p.Zones = append(p.Zones, p.Zones[0]) },
		"zone without a user":    func(p *plan.Plan) { p.Organizations[1].Zone = "us1" },
		"confirmed unseen": func(p *plan.Plan) {
			step(p, "doomed").Notes = []string{"active scenarios: not known", "1 team: Ops", "1 member: ops@acme.example"}
		},
		"secret without reference to compare": func(p *plan.Plan) {
			v := *step(p, "acme/variable/PASSWORD").Arguments.Value
			v.Fingerprint = ""
			step(p, "acme/variable/PASSWORD").Arguments.Value = &v
		},
	}
	for name, forge := range cases {
		_, _, data := saved(t, spec.Value{})
		if _, problems := savedplan.Decode(forged(t, data, forge), spec.Value{}); len(problems) == 0 {
			t.Errorf("%s is taken for a plan", name)
		}
	}
}

// TestForgedArguments: whatever argument is added to a step, the file is refused, or it is one of
// the few that every step of the kind may have and that change nothing which is shown.
func TestForgedArguments(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	p, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	harmless := map[string]bool{"IgnoreValue": true, "Confirmed": true}
	kinds, tried := map[plan.StepType]bool{}, 0
	for i := range p.Organizations {
		o, last := p.Organizations[i], 0
		for j := range o.Steps {
			genuine := o.Steps[j]
			kinds[genuine.Type()] = true
			for _, f := range reflect.VisibleFields(reflect.TypeFor[plan.Arguments]()) {
				forged := genuine
				argument := reflect.ValueOf(&forged.Arguments).Elem().FieldByIndex(f.Index)
				if !argument.IsZero() {
					continue
				}
				argument.Set(someOf(t, argument.Type()))
				o.Steps[j], tried = forged, tried+1
				// The id of a control in a new organization is looked up by its name.
				known := harmless[f.Name] || o.ID == 0 && f.Name == "ControlID"
				if plan.InvalidStep(&o, j, last) == "" && !known {
					t.Errorf("%s %s takes %s", genuine.Op, genuine.Address, f.Name)
				}
			}
			o.Steps[j], last = genuine, genuine.N
			if why := plan.InvalidStep(&o, j, last-1); why != "" {
				t.Fatalf("%s: %s", genuine.Address, why)
			}
		}
	}
	if len(kinds) < 10 || tried < 200 {
		t.Errorf("%d forgeries of %d types", tried, len(kinds))
	}
}

// TestNothingIsChangedTwice: a step could take back what another one does, so that a policy on the people of an
// organization after the plan sees nothing of an Admin whom the plan makes.
func TestNothingIsChangedTwice(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	p, _ := savedplan.Decode(data, spec.Value{})
	for i, o := range p.Organizations {
		for _, s := range o.Steps {
			_, problems := savedplan.Decode(forged(t, data, func(p *plan.Plan) {
				s.N = 1000
				p.Organizations[i].Steps = append(p.Organizations[i].Steps, s)
			}), spec.Value{})
			if !slices.ContainsFunc(problems, func(problem spec.Problem) bool {
				return problem.Address == s.Address && strings.Contains(problem.Message, "changed by two steps")
			}) {
				t.Errorf("%s is changed twice: %v", s.Address, problems)
			}
		}
	}
}

// someOf is a value of a type that is not its zero value.
func someOf(t *testing.T, typ reflect.Type) reflect.Value {
	switch typ.Kind() {
	case reflect.String:
		return reflect.ValueOf("forged").Convert(typ)
	case reflect.Bool:
		return reflect.ValueOf(true)
	case reflect.Pointer:
		return reflect.New(typ.Elem())
	case reflect.Slice:
		return reflect.Append(reflect.Zero(typ), someOf(t, typ.Elem()))
	}
	if !reflect.TypeFor[int]().ConvertibleTo(typ) {
		t.Fatalf("no value of %s", typ)
	}
	return reflect.ValueOf(2).Convert(typ)
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	replace := func(from, to string) []byte {
		if !bytes.Contains(data, []byte(from)) {
			t.Fatalf("no %s in the file", from)
		}
		return bytes.Replace(data, []byte(from), []byte(to), 1)
	}
	cases := map[string]struct {
		data []byte
		rule string
	}{
		"empty":           {nil, "plan-file"},
		"cut":             {data[:len(data)/2], "plan-file"},
		"twice":           {append(bytes.Clone(data), data...), "plan-file"},
		"no UTF-8":        {append(bytes.Clone(data), 0xff), "plan-file"},
		"a list":          {[]byte("[]"), "plan-file"},
		"no seal":         {[]byte("{}"), "plan-file"},
		"deep":            {[]byte(`{"seal":"none","x":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}"), "plan-file"},
		"name twice":      {replace(`"seal": "none"`, `"seal": "none", "digest": "sha256:0"`), "plan-file"},
		"name but case":   {replace(`"seal": "none"`, `"seal": "none", "Digest": "sha256:0"`), "plan-file"},
		"changed":         {replace(`"id": 11`, `"id": 13`), "plan-digest"},
		"wrong digest":    {replace(`"digest": "sha256:`, `"digest": "sha256:0`), "plan-digest"},
		"wrong summary":   {replace(`"held": 0,`, `"held": 7,`), "plan-digest"},
		"null seal":       {replace(`"seal": "none"`, `"seal": null`), "plan-file"},
		"not even a seal": {replace(`"seal": "none"`, `"seal": "NONE"`), "plan-seal"},
	}
	for name, c := range cases {
		_, problems := savedplan.Decode(c.data, spec.Value{})
		if got := rules(problems); got != c.rule && !strings.Contains(got, "schema") {
			t.Errorf("%s: %v, want %s", name, problems, c.rule)
		}
	}
	if _, problems := savedplan.Decode(replace(`"seal": "none"`, `"seal": "none", "extra": 1`), spec.Value{}); len(problems) == 0 {
		t.Error("an unknown name is taken")
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	zone := func(change func(*plan.Zone)) map[string]plan.Zone {
		z := plan.Zone{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1}}
		change(&z)
		return map[string]plan.Zone{z.Name: z}
	}
	me := zone(func(*plan.Zone) {})
	cases := map[string]struct {
		o    savedplan.VerifyOptions
		want string
	}{
		"fits":           {savedplan.VerifyOptions{Now: planned.Add(23 * time.Hour), Zones: me}, ""},
		"expired":        {savedplan.VerifyOptions{Now: planned.Add(24 * time.Hour), Zones: me}, "plan-expired"},
		"of the future":  {savedplan.VerifyOptions{Now: planned.Add(-time.Hour), Zones: me}, "plan-expired"},
		"a little ahead": {savedplan.VerifyOptions{Now: planned.Add(-time.Minute), Zones: me}, ""},
		"used":           {savedplan.VerifyOptions{Now: planned, Zones: me, Used: "used by run R"}, "plan-used"},
		"another user":   {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.User = state.User{ID: 2} })}, "plan-foreign"},
		"same e-mail":    {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.User = state.User{ID: 1, Email: "Ops@acme.example"} })}, ""},
		"another e-mail": {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.User = state.User{ID: 1, Email: "zed@acme.example"} })}, "plan-foreign"},
		"another zone":   {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.Name = "us1" })}, "plan-foreign"},
		"another host":   {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.URL = "https://eu1.make.com:444" })}, "plan-foreign"},
		"another scheme": {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.URL = "http://eu1.make.com" })}, "plan-foreign"},
		"a sandbox":      {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.Sandbox = true })}, "plan-foreign"},
		"another world":  {savedplan.VerifyOptions{Now: planned, Zones: zone(func(z *plan.Zone) { z.World = "sha256:1" })}, "plan-foreign"},
	}
	for name, c := range cases {
		plan, problems := savedplan.Decode(data, spec.Value{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := rules(savedplan.Verify(plan, c.o)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	long, _ := savedplan.Decode(data, spec.Value{})
	long.Expires = long.Created.Add(1000 * time.Hour)
	problems := savedplan.Verify(long, savedplan.VerifyOptions{Now: planned, Zones: me})
	if got := rules(problems); got != "plan-expired" || !strings.Contains(problems[0].Message, "longer than any plan is") {
		t.Errorf("a plan that lives for 1000 hours: %q", got)
	}
}

func TestASecretThatCannotBeSaved(t *testing.T) {
	t.Parallel()
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("API_TOKEN", "hunter2"))))
	_, problems := savedplan.Encode(plantest.Make(t, r), spec.Value{})
	if len(problems) != 1 || problems[0].Rule != "secret-not-savable" || !strings.Contains(problems[0].Hint, "${env:API_TOKEN}") || strings.Contains(problems[0].Message, "hunter2") {
		t.Errorf("%+v", problems)
	}
}

func TestAReferenceThatCannotBeEvaluated(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	plan, _ := savedplan.Decode(data, spec.Value{})
	problems := savedplan.Hydrate(plan, func(string) (spec.Value, error) { return spec.Value{}, errors.New("PASSWORD is not set") })
	if rules(problems) != "reference" || problems[0].Address != "acme/variable/PASSWORD" {
		t.Errorf("%+v", problems)
	}
}

// applySaved makes the world's plan, lets somebody else change the zone, and applies the file.
func applySaved(t *testing.T, change func(z *writtenZone), partial bool) (*writtenZone, *report.Report) {
	t.Helper()
	z, _, data := saved(t, spec.Value{})
	plan, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	savedplan.Hydrate(plan, evaluate)
	change(z)
	o := z.options()
	o.Saved, o.AllowPartial = true, partial
	report := Run(context.Background(), plan, o)
	wantSum(t, plan, report)
	return z, report
}

func setVariable(l *state.Organization, name, value string) {
	for i := range l.Variables {
		if l.Variables[i].Name == name {
			l.Variables[i].Value = spec.Sensitive(value)
		}
	}
}

// Another administrator is quicker: what the plan touches is not what the plan saw.
// An organization that is gone, or of which the token's user is no member any more, makes every step of it stale.
// A stop while a saved plan is checked says nothing about its steps.
// A plan whose journal cannot be begun can be applied later: nothing was written.
func TestAPlanWithoutAJournalStaysUnused(t *testing.T) {
	t.Parallel()
	z, _, data := saved(t, spec.Value{})
	plan, _ := savedplan.Decode(data, spec.Value{})
	savedplan.Hydrate(plan, evaluate)
	o := z.options()
	o.Saved, o.Journal = true, &memoryJournal{fails: 1}
	o.BeforeWriting = func() error { t.Error("marked as used"); return nil }
	if report := Run(context.Background(), plan, o); report.Exit != exit.Internal || len(z.writes) > 0 {
		t.Errorf("exit %v, %d writes", report.Exit, len(z.writes))
	}
}

func TestAPlanThatCannotBeMarkedAsUsedWritesNothing(t *testing.T) {
	t.Parallel()
	for exit, err := range map[exit.Code]error{exit.Stale: fmt.Errorf("by run R: %w", plan.ErrUsed), exit.Internal: errors.New("no space left on device")} {
		z, _, data := saved(t, spec.Value{})
		plan, _ := savedplan.Decode(data, spec.Value{})
		savedplan.Hydrate(plan, evaluate)
		o, journal := z.options(), &memoryJournal{}
		o.Saved, o.Journal, o.BeforeWriting = true, journal, func() error { return err }
		if report := Run(context.Background(), plan, o); report.Exit != exit || len(z.writes) > 0 || report.Skipped != stepsOfWorld {
			t.Errorf("%v: exit %v, %d writes", err, report.Exit, len(z.writes))
		}
		if journal.story.Status() != report.RunFinished {
			t.Errorf("%v: its journal says %s", err, journal.story.Status())
		}
	}
}

// Whatever somebody does to the zone between plan and apply, a saved plan overwrites none of it.
func FuzzDecodePlan(f *testing.F) {
	_, _, open := saved(f, spec.Value{})
	_, _, sealed := saved(f, spec.Sensitive("key"))
	f.Add(open, "")
	f.Add(sealed, "key")
	f.Add([]byte(`{"seal":"none","organizations":[{"steps":[{"arguments":{"value":{"sensitive":true}}}]}]}`), "")
	f.Add([]byte(`{"seal" : "none" , "x":[{"seal":"none"}]}`), "k")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		p, problems := savedplan.Decode(data, spec.Sensitive(key))
		if (p == nil) != (len(problems) > 0) {
			t.Fatalf("a plan %v with problems %v", p != nil, problems)
		}
		if p == nil {
			return
		}
		again, problems := savedplan.Encode(p, spec.Sensitive(key))
		if len(problems) > 0 {
			t.Fatalf("a plan that was read cannot be written: %v", problems)
		}
		if _, problems := savedplan.Decode(again, spec.Sensitive(key)); len(problems) > 0 {
			t.Fatalf("a plan that was written cannot be read: %v", problems)
		}
	})
}

// What a saved plan shows are names, and what it sends are ids: each is looked up before the first write.
func TestIDsOfASavedPlanAreThoseOfItsNames(t *testing.T) {
	t.Parallel()
	step := func(p *plan.Plan, address string) *plan.Step {
		for i := range p.Organizations {
			for j := range p.Organizations[i].Steps {
				if s := &p.Organizations[i].Steps[j]; string(s.Address) == address {
					return s
				}
			}
		}
		t.Fatalf("no step %s", address)
		return nil
	}
	cases := map[string]func(*plan.Plan, *writtenZone){
		"role of an invitation":  func(p *plan.Plan, _ *writtenZone) { step(p, "acme/member/new@x.example").Arguments.RoleID = 12 },
		"role of a reinvitation": func(p *plan.Plan, _ *writtenZone) { step(p, "acme/member/late@x.example").Arguments.RoleID = 12 },
		"role of a member":       func(p *plan.Plan, _ *writtenZone) { step(p, "acme/member/admin@x.example").Arguments.RoleID = 16 },
		"role that nobody knows": func(p *plan.Plan, _ *writtenZone) { step(p, "acme/member/admin@x.example").Arguments.RoleID = 99 },
		"role in a new one":      func(p *plan.Plan, _ *writtenZone) { step(p, "nova/member/zoe@x.example").Arguments.RoleID = 13 },
		"country":                func(p *plan.Plan, _ *writtenZone) { step(p, "acme").Arguments.CountryID = 203 },
		"country of a new one":   func(p *plan.Plan, _ *writtenZone) { step(p, "nova").Arguments.CountryID = 276 },
		"time zone of a new one": func(p *plan.Plan, _ *writtenZone) { step(p, "nova").Arguments.TimezoneID = 120 },
		"region of a new one":    func(p *plan.Plan, _ *writtenZone) { step(p, "nova").Arguments.RegionID = 2 },
		"control": func(p *plan.Plan, _ *writtenZone) {
			step(p, "acme/featureControl/Make AI Tools").Arguments.ControlID = 7
		},
		"member":         func(p *plan.Plan, _ *writtenZone) { step(p, "acme/member/gone@x.example").Arguments.UserID = 2 },
		"owner":          func(p *plan.Plan, _ *writtenZone) { step(p, "acme/owner").Arguments.UserID = 4 },
		"who goes along": func(p *plan.Plan, _ *writtenZone) { step(p, "doomed").Notes = []string{"2 active scenarios", "1 team"} },
		"what goes along": func(p *plan.Plan, _ *writtenZone) {
			notes := step(p, "doomed").Notes
			notes[0] = "0 active scenarios"
		},
		"organization":             func(p *plan.Plan, _ *writtenZone) { p.Organizations[0].Name = "Harmless" },
		"a role renamed meanwhile": func(_ *plan.Plan, z *writtenZone) { z.Lists[state.Roles][2].Name = "Helper" },
	}
	for name, forge := range cases {
		wantStale(t, name, forge)
	}
}

// comeAfterAll lets every step depend on all before it, as who changes a step can do as well.
func comeAfterAll(p *plan.Plan) {
	for i := range p.Organizations {
		before := []int{}
		for j := range p.Organizations[i].Steps {
			s := &p.Organizations[i].Steps[j]
			s.After, before = slices.Clone(before), append(before, s.N)
		}
	}
}

// wantStale applies a forged plan with a digest that fits, which must write nothing.
func wantStale(t *testing.T, name string, forge func(*plan.Plan, *writtenZone)) {
	t.Helper()
	z, _, data := saved(t, spec.Value{})
	p, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	forge(p, z)
	comeAfterAll(p)
	p.Digest = plan.DigestOf(p.Organizations)
	forged, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if p, problems = savedplan.Decode(forged, spec.Value{}); len(problems) > 0 {
		t.Errorf("%s: the forgery is found in the file already, and shows nothing: %v", name, problems)
		return
	}
	if problems := savedplan.Hydrate(p, evaluate); len(problems) > 0 {
		t.Fatal(problems)
	}
	o := z.options()
	o.Saved, o.Fetched = true, time.Time{}
	if r := Run(context.Background(), p, o); len(z.writes) > 0 || r.Exit != exit.Stale {
		t.Errorf("%s: exit %v, %d writes\n%s", name, r.Exit, len(z.writes), outcomes(r))
	}
}

// Who is asked sees what was there as well as what will be: a saved plan that says that somebody was
// Owner, while she is a Member who becomes Admin, is none that makesync has made.
func TestASavedPlanShowsWhatWasThere(t *testing.T) {
	t.Parallel()
	_, _, data := saved(t, spec.Value{})
	p, _ := savedplan.Decode(data, spec.Value{})
	paths := map[string]bool{}
	for i, o := range p.Organizations {
		for j, s := range o.Steps {
			for k, f := range s.Fields {
				if f.From.IsSensitive() || o.ID == 0 {
					continue
				}
				for _, from := range []state.Scalar{state.Text("Owner"), state.None(), state.Unseen()} {
					if from.IsNone() == f.From.IsNone() && from.Canonical() == f.From.Canonical() {
						continue
					}
					paths[string(s.Kind)+" "+f.Path] = true
					wantStale(t, string(s.Address)+" "+f.Path, func(p *plan.Plan, _ *writtenZone) {
						p.Organizations[i].Steps[j].Fields[k].From = from
					})
				}
			}
		}
	}
	for _, want := range []string{"member role", "variable value", "variable type", "organization name",
		"organization country", "featureControl enabled", "tfa tfaEnforced", "owner owner"} {
		if !paths[want] {
			t.Errorf("the plan has no %s", want)
		}
	}
}

// Where the names cannot be read nothing is sent that they would have to show: no role, and nothing at all where
// nobody knows which organization an id is.
func TestNamesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for list, silenced := range map[string]func(plan.Write) bool{
		"roles": func(w plan.Write) bool { return w.Verb == plan.InviteMember || w.Verb == plan.SetRole },
		"names": func(w plan.Write) bool { return w.Organization != 0 },
	} {
		z, _, data := saved(t, spec.Value{})
		p, _ := savedplan.Decode(data, spec.Value{})
		if problems := savedplan.Hydrate(p, evaluate); len(problems) > 0 {
			t.Fatal(problems)
		}
		z.onRead = func(call string) error {
			if strings.HasPrefix(call, list) {
				return serverError()
			}
			return nil
		}
		o := z.options()
		o.Saved, o.Fetched = true, time.Time{}
		r := Run(context.Background(), p, o)
		for _, w := range z.writes {
			if silenced(w) {
				t.Errorf("without %s: %s %s", list, w.Verb, w.Address)
			}
		}
		if r.Exit != exit.Partial {
			t.Errorf("without %s: %v", list, r.Exit)
		}
	}
}

// forged is a plan file as somebody has changed it, with a digest that fits.
func forged(t *testing.T, data []byte, forge func(p *plan.Plan)) []byte {
	t.Helper()
	p, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	forge(p)
	p.Digest = plan.DigestOf(p.Organizations)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

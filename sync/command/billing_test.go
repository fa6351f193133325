package command_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/command"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

var billingSeeds = flag.Int("billing.seeds", 60, "how many worlds and faults to draw for what moves money")

// billingSeed is a zone in which money can be moved in every way: alder pays for Core by a card and has another one and
// a debit, birch is Free, cedar and dogwood pay, and their Owners have no Free organization.
const billingSeed = `{"version": 1, "switches": %s,
  "users": [{"email": "ops@agency.example", "name": "Ops", "token": "00000000-0000-4000-8000-000000000001", "twoFactor": true},
    {"email": "boss@birch.example", "name": "Boss"}, {"email": "boss@cedar.example", "name": "Cid"}],
  "zones": [{"name": "eu1", "region": {"id": 1, "name": "EU"}, "controls": [{"id": 7, "name": "Make AI Tools"}], "organizations": [
    {"id": 101, "name": "Alder", "plan": "Core", "timezone": "Europe/London", "members": [{"email": "ops@agency.example", "role": "Owner"}],
     "billing": {"paymentMethods": [
       {"id": "pm_a", "type": "card", "brand": "visa", "last4": "4242", "defaultForSubscription": true, "defaultForExtras": true%s},
       {"id": "pm_b", "type": "card", "brand": "mastercard", "last4": "5555"%s},
       {"id": "pm_c", "type": "sepa_debit", "last4": "3000", "delayed": true}],
      "discount": {"id": 1, "type": "promo", "percentOff": 20, "active": true, "rules": ["lost_on_product_upgrade", "lost_on_cancel"]}}},
    {"id": 102, "name": "Birch", "plan": "Free", "timezone": "Europe/Prague", "members": [
      {"email": "boss@birch.example", "role": "Owner"}, {"email": "ops@agency.example", "role": "Admin"}]},
    {"id": 103, "name": "Cedar", "plan": "Teams", "timezone": "Europe/Prague", "members": [
      {"email": "boss@cedar.example", "role": "Owner"}, {"email": "ops@agency.example", "role": "Admin"}]},
    {"id": 104, "name": "Dogwood", "plan": "Pro", "timezone": "Europe/Prague", "members": [{"email": "ops@agency.example", "role": "Owner"}]},
    {"id": 105, "name": "Elm", "plan": "Pro", "timezone": "Europe/Prague", "members": [{"email": "ops@agency.example", "role": "Owner"}]}]}]}`

// billingDocument wants a change, a checkout, a cancel, the plan Free, other default methods, one removed, and a variable
// that only the new plan offers.
const billingDocument = `apiVersion: makesync/v1
zone: eu1
organizations:
  alder:
    name: Alder
    id: 101
    subscription: {plan: pro, operations: 20000, period: 1 month, price: {amount: "34.120", currency: usd}}
    paymentMethods: {subscription: Mastercard-5555, extras: visa-4242, remove: [pm_c]}
    variables: {API: https://x.example}
  birch:
    name: Birch
    id: 102
    subscription:
      {plan: Teams, operations: 10000, period: month, coupon: LAUNCH20,
       customer: {email: pay@birch.example, name: Birch, isBusiness: true, countryId: CZ, taxId: CZ1}}
  cedar: {name: Cedar, id: 103, subscription: {state: absent}}
  dogwood: {name: Dogwood, id: 104, subscription: {plan: Free}}
`

// billingRules let all of it through.
var billingRules = []string{
	"update:subscription<=34.12USD@alder", "update:paymentMethods<=0USD@alder", "delete:paymentMethods<=0USD@alder",
	"create:subscription<=34.12USD@birch", "delete:subscription<=0USD@cedar", "update:subscription<=0USD@dogwood",
}

type billingStage struct {
	*stage
	// said is all that runs have printed.
	said bytes.Buffer
	file string // of checkouts
	// rules are those of plans that are saved.
	rules []string
}

// newBillingStage is one on which a run has changed something, so that there is a journal.
func newBillingStage(t *testing.T, switches, firstCard, secondCard string) *billingStage {
	t.Helper()
	s := newBlankStage(t, switches, firstCard, secondCard)
	text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  elm: {name: Elm, id: 105, variables: {A: a}}\n"
	first := filepath.Join(filepath.Dir(s.documents), "first.yaml")
	if err := os.WriteFile(first, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _ := s.say("apply", "-f", first, "--yes"); code != 0 {
		t.Fatalf("the first run ends with %d\n%s", code, s.said.String())
	}
	return s
}

// newBlankStage is one of which the state folder holds no run.
func newBlankStage(t *testing.T, switches, firstCard, secondCard string) *billingStage {
	t.Helper()
	dir := memoryDir(t)
	seed := fmt.Sprintf(billingSeed, switches, firstCard, secondCard)
	for name, text := range map[string]string{"seed.json": seed, "makesync.yaml": billingDocument} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(dir, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	s := &billingStage{stage: newStage(t, world, filepath.Join(dir, "makesync.yaml")), rules: billingRules}
	s.file = filepath.Join(s.home, "checkouts.txt")
	return s
}

func (s *billingStage) say(args ...string) (code int, stdout string) {
	code, stdout, stderr := s.run(args...)
	s.said.WriteString(stdout + stderr)
	return code, stdout
}

// allowed are the flags that let everything through.
func allowed(rules ...string) (args []string) {
	for _, rule := range rules {
		args = append(args, "--allow", rule)
	}
	return args
}

// night saves a plan and applies it; nil where no plan could be made.
func (s *billingStage) night() *report.Report {
	s.Helper()
	file := filepath.Join(s.home, fmt.Sprintf("plan-%d.json", len(s.world.Log())))
	s.say(s.on("plan", append([]string{"-o", file}, allowed(billingRules...)...)...)...)
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	_, stdout := s.say(s.on("apply", "--yes", "--checkout-file", s.file, file)...)
	var r report.Report
	s.decode(stdout, &r)
	return &r
}

func (s *billingStage) planned() *plan.Plan {
	s.Helper()
	_, stdout := s.say(s.on("plan", allowed(billingRules...)...)...)
	var p plan.Plan
	s.decode(stdout, &p)
	return &p
}

func (s *billingStage) decode(text string, into any) {
	s.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.Fatalf("%v\n%s", err, text)
	}
}

// sent counts the writes of an organization that the zone has done, by operation.
func (s *billingStage) sent(organization int, operation string) (n int) {
	for _, w := range s.world.Log() {
		if w.OrganizationID == organization && (operation == "" || w.Operation == operation) {
			n++
		}
	}
	return n
}

// checkNothingTwice: whatever went wrong, nothing was charged, begun or cancelled twice.
func (s *billingStage) checkNothingTwice(what string) {
	s.Helper()
	for _, row := range s.world.Audit().Organizations {
		if len(row.Charges) > 1 || len(row.Checkouts) > 1 {
			s.Errorf("%s: organization %d was charged %d times, with %d checkouts", what, row.ID, len(row.Charges), len(row.Checkouts))
		}
	}
	if n := s.sent(103, "DELETE /organizations/{organizationId}/subscription"); n > 1 {
		s.Errorf("%s: cancelled %d times", what, n)
	}
}

// invoices are what is guessed of no other address in the links to the invoices of the zone.
func (s *billingStage) invoices() (tails []string) {
	s.Helper()
	for _, id := range []int{101, 103, 104, 105} {
		r, err := http.NewRequest("GET", fmt.Sprintf("https://eu1.make.com/api/v2/organizations/%d/payments", id), nil)
		if err != nil {
			s.Fatal(err)
		}
		r.Header.Set("Authorization", "Token "+s.world.FirstToken())
		answer, err := s.transport("eu1").RoundTrip(r)
		if err != nil {
			s.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			s.Fatal(id, answer.Status)
		}
		var reply struct {
			Payments []struct {
				Invoice string `json:"invoice_url"`
				Hosted  string `json:"hosted_invoice_url"`
			}
		}
		if err := json.NewDecoder(answer.Body).Decode(&reply); err != nil {
			s.Fatal(err)
		}
		for _, p := range reply.Payments {
			_, signature, _ := strings.Cut(p.Invoice, "Signature=")
			tails = append(tails, signature, p.Hosted[strings.LastIndexByte(p.Hosted, '/')+1:])
		}
	}
	return tails
}

// checkNoLinks: no output and no file but that of the checkouts holds a link.
func (s *billingStage) checkNoLinks(what string) {
	s.Helper()
	secrets := []string{"checkout.example", "invoices.example", "X-Amz-Signature"}
	pages := map[string]string{}
	for _, checkout := range s.world.Checkouts() {
		_, tail, _ := strings.Cut(checkout.URL, "#") // what is guessed of no other address
		pages[fmt.Sprint("the page of checkout ", checkout.Session)] = tail
	}
	for _, link := range s.invoices() {
		pages["the invoice "+link[:12]] = link
	}
	trap := newTrap(pages)
	look := func(where string, data []byte) {
		for _, found := range trap.find(string(data)) {
			s.Errorf("%s: %s holds %s", what, where, found)
		}
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				s.Errorf("%s: %s holds %s", what, where, secret)
			}
		}
	}
	look("the output", s.said.Bytes())
	err := filepath.WalkDir(s.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if path != s.file {
			look(path, data)
		}
		return err
	})
	if err != nil {
		s.Error(err)
	}
}

// TestBillingConverges: under every answer to what nobody has published, a saved plan does all that the documents want,
// each once, and the next plan has no step.
func TestBillingConverges(t *testing.T) {
	t.Parallel()
	answers := []string{`{}`}
	for _, s := range sandbox.SwitchTable() {
		if !slices.Contains([]string{"free-subscription", "pending-cancel", "second-free", "cashier", "product-users", "amounts", "period-form",
			"yearly-period", "payment-form", "free-plan"}, s.Name) {
			continue
		}
		for _, value := range s.Values {
			answers = append(answers, fmt.Sprintf(`{%q: %q}`, s.Name, value))
		}
	}
	for _, answer := range answers {
		if answer == `{"cashier": "forbid"}` {
			continue // TestBillingWithoutCatalogue
		}
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, answer, "", "")
			first := s.night()
			if first == nil || first.Succeeded != first.Planned || first.Planned != 7 || first.Waiting != 1 {
				t.Fatalf("%s: %+v", answer, first)
			}
			audit := s.world.Audit()
			if audit.Charges != 1 || audit.Failed != 0 || audit.Checkouts != 1 {
				t.Errorf("%s: %d charges, %d failed, %d checkouts", answer, audit.Charges, audit.Failed, audit.Checkouts)
			}
			p := s.planned()
			for _, o := range p.Organizations {
				if len(o.Steps)+len(o.Held) > 0 {
					t.Errorf("%s: the next plan has %d steps and %d held in %s", answer, len(o.Steps), len(o.Held), o.Key)
				}
			}
			if p.Summary.Waiting != 2 {
				t.Errorf("%s: %d wait", answer, p.Summary.Waiting)
			}
			page, err := os.ReadFile(s.file)
			if info, _ := os.Stat(s.file); err != nil || !strings.Contains(string(page), "\nbirch https://checkout.example/") || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: the checkout file is %q, %v", answer, page, err)
			}
			s.checkNothingTwice(answer)
			s.checkNoLinks(answer)
		})
	}
}

// TestCheckoutIsPaid: once somebody has paid, the documents are reached; once a checkout is over unpaid, another one is
// opened, and not before.
func TestCheckoutIsPaid(t *testing.T) {
	t.Parallel()
	for _, outcome := range []string{"pay", "expire"} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.night()
			s.night()
			list := s.world.Checkouts()
			if len(list) != 1 {
				t.Fatalf("%d checkouts", len(list))
			}
			if _, err := s.world.CompleteCheckout(list[0].Session, outcome); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Hour)
			s.world.Advance(25 * time.Hour)
			s.night()
			want := map[string]int{"pay": 1, "expire": 2}[outcome]
			if got := len(s.world.Checkouts()); got != want {
				t.Errorf("%s: %d checkouts, want %d", outcome, got, want)
			}
		})
	}
}

// TestFailedPayment: whatever a zone answers to a charge that fails, the run says that it did not succeed, or warns, and
// nothing is tried again by itself.
func TestFailedPayment(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"402", "409", "400", "unchanged", "later"} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, fmt.Sprintf(`{"failed-charge": %q}`, answer), "", `, "declines": true`)
			r := s.night()
			i := slices.IndexFunc(r.Steps, func(step report.StepReport) bool { return step.Address == "alder/subscription" })
			step := r.Steps[i]
			warned := slices.ContainsFunc(r.Problems, func(p spec.Problem) bool { return p.Rule == "payment-failed" })
			switch {
			case answer == "later" && (step.Outcome != report.Succeeded || !warned):
				t.Errorf("%s: %s %s, warned: %v", answer, step.Outcome, step.Reason, warned)
			case answer != "later" && step.Outcome != report.Failed:
				t.Errorf("%s: %s %s", answer, step.Outcome, step.Reason)
			case answer == "402" && step.Reason.Code != report.ReasonPayment:
				t.Errorf("%s is taken for %s", answer, step.Reason)
			}
			if n := s.sent(101, "PATCH /organizations/{organizationId}/subscription"); n > 1 {
				t.Errorf("%s: charged %d times", answer, n)
			}
			for _, o := range s.planned().Organizations {
				for _, w := range o.Waiting {
					if strings.HasPrefix(w.Reason, "licence: the zone refused") {
						t.Errorf("%s: a refused payment is remembered as one of the licence: %s", answer, w.Reason)
					}
				}
			}
			s.checkNoLinks(answer)
		})
	}
}

// TestBillingChaos: one night after the other, with faults at every call. Nothing is charged, begun or cancelled twice,
// and no link is shown.
func TestBillingChaos(t *testing.T) {
	t.Parallel()
	const lanes = 6
	for lane := range lanes {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			for seed := lane; seed < *billingSeeds; seed += lanes {
				synctest.Test(t, func(t *testing.T) { playBilling(t, uint64(seed)) })
			}
		})
	}
}

// TestALateMoneyWriteIsNotRepeated: the answer to what moves money is lost, and it reads as before for longer than any
// zone is waited for. It is sent once, for it arrives later.
func TestALateMoneyWriteIsNotRepeated(t *testing.T) {
	t.Parallel()
	for op, id := range map[string]int{"PATCH %s": 101, "DELETE %s": 103, "POST %s": 102, "POST %s-free": 104} {
		op = fmt.Sprintf(op, "/organizations/{organizationId}/subscription")
		for _, kind := range []string{"status-late,status=504", "drop-late"} {
			synctest.Test(t, func(t *testing.T) {
				s := newBillingStage(t, `{}`, "", "")
				s.fault("op=" + op + ",delay=30m,kind=" + kind)
				r := s.night()
				time.Sleep(2 * time.Hour)
				if sent := s.sent(id, op); sent != 1 {
					t.Errorf("%s, %s: sent %d times\n%s", op, kind, sent, stepsOf(r))
				}
				s.checkNothingTwice(op + ", " + kind)
			})
		}
	}
}

func playBilling(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	s := newBillingStage(t, `{}`, "", "")
	what := fmt.Sprint("seed ", seed)
	for range 3 {
		for range 1 + random.IntN(3) {
			kind := singleFaults[random.IntN(len(singleFaults))]
			s.fault(fmt.Sprintf("op=%s,probability=%.3f,seed=%d,%s", []string{"*", "write", "write"}[random.IntN(3)],
				0.05+0.6*random.Float64(), 1+random.IntN(1<<30), kind))
		}
		if r := s.night(); r != nil && r.Planned != r.Succeeded+r.Failed+r.Skipped+r.Unknown {
			t.Errorf("%s: the report does not add up", what)
		}
		if err := s.world.ClearFaults(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		s.world.Advance(time.Hour)
		s.checkNothingTwice(what)
	}
	for range 3 {
		s.night()
	}
	s.checkNothingTwice(what)
	s.checkNoLinks(what)
}

// TestBillingIsHeld: without a rule everything that moves money is held, and a rule lets through no more than it says.
func TestBillingIsHeld(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no rule":                  nil,
		"a lower bound":            allowed("update:subscription<=34.11USD@alder", "create:subscription<=34USD@birch"),
		"another currency":         allowed("update:subscription<=40EUR@alder"),
		"another op":               allowed("create:subscription<=40USD@alder", "update:subscription<=40USD@birch"),
		"a shard":                  append(allowed(billingRules...), "--shard", "1/1"),
		"--yes, no saved":          append(allowed(billingRules...), "apply"),
		"no journal, no run":       append(allowed(billingRules...), "apply", "--no-journal"),
		"a saved plan, no journal": append(allowed(billingRules...), "--no-journal"),
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			if slices.Contains(args, "apply") {
				rest := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "apply" })
				s.say(s.on("apply", append([]string{"--yes", "--checkout-file", s.file}, rest...)...)...)
			} else {
				file, without := filepath.Join(s.home, "plan.json"), []string(nil)
				if last := len(args) - 1; last >= 0 && args[last] == "--no-journal" {
					args, without = args[:last], args[last:]
				}
				s.say(s.on("plan", append([]string{"-o", file}, args...)...)...)
				s.say(s.on("apply", slices.Concat([]string{"--yes", "--checkout-file", s.file}, without, []string{file})...)...)
			}
			if audit := s.world.Audit(); audit.Charges+audit.Checkouts+audit.Failed > 0 {
				t.Errorf("%s: %+v", name, audit)
			}
			for _, id := range []int{101, 102, 103, 104} {
				if n := s.sent(id, ""); n > 0 {
					t.Errorf("%s: %d writes in organization %d", name, n, id)
				}
			}
		})
	}
}

// TestBillingRules are those that nobody may write.
func TestBillingRules(t *testing.T) {
	t.Parallel()
	for rule, words := range map[string]string{
		"update:subscription@alder":           "needs a bound",
		"update:subscription<=5@alder":        "needs a bound",
		"update:subscription<=40USD@*":        "the key of one organization",
		"update:subscription<=40USD@al[d]er":  "the key of one organization",
		"delete:variable<=4USD@alder":         "does not go with variable",
		"delete:variable<=1.5@alder":          "is no number of steps",
		"update:subscription<=1.2.3USD@alder": "an amount is a number",
		"invite:subscription<=1USD@alder":     "does not go with",
	} {
		if _, err := plan.ParseAllow(rule); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// TestTypedSum: at a terminal the sum is typed, and nothing else will do.
func TestTypedSum(t *testing.T) {
	t.Parallel()
	for typed, charges := range map[string]int{"y": 0, "Alder": 0, "34.12": 0, "34.12 USD": 1} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
			s.stdin = typed + "\n"
			args := append([]string{"apply", "-f", s.documents, "--target", "alder"}, allowed(billingRules[:3]...)...)
			s.say(args...)
			if audit := s.world.Audit(); audit.Charges != charges {
				t.Errorf("%q: %d charges\n%s", typed, audit.Charges, s.said.String())
			}
		})
	}
}

// TestCheckoutOnTerminal: the page is shown once, to whoever sits there, and kept nowhere.
func TestCheckoutOnTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
		s.stdin = "34.12 USD\n"
		_, stdout, stderr := s.run(append([]string{"apply", "-f", s.documents, "--target", "birch"}, allowed(billingRules[3])...)...)
		if strings.Count(stderr, "https://checkout.example/") != 1 || strings.Contains(stdout, "checkout.example") {
			t.Errorf("stdout:\n%s\nstderr:\n%s", stdout, stderr)
		}
		s.checkNoLinks("terminal")
	})
}

// TestWithoutSubscriptionNoCall: documents that say nothing of billing make not one call of it, and as many calls as
// before there was any.
func TestWithoutSubscriptionNoCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBlankStage(t, `{}`, "", "")
		text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  alder: {name: Alder, id: 101, variables: {}}\n"
		if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.plan()
		for operation, n := range s.world.Calls() {
			for _, word := range []string{"subscription", "cashier", "discount", "payments", "/users/{userId}/"} {
				if strings.Contains(operation, word) {
					t.Errorf("%d calls of %s", n, operation)
				}
			}
		}
		calls := 0
		for _, n := range s.world.Calls() {
			calls += n
		}
		if calls != 3 {
			t.Errorf("%d calls, and 3 were enough: %v", calls, s.world.Calls())
		}
	})
}

// TestMonthlyBound: a trusted file bounds the sum, whatever rules let through.
func TestMonthlyBound(t *testing.T) {
	t.Parallel()
	for bound, charges := range map[string]int{"{USD: 68.24}": 1, "{USD: 68.23}": 0, "{EUR: 1000}": 0} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			guards := filepath.Join(s.home, "guards.yaml")
			text := "apiVersion: makesync-guards/v1\nguards: {billing: {maxMonthly: " + bound + "}}\n"
			if err := os.WriteFile(guards, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s.flags = append(s.flags, "--guards", guards)
			file := filepath.Join(s.home, "plan.json")
			s.say(s.on("plan", append([]string{"-o", file}, allowed(billingRules...)...)...)...)
			s.say(s.on("apply", slices.Concat([]string{"--yes", "--checkout-file", s.file}, allowed(billingRules...), []string{file})...)...)
			if audit := s.world.Audit(); audit.Charges != charges {
				t.Errorf("%s: %d charges\n%s", bound, audit.Charges, s.said.String())
			}
		})
	}
}

// TestUndoMovesNoMoney: what was paid for is listed as not undone.
func TestUndoMovesNoMoney(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		r := s.night()
		_, stdout := s.say(s.on("undo", r.Run)...)
		var p plan.Plan
		s.decode(stdout, &p)
		not := 0
		for _, problem := range p.Problems {
			if problem.Rule == "not-undone" && problem.Address.Kind().Bills() {
				not++
			}
		}
		if not != 6 || plan.MovesMoney(p.Organizations) {
			t.Errorf("%d are listed as not undone\n%s", not, stdout)
		}
	})
}

// TestClaimOffer: it is asked for, claimed once, and found in the journal.
func TestClaimOffer(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{"n": 0, "Dogwood": 1} {
		synctest.Test(t, func(t *testing.T) {
			s := newBlankStage(t, `{}`, "", "")
			s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
			s.stdin = typed + "\n"
			s.say("billing", "claim-offer", "-f", s.documents, "dogwood")
			s.say("billing", "claim-offer", "-f", s.documents, "dogwood")
			const operation = "POST /organizations/{organizationId}/universal-discount/claim-cancellation-offer"
			if got := s.sent(104, operation); got != want || len(s.runs()) != want {
				t.Errorf("%q: claimed %d times in %d runs\n%s", typed, got, len(s.runs()), s.said.String())
			}
			if strings.Contains(s.said.String(), "makesync: apply: ") || !strings.Contains(s.said.String(), "\nmakesync: billing claim-offer: ") {
				t.Errorf("%q: another command is named last\n%s", typed, s.said.String())
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // what failed is claimed anew: no apply of the documents is named
		s := newBlankStage(t, `{}`, "", "")
		s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
		s.stdin = "Dogwood\n"
		s.fault("op=POST /organizations/{organizationId}/universal-discount/claim-cancellation-offer,kind=status,status=400")
		code, _ := s.say("billing", "claim-offer", "-f", s.documents, "dogwood")
		if said := s.said.String(); code != 4 || strings.Contains(said, "--resume") ||
			!strings.Contains(said, "makesync billing claim-offer -f "+s.documents+" dogwood\n") {
			t.Errorf("exit %d\n%s", code, said)
		}
		run := s.runs()[0].Run
		if code, _ := s.say("apply", "-f", s.documents, "--yes", "--resume", run); code != 3 {
			t.Errorf("the documents are applied in the place of an offer: exit %d\n%s", code, s.said.String())
		}
	})
	synctest.Test(t, func(t *testing.T) { // nobody is there to be asked
		s := newBlankStage(t, `{}`, "", "")
		if code, _ := s.say("billing", "claim-offer", "-f", s.documents, "dogwood"); code != 5 {
			t.Errorf("exit %d", code)
		}
	})
}

// TestMoneyIsSaid: every format for people says what a plan costs, in a line of its own, and metrics add it up.
func TestMoneyIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		metrics := filepath.Join(s.home, "m.prom")
		for format, words := range map[string]string{"text": "\nMoney\n  costs", "markdown": "#### Money\n\n- **costs**: 68.24 USD", "html": "<h2>Money</h2>"} {
			args := append([]string{"plan", "-f", s.documents, "--format", format, "--metrics-file", metrics}, allowed(billingRules...)...)
			if _, out := s.say(args...); !strings.Contains(out, words) || !strings.Contains(out, "68.24 USD by the catalogue") ||
				!strings.Contains(out, "34.12 USD: alder 34.12 USD a month") || !strings.Contains(out, "34.12 USD: birch 34.12 USD a month") {
				t.Errorf("%s does not say what it costs\n%s", format, out)
			}
		}
		if text, err := os.ReadFile(metrics); err != nil || !strings.Contains(string(text), `makesync_money_monthly{currency="USD"} 68.24`) {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

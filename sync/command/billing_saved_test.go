package command_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/command"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
	"makesync/sync/savedplan"
)

// saveBilling saves a plan that moves money.
func (s *billingStage) saveBilling(name string, args ...string) (file string) {
	s.Helper()
	file = filepath.Join(s.home, name)
	s.say(s.on("plan", slices.Concat([]string{"-o", file}, allowed(s.rules...), args)...)...)
	return file
}

func (s *billingStage) applyBilling(file string, args ...string) (code int) {
	s.Helper()
	code, _ = s.say(s.on("apply", slices.Concat([]string{"--yes", "--checkout-file", s.file}, args, []string{file})...)...)
	return code
}

// checkUnmoved: no money was moved, nor was anything about it written.
func (s *billingStage) checkUnmoved(what string) {
	s.Helper()
	audit := s.world.Audit()
	if audit.Charges+audit.Checkouts+audit.Failed > 0 {
		s.Errorf("%s: %+v\n%s", what, audit, s.said.String())
	}
	for operation, n := range s.world.Calls() {
		method, path, _ := strings.Cut(operation, " ")
		if n > 0 && method != "GET" && (strings.Contains(path, "/subscription") || strings.Contains(path, "discount")) {
			s.Errorf("%s: %s was called\n%s", what, operation, s.said.String())
		}
	}
}

// TestTwoSavedPlans: of two plans that were saved before either was applied, the second opens no second checkout and
// cancels nothing twice, though no zone shows the first.
func TestTwoSavedPlans(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"birch", "cedar", "alder", "dogwood"} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			one, two := s.saveBilling("one.json", "--target", target), s.saveBilling("two.json", "--target", target)
			if code := s.applyBilling(one); code != 0 {
				t.Fatalf("%s: exit %d\n%s", target, code, s.said.String())
			}
			before := len(s.world.Log())
			if s.applyBilling(two, "--allow-partial"); len(s.world.Log()) > before {
				t.Errorf("%s: %d writes more\n%s", target, len(s.world.Log())-before, s.said.String())
			}
			s.checkNothingTwice(target)
		})
	}
}

// TestCancelWithoutJournals: no zone shows a cancel that is pending, and without journals nobody knows: it is held, whatever
// rules say, also when the plan comes from a machine that has them.
func TestCancelWithoutJournals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBlankStage(t, `{}`, "", "")
		file := s.saveBilling("plan.json", "--target", "cedar")
		s.applyBilling(file)
		s.checkUnmoved("no journal")
		if !strings.Contains(s.said.String(), "cannot see whether a cancel is pending") {
			t.Errorf("%s", s.said.String())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		file := s.saveBilling("plan.json", "--target", "cedar")
		if err := os.RemoveAll(filepath.Join(s.home, ".local")); err != nil {
			t.Fatal(err)
		}
		if code := s.applyBilling(file); code != 9 {
			t.Errorf("exit %d\n%s", code, s.said.String())
		}
		s.checkUnmoved("another machine")
	})
}

// TestCancelWithADamagedJournal: what is left of it may hide a cancel, whatever it still says.
func TestCancelWithADamagedJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		file := s.saveBilling("plan.json", "--target", "cedar")
		journals, err := filepath.Glob(filepath.Join(s.home, ".local/state/makesync/runs/*.jsonl"))
		if err != nil || len(journals) != 1 {
			t.Fatal(journals, err)
		}
		journal, err := os.ReadFile(journals[0])
		if err != nil {
			t.Fatal(err)
		}
		begin := bytes.IndexByte(journal, '\n') + 1
		clear(journal[begin : begin+bytes.IndexByte(journal[begin:], '\n')])
		if err := os.WriteFile(journals[0], journal, 0o600); err != nil {
			t.Fatal(err)
		}
		run := strings.TrimSuffix(filepath.Base(journals[0]), ".jsonl")
		if code := s.applyBilling(file); code != 9 {
			t.Errorf("exit %d\n%s", code, s.said.String())
		}
		s.applyBilling(s.saveBilling("held.json", "--target", "cedar"))
		s.checkUnmoved("a damaged journal")
		said := strings.Join(strings.Fields(s.said.String()), " ")
		for _, want := range []string{
			"cannot see whether a cancel is pending: the journal of run " + run + " is damaged at line 2",
			"what earlier runs have sent could not be read: the journal of run " + run + " is damaged at line 2",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q\n%s", want, s.said.String())
			}
		}
	})
}

// TestForgedMoney: a plan file whose steps of billing say something else than they do moves no money, whatever digest it
// has.
func TestForgedMoney(t *testing.T) {
	t.Parallel()
	forgeries := map[string]func(alder, birch *plan.Step, p *plan.Plan){
		"nothing":              func(_, _ *plan.Step, _ *plan.Plan) {},
		"another amount":       func(a, _ *plan.Step, _ *plan.Plan) { a.Money.Amount = 100 },
		"no money":             func(a, _ *plan.Step, _ *plan.Plan) { a.Money = nil },
		"no money, no field":   func(a, _ *plan.Step, _ *plan.Plan) { a.Money, a.Fields = nil, a.Fields[:1] },
		"charged never":        func(a, _ *plan.Step, _ *plan.Plan) { a.Money.Charged = billing.ChargedNone },
		"another currency":     func(a, _ *plan.Step, _ *plan.Plan) { a.Money.Currency = "EUR" },
		"another period":       func(a, _ *plan.Step, _ *plan.Plan) { a.Money.Period = "year" },
		"another price":        func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments.PriceID = 43 },
		"as dear, more":        func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments.PriceID = 23 },
		"as dear, other plan":  func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments.PriceID = 41 },
		"begun: other plan":    func(_, b *plan.Step, _ *plan.Plan) { b.Arguments.PriceID = 32 },
		"begun: hidden price":  func(_, b *plan.Step, _ *plan.Plan) { b.Arguments.PriceID = 51 },
		"no price":             func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments.PriceID = 999 },
		"another organization": func(_, _ *plan.Step, p *plan.Plan) { p.Organizations[0].ID = 104 },
		"its name, too": func(_, _ *plan.Step, p *plan.Plan) {
			p.Organizations[0].ID, p.Organizations[0].Name = 104, "Dogwood"
		},
		"free instead":     func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments, a.Money = plan.Arguments{Confirmed: true}, nil },
		"an offer instead": func(a, _ *plan.Step, _ *plan.Plan) { a.Arguments, a.Money = plan.Arguments{Offer: true}, nil },
		"another customer": func(_, b *plan.Step, _ *plan.Plan) { b.Arguments.Customer.Email = "evil@x.example" },
		"a customer more":  func(a, b *plan.Step, _ *plan.Plan) { a.Arguments.Customer = b.Arguments.Customer },
		"another coupon":   func(_, b *plan.Step, _ *plan.Plan) { b.Arguments.Coupon = "EVIL" },
		"another country":  func(_, b *plan.Step, _ *plan.Plan) { b.Arguments.Customer.CountryID = 276 },
		"a hidden customer": func(_, b *plan.Step, _ *plan.Plan) {
			b.Fields = slices.DeleteFunc(b.Fields, func(f plan.Field) bool { return strings.HasPrefix(f.Path, "customer.") })
		},
		"a hidden coupon": func(_, b *plan.Step, _ *plan.Plan) {
			b.Fields = slices.DeleteFunc(b.Fields, func(f plan.Field) bool { return f.Path == "coupon" })
		},
		"a shard": func(_, _ *plan.Step, p *plan.Plan) {
			p.Shard = &spec.Shard{Index: 1, Count: 1}
		},
	}
	for name, forge := range forgeries {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.onlyPurchases()
			file := s.saveBilling("plan.json")
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err, s.said.String())
			}
			p, problems := savedplan.Decode(data, spec.Value{})
			if len(problems) > 0 || len(p.Organizations) != 2 {
				t.Fatalf("%v", problems)
			}
			alder, birch := &p.Organizations[0].Steps[0], &p.Organizations[1].Steps[0]
			forge(alder, birch, p)
			p.Digest, p.Money, p.Summary = plan.DigestOf(p.Organizations), plan.MoneyOf(p.Organizations), plan.Summarize(p.Organizations)
			if data, err = json.Marshal(p); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			code := s.applyBilling(file)
			if name == "nothing" { // what is forged below would be bought
				if audit := s.world.Audit(); code != 0 || audit.Charges != 1 || audit.Checkouts != 1 {
					t.Errorf("exit %d, %+v\n%s", code, audit, s.said.String())
				}
				return
			}
			if code != 3 && code != 9 {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
			s.checkUnmoved(name)
		})
	}
}

const purchasesOnly = `apiVersion: makesync/v1
zone: eu1
organizations:
  alder: {name: Alder, id: 101, subscription: {plan: pro, operations: 20000, period: month}}
  birch:
    name: Birch
    id: 102
    subscription:
      {plan: Teams, operations: 10000, period: month, coupon: LAUNCH20,
       customer: {email: pay@birch.example, name: Birch, isBusiness: true, countryId: CZ}}
`

// TestPriceChangesAfterPlanning: what the catalogue says otherwise by now is not bought, neither from a file nor after a
// typed answer.
func TestPriceChangesAfterPlanning(t *testing.T) {
	t.Parallel()
	price := func(change func(row map[string]any)) wrongClient {
		return hearsJSON("GET /cashier/prices/(32|41)", func(_ *http.Request, row map[string]any) { change(row) })
	}
	config := func(row map[string]any) map[string]any { return row["config"].(map[string]any) }
	for name, changed := range map[string]wrongClient{
		"the amount":   price(func(row map[string]any) { row["price"] = "34.13" }),
		"the currency": price(func(row map[string]any) { row["currencyCode"] = "EUR" }),
		"the period":   price(func(row map[string]any) { row["period"] = "year" }),
		"the credits":  price(func(row map[string]any) { config(row)["operations"] = 10.0 }),
		"not told":     price(func(row map[string]any) { delete(row, "price") }),
		"not sold":     hearsStatus("GET /cashier/prices/(32|41)", 200, 404, ""),
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.onlyPurchases()
			file := s.saveBilling("plan.json")
			s.tamper = changed
			if code := s.applyBilling(file); code == 0 {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
			s.checkUnmoved(name + ", saved")
		})
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.onlyPurchases()
			s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
			s.stdin, s.tamper = "68.24 USD\n", changed
			code, _ := s.say(append([]string{"apply", "-f", s.documents}, allowed(s.rules...)...)...)
			if code == 0 {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
			s.checkUnmoved(name + ", typed")
		})
	}
}

// onlyPurchases leaves of the documents what buys.
func (s *billingStage) onlyPurchases() {
	s.Helper()
	if err := os.WriteFile(s.documents, []byte(purchasesOnly), 0o600); err != nil {
		s.Fatal(err)
	}
	s.rules = []string{billingRules[0], billingRules[3]}
}

// TestBillingWithoutCatalogue: where the catalogue is forbidden nothing is bought, and what needs none is done.
func TestBillingWithoutCatalogue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{"cashier": "forbid"}`, "", "")
		r := s.night()
		audit := s.world.Audit()
		if r == nil || audit.Charges+audit.Checkouts+audit.Failed > 0 {
			t.Fatalf("%+v\n%s", audit, s.said.String())
		}
		done := map[spec.Address]bool{}
		for _, step := range r.Steps {
			done[step.Address] = step.Outcome == report.Succeeded
		}
		for address, want := range map[spec.Address]bool{
			"alder/subscription": false, "birch/subscription": false, "cedar/subscription": true, "dogwood/subscription": true,
			"alder/paymentMethods/pm_b": true, "alder/paymentMethods/pm_c": true, "alder/variable/API": false,
		} {
			if done[address] != want {
				t.Errorf("%s: done %v\n%s", address, done[address], s.said.String())
			}
		}
		if !strings.Contains(s.said.String(), "could not read subscription of alder") {
			t.Errorf("nothing tells why\n%s", s.said.String())
		}
	})
}

// TestBillingLinksLeakNowhere: whatever shows a run with a checkout and a zone with payments, in whatever format, shows no
// link, in no form.
func TestBillingLinksLeakNowhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		in := func(name string) string { return filepath.Join(s.home, name) }
		s.flags = append(s.flags, "--verbose", "--log-format", "json", "--log-level", "debug")
		s.saveBilling("plan.json")
		s.applyBilling(in("plan.json"), "--out-json", in("out.json"), "--metrics-file", in("metrics.prom"))
		var r report.Report
		if data, err := os.ReadFile(in("out.json")); err != nil || json.Unmarshal(data, &r) != nil {
			t.Fatalf("%v\n%s", err, s.said.String())
		}
		if links := s.invoices(); len(links) < 2 {
			t.Fatalf("only %d links to invoices\n%s", len(links), s.said.String()[max(0, s.said.Len()-1500):])
		}
		if len(s.world.Checkouts()) != 1 || s.world.Audit().Charges != 1 {
			t.Fatalf("no checkout or no charge\n%s", s.said.String())
		}
		for _, args := range [][]string{
			{"runs", "list"}, {"runs", "show", r.Run}, {"runs", "show", "--format", "json", r.Run},
			{"undo", "-f", s.documents, r.Run}, {"plan", "-f", s.documents, "--format", "html"},
			{"plan", "-f", s.documents, "--format", "markdown"}, {"plan", "-f", s.documents, "--history"},
			{"status", "-f", s.documents}, {"status", "-f", s.documents, "--format", "json"},
			{"status", "-f", s.documents, "--format", "html"}, {"status", "-f", s.documents, "--format", "csv"},
			{"export", "--zone", "eu1", "-o", filepath.Join(s.home, "exported")}, {"doctor", "-f", s.documents},
			{"snapshot", "-f", s.documents, "-o", in("snapshot.json")},
			{"export", "--zone", "eu1", "--with-billing", "-o", in("exported2")},
			{"compare", "-f", s.documents, "--billing", "eu1", in("exported2")},
			{"compare", "-f", s.documents, "--billing", "--format", "json", "eu1", in("exported")},
			{"status", "-f", s.documents, "--show", "subscription,paymentMethod,lastPayment", "--format", "json", "--metrics-file", in("status.prom")},
			{"doctor", "-f", s.documents, "--format", "json"},
			{"show", in("plan.json")}, {"show", "--format", "markdown", in("plan.json")}, {"show", "--format", "html", in("plan.json")},
			{"show", in("out.json")}, {"billing", "claim-offer", "-f", s.documents, "dogwood"},
			{"apply", "--resume", r.Run, "-f", s.documents, "--yes"}, {"validate", "-f", s.documents, "--format", "json"},
			{"report", "merge", "--format", "json", in("out.json")}, {"adopt", "-f", s.documents, "alder/subscription"},
		} {
			if code, _ := s.say(args...); code == 64 {
				t.Errorf("%v: exit %d\n%s", args, code, s.said.String()[max(0, s.said.Len()-400):])
			}
		}
		s.checkNoLinks("every command")
	})
}

// TestBillingNotificationsShowNoLink: what is told of a run with a checkout, and of a fleet with payments, holds no link.
func TestBillingNotificationsShowNoLink(t *testing.T) {
	t.Parallel()
	s := newBillingStage(t, `{"rate-limit": "off"}`, "", `, "declines": true`)
	if err := s.world.Alter(func(state *sandbox.State) {
		for _, o := range state.Zones[0].Organizations {
			o.License = map[string]json.RawMessage{"apiLimit": json.RawMessage("100000")}
		}
	}); err != nil {
		t.Fatal(err)
	}
	told := &strings.Builder{}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(told, r.Body) }))
	defer receiver.Close()
	s.flags = append(s.flags, "--notify", receiver.URL)
	if r := s.night(); r == nil || len(s.world.Checkouts()) != 1 {
		t.Fatalf("no checkout\n%s", s.said.String())
	}
	s.say("status", "-f", s.documents, "--show", "lastPayment,paymentMethod,subscription", "--notify", receiver.URL)
	if !strings.Contains(told.String(), "makesync.notify/v1") {
		t.Errorf("nothing is told\n%s", s.said.String())
	}
	s.said.WriteString(told.String())
	s.checkNoLinks("notifications")
}

package command_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/command"
)

// behind shows of organizations what they were before the first write of a kind, for some time after it; the answer of the
// write is what the test says, or lost.
type behind struct {
	next  http.RoundTripper
	write string // "PATCH /subscription"
	lost  bool
	empty bool // the answer has no body
	lasts time.Duration
	state *frozen
}

// frozen is what a zone goes on to show, by the address that was read.
type frozen struct {
	mu    sync.Mutex // organizations and people are read side by side
	since time.Time
	shown map[string][]byte
	sent  int
}

func (f *frozen) wrote() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent++
	if f.since.IsZero() {
		f.since = time.Now()
	}
}

// reads gives what an address shows: for a while after the write, what it showed before.
func (f *frozen) reads(address string, body []byte, lasts time.Duration) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.since.IsZero():
		f.shown[address] = body
	case time.Since(f.since) < lasts && f.shown[address] != nil:
		return f.shown[address]
	}
	return body
}

func (b behind) RoundTrip(r *http.Request) (*http.Response, error) {
	method, end, _ := strings.Cut(b.write, " ")
	writes := r.Method == method && strings.HasSuffix(r.URL.Path, end)
	if writes {
		b.state.wrote()
	}
	answer, err := b.next.RoundTrip(r)
	if err != nil || r.Method != "GET" && !writes {
		return answer, err
	}
	if writes && b.lost {
		return nil, io.ErrUnexpectedEOF
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	switch {
	case writes && b.empty:
		body = nil
	case !writes:
		body = b.state.reads(r.URL.String(), body, b.lasts)
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

// lagBehind lets the zone show nothing of a write for some time.
func (s *billingStage) lagBehind(b behind) *frozen {
	b.state = &frozen{shown: map[string][]byte{}}
	s.tamper = func(next http.RoundTripper) http.RoundTripper {
		b := b
		b.next = next
		return b
	}
	return b.state
}

// TestNoChangeIsSentTwice: a change of plan whose answer was lost, or that the zone has taken and does not show, is not sent
// again by a plan of before or after it, and the next plan says so; once it shows, the documents are reached.
func TestNoChangeIsSentTwice(t *testing.T) {
	t.Parallel()
	for target, write := range map[string]string{"alder": "PATCH /subscription", "dogwood": "POST /subscription-free"} {
		for _, lost := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				s := newBillingStage(t, `{}`, "", "")
				zone := s.lagBehind(behind{write: write, lost: lost, lasts: 3 * time.Hour})
				only := []string{"--target", target + "/subscription"}
				one, two := s.saveBilling("one.json", only...), s.saveBilling("two.json", only...)
				if code := s.applyBilling(one); code != 4 {
					t.Errorf("%s: the first ends with %d\n%s", target, code, s.said.String())
				}
				s.said.Reset()
				if code := s.applyBilling(two); code != 9 {
					t.Errorf("%s: that of before ends with %d\n%s", target, code, s.said.String())
				}
				time.Sleep(time.Hour)
				s.saveBilling("three.json", only...)
				if !strings.Contains(s.said.String(), "look in Make") {
					t.Errorf("%s: the next plan does not say it\n%s", target, s.said.String())
				}
				s.applyBilling(filepath.Join(s.home, "three.json"))
				if zone.sent != 1 {
					t.Errorf("%s: sent %d times\n%s", target, zone.sent, s.said.String())
				}
				time.Sleep(3 * time.Hour)
				s.said.Reset()
				_, stdout := s.say(s.on("plan", append(allowed(billingRules...), only...)...)...)
				if !strings.Contains(stdout, `"unchanged": 1`) && !strings.Contains(stdout, `"unchanged":1`) {
					t.Errorf("%s: it shows, and is not reached\n%s", target, stdout)
				}
				s.checkNothingTwice(target)
			})
		}
	}
}

// catalogueRow changes what the list of the catalogue says of the plan Pro.
func catalogueRow(change func(products []any, pro map[string]any) []any) wrongClient {
	return hearsJSON("GET /cashier/products", func(_ *http.Request, body map[string]any) {
		products := body["products"].([]any)
		for _, p := range products {
			row := p.(map[string]any)
			if name, _ := row["name"].(map[string]any); name["en"] == "Pro" {
				body["products"] = change(products, row)
				return
			}
		}
	})
}

func eachPrice(pro map[string]any, change func(price map[string]any)) {
	for _, p := range pro["prices"].([]any) {
		change(p.(map[string]any))
	}
}

// TestDoubtfulCatalogues: what nobody can choose, or a zone does not sell, is bought by no plan; and where its list and the
// price itself say different things by the time it is bought, nothing is.
func TestDoubtfulCatalogues(t *testing.T) {
	t.Parallel()
	planned := map[string]func(products []any, pro map[string]any) []any{
		"two plans of a name": func(products []any, pro map[string]any) []any {
			twin := maps.Clone(pro)
			twin["name"] = map[string]any{"en": "PRO"}
			return append(products, twin)
		},
		"prices that are not visible": func(products []any, pro map[string]any) []any {
			eachPrice(pro, func(price map[string]any) { price["visible"] = false })
			return products
		},
		"a plan that is not visible": func(products []any, pro map[string]any) []any {
			pro["visible"] = false
			return products
		},
	}
	bought := map[string]func(products []any, pro map[string]any) []any{
		"another period": func(products []any, pro map[string]any) []any {
			eachPrice(pro, func(price map[string]any) { price["period"] = "year" })
			return products
		},
		"another amount": func(products []any, pro map[string]any) []any {
			eachPrice(pro, func(price map[string]any) { price["price"] = 99.99 })
			return products
		},
		"not visible": planned["prices that are not visible"],
	}
	for name, change := range planned {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.tamper = catalogueRow(change)
			if code, _ := s.say(s.on("plan", append(allowed(billingRules...), "--target", "alder/subscription")...)...); code != 3 {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
		})
	}
	for name, change := range bought {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			file := s.saveBilling("plan.json", "--target", "alder/subscription")
			s.tamper = catalogueRow(change)
			if code := s.applyBilling(file); code != 9 {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
			s.checkUnmoved(name)
		})
	}
}

// TestMethodsAreWhatThePlanShows: an id of a payment method is done something to only while the method behind it is the one
// that the plan shows, and as good as it was.
func TestMethodsAreWhatThePlanShows(t *testing.T) {
	t.Parallel()
	details := func(row map[string]any) map[string]any { return row["methodDetails"].(map[string]any) }
	for name, change := range map[string]func(row map[string]any){
		"as planned":      func(map[string]any) {},
		"other digits":    func(row map[string]any) { details(row)["last4"] = "9999" },
		"other brand":     func(row map[string]any) { details(row)["brand"] = "amex" },
		"invalid":         func(row map[string]any) { row["valid"] = false },
		"not immediate":   func(row map[string]any) { row["isImmediate"] = false },
		"another as well": func(map[string]any) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n" +
				"  alder: {name: Alder, id: 101, paymentMethods: {subscription: mastercard-5555}}\n"
			if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s.said.Reset()
			s.rules = []string{"update:paymentMethods<=0USD@alder"}
			file := s.saveBilling("plan.json", "--format", "text")
			if !strings.Contains(s.said.String(), "mastercard-5555") {
				t.Errorf("%s: it is not shown\n%s", name, s.said.String())
			}
			s.tamper = hearsJSON("GET /organizations/101/subscription/payment-methods", func(_ *http.Request, body map[string]any) {
				rows := body["paymentMethods"].([]any)
				for _, r := range rows {
					row := r.(map[string]any)
					if row["id"] != "pm_b" {
						continue
					}
					if change(row); name == "another as well" {
						twin := maps.Clone(row)
						twin["methodDetails"] = map[string]any{"brand": "amex", "last4": "1"}
						body["paymentMethods"] = append(rows, twin)
					}
				}
			})
			want := 9
			if name == "as planned" {
				want = 0
			}
			if code := s.applyBilling(file); code != want {
				t.Errorf("%s: exit %d\n%s", name, code, s.said.String())
			}
			const operation = "PATCH /organizations/{organizationId}/subscription/payment-methods/{paymentMethodId}/default"
			if sent := s.world.Calls()[operation]; sent > 0 != (want == 0) {
				t.Errorf("%s: sent %d times", name, sent)
			}
		})
	}
}

// TestTheSecondFreeIsLookedForAgain: of two plans that were saved before, which let two organizations of one Owner end on
// Free, the second does nothing, whether it ends at once or later.
func TestTheSecondFreeIsLookedForAgain(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{"plan: Free", "state: absent"} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			first := s.saveBilling("first.json", "--target", "dogwood")
			text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  elm: {name: Elm, id: 105, subscription: {" + ends + "}}\n"
			if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s.rules = []string{"update:subscription<=0USD@elm", "delete:subscription<=0USD@elm"}
			second := s.saveBilling("second.json")
			if err := os.WriteFile(s.documents, []byte(billingDocument), 0o600); err != nil {
				t.Fatal(err)
			}
			if code := s.applyBilling(first); code != 0 || s.sent(104, "") != 1 {
				t.Fatalf("the first ends with %d\n%s", code, s.said.String())
			}
			before := s.sent(105, "")
			if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if code := s.applyBilling(second); code != 9 || s.sent(105, "") != before {
				t.Errorf("%s: the second ends with %d, %d writes\n%s", ends, code, s.sent(105, "")-before, s.said.String())
			}
		})
	}
}

// TestTheBuyerIsShown: for whom and with which coupon is bought stands in the plan, in what its approvers see, before
// policies, and, where a pull request changes it, in the comparison with the documents before it.
func TestTheBuyerIsShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBillingStage(t, `{}`, "", "")
		only := []string{"--target", "birch/subscription", "--format", "text"}
		file := s.saveBilling("plan.json", only...)
		wants := func(what string, words ...string) {
			t.Helper()
			for _, word := range words {
				if !strings.Contains(s.said.String(), word) {
					t.Errorf("%s: %q is not there\n%s", what, word, s.said.String())
				}
			}
			s.said.Reset()
		}
		wants("plan", "customer.email", "pay@birch.example", "customer.taxId", "CZ1", "customer.countryId", "coupon", "LAUNCH20")
		s.say("show", file)
		wants("show", "customer.email", "pay@birch.example", "LAUNCH20")
		rules := filepath.Join(s.home, "guards.yaml")
		policy := `{id: buyer, on: step, when: 'step.kind == "subscription"', message: Not ours., ` +
			`require: 'step.fields.all(f, f.path != "customer.email" || f.to == "pay@alder.example")'}`
		if err := os.WriteFile(rules, []byte("apiVersion: makesync-guards/v1\npolicies: ["+policy+"]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _ := s.say(s.on("plan", append(allowed(billingRules...), "--guards", rules, "--target", "birch/subscription")...)...); code != 3 {
			t.Errorf("a policy does not see it: exit %d\n%s", code, s.said.String())
		}
		s.said.Reset()
		after := filepath.Join(s.home, "after.yaml")
		text := strings.NewReplacer("pay@birch.example", "evil@x.example", "LAUNCH20", "EVIL").Replace(billingDocument)
		if err := os.WriteFile(after, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.say("plan", "-f", after, "--base", s.documents, "--skip-references")
		wants("--base", "customer.email", "pay@birch.example", "evil@x.example", "LAUNCH20", "EVIL")
	})
}

// TestClaimsAreGuarded: a claim ends as an apply does where a guard or a policy holds it, and no hint names a flag that the
// command does not have. It takes back nothing that changed, so that drift does not concern it.
func TestClaimsAreGuarded(t *testing.T) {
	t.Parallel()
	policy := `{id: no-money, on: step, require: step.kind != "subscription", message: No money., severity: hold}`
	for rules, want := range map[string]int{
		"policies: [" + policy + "]": 5, "guards: {approvals: 1}": 5, "guards: {drift: hold}": 0, "": 5,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			args := []string{"billing", "claim-offer", "-f", s.documents, "--format", "json"}
			if rules != "" { // else nobody is there to be asked
				s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
				file := filepath.Join(s.home, "guards.yaml")
				if err := os.WriteFile(file, []byte("apiVersion: makesync-guards/v1\n"+rules+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--guards", file)
			}
			s.stdin = "Dogwood\n"
			s.said.Reset()
			if code, _ := s.say(append(args, "dogwood")...); code != want {
				t.Errorf("%s: exit %d\n%s", rules, code, s.said.String())
			}
			for _, flag := range []string{"--yes", "--since", "plan -o"} {
				if strings.Contains(s.said.String(), flag) {
					t.Errorf("%s: %s is named\n%s", rules, flag, s.said.String())
				}
			}
			const operation = "POST /organizations/{organizationId}/universal-discount/claim-cancellation-offer"
			if got := s.sent(104, operation); got > 0 != (want == 0) {
				t.Errorf("%s: claimed %d times", rules, got)
			}
		})
	}
}

// TestNoOfferIsClaimedTwice: the same of a claim, also where the zone answers that it is done and nobody sees a discount.
func TestNoOfferIsClaimedTwice(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.terminal = command.Terminal{Stdin: true, Stdout: true, Stderr: true}
			s.stdin = "Dogwood\n"
			zone := s.lagBehind(behind{write: "POST /claim-cancellation-offer", lost: lost, empty: true, lasts: 3 * time.Hour})
			if code, _ := s.say("billing", "claim-offer", "-f", s.documents, "dogwood"); code != 4 {
				t.Errorf("lost %t: exit %d\n%s", lost, code, s.said.String())
			}
			time.Sleep(time.Hour)
			s.said.Reset()
			s.say("billing", "claim-offer", "-f", s.documents, "dogwood")
			if zone.sent != 1 || !strings.Contains(s.said.String(), "look in Make") {
				t.Errorf("lost %t: sent %d times\n%s", lost, zone.sent, s.said.String())
			}
		})
	}
}

package sandbox_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

const day = 24 * time.Hour

func (c client) latestPayment(organization string) map[string]any {
	return c.get("/organizations/"+organization+"/payments?pg[limit]=1").at("payments", 0).(map[string]any)
}

// TestUpgrade is charged at once less the credits that are left, and begins a new cycle.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/12/subscription"
	before := len(c.get("/organizations/12/payments").at("payments").([]any))
	c.call(200, "PATCH", path, `{"priceId":43}`)
	a := c.get(path)
	want(t, a, "Teams", "product", "name")
	want(t, a, "116.47", "product", "price", "price")
	want(t, a, "2026-12-22T12:00:00.000Z", "product", "nextBill")
	o := c.get("/organizations/12")
	want(t, o, 40000.0, "organization", "license", "operations")
	want(t, o, "40000", "organization", "unusedOperations")
	p := c.latestPayment("12")
	if amount := number(t, p["amount_total"]); amount >= 116.47 || amount <= 97 || p["status_name"] != "Paid" {
		t.Errorf("charged %v, want 116.47 less what was left of 18.82", p)
	}
	if n := len(c.get("/organizations/12/payments").at("payments").([]any)); n != before+1 {
		t.Errorf("%d payments, there were %d", n, before)
	}
	if a := c.world.Audit(); a.Charges != 1 || a.Failed != 0 || a.Organizations[0].Charges[0].PriceID != 43 {
		t.Errorf("audit: %+v", a)
	}
	c.call(200, "PATCH", path, `{"priceId":43}`) // the same once more
	if a := c.world.Audit(); a.Charges != 2 {
		t.Errorf("audit: %+v", a)
	}
	c.world.Advance(32 * day)
	want(t, c.get(path), "2027-01-22T12:00:00.000Z", "product", "nextBill")
	if a := c.world.Audit(); a.Charges != 2 {
		t.Errorf("a renewal counts as a call: %+v", a)
	}
}

// TestDowngrade carries the credits that are left over into the first month.
func TestDowngrade(t *testing.T) {
	t.Parallel()
	c := starter(t)
	left := c.get("/organizations/12").at("organization", "unusedOperations")
	c.call(200, "PATCH", "/organizations/12/subscription", `{"priceId":21}`)
	o := c.get("/organizations/12")
	want(t, o, 10000.0, "organization", "license", "operations")
	if got := number(t, o.at("organization", "unusedOperations")); got != 10000+number(t, left) {
		t.Errorf("%v credits after a downgrade with %v left", got, left)
	}
	want(t, c.get("/organizations/12"), nil, "organization", "license", "customVariables")
	c.world.Advance(32 * day)
	if got := number(t, c.get("/organizations/12").at("organization", "unusedOperations")); got > 10000 {
		t.Errorf("%v credits a month later", got)
	}
}

func TestYear(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.call(200, "PATCH", "/organizations/12/subscription", `{"priceId":44}`)
	a := c.get("/organizations/12/subscription")
	want(t, a, "1 year", "product", "price", "period")
	want(t, a, "2027-11-22T12:00:00.000Z", "product", "nextBill")
	want(t, c.get("/organizations/12"), "2026-12-22T12:00:00.000Z", "organization", "nextReset")
}

// TestFailedCharge has a card that declines, and every way in which Make may tell of it.
func TestFailedCharge(t *testing.T) {
	t.Parallel()
	declining := func(s *sandbox.State) {
		s.Zones[0].Organizations[1].Billing = &sandbox.Billing{PaymentMethods: []*sandbox.PaymentMethod{
			{ID: "pm_bad", Type: "card", Brand: "visa", Last4: "0002", Declines: true, DefaultForSubscription: true}}}
	}
	for _, row := range []struct {
		answer string
		status int
		plan   string
		failed int
	}{{"402", 402, "Pro", 0}, {"409", 409, "Pro", 0}, {"400", 400, "Pro", 0}, {"unchanged", 200, "Pro", 1}, {"later", 200, "Teams", 1}} {
		c := starter(t, declining, with("failed-charge", row.answer))
		c.call(row.status, "PATCH", "/organizations/12/subscription", `{"priceId":41}`)
		want(t, c.get("/organizations/12/subscription"), row.plan, "product", "name")
		if a := c.world.Audit(); a.Charges != 0 || a.Failed != row.failed {
			t.Errorf("%s: %+v", row.answer, a)
		}
		if row.failed > 0 && c.latestPayment("12")["status_name"] != "Failed" {
			t.Errorf("%s: no failed payment: %v", row.answer, c.latestPayment("12"))
		}
	}
	c := starter(t, declining, with("failed-charge", "later"))
	c.call(200, "PATCH", "/organizations/12/subscription", `{"priceId":41}`)
	c.world.Advance(7*day - time.Second)
	want(t, c.get("/organizations/12"), "Teams", "organization", "serviceName")
	c.world.Advance(time.Second)
	want(t, c.get("/organizations/12"), "Free", "organization", "serviceName")
}

// TestRenewalFails on a card that has expired; seven days later the subscription is over.
func TestRenewalFails(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) {
		s.Zones[0].Organizations[1].Billing = &sandbox.Billing{PaymentMethods: []*sandbox.PaymentMethod{
			{ID: "pm_old", Type: "card", Brand: "visa", Last4: "0069", Expires: "2026-10", DefaultForSubscription: true}}}
	})
	want(t, c.get("/organizations/12/subscription/payment-methods"), false, "paymentMethods", 0, "valid")
	bill := c.get("/organizations/12/subscription").at("product", "nextBill")
	if c.latestPayment("12")["status_name"] != "Paid" {
		t.Errorf("before the renewal: %v", c.latestPayment("12"))
	}
	c.world.Advance(24 * day)
	if p := c.latestPayment("12"); p["status_name"] != "Failed" || p["created"] != bill {
		t.Errorf("the renewal of %v: %v", bill, p)
	}
	want(t, c.get("/organizations/12"), "Pro", "organization", "serviceName")
	c.world.Advance(7 * day)
	want(t, c.get("/organizations/12"), "Free", "organization", "serviceName")
}

// TestFailingSeed is in its grace when it is loaded.
func TestFailingSeed(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) { s.Zones[0].Organizations[1].Billing = &sandbox.Billing{Failing: true} })
	if p := c.latestPayment("12"); p["status_name"] != "Failed" || p["created"] != "2026-11-20T12:00:00.000Z" {
		t.Errorf("payment: %v", p)
	}
	want(t, c.get("/organizations/12"), "Pro", "organization", "serviceName")
	c.world.Advance(5 * day)
	want(t, c.get("/organizations/12"), "Free", "organization", "serviceName")
}

// TestPendingCancel ends with the period that is paid for, and then where the Owner may have it so.
func TestPendingCancel(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, id := range []string{"12", "11"} { // Jane owns 12 and no Free organization, Olga 11 and 14, which is Free
		c.call(200, "DELETE", "/organizations/"+id+"/subscription", "")
	}
	c.world.Advance(22 * day)
	want(t, c.get("/organizations/12"), "Pro", "organization", "serviceName")
	c.world.Advance(2 * day)
	want(t, c.get("/organizations/12"), "Free", "organization", "serviceName")
	o := c.get("/organizations/11")
	want(t, o, "Enterprise", "organization", "serviceName")
	want(t, o, true, "organization", "isPaused")
	want(t, c.get("/organizations/11/subscription"), nil, "product")
	c.call(404, "PATCH", "/organizations/11/subscription", `{"priceId":41}`)

	c = starter(t)
	want(t, c.call(400, "POST", "/organizations/11/subscription-free?confirmed=true", ""), "IM011", "code")
	c.call(200, "DELETE", "/organizations/11/subscription", "")
	c.call(200, "PATCH", "/organizations/11/subscription", `{"priceId":51}`) // takes the cancel back
	c.world.Advance(40 * day)
	want(t, c.get("/organizations/11"), false, "organization", "isPaused")
}

// TestCheckout: the plan comes when a person has paid, and only once.
func TestCheckout(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/14/subscription"
	begin := func() int {
		return int(c.call(200, "POST", path, `{"priceId":42,"couponCode":"LAUNCH20"}`).at("sessionId").(float64))
	}
	first, second := begin(), begin()
	if first == second {
		t.Fatal("two checkouts have one session")
	}
	if a := c.world.Audit(); a.Checkouts != 2 || a.Charges != 0 {
		t.Errorf("audit: %+v", a)
	}
	if _, err := c.world.CompleteCheckout(first, "decline"); err != nil {
		t.Fatal(err)
	}
	want(t, c.get(path), "FREE", "product", "name")
	call := control(t, c.world)
	if _, text := call("GET", "checkouts", ""); strings.Count(text, "https://checkout.example/") != 2 {
		t.Errorf("checkouts: %s", text)
	}
	if status, text := call("POST", "checkouts", `{"sessionId":`+jsonNumber(first)+`}`); status != 200 || !strings.Contains(text, `"paid"`) {
		t.Errorf("paying: %d %s", status, text)
	}
	a := c.get(path)
	want(t, a, "Teams", "product", "name")
	want(t, a, "6.35", "product", "coupon", "price")
	want(t, c.get("/organizations/14"), 20000.0, "organization", "license", "operations")
	want(t, c.get(path+"/payment-methods"), true, "paymentMethods", 0, "customerDefaultMethod")
	c.get("/organizations/14/feature-controls")
	c.call(400, "POST", path, `{"priceId":41}`)
	for _, body := range []string{`{"sessionId":` + jsonNumber(first) + `}`, `{"sessionId":1}`, `{"sessionId":` + jsonNumber(second) + `,"outcome":"steal"}`} {
		if status, text := call("POST", "checkouts", body); status != 400 {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	c.world.Advance(day)
	if _, text := call("GET", "billing", ""); !strings.Contains(text, `"charges":1,"failedCharges":1,"checkouts":2`) || !strings.Contains(text, `"expired"`) {
		t.Errorf("billing: %s", text)
	}
}

// number reads a decimal string.
func number(t *testing.T, text any) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(fmt.Sprint(text), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func jsonNumber(n int) string { return strings.TrimSpace(mustJSON(n)) }

func TestDiscounts(t *testing.T) {
	t.Parallel()
	const path, subscription = "/organizations/12/universal-discount", "/organizations/12/subscription"
	c := starter(t, func(s *sandbox.State) {
		s.Zones[0].Organizations[1].Billing = &sandbox.Billing{
			PaymentMethods: []*sandbox.PaymentMethod{{ID: "pm", Type: "card", Last4: "1", DefaultForSubscription: true}},
			Discount:       &sandbox.Discount{ID: 42, Type: "promo", PercentOff: 50, Rules: []string{"redeemable_by_user", "lost_on_product_upgrade"}}}
	})
	want(t, starter(t).get(path), nil, "universalDiscount")
	want(t, c.get(path), false, "universalDiscount", "isActive")
	want(t, c.get(path), true, "universalDiscount", "rules", "lost_on_product_upgrade")
	c.call(404, "POST", path+"/redeem", `{"universalDiscountId":1}`)
	c.call(200, "POST", path+"/redeem", `{"universalDiscountId":42}`)
	c.call(400, "POST", path+"/redeem", `{"universalDiscountId":42}`)
	c.call(400, "POST", path+"/claim-cancellation-offer", "")
	c.call(200, "PATCH", subscription, `{"priceId":34}`) // a year of the same product, at half
	if p := c.latestPayment("12"); number(t, p["amount_total"]) > 96 {
		t.Errorf("charged %v", p["amount_total"])
	}
	want(t, c.get(path), true, "universalDiscount", "isActive")
	c.call(200, "PATCH", subscription, `{"priceId":44}`)
	want(t, c.get(path), nil, "universalDiscount")
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c := starter(t)
	products := func(query string) int { return len(c.get("/cashier/products" + query).at("products").([]any)) }
	for query, n := range map[string]int{"": 5, "?type=PLAN": 4, "?type=EXTRA": 1, "?type=PLAN&includeInvisible=true": 5, "?organizationId=11&type=PLAN": 4} {
		if got := products(query); got != n {
			t.Errorf("products%s: %d, want %d", query, got, n)
		}
	}
	a := c.get("/cashier/products?type=PLAN")
	want(t, a, 0.0, "products", 0, "config", "apiLimit") // though the licence has 30
	want(t, a, 10.59, "products", 1, "prices", 0, "price")
	want(t, a, "month", "products", 1, "prices", 0, "period")
	want(t, a, "year", "products", 1, "prices", 3, "period")
	want(t, c.get("/cashier/prices/43"), "116.47", "price")
	c.call(404, "GET", "/cashier/prices/999", "")
	c.call(400, "GET", "/cashier/products?type=PLANS", "")
	c.call(403, "GET", "/cashier/products?organizationId=99", "")
	starter(t, with("cashier", "forbid")).call(403, "GET", "/cashier/prices/43", "")
	starter(t, with("cashier", "organization")).call(403, "GET", "/cashier/products", "")
	starter(t, with("cashier", "organization")).call(200, "GET", "/cashier/products?organizationId=11", "")
}

// TestFormsOfMoney are the switches about amounts and periods.
func TestFormsOfMoney(t *testing.T) {
	t.Parallel()
	c := starter(t, with("amounts", "number"), with("period-form", "bare"))
	want(t, c.get("/cashier/prices/21"), 10.59, "price")
	want(t, c.get("/organizations/11/subscription"), 500.0, "product", "price", "price")
	want(t, c.get("/organizations/11/subscription"), "month", "product", "price", "period")
	want(t, c.get("/organizations/11/payments"), 500.0, "payments", 0, "amount_total")
	c = starter(t, with("amounts", "string"), with("period-form", "counted"), with("yearly-period", "annual"), with("payment-form", "schema"))
	a := c.get("/cashier/products?type=PLAN")
	want(t, a, "10.59", "products", 1, "prices", 0, "price")
	want(t, a, "1 month", "products", 1, "prices", 0, "period")
	want(t, a, "annual", "products", 1, "prices", 3, "period")
	want(t, c.get("/organizations/11/payments"), "2026-11-15", "payments", 0, "period_from")
}

// TestAccountantsSeePaymentsOnly: payments are changed by Owner and Admin.
func TestAccountantsSeePaymentsOnly(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) { s.Users[3].Token = "00000000-0000-4000-8000-000000000004" })
	carl := c.as("00000000-0000-4000-8000-000000000004")
	carl.get("/organizations/11/payments")
	carl.get("/organizations/11/subscription")
	want(t, carl.call(403, "PATCH", "/organizations/11/subscription", `{"priceId":41}`), "IM002", "code")
	carl.call(403, "GET", "/organizations/11/universal-discount", "")
}

// TestPricesOfASeed replace the catalogue, with mistakes named.
func TestPricesOfASeed(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) {
		s.Zones[0].Prices = []*sandbox.Price{{ID: 7, Product: "Pro", Operations: 5, Amount: 100, Currency: "EUR"}, {ID: 8, Product: "Pro", Operations: 5, Amount: 200}}
	})
	a := c.get("/cashier/products")
	want(t, a, "EUR", "products", 0, "prices", 0, "currencyCode")
	want(t, a, "USD", "products", 0, "prices", 1, "currencyCode")
	for _, p := range []sandbox.Price{{ID: 0, Product: "Pro"}, {ID: 1, Product: "Silver"}, {ID: 1, Product: "Pro", Period: "week"}} {
		s := sandbox.Starter()
		s.Zones[0].Prices = []*sandbox.Price{&p}
		path := t.TempDir() + "/s.json"
		if err := s.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Open(sandbox.Options{State: path}); err == nil || !strings.Contains(err.Error(), "price") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

package sandbox_test

import (
	"fmt"
	"testing"
)

func TestSubscription(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/12/subscription"
	want(t, c.get(path), "Pro", "product", "name")
	for _, price := range []string{"1", "61", "99"} { // Free, an extra, none
		c.call(400, "PATCH", path, `{"priceId":`+price+`}`)
	}
	want(t, c.call(200, "PATCH", path, `{"priceId":51,"customer":{"email":"a@b.example","name":"A","isBusiness":true,"countryId":4}}`), 1.0, "ok")
	want(t, c.get("/organizations/12"), "Enterprise", "organization", "serviceName")
	want(t, c.call(200, "DELETE", path, ""), 1.0, "ok")
	want(t, c.get(path), "2026-12-22T12:00:00.000Z", "product", "nextBill") // nothing shows the cancel
	c.call(404, "DELETE", path, "")
	c.call(406, "POST", path+"-free", "")
	c.call(200, "POST", path+"-free?confirmed=true", "")
	want(t, c.get("/organizations/12"), 30.0, "organization", "license", "apiLimit")
	want(t, c.call(400, "POST", path, `{"priceId":31,"customer":{}}`), "SC400", "code")
	if a := c.call(200, "POST", path, `{"priceId":31}`); a.at("url") == nil || a.at("sessionId") == nil {
		t.Errorf("no checkout: %s", a.text)
	}
	want(t, c.get("/organizations/12"), "Free", "organization", "serviceName") // nothing is bought by the call alone
	c = starter(t, with("pending-cancel", "null"))
	c.call(200, "DELETE", path, "")
	want(t, c.get(path), nil, "product", "nextBill")
}

// TestBecomingFree: the organization then looks like a recorded Free one.
func TestBecomingFree(t *testing.T) {
	t.Parallel()
	c := starter(t, with("second-free", "allow"))
	c.call(200, "PATCH", "/organizations/11/tfa-enforcement", `{"enable":true}`)
	c.call(200, "POST", "/organizations/11/subscription-free?confirmed=true", "")
	free, became := c.get("/organizations/14").at("organization").(map[string]any), c.get("/organizations/11").at("organization").(map[string]any)
	for _, key := range []string{"license", "featureControls", "tfaEnforced", "serviceName", "productName"} {
		if fmt.Sprint(free[key]) != fmt.Sprint(became[key]) {
			t.Errorf("%s is %v, of a Free organization %v", key, became[key], free[key])
		}
	}
	if len(free) != len(became) {
		t.Errorf("%d keys, a Free organization has %d", len(became), len(free))
	}
	want(t, c.get("/organizations/11/payments"), "Enterprise", "payments", 0, "product_name", "en")
}

func TestSubscriptionOnFree(t *testing.T) {
	t.Parallel()
	a := starter(t).get("/organizations/14/subscription")
	want(t, a, "FREE", "product", "name")
	want(t, a, "0.00", "product", "price", "price")
	for value, text := range map[string]string{"empty": "{}", "null": `{"product":null}`} {
		if a := starter(t, with("free-subscription", value)).get("/organizations/14/subscription"); a.text != text {
			t.Errorf("%s: %s", value, a.text)
		}
	}
	starter(t, with("free-subscription", "404")).call(404, "GET", "/organizations/14/subscription", "")
}

func TestPaymentMethods(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/subscription/payment-methods"
	want(t, c.get(path), "pm_card_11", "paymentMethods", 0, "id")
	c.call(400, "PATCH", path+"/pm_debit_11/default", `{}`)
	a := c.call(200, "PATCH", path+"/pm_debit_11/default", `{"target":"subscription"}`)
	want(t, a, true, "isDefaultForSubscription")
	want(t, a, false, "isDefaultForExtras")
	a = c.get(path)
	want(t, a, false, "paymentMethods", 0, "customerDefaultMethod")
	want(t, a, true, "paymentMethods", 0, "customerDefaultExtrasMethod")
	c.call(200, "DELETE", path+"/pm_card_11", "")
	c.call(404, "DELETE", path+"/pm_card_11", "")
}

func TestPaymentsAndOffer(t *testing.T) {
	t.Parallel()
	c := starter(t)
	all := c.get("/organizations/11/payments").at("payments").([]any)
	if len(all) != 11 {
		t.Errorf("%d payments from January to November", len(all))
	}
	want(t, c.get("/organizations/11/payments?pg[limit]=1"), "2026-11-15T09:00:00.000Z", "payments", 0, "period_from")
	const offer = "/organizations/11/universal-discount/claim-cancellation-offer"
	c.call(200, "POST", offer, "")
	c.call(400, "POST", offer, "")
	want(t, c.get("/organizations/11/universal-discount"), 30.0, "universalDiscount", "percentOff")
}

// TestUsageAddsUp compares the days of two time zones with each other and with the
// counters of the organization: all tell of the same hours.
func TestUsageAddsUp(t *testing.T) {
	t.Parallel()
	c := starter(t)
	sum := func(query string) (days int, operations float64) {
		for _, d := range c.get("/organizations/12/usage" + query).at("data").([]any) {
			operations += d.(map[string]any)["operations"].(float64)
			days++
		}
		return days, operations
	}
	days, operations := sum("")
	if days != 30 || operations == 0 {
		t.Errorf("%d days with %v operations", days, operations)
	}
	if _, same := sum("?organizationTimezone=true"); same != operations { // Prague and Berlin share their hours
		t.Errorf("the organization's days add up to %v, the user's to %v", same, operations)
	}
	c.call(200, "PATCH", "/organizations/12", `{"timezoneId":66}`) // +0530
	_, shifted := sum("?organizationTimezone=true")
	if shifted == operations || shifted < operations*0.9 || shifted > operations*1.1 {
		t.Errorf("in India %v, in Prague %v", shifted, operations)
	}
}

func TestAppsAndTeamPermission(t *testing.T) {
	t.Parallel()
	c := starter(t)
	want(t, c.get("/organizations/11/apps"), 3.0, "installedApps", 0, "appVersion")
	const path = "/organizations/11/check-team-permission"
	want(t, c.get(path+"?teamPermission=scenario+view"), true, "hasPermission")
	c.call(400, "GET", path, "")
	c.call(400, "GET", path+"?teamPermission=fly", "")
}

func TestTeams(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.call(200, "POST", "/teams", `{"name":"Test Team","organizationId":14}`)
	want(t, a, 1.0, "userTeamRole", "usersRoleId")
	want(t, a, false, "team", "globalAgentsEnabled")
	want(t, c.get("/teams?organizationId=14"), "Test Team", "teams", 1, "name")
	want(t, c.call(200, "PATCH", "/teams/109", `{"name":"Renamed"}`), "Renamed", "team", "name")
	c.call(400, "PATCH", "/teams/109", `{"name":""}`)
	c.call(406, "DELETE", "/teams/109", "")
	c.call(200, "DELETE", "/teams/109?confirmed=true", "")
	c.call(403, "GET", "/teams/109", "")
	c.call(400, "DELETE", "/teams/106?confirmed=true", "")
	starter(t, with("team-limit", "enforce")).call(403, "POST", "/teams", `{"name":"Test Team","organizationId":14}`)
}

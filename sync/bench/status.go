package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// allOfMake are all columns but the changes, which are of documents.
const allOfMake = "zone,name,plan,credits,reset,forecast,usage,apiLimit,teams,apps,members,invitations,twoFactor," +
	"tfaEnforced,owner,subscription,paymentMethod,lastPayment"

// statusParts are the calls for each organization that `status --show all` makes, as paths below
// it, with an answer as large as a zone's. %d is the organization's id.
var statusParts = []struct{ path, answer string }{
	{"", `{"organization":{"id":%d,"name":"Client","timezoneId":113,"zone":"bench","productName":"Teams",` +
		`"license":{"apiLimit":1000000,"customVariables":true},"isPaused":false,"tfaEnforced":false,"teams":[],` +
		`"createdAt":"2024-01-31T08:00:00.000Z","lastReset":"2026-11-12T08:00:00.000Z",` +
		`"nextReset":"2026-12-12T08:00:00.000Z","operations":"4200","transfer":"51200",` +
		`"centicreditsConsumed":"420000",` +
		`"unusedOperations":"5800","unusedCenticredits":"580000","autoPurchasingActivated":false,` +
		`"activeScenarios":7}}`},
	{"/usage", `{"data":[` + usageRows() + `]}`},
	{"/apps", `{"installedApps":[{"appName":"crm-%d","appVersion":1,"installedBy":1}]}`},
	{"/user-organization-roles", `{"userOrganizationRoles":[` + rows(8, func(n int) string {
		role := 11 + min(n-1, 3)
		return fmt.Sprintf(`{"userId":%d,"organizationId":%%[1]d,"usersRoleId":%d,"invitation":null}`, n, role)
	}) + `]}`},
	{"/subscription", `{"product":{"name":"Teams","nextBill":"2026-12-12T08:00:00.000Z",` +
		`"price":{"id":%d,"price":"34.12","currencyCode":"USD","period":"1 month"}}}`},
	{"/subscription/payment-methods", `{"paymentMethods":[{"id":"pm-%d","type":"card","valid":true,` +
		`"customerDefaultMethod":true,"isImmediate":true,"methodDetails":{"brand":"visa","last4":"4242"}}]}`},
	{"/payments", `{"payments":[` + rows(6, func(n int) string {
		return fmt.Sprintf(`{"id":"p-%%[1]d-%d","created":"2026-%02d-12T08:00:00.000Z","status_name":"Paid",`+
			`"amount":"34.12","currency":"USD"}`, n, 12-n)
	}) + `]}`},
}

// people is the answer to GET /users, the one call whose organization is in the query.
var people = `{"users":[` + rows(8, func(n int) string {
	return fmt.Sprintf(`{"id":%d,"name":"Person %[1]d","email":"person-%[1]d@acme.example",`+
		`"tfaStatus":1,"userTeamIds":[]}`, n)
}) + `],"pg":{"limit":10000,"offset":0}}`

func rows(n int, row func(int) string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = row(i + 1)
	}
	return strings.Join(list, ",")
}

func usageRows() string {
	return rows(30, func(n int) string {
		day := time.Date(2026, 10, 28+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		return fmt.Sprintf(`{"date":"%s","operations":%d,"dataTransfer":%d,"centicredits":%d}`,
			day, 140+n, 1700*n, 100*(140+n))
	})
}

// serveStatus answers what only `status` asks for; false where the path is none of those.
func (f *fixture) serveStatus(w http.ResponseWriter, path string) bool {
	if path == "/users" {
		fmt.Fprint(w, people)
		return true
	}
	rest, is := strings.CutPrefix(path, "/organizations/")
	id, part, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(id)
	if !is || err != nil {
		return false
	}
	for _, p := range statusParts {
		if strings.TrimPrefix(p.path, "/") == part {
			if answer := p.answer; strings.Contains(answer, "%") {
				fmt.Fprintf(w, answer, n)
			} else {
				fmt.Fprint(w, answer)
			}
			return true
		}
	}
	return false
}

// readStatus makes the calls of one organization.
func (b *bare) readStatus(i int) error {
	for _, p := range statusParts {
		if err := b.get(fmt.Sprintf("/organizations/%d%s", i+1, p.path), &map[string]any{}); err != nil {
			return err
		}
	}
	query := fmt.Sprintf("/users?organizationId=%d&cols[]=id&cols[]=name&cols[]=email&cols[]=tfaStatus", i+1)
	return b.get(query+"&cols[]=userTeamIds&pg[limit]=10000", &map[string]any{})
}

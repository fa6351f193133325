package makeapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"makesync/spec"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// A zone that knows one organization, with one variable; whatever else it is asked it does not
// have.
func zoneOfAcme() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/organizations", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"organizations": [{"id": 11, "name": "Acme"}], "pg": {"limit": 10000}}`)
	})
	mux.HandleFunc("GET /api/v2/organizations/11/variables", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"organizationVariables": [{"name": "REGION", "typeId": 2, "value": "emea"}]}`)
	})
	mux.HandleFunc("POST /api/v2/organizations/11/variables", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message": "Permission denied", "code": "SC403"}`)
	})
	return httptest.NewServer(mux)
}

func Example() {
	zone := zoneOfAcme()
	defer zone.Close()
	client, err := makeapi.New(makeapi.Options{
		Name: "eu1", URL: zone.URL, Token: spec.Sensitive("11111111-2222-4333-8444-555555555555"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()

	rows, err := client.Organizations(ctx)
	fmt.Println(rows[0].Name, rows[0].ID, err)

	err = client.Read(ctx, rows[0], spec.KindVariable)
	fmt.Println(rows[0].Variables[0].Name, err)

	value := state.OfType(spec.TypeString, spec.Plain("on"))
	_, err = client.Write(ctx, plan.Write{
		Verb: plan.CreateVariable, Organization: 11, Address: "acme/variable/MODE",
		Arguments: plan.Arguments{Type: spec.TypeString, Value: &value},
	})
	var failed *state.CallError
	if errors.As(err, &failed) {
		fmt.Println(failed.Class, failed.Certainty == state.NotHappened)
		fmt.Println(failed)
	}
	fmt.Println(client.Calls()) // a 403 costs a third read: the token's scopes may explain it

	// Output:
	// Acme 11 <nil>
	// REGION <nil>
	// forbidden true
	// create acme/variable/MODE: HTTP 403 SC403 Permission denied
	// {3 1}
}

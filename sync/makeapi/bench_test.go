package makeapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/state"
)

// fiftyVariables is a reply with 50 variables of mixed types.
func fiftyVariables() string {
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf([]string{
			`{"typeId":2,"name":"TEXT_%d","value":"https://api.acme.example/v1","isSystem":false}`,
			`{"typeId":1,"name":"NUMBER_%d","value":12345,"isSystem":false}`,
			`{"typeId":3,"name":"FLAG_%d","value":true,"isSystem":false}`,
			`{"typeId":4,"name":"DATE_%d","value":"2026-11-20T00:00:00.000Z","isSystem":false}`,
		}[i%4], i))
	}
	return `{"organizationVariables":[` + strings.Join(rows, ",") + `]}`
}

// fixed answers at once with a body, without a server, so that only the client is measured.
func fixed(body string) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

func BenchmarkReadVariables(b *testing.B) {
	c := clientOf(b, "https://h", fixed(fiftyVariables()))
	b.ReportAllocs()
	for b.Loop() {
		live := &state.Organization{}
		live.ID = 1
		if err := c.Read(b.Context(), live, spec.KindVariable); err != nil || len(live.Variables) != 50 {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareDecode is the floor: the same bytes into the plainest types.
func BenchmarkBareDecode(b *testing.B) {
	transport := fixed(fiftyVariables())
	b.ReportAllocs()
	for b.Loop() {
		request, _ := http.NewRequestWithContext(b.Context(), "GET", "https://h/api/v2/organizations/1/variables", nil)
		response, _ := transport.RoundTrip(request)
		var reply struct {
			Rows []struct {
				TypeID   int `json:"typeId"`
				Name     string
				Value    any
				IsSystem bool
			} `json:"organizationVariables"`
		}
		if err := json.NewDecoder(response.Body).Decode(&reply); err != nil || len(reply.Rows) != 50 {
			b.Fatal(err)
		}
	}
}

// TestAllocationsPerVariable pins what a variable costs: its name, its value, its canonical text,
// and the pointer that hides it from every formatter.
func TestAllocationsPerVariable(t *testing.T) {
	c := clientOf(t, "https://h", fixed(fiftyVariables()))
	perCall := testing.AllocsPerRun(50, func() {
		live := &state.Organization{}
		live.ID = 1
		if err := c.Read(t.Context(), live, spec.KindVariable); err != nil {
			t.Fatal(err)
		}
	})
	if perVariable := perCall / 50; perVariable > 5 {
		t.Errorf("%.1f allocations per variable", perVariable)
	}
}

func BenchmarkListOrganizations(b *testing.B) {
	var rows []string
	for i := range 1000 {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"name":"Organization %d","countryId":202,"timezoneId":113,"zone":"eu1.make.com","isPaused":false,"tfaEnforced":false,
			"teams":[{"id":1,"name":"My Team"}],"license":{"teams":1,"dslimit":1,"fslimit":5242880,"iolimit":50,"apiLimit":30,"fulltext":false,"interval":15,
			"priority":"low","transfer":536870912,"retention":7,"scenarios":2,"operations":1000,"scenarioIO":true,"restartPeriod":"1 month"}}`, i+1, i+1))
	}
	c := clientOf(b, "https://h", fixed(`{"organizations":[`+strings.Join(rows, ",")+`],"pg":{"limit":10000}}`))
	b.ReportAllocs()
	for b.Loop() {
		if lives, err := c.Organizations(b.Context()); err != nil || len(lives) != 1000 {
			b.Fatal(err)
		}
	}
}

package sandbox_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// TestOddBodies sends what is no object of the right kind to operations that write:
// each is a 400, and nothing is written.
func TestOddBodies(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, path := range []string{"POST /organizations", "POST /organizations/11/variables", "PATCH /organizations/11/variables/RETRIES",
		"POST /users/3/user-organization-roles/11", "PATCH /organizations/11/tfa-enforcement", "POST /teams", "POST /organizations/11/invite"} {
		method, path, _ := strings.Cut(path, " ")
		for _, body := range []string{"null", "[]", "5", `"x"`, "{", "{}{}", "\xef\xbb\xbf{}", "{\"value\":\"a\xff\"}", strings.Repeat("[", 1e5)} {
			want(t, c.call(400, method, path, body), "SC400", "code")
		}
	}
	want(t, c.call(400, "DELETE", "/organizations/11/variables/RETRIES?confirmed=true", "\xff"), "SC400", "code")
	if log := c.world.Log(); len(log) > 0 {
		t.Errorf("written: %+v", log)
	}
}

// TestKeysAreTakenLetterForLetter: a key in other letters is one that Make does not know.
func TestKeysAreTakenLetterForLetter(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.call(400, "POST", "/organizations/11/variables", `{"NAME":"A","typeid":2,"Value":"x"}`)
	c.call(400, "POST", "/teams", `{"OrganizationId":11,"name":"Ops"}`)
	a := c.call(200, "POST", "/organizations/11/variables", `{"name":"A","Name":"B","typeId":2,"TYPEID":1,"value":"x","name":"C"}`)
	want(t, a, "C", "organizationVariable", "name")
}

// TestWrongTypesAreNamed: the refusal says which field it was, also inside another one.
func TestWrongTypesAreNamed(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for body, message := range map[string]string{
		`{"name":"A","typeId":"2","value":"x"}`: "Invalid type of 'typeId': string given.",
		`{"name":5,"typeId":2,"value":"x"}`:     "Invalid type of 'name': number given.",
	} {
		want(t, c.call(400, "POST", "/organizations/11/variables", body), message, "suberrors", 0, "message")
	}
	a := c.call(400, "POST", "/organizations/14/subscription", `{"priceId":31,"customer":{"email":5}}`)
	want(t, a, "Invalid type of 'customer.email': number given.", "suberrors", 0, "message")
}

// TestRoleOfNullRemovesNobody: an empty body removes, one that names a role does not.
func TestRoleOfNullRemovesNobody(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, body := range []string{`{"usersRoleId":null}`, `{"usersRoleId":"12"}`, `{"usersRoleId":0}`, `{"usersRoleId":12.5}`, `{"usersRoleId":{}}`} {
		c.call(400, "POST", "/users/3/user-organization-roles/11", body)
	}
	if c.member(11, "bob@acme.example") == nil {
		t.Error("bob is gone")
	}
}

// TestOrganizationZero is a call about no organization at all.
func TestOrganizationZero(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, body := range []string{`{"organizationId":0,"name":"T"}`, `{"organizationId":-1,"name":"T"}`, `{"organizationId":"11","name":"T"}`, `{`} {
		c.call(400, "POST", "/teams", body)
	}
	c.call(400, "POST", "/users/custom-roles", `{"organizationId":0,"name":"R","category":"team"}`)
	c.call(400, "PATCH", "/users/custom-roles/1001", `{"organizationId":0}`)
	c.call(200, "PATCH", "/organizations/11", `{"name":"Still there"}`)
}

// TestPanicHoldsNobodyUp: whatever goes wrong in one write, the next one has its turn.
func TestPanicHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	c := starter(t)
	remove := c.world.OnWrite(func(sandbox.WriteEvent) error { panic("on purpose") })
	if _, err := c.try("PATCH", "/organizations/11", `{"name":"Broken"}`); err == nil {
		t.Error("a panic was answered")
	}
	remove()
	func() {
		defer func() { _ = recover() }()
		_ = c.world.Alter(func(*sandbox.State) { panic("on purpose") })
	}()
	done := make(chan error, 1)
	go func() { _, err := c.try("PATCH", "/organizations/11", `{"name":"Whole"}`); done <- err }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the next write waits forever")
	}
	want(t, c.get("/organizations/11"), "Whole", "organization", "name")
}

// TestHugeBodyIsAnswered: a client that sends all of it before it reads gets the refusal.
func TestHugeBodyIsAnswered(t *testing.T) {
	t.Parallel()
	h, err := starter(t).world.Handler("eu1")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const size = 20 << 20
	_, err = fmt.Fprintf(conn, "POST /api/v2/organizations HTTP/1.1\r\nHost: zone\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat(" ", size))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", res.StatusCode)
	}
}

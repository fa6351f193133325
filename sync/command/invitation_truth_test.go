package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"makesync/sync/exit"
)

const invitedSeed = `{"version": 1,
 "users": [{"name": "Robot", "email": "robot@acme.example"}, {"email": "ops@acme.example"}],
 "zones": [{"name": "eu1", "organizations": [
  {"id": 11, "name": "Acme", "members": [{"email": "ops@acme.example", "role": "Owner"},
   {"email": "robot@acme.example", "role": "Admin", "invitation": "pending"}]}]}]}`

func invitedStage(t *testing.T, tamper wrongClient) *stage {
	s := stageOf(t, invitedSeed, "apiVersion: makesync/v1\n")
	s.tamper = tamper
	return s
}

func acceptAll(s *stage, ctx context.Context) (code int, stdout, stderr string) {
	return s.runIn(ctx, "invitation", "accept", "--zone", "eu1", "--all", "--yes", "--organization", "*")
}

// TestAcceptedOnlyByProof: an answer that does not say that this invitation is accepted is none that it is, where
// reading does not tell either.
func TestAcceptedOnlyByProof(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]exit.Code{
		`{"userOrganizationRole":{"userId":3,"organizationId":11,"usersRoleId":12,"invitation":null}}`:      exit.OK,
		`{"userOrganizationRole":{"userId":3,"organizationId":11,"usersRoleId":12,"invitation":"pending"}}`: exit.Partial,
		`{"userOrganizationRole":{"userId":3,"organizationId":99,"usersRoleId":12,"invitation":null}}`:      exit.Partial,
		`{"user":null,"userOrganizationRole":null}`:                                                         exit.Partial,
		``: exit.Partial,
	} {
		s := invitedStage(t, func(next http.RoundTripper) http.RoundTripper {
			return hears("POST /organizations/accept-invitation", func(_ *http.Request, r *reply) { r.body = []byte(answer) })(
				where("POST /organizations/accept-invitation", func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
					r = r.Clone(r.Context())
					r.Method, r.URL.Path, r.Body = http.MethodGet, "/api/v2/users/me", http.NoBody // nothing is accepted
					return next.RoundTrip(r)
				})(next))
		})
		code, stdout, stderr := acceptAll(s, t.Context())
		if code != want.Code || strings.Contains(stdout, "accepted   Acme") != (want == exit.OK) {
			t.Errorf("%s: exit %d\n%s%s", answer, code, stdout, stderr)
		}
	}
}

// invitations makes of one invitation many: with n hashes, each twice.
func invitations(n int) wrongClient {
	return hears("GET /users/me/organization-invitations", func(_ *http.Request, r *reply) {
		var list map[string][]map[string]any
		if err := json.Unmarshal(r.body, &list); err != nil {
			panic(err)
		}
		row, rows := list["userOrganizationInvitations"][0], []map[string]any{}
		for i := range 2 * n {
			more := map[string]any{}
			for k, v := range row {
				more[k] = v
			}
			if i/2 > 0 {
				more["hash"], more["organizationId"] = fmt.Sprintf("%032d", i/2), 1000+i/2
			}
			rows = append(rows, more)
		}
		r.body, _ = json.Marshal(map[string]any{"userOrganizationInvitations": rows})
	})
}

// TestInvitationsAreAcceptedOnce: rows that a zone repeats are one invitation; more than a thousand are not
// accepted at once.
func TestInvitationsAreAcceptedOnce(t *testing.T) {
	t.Parallel()
	sent := 0
	count := where("POST /organizations/accept-invitation", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		sent++
		return next.RoundTrip(r)
	})
	s := invitedStage(t, func(next http.RoundTripper) http.RoundTripper { return count(invitations(1)(next)) })
	if code, stdout, stderr := acceptAll(s, t.Context()); code != 0 || sent != 1 || !strings.Contains(stdout, "1 invitation in") {
		t.Errorf("exit %d after %d\n%s%s", code, sent, stdout, stderr)
	}
	sent = 0
	s = invitedStage(t, func(next http.RoundTripper) http.RoundTripper { return count(invitations(1001)(next)) })
	if code, _, stderr := acceptAll(s, t.Context()); code != exit.Invalid.Code || sent != 0 ||
		!strings.Contains(stderr, "1001 open invitations are chosen") {
		t.Errorf("exit %d after %d\n%s", code, sent, stderr)
	}
}

// TestAcceptingStops: a signal ends it; what is left is not tried, and told once.
func TestAcceptingStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := where("GET /organizations/invitation", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		cancel(exit.ErrTerminated)
		return next.RoundTrip(r)
	})
	s := invitedStage(t, func(next http.RoundTripper) http.RoundTripper { return stop(invitations(500)(next)) })
	if code, _, stderr := acceptAll(s, ctx); code != exit.Terminated.Code || strings.Count(stderr, "\n") > 6 {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

// TestHashesInNames: an invitation whose hash the zone repeats in a name is not shown.
func TestHashesInNames(t *testing.T) {
	t.Parallel()
	const hash = "0f2b7c96-6a1d-4e83-b5c0-94d8e7f3a1b2"
	for _, body := range []string{
		`{"hash":"` + hash + `","organizationId":11,"organizationName":"Acme ` + strings.ToUpper(hash) + `","invitation":"pending"}`,
		`{"hash":"` + hash + `","organizationId":11,"organizationName":"Acme","invitation":"` + hash + `"}`,
	} {
		s := invitedStage(t, func(next http.RoundTripper) http.RoundTripper {
			return hears("GET /users/me/organization-invitations", func(_ *http.Request, r *reply) {
				r.body = []byte(`{"userOrganizationInvitations":[` + body + `]}`)
			})(next)
		})
		code, stdout, stderr := s.run("invitation", "list", "--zone", "eu1")
		if code != exit.Unreachable.Code || strings.Contains(strings.ToLower(stdout+stderr), hash) {
			t.Errorf("list: exit %d\n%s%s", code, stdout, stderr)
		}
	}
	s := invitedStage(t, hears("GET /organizations/invitation", func(_ *http.Request, r *reply) {
		r.status, r.body = http.StatusOK, []byte(`{"organization":{"id":11,"name":"`+hash+`"},"user":{"id":3},`+
			`"userOrganizationRole":{"userId":3,"organizationId":11,"usersRoleId":12,"invitation":"pending"}}`)
	}))
	code, stdout, stderr := s.run("invitation", "show", "--zone", "eu1", hash)
	if code != exit.Unreachable.Code || strings.Contains(stdout+stderr, hash) {
		t.Errorf("show: exit %d\n%s%s", code, stdout, stderr)
	}
}

package command_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// roleRow is the read right before a person is written.
const roleRow = "GET /organizations/{organizationId}/user-organization-roles/{userId}"

// calls are the operations that a zone was asked for, in order.
type calls struct {
	mu  sync.Mutex
	all []sandbox.CallEvent
}

func hear(s *stage) *calls {
	c := &calls{}
	s.world.OnCall(func(e sandbox.CallEvent) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all = append(c.all, e)
	})
	return c
}

func (c *calls) of(operation string) (n int) {
	for _, e := range c.all {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

func outcomeOf(r *report.Report, address spec.Address) string {
	for _, s := range r.Steps {
		if s.Address == address {
			return string(s.Outcome) + " " + string(s.Reason.Code)
		}
	}
	return "no step"
}

// TestAcceptedMeanwhile: invited people accept between the plan and the write. They are members then, and stay, in a
// direct apply and in a saved one.
func TestAcceptedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, saved := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			e := newEverything(t, false, nil)
			var args []string
			if saved {
				args = []string{e.save()}
			}
			e.fault("op=" + roleRow + ",organization=11,nth=1,kind=accept")
			r, wrong := e.applyTruly(args...)
			want := exit.Partial
			if saved {
				want = exit.Stale
			}
			if r.Exit != want || len(wrong) > 0 {
				t.Errorf("saved %v: exit %v %v\n%s", saved, r.Exit, wrong, stepsOf(r))
			}
			for _, who := range []string{"typo@acme.example", "role@acme.example"} {
				if got := outcomeOf(r, spec.Address("acme/member/"+who)); got != "skipped changed-meanwhile" {
					t.Errorf("saved %v: %s: %s", saved, who, got)
				}
				if now := factsOf(e.world, e.began)["11/member/"+who]; now == "" {
					t.Errorf("saved %v: %s is not there any more", saved, who)
				}
			}
		})
	}
}

// TestAcceptedWhileAWriteWaited: the zone has no room for the write that follows the read, and while it waits for some
// the invited people accept. It is looked at again before it goes out.
func TestAcceptedWhileAWriteWaited(t *testing.T) {
	t.Parallel()
	const role = "POST /users/{userId}/user-organization-roles/{organizationId}"
	for _, fault := range []string{
		"kind=status,status=429,retry-after=20,times=1", "kind=status,status=429,times=3",
		"kind=status,status=418,times=2", "kind=drop-before,times=1", "kind=status,status=502,times=2",
	} {
		for _, who := range []string{"typo@acme.example", "role@acme.example"} {
			synctest.Test(t, func(t *testing.T) {
				e := newEverything(t, false, nil)
				path := fmt.Sprintf("/users/%d/", e.userID(who))
				refused := 0
				e.world.OnCall(func(c sandbox.CallEvent) {
					if c.Operation != role || !strings.Contains(c.Path, path) {
						return
					}
					if refused++; refused == 1 {
						e.fault("op=" + role + ",nth=1,kind=accept,member=" + who)
						e.fault("op=" + role + ",nth=1," + fault)
					}
				})
				r, wrong := e.applyTruly()
				now := factsOf(e.world, e.began)["11/member/"+who]
				if refused == 0 || now != "Member" || outcomeOf(r, spec.Address("acme/member/"+who)) == "succeeded " {
					t.Errorf("%s: %s is %q, written %d times %v\n%s", fault, who, now, refused, wrong, stepsOf(r))
				}
				for _, access := range r.StillHasAccess {
					if access.Email == who && access.Role != "Member" {
						t.Errorf("%s: %s is Member, and the report says %+v", fault, who, access)
					}
				}
			})
		}
	}
}

// TestEachPersonIsReadOnceBeforeAWrite: the calls of an apply grow by these, and by nothing else.
func TestEachPersonIsReadOnceBeforeAWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEverything(t, false, nil)
		heard := hear(e.stage)
		r, _ := e.applyTruly()
		people := 0
		for _, s := range r.Steps {
			if s.Kind == spec.KindMember && s.Op != plan.OpInvite {
				people++
			}
		}
		if got := heard.of(roleRow); got != people || people < 5 {
			t.Errorf("%d rows read for %d people", got, people)
		}
		for i, call := range heard.all {
			if call.Operation == "POST /users/{userId}/user-organization-roles/{organizationId}" &&
				heard.all[i-1].Operation != roleRow {
				t.Errorf("%s comes after %s", call.Path, heard.all[i-1].Path)
			}
		}
	})
}

// TestATwinIsTold: somebody else creates the same organization in the same moment.
func TestATwinIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEverything(t, false, nil)
		e.fault("op=POST /organizations,nth=1,kind=twin")
		r, _ := e.applyTruly()
		if r.Exit != exit.Partial || outcomeOf(r, "studio") != "succeeded " {
			t.Errorf("exit %v\n%s", r.Exit, stepsOf(r))
		}
		if i := slices.IndexFunc(r.Problems, func(p spec.Problem) bool { return p.Rule == "twin" }); i < 0 ||
			r.Problems[i].Severity != spec.Error || !strings.Contains(r.Problems[i].Message, `"Acme Studio"`) {
			t.Errorf("problems %+v", r.Problems)
		}
		named := 0
		for _, o := range e.world.Snapshot().Zones[0].Organizations {
			if o.Name == "Acme Studio" {
				named++
			}
		}
		if named != 2 {
			t.Errorf("%d organizations of the name are there", named)
		}
	})
}

// TestTheTokenIsLostMidway: from one call on the zone answers 401. It gets no call more; the exit is 7 as long as
// nothing was written, and 4 from then on.
func TestTheTokenIsLostMidway(t *testing.T) {
	t.Parallel()
	for nth := 1; nth < 200; nth += 4 {
		over := false
		synctest.Test(t, func(t *testing.T) {
			e := newEverything(t, false, nil)
			heard := hear(e.stage)
			e.fault(fmt.Sprintf("nth=%d,kind=lost-token", nth))
			r, wrong := e.applyTruly()
			if over = len(heard.all) < nth; over {
				return
			}
			written := len(e.ours()) > 0
			if written && r.Exit != exit.Partial || !written && r.Exit != exit.Refused {
				t.Errorf("call %d: exit %v, written %v\n%s", nth, r.Exit, written, stepsOf(r))
			}
			sideBySide := func(c sandbox.CallEvent) bool { // what is read of the zone as a whole
				return strings.HasPrefix(c.Operation, "GET ") && !strings.Contains(c.Path, "/organizations/")
			}
			if after := slices.DeleteFunc(heard.all[nth:], sideBySide); len(after) > 0 || len(wrong) > 0 {
				t.Errorf("call %d: %d calls after it, %v", nth, len(after), wrong)
			}
		})
		if over {
			return
		}
	}
}

// TestALateWriteIsNotTakenForFailed: the zone answers with a time-out, or not at all, and does the write seconds later.
func TestALateWriteIsNotTakenForFailed(t *testing.T) {
	t.Parallel()
	for _, late := range []string{
		"status-late,status=504", "status-late,status=408", "status-late,status=524", "drop-late", "hang-after",
		"status-late,status=500", "status-late,status=502", "status-late,status=503", "status-late,status=520",
		"status-late,status=522",
	} {
		for _, op := range []string{
			"POST /organizations/{organizationId}/variables", "PATCH /organizations/{organizationId}/variables/{variableName}",
			"DELETE /organizations/{organizationId}/variables/{variableName}", "PATCH /organizations/{organizationId}",
			"PATCH /organizations/{organizationId}/feature-controls", "POST /organizations/{organizationId}/invite",
			"POST /users/{userId}/user-organization-roles/{organizationId}", "DELETE /organizations/{organizationId}", "POST /organizations",
			"POST /organizations/{organizationId}/user-organization-roles/transfer", "PATCH /organizations/{organizationId}/tfa-enforcement",
		} {
			synctest.Test(t, func(t *testing.T) {
				e := newEverything(t, false, nil)
				delay := ",delay=20s"
				if strings.HasPrefix(late, "hang") {
					delay = "" // it never answers
				}
				e.fault("op=" + op + ",nth=1" + delay + ",kind=" + late)
				r, wrong := e.applyTruly()
				if r.Failed+r.Unknown > 0 || len(wrong) > 0 {
					t.Errorf("%s of %s: %v\n%s", late, op, wrong, stepsOf(r))
				}
			})
		}
	}
}

// TestEveryFormOfARemoval: what an empty body is, and whether a removal has to be confirmed, is not published.
func TestEveryFormOfARemoval(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"any", "object", "none", "string"} {
		synctest.Test(t, func(t *testing.T) {
			e := newEverything(t, false, func(s *sandbox.State) {
				s.Switches = map[string]string{"removal-body": body, "removal-confirmed": "yes"}
			})
			if r, wrong := e.applyTruly(); r.Failed+r.Unknown > 0 || len(wrong) > 0 {
				t.Errorf("%s: %v\n%s", body, wrong, stepsOf(r))
			}
		})
	}
}

// userID is the id of a person in the world.
func (e *everything) userID(email string) int {
	e.Helper()
	for _, u := range e.world.Snapshot().Users {
		if strings.EqualFold(u.Email, email) {
			return u.ID
		}
	}
	e.Fatalf("there is no user %s", email)
	return 0
}

package plantest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// MustAllow reads an --allow rule, or fails the test.
func MustAllow(t interface {
	Helper()
	Fatalf(string, ...any)
}, rule string) plan.Allow {
	t.Helper()
	a, err := plan.ParseAllow(rule)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return a
}

// Make plans and fails the test on an error.
func Make(t interface {
	Helper()
	Fatalf(string, ...any)
}, r planner.Request) *plan.Plan {
	t.Helper()
	p, err := planner.Make(context.Background(), r)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return p
}

// Lines is a plan in short form: one line per step, waiting, held, problem.
func Lines(p *plan.Plan) []string {
	var out []string
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			line := fmt.Sprintf("%d %s %s %s", s.N, s.Op, s.Address, s.Risk)
			for _, f := range s.Fields {
				line += fmt.Sprintf(" %s:%s→%s", f.Path, f.From, f.To)
			}
			if len(s.After) > 0 {
				line += fmt.Sprint(" after ", s.After)
			}
			out = append(out, line)
		}
		for _, w := range o.Waiting {
			out = append(out, fmt.Sprintf("waiting %s: %s", w.Address, w.Reason))
		}
		for _, h := range o.Held {
			out = append(out, fmt.Sprintf("held %s %s by %s: %s", h.Op, h.Address, h.Guard, h.Allow))
		}
		for _, k := range o.NotRead {
			out = append(out, fmt.Sprintf("not read %s/%s", o.Key, k))
		}
	}
	for _, q := range p.Problems {
		out = append(out, fmt.Sprintf("%s %s: %s", q.Severity, q.Rule, q.Message))
	}
	return out
}

// WantLines compares a plan with lines as Lines writes them.
func WantLines(t *testing.T, p *plan.Plan, want ...string) {
	t.Helper()
	if got := strings.Join(Lines(p), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("plan:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// Request plans documents against the zone, which is eu1.
func Request(z *zonetest.Zone, orgs ...spec.Organization) planner.Request {
	for i := range orgs {
		orgs[i].Zone = "eu1"
	}
	return planner.Request{
		Desired: &spec.Desired{Guards: spec.DefaultGuards(), Organizations: orgs},
		Zones: map[string]state.Port{
			"eu1": {
				Endpoint: spec.Endpoint{Name: "eu1", URL: "https://" + zonetest.Host, Hosts: []string{zonetest.Host}},
				Reader:   z,
			},
		},
		Concurrency: 4,
	}
}

package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"makesync/spec"
)

// gated is a zone in which a gate stands before every read of an organization.
type gated struct {
	*fakeZone
	gate func(ctx context.Context, organization int64)
}

func (z gated) Read(ctx context.Context, live *Live, kind spec.Kind) error {
	z.gate(ctx, live.ID)
	return z.fakeZone.Read(ctx, live, kind)
}

// recorder keeps what a sink is told, as it is at that moment.
type recorder struct {
	mu    stdsync.Mutex
	begun int
	zones string
	keys  []string
	parts []string
}

func asText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (r *recorder) Begin(p *Plan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
	r.zones = asText(p.Zones)
}

func (r *recorder) Organization(o *OrganizationPlan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, o.Key)
	r.parts = append(r.parts, asText(o))
}

func (r *recorder) told() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.keys, " ")
}

// inTurn lets organizations end their reading in a given order, whatever they have to read.
type inTurn struct {
	mu    stdsync.Mutex
	turn  *stdsync.Cond
	order []string
	keys  map[int64]string
	done  map[string]bool
}

func newInTurn(order []string, keys map[int64]string) *inTurn {
	t := &inTurn{order: order, keys: keys, done: map[string]bool{}}
	t.turn = stdsync.NewCond(&t.mu)
	return t
}

func (t *inTurn) wait(_ context.Context, id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.order[:slices.Index(t.order, t.keys[id])]
	for slices.ContainsFunc(before, func(key string) bool { return !t.done[key] }) {
		t.turn.Wait()
	}
}

func (t *inTurn) end(p Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[p.Organization] = true
	t.turn.Broadcast()
}

// A law: what the sink is told is what the finished plan holds, whatever is read first; and the plan is the same as without a sink.
func TestSinkIsToldTheFinishedPlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		r := drawDocuments(t, zone)
		for _, rule := range []string{"delete:variable<=6@*", "delete:member<=1@org-[01]", "create:organization@*", "delete:organization@*", "invite:member<=3@org-0"} {
			if rapid.Bool().Draw(t, rule) {
				r.Allow = append(r.Allow, mustAllow(t, rule))
			}
		}
		r.Desired.Guards.MaxCreates = map[spec.Kind]int{spec.KindOrganization: rapid.IntRange(0, 1).Draw(t, "maxCreates")}
		want := asText(drawnPlan(t, r))
		var keys []string
		ids := map[int64]string{}
		for _, o := range r.Desired.Organizations {
			keys = append(keys, o.Key)
			ids[o.ID] = o.Key
		}
		turns := newInTurn(rapid.Permutation(keys).Draw(t, "order"), ids)
		sink := &recorder{}
		r.Sink, r.Progress, r.Concurrency = sink, turns.end, len(keys)+1
		port := r.Zones["eu1"]
		port.Reader = gated{zone, turns.wait}
		r.Zones["eu1"] = port
		plan := drawnPlan(t, r)
		if got := asText(plan); got != want {
			t.Fatalf("with a sink:\n%s\nwithout:\n%s", got, want)
		}
		var parts []string
		for i := range plan.Organizations {
			parts = append(parts, asText(&plan.Organizations[i]))
		}
		r.Sink, r.Forget = &recorder{}, true
		turns.done = map[string]bool{}
		short := drawnPlan(t, r)
		for i := range plan.Organizations {
			plan.Organizations[i].Steps, plan.Organizations[i].Held = []Step{}, []Held{}
		}
		if got := asText(short); got != asText(plan) {
			t.Fatalf("without its steps:\n%s\nwant:\n%s", got, asText(plan))
		}
		if sink.begun != 1 || sink.zones != asText(plan.Zones) || !slices.Equal(parts, sink.parts) {
			t.Fatalf("told\n%s\nof\n%s", strings.Join(sink.parts, "\n"), strings.Join(parts, "\n"))
		}
	})
}

func drawnPlan(t *rapid.T, r Request) *Plan {
	plan, err := MakePlan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

type option = func(*spec.Organization)

// controls has the organization's controls read.
func controls() option {
	return func(o *spec.Organization) { o.FeatureControls = []spec.FeatureControl{} }
}

func called(name string) option { return func(o *spec.Organization) { o.Name = name } }

// TestWhatTheSinkIsToldEarly: which organizations are in the plan when all but the last one are read.
func TestWhatTheSinkIsToldEarly(t *testing.T) {
	t.Parallel()
	absent := spec.Variable{Name: "V00", State: spec.Absent}
	many := make([]spec.Variable, 26)
	for i := range many {
		many[i] = spec.Variable{Name: fmt.Sprintf("V%02d", i), State: spec.Absent}
	}
	for _, c := range []struct {
		name  string
		docs  [4][]option // of a, b, c and the last, d
		allow string
		early string
	}{
		{"no changes", [4][]option{}, "", "a b c"},
		{"changes that no shared limit counts", [4][]option{{variables(textVariable("X", "x"))}, {variables(textVariable("V00", "w"))}}, "", "a b c"},
		{"deletes that cannot pass the limit of the run", [4][]option{{variables(absent)}, {variables(absent)}}, "", "a b c"},
		{"a delete, and a purge that may pass it", [4][]option{{}, {variables(absent)}, {}, {variables(), purge(spec.KindVariable)}}, "", "a"},
		{"a purge that is over", [4][]option{{variables(), purge(spec.KindVariable)}, {variables(absent)}}, "", "a b c"},
		{"a purge that the organization's own limit holds", [4][]option{{variables(), purge(spec.KindVariable)}, {}, {}, {variables(many...)}}, "", "a b c"},
		{"deletes that the documents may bring over the limit", [4][]option{{}, {variables(absent)}, {}, {variables(many...)}}, "", "a"},
		{"a rule takes the delete out", [4][]option{{}, {variables(absent)}, {}, {variables(many...)}}, "delete:variable@b", "a b c"},
		{"a rule with a number takes it out", [4][]option{{}, {variables(absent)}, {}, {variables(many...)}}, "delete:variable<=1@b", "a b c"},
		{"a rule with a number over several", [4][]option{{}, {variables(absent)}, {}, {variables(many...)}}, "delete:variable<=30@*", "a"},
		{"a creation that is past the limit", [4][]option{{}, {called("New")}}, "", "a"},
		{"a creation that a rule lets through", [4][]option{{}, {called("New")}}, "create:organization@b", "a b c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var orgs []spec.Organization
				zone := newFakeZone()
				for i, options := range c.docs {
					live, _ := crowd(int64(i+1), string(rune('A'+i)), 26-25*min(i, 1)) // a has 26 variables, the others one
					zone.orgs = append(zone.orgs, live)
					orgs = append(orgs, desired(strings.ToLower(live.Name), live.Name, append([]option{controls()}, options...)...))
				}
				sink := &recorder{}
				early := ""
				r := zone.request(orgs...)
				port := r.Zones["eu1"]
				port.Reader = gated{zone, func(_ context.Context, id int64) {
					if id == 4 {
						synctest.Wait() // all the others are done
						early = sink.told()
					}
				}}
				r.Zones["eu1"], r.Sink = port, sink
				if c.allow != "" {
					r.Allow = []Allow{mustAllow(t, c.allow)}
				}
				makePlan(t, r)
				if early != c.early || sink.told() != "a b c d" {
					t.Errorf("told early: %q, want %q; in the end %q", early, c.early, sink.told())
				}
			})
		})
	}
}

// TestAnInterruptedSink: what was read only because the run was interrupted is not told.
func TestAnInterruptedSink(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	zone := newFakeZone(organization(1, "A"), organization(2, "B"), organization(3, "C"))
	sink := &recorder{}
	r := zone.request(desired("a", "A", controls()), desired("b", "B", controls()), desired("c", "C", controls()))
	port := r.Zones["eu1"]
	port.Reader = gated{zone, func(_ context.Context, id int64) {
		if id == 2 {
			cancel(ErrInterrupted)
		}
	}}
	r.Zones["eu1"], r.Sink, r.Concurrency = port, sink, 1
	if _, err := MakePlan(ctx, r); !errors.Is(err, ErrInterrupted) || sink.told() != "a" {
		t.Errorf("%v, told %q", err, sink.told())
	}
}

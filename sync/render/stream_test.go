package render

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	reconcile "makesync/sync"
)

// streamed writes a plan through a stream, as a run does, and gives what stood there before the end too.
func streamed(t interface{ Fatal(...any) }, plan *reconcile.Plan, o Options, shows func(*reconcile.OrganizationPlan) bool) (before, all string) {
	var b bytes.Buffer
	s := NewPlanStream(&b, Options{Color: o.Color, Width: o.Width, Quiet: o.Quiet, Guards: o.Guards, Allow: o.Allow}, shows)
	s.Begin(&reconcile.Plan{Zones: plan.Zones, Shard: plan.Shard})
	for i := range plan.Organizations {
		s.Organization(&plan.Organizations[i])
	}
	before = b.String()
	if s.Partial() != (before != "") {
		t.Fatal("partial:", s.Partial(), before)
	}
	err := Plan(&b, plan, o)
	if s.Begun() {
		b.Truncate(len(before))
		err = s.End(&b, plan, o)
	}
	if err != nil || s.Partial() {
		t.Fatal(err, s.Partial())
	}
	return before, b.String()
}

// A law: streamed or not, a plan has one text.
func TestStreamedTextIsThePlan(t *testing.T) {
	t.Parallel()
	sample := samplePlan()
	since := sampleTime
	rapid.Check(t, func(t *rapid.T) {
		plan := &reconcile.Plan{Zones: sample.Zones, Shard: sample.Shard, Digest: sample.Digest, Expires: sample.Expires}
		for i := range rapid.IntRange(0, 5).Draw(t, "organizations") {
			o := reconcile.OrganizationPlan{Key: fmt.Sprint("quiet-", i), Unchanged: 3}
			switch rapid.IntRange(0, 3).Draw(t, "organization") {
			case 0:
				o.Waiting = []reconcile.Waiting{{Address: "a/owner", Reason: "has not accepted", Since: &since}}
			case 1:
				o = rapid.SampledFrom(sample.Organizations).Draw(t, "sample")
			}
			plan.Organizations = append(plan.Organizations, o)
		}
		plan.Summary = reconcile.Summarize(plan.Organizations)
		if rapid.Bool().Draw(t, "problem") {
			plan.Problems = sample.Problems[:1]
		}
		o := Options{Quiet: rapid.Bool().Draw(t, "quiet"), Color: rapid.Bool().Draw(t, "color"), Guards: sampleOptions().Guards,
			Saved: rapid.SampledFrom([]string{"", "plan.json"}).Draw(t, "saved"), Next: "makesync apply plan.json"}
		shows := Eventful
		if !o.Quiet {
			shows = nil
		}
		var whole bytes.Buffer
		if err := Plan(&whole, plan, o); err != nil {
			t.Fatal(err)
		}
		before, all := streamed(t, plan, o, shows)
		if all != whole.String() {
			t.Fatalf("streamed:\n%s\nat once:\n%s", all, &whole)
		}
		if early := before != ""; early != (!o.Quiet || !Uneventful(&reconcile.Plan{Organizations: plan.Organizations})) {
			t.Fatalf("quiet %t, and before the end there was\n%s", o.Quiet, before)
		}
	})
}

// What was kept back comes, in its order, as soon as something is new.
func TestStreamKeepsBackWhatIsNotNew(t *testing.T) {
	t.Parallel()
	since := sampleTime
	old := reconcile.OrganizationPlan{Key: "old", Waiting: []reconcile.Waiting{{Address: "old/owner", Reason: "r", Since: &since}}}
	news := reconcile.OrganizationPlan{Key: "news", Held: []reconcile.Held{{Address: "news/tfa"}}}
	var b bytes.Buffer
	s := NewPlanStream(&b, Options{Quiet: true}, Eventful)
	s.Begin(&reconcile.Plan{Zones: []reconcile.PlanZone{{Name: "eu1"}}})
	s.Organization(&old)
	if b.Len() != 0 || s.Begun() {
		t.Fatalf("too early:\n%s", &b)
	}
	s.Organization(&news)
	text := b.String()
	if !strings.HasPrefix(text, "zone ") || !strings.Contains(text, "\nold ") || strings.Index(text, "\nold ") > strings.Index(text, "\nnews ") {
		t.Errorf("got:\n%s", text)
	}
	if err := s.Cut(); err != nil || !strings.HasSuffix(b.String(), "\n\nCUT SHORT: this is only part of the plan, which could not be finished.\n") {
		t.Errorf("%v:\n%s", err, &b)
	}
}

// A stream that cannot be written to says so at the end.
func TestStreamTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	s := NewPlanStream(full{}, Options{}, nil)
	s.Begin(samplePlan())
	s.Organization(&samplePlan().Organizations[0])
	if err := s.End(&bytes.Buffer{}, samplePlan(), Options{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

var errFull = errors.New("no space left on device")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

package report

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// drawOrganizations draws organizations with linked steps, numbered as a plan numbers them.
func drawOrganizations(t *rapid.T) []plan.Organization {
	organizations := []plan.Organization{}
	n := 0
	for i := range rapid.IntRange(0, 12).Draw(t, "organizations") {
		key := fmt.Sprintf("org-%02d", i)
		o := plan.Organization{Key: key, Zone: "eu1", ID: int64(i + 1), Unchanged: rapid.IntRange(0, 3).Draw(t, "unchanged")}
		for j := range rapid.IntRange(0, 3).Draw(t, "steps") {
			n++
			s := plan.Step{N: n, Address: spec.NewAddress(key, spec.KindVariable, fmt.Sprintf("V%d", j)), Kind: spec.KindVariable, Op: plan.OpUpdate, After: []int{}}
			if j > 0 {
				s.After = []int{n - 1}
			}
			o.Steps = append(o.Steps, s)
		}
		organizations = append(organizations, o)
	}
	return organizations
}

// cut is the part of the organizations that a shard's own run would plan.
func cut(organizations []plan.Organization, shard *spec.Shard) []plan.Organization {
	part := []plan.Organization{}
	for _, o := range organizations {
		if shard.Has(o.Key) {
			part = append(part, o)
		}
	}
	renumber(part)
	return part
}

func planOf(organizations []plan.Organization, shard *spec.Shard) *plan.Plan {
	writes := 0
	for i := range organizations {
		writes += organizations[i].PlannedWrites()
	}
	return &plan.Plan{Format: plan.Format, Seal: "none", Shard: shard, Organizations: organizations, Digest: plan.DigestOf(organizations),
		Summary: plan.Summarize(organizations), Calls: state.Calls{Write: writes}, Unmanaged: map[spec.Kind]int{spec.KindOrganization: 2},
		Problems: []spec.Problem{{Severity: spec.Warning, Rule: "zone", Message: "seen by every shard"}}, Zones: []plan.Zone{{Name: "eu1"}}, Exit: exit.OK}
}

func reportOfPlan(p *plan.Plan) *Report {
	r := &Report{Format: Format, Plan: p.Digest, Shard: p.Shard, Zones: p.Zones, Problems: p.Problems, Steps: []StepReport{}, Exit: exit.OK}
	if p.Shard != nil {
		r.Digests = plan.OrganizationDigests(p.Organizations)
	}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			r.Steps = append(r.Steps, StepReport{N: s.N, Address: s.Address, Kind: s.Kind, Op: s.Op, Outcome: Succeeded})
		}
	}
	r.Count()
	return r
}

func TestMergedShardsEqualOneRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		organizations := drawOrganizations(t)
		one := planOf(organizations, nil)
		count := rapid.IntRange(1, 5).Draw(t, "shards")
		var plans []*plan.Plan
		var reports []*Report
		for i := count; i >= 1; i-- { // the order of the files does not matter
			p := planOf(cut(organizations, &spec.Shard{Index: i, Count: count}), &spec.Shard{Index: i, Count: count})
			plans, reports = append(plans, p), append(reports, reportOfPlan(p))
		}
		merged, err := MergePlans(plans)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, merged, cmp.AllowUnexported(state.Scalar{})); diff != "" {
			t.Fatalf("one run against merged shards:\n%s", diff)
		}
		report, err := MergeReports(reports)
		if err != nil {
			t.Fatal(err)
		}
		report.Run = ""
		if diff := cmp.Diff(reportOfPlan(one), report); diff != "" {
			t.Fatalf("one run against merged shards:\n%s", diff)
		}
	})
}

// A shard that failed before it had a plan does not wipe the rules, and shards under different rules
// share no digest.
func TestMergedRules(t *testing.T) {
	t.Parallel()
	type rules struct {
		digest string
		paths  []string
	}
	for name, c := range map[string]struct {
		shards []rules
		want   rules
	}{
		"all the same":           {[]rules{{"a", []string{"x"}}, {"a", []string{"x"}}}, rules{"a", []string{"x"}}},
		"the last has none":      {[]rules{{"a", []string{"x"}}, {}}, rules{"a", []string{"x"}}},
		"the first has none":     {[]rules{{}, {"a", []string{"x"}}}, rules{"a", []string{"x"}}},
		"they differ":            {[]rules{{"a", []string{"x"}}, {"b", []string{"x", "y"}}}, rules{"", []string{"x", "y"}}},
		"they differ, then none": {[]rules{{"a", nil}, {"b", []string{"y"}}, {}}, rules{"", []string{"y"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var plans []*plan.Plan
			for i, shard := range c.shards {
				p := planOf(nil, &spec.Shard{Index: i + 1, Count: len(c.shards)})
				p.RulesDigest, p.Rules = shard.digest, nil
				for _, path := range shard.paths {
					p.Rules = append(p.Rules, spec.RuleChange{Path: path, Source: &spec.Source{}})
				}
				plans = append(plans, p)
			}
			merged, err := MergePlans(plans)
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, change := range merged.Rules {
				paths = append(paths, change.Path)
			}
			if merged.RulesDigest != c.want.digest || !slices.Equal(paths, c.want.paths) {
				t.Errorf("digest %q, changes %q; want %+v", merged.RulesDigest, paths, c.want)
			}
		})
	}
}

func TestMergeNeedsEveryShardOnce(t *testing.T) {
	t.Parallel()
	part := func(index, count int) *Report { return &Report{Shard: &spec.Shard{Index: index, Count: count}} }
	for name, reports := range map[string][]*Report{
		"none":       {},
		"unsharded":  {{}},
		"missing":    {part(1, 3), part(3, 3)},
		"twice":      {part(1, 2), part(1, 2)},
		"other run":  {part(1, 2), part(2, 3)},
		"impossible": {part(3, 2), part(1, 2)},
	} {
		if merged, err := MergeReports(reports); err == nil {
			t.Errorf("%s: merged to %+v", name, merged)
		}
	}
}

func TestMergedExit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parts []exit.Code
		want  exit.Code
	}{
		{[]exit.Code{exit.OK, exit.OK}, exit.OK},
		{[]exit.Code{exit.Refused, exit.Refused}, exit.Refused},
		{[]exit.Code{exit.Unreachable, exit.OK}, exit.Partial},
		{[]exit.Code{exit.Held, exit.Partial}, exit.Partial},
		{[]exit.Code{exit.Invalid, exit.Partial}, exit.Invalid},
	} {
		var reports []*Report
		for i, e := range c.parts {
			reports = append(reports, &Report{Shard: &spec.Shard{Index: i + 1, Count: len(c.parts)}, Exit: e})
		}
		if merged, err := MergeReports(reports); err != nil || merged.Exit != c.want {
			t.Errorf("%v: got %v, %v; want %v", c.parts, merged.Exit, err, c.want)
		}
	}
}

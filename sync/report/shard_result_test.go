package report

import (
	"encoding/json"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// shardPlan and shardReport are the parts of a run of one shard, as JSON.
func shardPlan(t testing.TB) string {
	r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "A", Type: spec.TypeString, Value: spec.Plain("x")},
		spec.Variable{Name: "B", Type: spec.TypeString, Value: spec.Plain("y")})))
	r.Shard, r.Salt = &spec.Shard{Index: 1, Count: 1}, []byte("salt")
	return encoded(t, plantest.Make(t, r))
}

func shardReport(t testing.TB) string {
	step := StepReport{N: 1, Address: spec.NewAddress("acme", spec.KindVariable, "A"), Kind: spec.KindVariable, Op: plan.OpCreate, Outcome: Succeeded, Attempts: 1}
	r := &Report{Format: Format, Run: "r", Plan: "p", Shard: &spec.Shard{Index: 1, Count: 1}, Steps: []StepReport{step}, Problems: []spec.Problem{}, Exit: exit.OK}
	r.Count()
	return encoded(t, r)
}

func encoded(t testing.TB, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDecodePart(t *testing.T) {
	t.Parallel()
	plan, report := shardPlan(t), shardReport(t)
	refused := `{"format":"makesync.report/v1","run":"r","plan":"","shard":{"index":2,"count":2},"durationSeconds":0,"planned":3,"succeeded":0,"failed":0,"skipped":3,"unknown":0,"waiting":0,"held":0,"steps":[],"problems":[],"calls":{"read":0,"write":0},"exit":{"code":5,"name":"held"}}`
	for _, c := range []struct {
		name, text, old, new string
		want                 string // in the error; "" when it is fine
	}{
		{"a plan", plan, "", "", ""},
		{"a report", report, "", "", ""},
		{"a report of a shard that was refused", refused, "", "", ""},
		{"no JSON", "", "", "", "not one JSON document"},
		{"an array", "[]", "", "", "no object"},
		{"two documents", report + report, "", "", "something follows"},
		{"no UTF-8", report, `"r"`, "\"\xff\"", "UTF-8"},
		{"a name twice", report, `"run":"r"`, `"run":"r","Run":"s"`, "stands twice"},
		{"deep nesting", strings.Repeat("[", 5000), "", "", "nests too deep"},
		{"another format", report, "report/v1", "report/v2", "its format is"},
		{"a hostile format", report, "makesync.report/v1", `\u001b[31m`, `its format is "[31m"`},
		{"a snapshot", report, "makesync.report/v1", "makesync.snapshot/v2", "only plans"},
		{"an unknown key", report, `"run":"r"`, `"run":"r","x":1`, "unknown key"},
		{"an unknown outcome", report, `"outcome":"succeeded"`, `"outcome":"done"`, "steps[0].outcome"},
		{"an unknown op", plan, `"op":"create"`, `"op":"burn"`, "organizations[0].steps[0].op"},
		{"a step that nobody plans", plan, `"op":"create"`, `"op":"transfer"`, "none that makesync plans"},
		{"counts that do not add up", report, `"planned":1`, `"planned":2`, "counts"},
		{"counts without steps", refused, `"succeeded":0`, `"succeeded":3`, "counts"},
		{"more than can be added", refused, `"planned":3,"succeeded":0,"failed":0,"skipped":3`, `"planned":9223372036854775807,"succeeded":0,"failed":0,"skipped":9223372036854775807`, "so many"},
		{"an exit that is none", report, `"code":0,"name":"ok"`, `"code":99,"name":"ok"`, "exit"},
		{"an exit of another name", report, `"code":0,"name":"ok"`, `"code":0,"name":"held"`, "exit"},
		{"an organization of another shard", report, `"shard":{"index":1,"count":1}`, `"shard":{"index":2,"count":8}`, "does not belong to shard 2 of 8"},
		{"a planned organization of another shard", plan, `"shard":{"index":1,"count":1}`, `"shard":{"index":2,"count":8}`, "does not belong"},
		{"changed steps", plan, `"to":"x"`, `"to":"z"`, "digest"},
		{"a changed summary", plan, `"summary":{"create":2`, `"summary":{"create":0`, "summary"},
		{"a step out of order", plan, `"n":2`, `"n":1`, "out of order"},
		{"a step after none", plan, `"after":[]`, `"after":[7]`, "none before it"},
	} {
		text := c.text
		if c.old != "" {
			if !strings.Contains(text, c.old) {
				t.Fatalf("%s: %s does not hold %s", c.name, text, c.old)
			}
			text = strings.Replace(text, c.old, c.new, 1)
		}
		part, err := DecodeShardResult([]byte(text))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "" && part.Shard() == nil:
			t.Errorf("%s: no shard", c.name)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		case err != nil && strings.ContainsAny(err.Error(), "\x1b\n"):
			t.Errorf("%s: unclean: %q", c.name, err)
		}
	}
}

// FuzzMergeParts: whatever a file holds, reading and merging it ends with a result or an error.
func FuzzMergeParts(f *testing.F) {
	f.Add([]byte(shardPlan(f)))
	f.Add([]byte(shardReport(f)))
	f.Fuzz(func(t *testing.T, data []byte) {
		part, err := DecodeShardResult(data)
		switch {
		case err != nil:
		case part.Plan != nil:
			_, _ = MergePlans([]*plan.Plan{part.Plan})
		default:
			_, _ = MergeReports([]*Report{part.Report})
		}
	})
}

package report

import (
	"encoding/json"
	"errors"
	"fmt"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// ShardResult is what one shard of a run left behind: its plan or its report, the other is nil.
type ShardResult struct {
	Plan   *plan.Plan
	Report *Report
}

// Shard is the part's place in the run; nil when it is none of a divided run.
func (p ShardResult) Shard() *spec.Shard {
	if p.Plan != nil {
		return p.Plan.Shard
	}
	return p.Report.Shard
}

// DecodeShardResult reads the JSON of a plan or a report for a merge. The file is hostile: what
// could be read in two ways, what the schema does not have, numbers that do not add up, an exit
// that does not exist, and an organization of another shard are errors. None repeats a value of the
// file.
func DecodeShardResult(data []byte) (ShardResult, error) {
	if _, err := spec.WalkStrictly(data, ""); err != nil {
		return ShardResult{}, fmt.Errorf("it is not one JSON document: %s", text.OneLine(err.Error()))
	}
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return ShardResult{}, errors.New("it is no object with a format")
	}
	var result ShardResult
	var err error
	switch head.Format {
	case plan.Format:
		result.Plan = &plan.Plan{}
		err = decodeShard(schema.Plan(), data, result.Plan, invalidShardPlan, plan.Lists)
	case Format:
		result.Report = &Report{}
		err = decodeShard(schema.Report(), data, result.Report, invalidShardReport,
			[]string{"steps", "problems", "stillHasAccess", "notLookedInto"})
	default:
		err = fmt.Errorf("its format is %s, and only plans (%s) and reports (%s) can be merged",
			text.Quote(text.OneLine(head.Format)), plan.Format, Format)
	}
	return result, err
}

// decodeShard decodes one of the two forms, and then asks what a schema cannot say.
func decodeShard[T any](schema, data []byte, into *T, invalid func(*T) string, lists []string) error {
	problems, err := spec.DecodeStrict(schema, data, into, lists...)
	switch {
	case len(problems) > 0 && problems[0].Path != "":
		return fmt.Errorf("%s: %s", text.OneLine(problems[0].Path), problems[0].Message)
	case len(problems) > 0:
		return errors.New(problems[0].Message)
	case err != nil:
		return errors.New(text.OneLine(err.Error()))
	}
	if why := invalid(into); why != "" {
		return errors.New(why)
	}
	return nil
}

// invalidShardPlan tells what a schema cannot say about the plan of a shard; "" when there is
// nothing to say.
func invalidShardPlan(p *plan.Plan) string {
	keys := map[string]bool{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if keys[o.Key] {
			return "the organization " + text.Quote(text.OneLine(o.Key)) + " stands twice in it"
		}
		keys[o.Key] = true
		if why := foreign(p.Shard, o.Key); why != "" {
			return why
		}
		for j := range o.Steps {
			if why := invalidLink(o, j); why != "" {
				return why
			}
		}
	}
	planned := p.Digest != "" || len(p.Organizations) > 0 // a run that failed before it had a plan has no digest
	return plan.FirstViolated(
		plan.Constraint{Violated: planned && p.OwnDigest() != p.Digest,
			Message: "the digest is not that of its steps: it was damaged or changed"},
		plan.Constraint{Violated: plan.Summarize(p.Organizations) != p.Summary,
			Message: "the summary is not that of its steps"},
		plan.Constraint{Violated: !isExit(p.Exit), Message: "its exit is none of makesync's"},
	)
}

// invalidLink tells what keeps a step from being put in its place in a longer plan.
func invalidLink(o *plan.Organization, j int) string {
	s := &o.Steps[j]
	switch {
	case len(s.Type().Verbs()) == 0:
		return fmt.Sprintf("step %d is none that makesync plans", s.N)
	case s.Address.Key() != o.Key:
		return fmt.Sprintf("step %d belongs to another organization", s.N)
	case j > 0 && s.N <= o.Steps[j-1].N:
		return fmt.Sprintf("step %d is out of order", s.N)
	}
	return plan.InvalidOrder(o.Steps[:j], s.After)
}

// invalidShardReport is unsoundPart for a report.
func invalidShardReport(r *Report) string {
	counted := Report{Steps: r.Steps}
	counted.Count()
	for _, s := range r.Steps {
		if why := foreign(r.Shard, s.Address.Key()); why != "" {
			return why
		}
	}
	for key := range r.Digests {
		if why := foreign(r.Shard, key); why != "" {
			return why
		}
	}
	same := counted.Planned == r.Planned && counted.Succeeded == r.Succeeded && counted.Failed == r.Failed &&
		counted.Skipped == r.Skipped && counted.Unknown == r.Unknown
	// A run that was refused before its first step has skipped them all, and lists none.
	refused := len(r.Steps) == 0 && r.Planned == r.Skipped && r.Succeeded+r.Failed+r.Unknown == 0
	return plan.FirstViolated(
		plan.Constraint{Violated: r.Planned > mostSteps, Message: "no run has so many steps"},
		plan.Constraint{Violated: !same && !refused, Message: "its counts are not those of its steps"},
		plan.Constraint{Violated: !isExit(r.Exit), Message: "its exit is none of makesync's"},
	)
}

// mostSteps is as many as a journal holds, and so few that the sum of a thousand results fits 32
// bits.
const mostSteps = 1 << 21

// foreign tells that an organization belongs to another shard: two shards of different
// counts, or of different versions of makesync, may both have changed it.
func foreign(s *spec.Shard, key string) string {
	if s.Has(key) {
		return ""
	}
	return fmt.Sprintf(
		"the organization %s does not belong to shard %d of %d",
		text.Quote(text.OneLine(key)),
		s.Index,
		s.Count,
	)
}

func isExit(e exit.Code) bool { return e == exit.Worst(e) }

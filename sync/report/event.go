package report

import (
	"makesync/spec"
	"makesync/sync/plan"
)

// StepEvent tells about a step that begins (Outcome "") or ended.
type StepEvent struct {
	N, Of   int
	Address spec.Address
	Op      plan.Op
	Outcome StepOutcome
	Reason  Reason
}

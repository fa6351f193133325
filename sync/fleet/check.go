package fleet

import (
	"slices"

	"makesync/sync/exit"
)

// DiagnosisFormat is the version of the JSON form of a diagnosis.
const DiagnosisFormat = "makesync.doctor/v1"

// CheckState is how a check came out.
type CheckState string

// The states of checks. Skipped ones could not be made, or have nothing to look at.
const (
	CheckOK      CheckState = "ok"
	CheckWarning CheckState = "warning"
	CheckFailed  CheckState = "failed"
	CheckSkipped CheckState = "skipped"
)

// Check is one thing that was looked at before a run. Zone and Organization are empty where it is
// about neither; Fix says what to do.
type Check struct {
	Name         string     `json:"name"`
	Zone         string     `json:"zone"`
	Organization string     `json:"organization"`
	State        CheckState `json:"state"`
	Message      string     `json:"message"`
	Fix          string     `json:"fix"`
}

// Diagnosis is what `doctor` found.
type Diagnosis struct {
	Format string    `json:"format"`
	Checks []Check   `json:"checks"`
	Exit   exit.Code `json:"exit"`
}

// checkExits are the exits of checks that failed, by name, in the order in which checks are shown.
var checkExits = []struct {
	name   string
	failed exit.Code
}{
	{"documents", exit.Invalid},
	{"references", exit.Invalid},
	{"state", exit.Internal},
	{"lock", exit.Internal},
	{"seal", exit.Internal},
	{"zone", exit.Unreachable},
	{"tls", exit.Unreachable},
	{"proxy", exit.Unreachable},
	{"clock", exit.Unreachable},
	{"token", exit.Refused},
	{"scopes", exit.Refused},
	{"rate-limit", exit.Unreachable},
	{"two-factor", exit.Refused},
	{"organizations", exit.Invalid},
	{"rights", exit.Refused},
	{"licence", exit.Refused},
	{"names", exit.Invalid},
	{"contract", exit.Unreachable},
}

// CheckNames are the names of the checks, in the order in which they are shown.
func CheckNames() []string {
	names := make([]string, len(checkExits))
	for i, c := range checkExits {
		names[i] = c.name
	}
	return names
}

// NewDiagnosis puts checks into order, those of a zone together, and gives the exit: that of the
// failed check that goes first.
func NewDiagnosis(checks []Check) *Diagnosis {
	d := &Diagnosis{Format: DiagnosisFormat, Checks: slices.Clone(checks), Exit: exit.OK}
	if d.Checks == nil {
		d.Checks = []Check{}
	}
	slices.SortStableFunc(d.Checks, compareChecks)
	exits := []exit.Code{exit.OK}
	for _, check := range d.Checks {
		for _, row := range checkExits {
			if row.name == check.Name && check.State == CheckFailed {
				exits = append(exits, row.failed)
			}
		}
	}
	d.Exit = exit.Worst(exits...)
	return d
}

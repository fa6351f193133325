package command

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/savedplan"
)

// sealVariable holds the key by which plans are sealed.
const sealVariable = "MAKESYNC_SEAL_KEY"

// sealKey is that key; empty without one.
func sealKey(env Env) spec.Value { return spec.Sensitive(env.lookup(sealVariable)) }

// trustOf says who vouches for a plan that was read from a file.
func trustOf(p *plan.Plan, env Env) render.FileTrust {
	switch {
	case p.Seal == plan.Unsealed:
		return render.FileUnsealed
	case sealKey(env).IsZero():
		return render.FileUnchecked
	}
	return ""
}

// unsavableExits are those of plans that leave no file, beside those that a signal stopped: nothing
// was planned, or it may not be applied.
var unsavableExits = []exit.Code{exit.Invalid, exit.Refused, exit.Unreachable}

// savePlan writes the file of -o, "" for none, and tells whether it did.
func savePlan(r *runtimeEnv, p *plan.Plan, out string) (saved bool, err error) {
	if out == "" || p.Exit.Stopped() || slices.Contains(unsavableExits, p.Exit) {
		return false, nil
	}
	data, problems := savedplan.Encode(p, sealKey(r.Env))
	if len(problems) > 0 {
		p.Problems = append(p.Problems, problems...)
		p.Exit = exit.Invalid
		return false, nil
	}
	if err := r.files.put(output{"--out", out, savedPlan}, data); err != nil {
		return false, err
	}
	return true, nil
}

// emptySealKey is a key that has got lost on the way, as in a job whose own variable is missing: it
// must not let through what the key would refuse.
var emptySealKey = *savedplan.FileProblem("plan-seal", sealVariable+" is set and empty, and fits no plan",
	"give it its value, or unset it to let plans go without a seal")

// loadPlan reads the file of a saved plan and checks its seal. It is errInvalid when the problems
// say what is wrong with it.
func loadPlan(path string, env Env) (*plan.Plan, []spec.Problem, error) {
	if key, set := env.LookupEnv(sealVariable); set && strings.TrimSpace(key) == "" {
		return nil, []spec.Problem{emptySealKey}, errInvalid
	}
	data, err := history.LoadPlan(path)
	if err != nil {
		return nil, nil, failure{exit: exit.Invalid, message: err.Error()}
	}
	saved, problems := savedplan.Decode(data, sealKey(env))
	switch {
	case len(problems) == 0:
		return saved, nil, nil
	case problems[0].Rule == savedplan.RuleFormer:
		return nil, problems, errStale
	}
	return nil, problems, errInvalid
}

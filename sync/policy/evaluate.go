package policy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
)

// interruptEvery is after how many rounds of a comprehension the context is looked at.
const interruptEvery = 64

// Input is what policies judge.
type Input struct {
	// Plan is the plan's JSON form as encoding/json decodes it, with or without UseNumber. Evaluate
	// turns it into what expressions see.
	Plan map[string]any
	// Organizations are further keys of `organization`, by the organization's key: members (see
	// Members), credits, … as far as Set.Reads names them.
	Organizations map[string]map[string]any
	// Unread names, by the organization's key, those of the further keys that could not be read.
	Unread map[string][]string
	// Part: the plan is a part of a whole, as that of a shard. A policy that looks at the plan
	// beyond its subject, and not at plan.shard, cannot be judged on it.
	Part bool
	// Unsealed: the plan was read from a file whose seal nobody has checked. A policy that looks at
	// what only the file can know, such as step.source, cannot be judged on it.
	Unsealed bool
	// Budget is what the policies of documents may spend; nil: one of its own.
	Budget *Budget
	// Now is the variable `now`.
	Now time.Time
}

// Member is a person of an organization as it is after the plan.
type Member struct {
	Email string
	Role  string // its name, such as Admin
	// Invitation is "" for who has accepted, else pending, expired or what the zone says.
	Invitation string
	// TFA tells whether two-factor authentication is on; nil: unknown.
	TFA *bool
}

// Members is the value of the key members of Input.Organizations.
func Members(members []Member) []any {
	list := make([]any, 0, len(members))
	for _, m := range members {
		value := map[string]any{"email": m.Email, "role": m.Role, "invitation": m.Invitation}
		if m.TFA != nil {
			value["tfa"] = *m.TFA
		}
		list = append(list, value)
	}
	return list
}

// Result is one policy that is broken by one subject.
type Result struct {
	ID string  `json:"id"`
	On Subject `json:"on"`
	// Address is the organization's key or the step's address; empty for the plan, and for a policy
	// that failed as a whole.
	Address string `json:"address,omitempty"`
	// Step is the step's number in the plan; 0: the subject is no step.
	Step     int      `json:"step,omitempty"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	From     From     `json:"-"`
	// Path is where the policy stands in its file.
	Path    string `json:"-"`
	Trusted bool   `json:"trusted,omitempty"`
	// Failed says why the policy could not be judged; its severity then is error.
	Failed string `json:"failed,omitempty"`
	// Unread is what the policy needs and could not be read; the subject then is held.
	Unread []Unread `json:"unread,omitempty"`
	// Partial: the policy counts over the plan, and only a part of it is at hand; the subject then
	// is held.
	Partial bool `json:"partial,omitempty"`
	// Hidden: the policy looks at a value that the plan does not show; the subject then is held.
	Hidden bool `json:"hidden,omitempty"`
	// Unsealed is what the policy looks at and only the unsealed file of the plan says; the subject
	// then is held.
	Unsealed []string `json:"unsealed,omitempty"`
	// Suppressed: the result is shown and has no effect.
	Suppressed *Suppressed `json:"suppressed,omitempty"`
}

// Unread is a key of an organization, such as members, that could not be read.
type Unread struct {
	Organization string `json:"organization"` // its key in the documents
	Key          string `json:"key"`
}

// Verdict is what a set says of a plan.
type Verdict struct {
	// Results are sorted: worst first, then by id, then in the order of the plan.
	Results []Result `json:"results"`
	// Notes are about suppressions that do not count.
	Notes []Note `json:"notes,omitempty"`
	// Evaluated counts the pairs of policy and subject that were judged.
	Evaluated int `json:"evaluated"`
}

// Worst is the worst severity that has effect; empty: the plan breaks no policy.
func (v Verdict) Worst() Severity {
	for _, r := range v.Results { // worst first
		if r.Suppressed == nil {
			return r.Severity
		}
	}
	return ""
}

// subject is one organization, step or plan with its variables.
type subject struct {
	address string
	id      int64    // of its organization; 0: it is new, or the plan
	keys    []string // of its organization; for the plan of all
	step    int
	vars    map[string]any
}

// Evaluate judges a plan. An error says that there is no verdict: the plan is none, or the context
// has ended; neither is a pass.
func (s *Set) Evaluate(ctx context.Context, in Input) (Verdict, error) {
	subjects, values, err := in.subjects()
	if err != nil {
		return Verdict{}, err
	}
	var v Verdict
	limit := limitOf(values)
	shared := in.Budget.share(values, limit)
	for _, r := range s.rules {
		if shared.budget.tooDear[r.ID] {
			continue
		}
		j := judge{rule: r, in: in, limit: limit, room: mostResults - len(v.Results)}
		if !r.From.Trusted {
			j.limit = min(limit, shared.left)
		}
		results, err := j.all(ctx, subjects[r.On])
		if err != nil {
			return Verdict{}, fmt.Errorf("judge policy %s: %w", r.ID, err)
		}
		if !r.From.Trusted {
			shared.spend(j.spent)
		}
		if j.spent > limit {
			shared.budget.tooDear[r.ID] = true
		}
		v.Evaluated += j.evaluated
		v.Results = append(v.Results, results...)
		v.Notes = append(v.Notes, r.notes(in.Now)...)
	}
	slices.SortStableFunc(v.Results, func(a, b Result) int {
		return cmp.Or(a.Severity.rank()-b.Severity.rank(), strings.Compare(a.ID, b.ID))
	})
	return v, nil
}

// Notes are about suppressions that do not count at a time.
func (s *Set) Notes(now time.Time) (notes []Note) {
	for _, r := range s.rules {
		notes = append(notes, r.notes(now)...)
	}
	return notes
}

// judge is one policy at work on a plan.
type judge struct {
	*rule
	in        Input
	limit     uint64 // of cost, over all subjects
	room      int    // for results
	spent     uint64
	evaluated int
}

func (j *judge) all(ctx context.Context, subjects []subject) ([]Result, error) {
	when, err := program(j.when, j.limit)
	if err != nil {
		return []Result{j.failure(subject{}, err)}, nil
	}
	require, err := program(j.require, j.limit)
	if err != nil {
		return []Result{j.failure(subject{}, err)}, nil
	}
	var results []Result
	for i, s := range subjects {
		if j.spent >= j.limit {
			err := fmt.Errorf(
				"it costs more than %d, and was not judged for %d further subjects",
				j.limit,
				len(subjects)-i,
			)
			return append(results, j.failure(subject{}, err)), nil
		}
		if len(results) >= j.room {
			err := fmt.Errorf("it is broken too often: all policies together may be by %d subjects", mostResults)
			return append(results, j.failure(subject{}, err)), nil
		}
		result, err := j.one(ctx, s, when, require)
		if err != nil {
			return nil, err
		}
		if result != nil {
			j.spent += costPerResult
			results = append(results, *result)
		}
	}
	return results, nil
}

// one judges one subject; nil: the policy is not broken by it. What is unknown counts only where
// somebody looks at it: not in `require` where `when` is false.
func (j *judge) one(ctx context.Context, s subject, when, require cel.Program) (*Result, error) {
	j.evaluated++
	j.spent += costPerSubject
	applies, passes := true, false
	var err error
	if result := j.unknown(s, j.whenReads); result != nil {
		return result, nil
	}
	if when != nil {
		applies, err = j.evaluate(ctx, when, s.vars)
	}
	if err == nil && applies {
		if result := j.unknown(s, j.requireReads); result != nil {
			return result, nil
		}
		passes, err = j.evaluate(ctx, require, s.vars)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, errHidden):
		result := j.notKnown(s)
		result.Hidden = true
		return &result, nil
	case err != nil:
		result := j.failure(s, err)
		return &result, nil
	case !applies, passes:
		return nil, nil
	}
	result := j.result(s, j.Severity)
	return &result, nil
}

// unknown is the result where an expression looks at what is not known; nil: at nothing such.
func (j *judge) unknown(s subject, reads reads) *Result {
	unread := j.unread(s, reads.keys)
	partial := j.in.Part && reads.whole && !j.knowsParts()
	var words []string
	if j.in.Unsealed {
		words = reads.words
	}
	if len(unread)+len(words) == 0 && !partial {
		return nil
	}
	result := j.notKnown(s)
	result.Unread, result.Partial, result.Unsealed = unread, partial, words
	return &result
}

// notKnown is the result where nobody knows whether the policy is broken.
func (j *judge) notKnown(s subject) Result {
	severity := j.Severity
	if severity == Error {
		severity = Hold
	}
	return j.result(s, severity)
}

func (j *judge) result(s subject, severity Severity) Result {
	return Result{
		ID: j.ID, On: j.On, Address: s.address, Step: s.step, Severity: severity, Message: j.message,
		From: j.From, Path: j.Path, Trusted: j.From.Trusted, Suppressed: j.suppressedBy(s.address, s.id, j.in.Now),
	}
}

// failure is never suppressed: nobody knows what the policy would have said.
func (j *judge) failure(s subject, err error) Result {
	result := j.result(s, Error)
	result.Failed, result.Suppressed = describeFailure(err), nil
	return result
}

// failures are what evaluating may say of itself, by the beginnings of CEL's texts and of ours.
// What follows them is left out: an expression may have made it of values, and a document could so
// print what it must not see.
var failures = []struct{ begins, words string }{
	{"no such key", "no such key, ask with has() first"},
	{"no such attribute", "no such key, ask with has() first"},
	{"no such overload", "values of such types do not go together"},
	{"found no matching overload", "values of such types do not go together"},
	{"index out of bounds", "a list has no item of that number"},
	{"division by zero", "it divides by 0"},
	{"modulus by zero", "it divides by 0"},
	{"integer overflow", "a number is too large"},
	{"operation cancelled: actual cost", "it costs too much"},
	{"it costs more than ", ""},
	{"it is broken too often", ""},
	{"a text of ", "a text is longer than 16384 bytes"},
	{"flatten makes", "a list is too long"},
	{"it gives ", "it gives neither true nor false"},
	{"it cannot be planned", "it cannot be planned"},
}

// describeFailure says why an expression has failed, without any value.
func describeFailure(err error) string {
	for ; err != nil; err = errors.Unwrap(err) {
		for _, f := range failures {
			rest, ok := strings.CutPrefix(err.Error(), f.begins)
			switch {
			case ok && f.words == "": // our own words, about numbers of ours
				return err.Error()
			case ok:
				return f.words + knownKey(rest)
			}
		}
	}
	return "the expression fails on these values"
}

// knownKey is ": KEY" where an error is about one of the keys that plans have.
func knownKey(rest string) string {
	for _, keys := range fieldTypes {
		if key := strings.TrimPrefix(rest, ": "); keys[key] != "" {
			return ": " + key
		}
	}
	return ""
}

// unread is what an expression reads and could not be read.
func (j *judge) unread(s subject, keys []string) (lacking []Unread) {
	if len(j.in.Unread) == 0 {
		return nil
	}
	for _, organization := range s.keys {
		for _, key := range keys {
			if slices.Contains(j.in.Unread[organization], key) {
				lacking = append(lacking, Unread{organization, key})
			}
		}
	}
	return lacking
}

// evaluate runs a program and adds up what it costs.
func (j *judge) evaluate(ctx context.Context, p cel.Program, vars map[string]any) (bool, error) {
	value, cost, err := run(ctx, p, vars)
	j.spent += cost
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		j.spent = j.limit + 1
		return false, fmt.Errorf("it costs more than %d", j.limit)
	}
	return value, err
}

// run gives the value of a program and what it has cost. Anything but true and false is an error.
func run(ctx context.Context, p cel.Program, vars map[string]any) (value bool, cost uint64, err error) {
	if err := ctx.Err(); err != nil {
		return false, 0, err
	}
	out, details, err := p.ContextEval(ctx, vars)
	if details != nil && details.ActualCost() != nil {
		cost = *details.ActualCost()
	}
	if err != nil {
		return false, cost, err
	}
	b, ok := out.(types.Bool)
	if !ok {
		return false, cost, fmt.Errorf("it gives %s, not true or false", out.Type().TypeName())
	}
	return bool(b), cost, nil
}

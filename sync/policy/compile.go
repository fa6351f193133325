package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Bounds of one expression, besides maxExpression.
const (
	maxDepth         = 50   // of brackets and calls within each other
	maxNodes         = 5000 // after macros have been expanded
	maxNesting       = 3    // of all, exists, map, filter within each other
	maxRegexProgram  = 250  // instructions of a regular expression
	maxFailuresShown = 5    // of one expression
)

// stringsVersion is pinned, so that a newer library changes no expression.
const stringsVersion = 5

// newEnv makes the language of expressions that see these variables.
func newEnv(variables map[string]string) (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{
		cel.CustomTypeAdapter(registry), cel.CustomTypeProvider(provider{registry}),
		cel.CrossTypeNumericComparisons(true), cel.DefaultUTCTimeZone(true),
		ext.Strings(ext.StringsVersion(stringsVersion)), flattenFunction(),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ParserRecursionLimit(maxDepth),
		cel.ParserErrorRecoveryLimit(maxFailuresShown),
		cel.ExpressionNodeLimit(maxNodes), cel.RegexProgramSizeLimit(maxRegexProgram),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(),
			cel.ValidateComprehensionNestingLimit(maxNesting)),
	}
	for _, name := range sortedKeys(variables) {
		options = append(options, cel.Variable(name, shapeOf(variables[name]).cel))
	}
	return cel.NewEnv(options...)
}

// environments are made when they are first needed, since making one costs milliseconds.
var environments = map[Subject]func() (*cel.Env, error){
	OnOrganization: sync.OnceValues(func() (*cel.Env, error) { return newEnv(variables[OnOrganization]) }),
	OnStep:         sync.OnceValues(func() (*cel.Env, error) { return newEnv(variables[OnStep]) }),
	OnPlan:         sync.OnceValues(func() (*cel.Env, error) { return newEnv(variables[OnPlan]) }),
}

// expression is one that has been checked.
type expression struct {
	env  *cel.Env
	tree *cel.Ast
}

// compileExpression checks a text that must give true or false. Problems have no path yet.
func compileExpression(env *cel.Env, text string) (e *expression, problems []Problem) {
	defer func() { // a hostile text must never end the process
		if recover() != nil {
			e, problems = nil, []Problem{{Message: "the expression cannot be read"}}
		}
	}()
	if strings.TrimSpace(text) == "" {
		return nil, []Problem{{Message: "the expression is empty"}}
	}
	tree, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, describeIssues(issues.Errors())
	}
	if !tree.OutputType().IsExactType(cel.BoolType) {
		return nil, []Problem{{
			Message: "the expression gives " + tree.OutputType().String() + ", not true or false",
			Hint:    "compare it with something, as in x == true",
		}}
	}
	if problems := append(checkLanguage(tree), checkWords(tree)...); len(problems) > 0 {
		return nil, problems[:min(len(problems), maxFailuresShown)]
	}
	return &expression{env, tree}, nil
}

func describeIssues(failures []*common.Error) []Problem {
	slices.SortStableFunc(failures, func(a, b *common.Error) int {
		lines := cmp.Compare(a.Location.Line(), b.Location.Line())
		return cmp.Or(lines, cmp.Compare(a.Location.Column(), b.Location.Column()))
	})
	var problems []Problem
	for i, failure := range failures {
		if i == maxFailuresShown {
			problems = append(
				problems,
				Problem{Message: fmt.Sprintf("%d further mistakes in this expression", len(failures)-i)},
			)
			break
		}
		message := shown(strings.ReplaceAll(failure.Message, " (in container '')", ""))
		problem := Problem{Message: message, Hint: hintFor(message)}
		if line := failure.Location.Line(); line > 0 {
			problem.Line, problem.Column = line, max(failure.Location.Column(), 0)+1
		}
		problems = append(problems, problem)
	}
	return problems
}

// hintFor reads CEL's messages, as the library has no codes for them. A message that is worded
// otherwise in a later version costs the hint only.
func hintFor(message string) string {
	mixed := strings.Contains(message, "int") && strings.Contains(message, "double")
	switch {
	case strings.HasPrefix(message, "undefined field"):
		return "`makesync help policies` lists the keys"
	case strings.HasPrefix(message, "undeclared reference"):
		return "`on` decides which of organization, step, plan and now there are"
	case strings.Contains(message, "no matching overload") && mixed:
		return "counts are whole numbers, money and credits are not: write double(…) or 1.0"
	}
	return ""
}

// Set is policies that have been compiled: those of trusted files first, then by id.
type Set struct{ rules []*rule }

// rule is a compiled policy.
type rule struct {
	Policy
	when    *expression // nil: always
	require *expression
	lifts   []lift
	message string // as it is shown

	whenReads, requireReads reads
}

// Compile checks policies of all files together. With any problem there is no set, so that a policy
// that cannot be read is never passed over.
func Compile(policies []Policy) (*Set, []Problem) {
	policies, problems := uniqueIDs(policies)
	if n := countUntrusted(policies); n > maxPolicies {
		message := fmt.Sprintf("the documents have %d policies together, and at most %d are judged", n, maxPolicies)
		hint := "move policies to the file of --guards"
		return nil, append(problems, Problem{Path: "policies", Message: message, Hint: hint})
	}
	set := &Set{}
	for _, p := range policies {
		r, found := compileRule(p)
		problems = append(problems, found...)
		set.rules = append(set.rules, r)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return set, nil
}

// uniqueIDs sorts policies, drops one that two trusted files state word by word, and finds ids that
// are used twice.
func uniqueIDs(policies []Policy) (unique []Policy, problems []Problem) {
	policies = slices.Clone(policies)
	slices.SortStableFunc(policies, func(a, b Policy) int {
		return cmp.Or(trustRank(a)-trustRank(b), strings.Compare(a.ID, b.ID))
	})
	first := map[string]Policy{}
	for _, p := range policies {
		earlier, taken := first[p.ID]
		switch {
		case !taken:
			first[p.ID] = p
			unique = append(unique, p)
		case earlier.From.Trusted && p.From.Trusted && samePolicy(earlier, p):
		default:
			problems = append(problems, takenID(earlier, p))
		}
	}
	return unique, problems
}

func countUntrusted(policies []Policy) (n int) {
	for _, p := range policies {
		n += trustRank(p)
	}
	return n
}

func trustRank(p Policy) int {
	if p.From.Trusted {
		return 0
	}
	return 1
}

func takenID(earlier, p Policy) Problem {
	at := strings.TrimPrefix(earlier.From.Origin+" "+earlier.Path, " ")
	problem := p.problem("id", "the id "+p.ID+" is also used at "+at)
	problem.Hint = "give it another id"
	if earlier.From.Trusted && !p.From.Trusted {
		problem.Message = "the id " + p.ID + " belongs to a trusted policy of " + earlier.From.Origin
		problem.Hint = "documents only add policies: they can neither replace nor suppress a trusted one"
	}
	return problem
}

// problem is one at a key of the policy.
func (p Policy) problem(key, message string) Problem {
	return Problem{Origin: p.From.Origin, List: p.From.List, Path: p.Path + "." + key, Message: message}
}

func compileRule(p Policy) (*rule, []Problem) {
	environment, known := environments[p.On]
	if !known {
		return nil, []Problem{p.problem("on", "there is no such subject")}
	}
	env, err := environment()
	if err != nil {
		return nil, []Problem{p.problem("on", "the expression language cannot be set up: "+err.Error())}
	}
	r := &rule{Policy: p, message: shown(p.Message)}
	var problems []Problem
	compile := func(key, text string) *expression {
		e, found := compileExpression(env, text)
		for _, problem := range found {
			problem.Origin, problem.List, problem.Path = p.From.Origin, p.From.List, p.Path+"."+key
			problems = append(problems, problem)
		}
		return e
	}
	if p.When != "" {
		r.when = compile("when", p.When)
	}
	r.require = compile("require", p.Require)
	r.whenReads, r.requireReads = readsOf(r.when), readsOf(r.require)
	lifts, found := readLifts(p)
	r.lifts = lifts
	return r, append(problems, found...)
}

package policy

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// CEL counts what a call has cost after it, so one call whose work grows faster than what goes in
// can do harm before. This file leaves those out: of CEL's functions only the listed ones are
// there, texts have a greatest length, comparing is for scalars, lists are not added, and regular
// expressions are written out, so that their size is known. What remains is bounded by the cost.

// functions are what expressions may call, besides operators and the macros has, all, exists,
// exists_one, map and filter. Each does work in proportion to its arguments and its result.
var functions = strings.Fields(`
	size contains startsWith endsWith matches split substring charAt trim lowerAscii upperAscii flatten
	int uint double string bool type timestamp duration
	getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds
	getMilliseconds`)

// callable operators; the others of CEL are named by rules of their own.
var callable = []string{
	operators.Conditional, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse,
	operators.Equals, operators.NotEquals,
	operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate,
	operators.Index, operators.In,
}

// checkLanguage finds what CEL has and this language has not.
func checkLanguage(tree *cel.Ast) (problems []Problem) {
	native := tree.NativeRep()
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		message, hint := "", ""
		switch e.Kind() {
		case ast.StructKind:
			message, hint = "objects cannot be made here", "compare their keys one by one"
		case ast.CallKind:
			message, hint = checkCall(native, e)
		}
		if message != "" {
			problems = append(problems, problemAt(native, e, message, hint))
		}
	}))
	return problems[:min(len(problems), maxFailuresShown)]
}

// problemAt is a mistake at a part of an expression, whose place counts from 1.
func problemAt(native *ast.AST, e ast.Expr, message, hint string) Problem {
	at := native.SourceInfo().GetStartLocation(e.ID())
	return Problem{Line: max(at.Line(), 1), Column: max(at.Column(), 0) + 1, Message: message, Hint: hint}
}

func checkCall(native *ast.AST, e ast.Expr) (message, hint string) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	isAggregate := func(arg ast.Expr) bool { return !isScalar(native.GetType(arg.ID())) }
	switch {
	case !slices.Contains(functions, name) && !slices.Contains(callable, name):
		return "the function " + shown(name) + " is not known here", "there are " + strings.Join(functions, ", ")
	case name == operators.Add && isAggregate(e) && !isAccumulator(args[0]):
		return "only numbers, texts and times are added", "make one list of lists with [a, b].flatten()"
	case (name == operators.Equals || name == operators.NotEquals) && isAggregate(args[0]) && isAggregate(args[1]):
		return "only texts, numbers, booleans and times are compared",
			"compare keys or size(), or say the type: string(a) == string(b)"
	case name == operators.In && isAggregate(args[0]):
		return "only texts, numbers, booleans and times are looked up", "say the type, as in string(a) in b"
	case name == "matches" && args[len(args)-1].Kind() != ast.LiteralKind:
		return "the pattern of matches has to be written out",
			"write a text in quotes; startsWith and contains take any text"
	}
	return "", ""
}

// isAccumulator knows the list that a macro builds, whose name no expression can use.
func isAccumulator(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && strings.HasPrefix(e.AsIdent(), "@")
}

func isScalar(t *types.Type) bool {
	switch t.Kind() {
	case types.BoolKind, types.IntKind, types.UintKind, types.DoubleKind, types.StringKind, types.BytesKind,
		types.TimestampKind, types.DurationKind, types.NullTypeKind, types.TypeKind:
		return true
	}
	return false
}

// maxText is the greatest length of a text that an expression reads or makes, in bytes. Reading a
// longer one is an error.
const maxText = 16 << 10

func tooLong(text string) *types.Err {
	return types.NewErr("a text of %d bytes is longer than %d", len(text), maxText).(*types.Err)
}

// boundTexts makes every call whose result is too long a text an error.
func boundTexts(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	if call, ok := i.(interpreter.InterpretableCall); ok {
		return boundedCall{call}, nil
	}
	return i, nil
}

type boundedCall struct{ interpreter.InterpretableCall }

// Exec runs the call.
func (c boundedCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return boundText(c.InterpretableCall.Exec(frame))
}

// Eval runs the call.
func (c boundedCall) Eval(vars interpreter.Activation) ref.Val {
	return boundText(c.InterpretableCall.Eval(vars))
}

func boundText(value ref.Val) ref.Val {
	if text, ok := value.(types.String); ok && len(text) > maxText {
		return tooLong(string(text))
	}
	return value
}

// maxFlattened is how many items flatten makes.
const maxFlattened = 100_000

// flattenFunction makes one list of a list of lists.
func flattenFunction() cel.EnvOption {
	item := cel.TypeParamType("T")
	lists, list := cel.ListType(cel.ListType(item)), cel.ListType(item)
	return cel.Function(
		"flatten",
		cel.MemberOverload("list_flatten", []*cel.Type{lists}, list, cel.UnaryBinding(flatten)),
	)
}

func flatten(value ref.Val) ref.Val {
	var all []ref.Val
	for lists := value.(traits.Lister).Iterator(); lists.HasNext() == types.True; {
		list, ok := lists.Next().(traits.Lister)
		if !ok {
			return types.MaybeNoSuchOverloadErr(value)
		}
		if size, _ := list.Size().(types.Int); len(all)+int(size) > maxFlattened {
			return types.NewErr("flatten makes at most %d items", maxFlattened)
		}
		for items := list.Iterator(); items.HasNext() == types.True; {
			all = append(all, items.Next())
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, all)
}

// Costs of calls beyond one for each.
const (
	bytesPerCost    = 8   // of texts that go in or come out
	costOfMatchByte = 1   // of a text that is matched, and of its pattern
	costOfTimeZone  = 500 // a time zone is looked up by name
)

// meter prices calls by their work. CEL's own prices take some conversions of texts for free.
type meter struct{}

// CallCost is the price of one call; nil leaves it to CEL.
func (meter) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	if function == operators.In {
		return nil
	}
	cost := uint64(1)
	for _, value := range append([]ref.Val{result}, args...) {
		text, ok := value.(types.String)
		switch {
		case ok && function == "matches":
			cost += costOfMatchByte * uint64(len(text))
		case ok:
			cost += uint64(len(text)) / bytesPerCost
		}
	}
	if list, ok := result.(traits.Lister); ok {
		size, _ := list.Size().(types.Int)
		cost += uint64(size)
	}
	if strings.HasPrefix(function, "get") && len(args) > 1 {
		cost += costOfTimeZone
	}
	return &cost
}

// program plans an expression under a limit of cost. A missing expression has none.
func program(e *expression, limit uint64) (cel.Program, error) {
	if e == nil {
		return nil, nil
	}
	p, err := e.env.Program(e.tree, cel.CostLimit(limit), cel.CostTracking(meter{}),
		cel.CustomDecoratorV2(boundTexts), cel.CustomDecoratorV2(guardHidden),
		cel.InterruptCheckFrequency(interruptEvery), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("it cannot be planned: %w", err)
	}
	return p, nil
}

package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// Where is a condition on organizations of `status`, in the language of policies. Its variables are
// the keys of one organization's JSON, and `now`.
type Where struct {
	program cel.Program
	reads   []string
}

var rowVariables = sync.OnceValue(func() map[string]string {
	all := map[string]string{"now": "timestamp"}
	for key, notation := range fieldTypes["Row"] {
		all[key] = notation
	}
	return all
})

var rowEnvironment = sync.OnceValues(func() (*cel.Env, error) { return newEnv(rowVariables()) })

// rowCost is what one organization may cost.
const rowCost = 100_000

// CompileWhere checks a condition. Problems have positions within the text, and no path.
func CompileWhere(text string) (*Where, []Problem) {
	env, err := rowEnvironment()
	if err != nil {
		return nil, []Problem{{Message: "the expression language cannot be set up: " + err.Error()}}
	}
	e, problems := compileExpression(env, text)
	if len(problems) > 0 {
		return nil, problems
	}
	p, err := program(e, rowCost)
	if err != nil {
		return nil, []Problem{{Message: shown(err.Error())}}
	}
	return &Where{p, topLevel(e.tree)}, nil
}

// topLevel lists the variables that an expression names.
func topLevel(tree *cel.Ast) []string {
	found := map[string]bool{}
	ast.PreOrderVisit(tree.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && fieldTypes["Row"][e.AsIdent()] != "" {
			found[e.AsIdent()] = true
		}
	}))
	return sortedKeys(found)
}

// Reads lists the keys of an organization that the condition names, sorted, so that the caller
// knows what to read.
func (w *Where) Reads() []string { return w.reads }

// Selection is what a condition selects of rows.
type Selection struct {
	Rows []int // indexes, ascending
	// Missing are the rows that lack a key on which the condition depends; they are not selected.
	Missing []int
}

// Select judges rows, each the JSON of one organization. An error is about the condition or the
// context: then nothing is selected.
func (w *Where) Select(ctx context.Context, rows []map[string]any, now time.Time) (Selection, error) {
	var s Selection
	for i, row := range rows {
		var c converter
		vars, err := c.convert(shapeOf("Row"), row)
		if err != nil {
			return Selection{}, fmt.Errorf("read organization %d: %w", i+1, within("row", err))
		}
		vars.(map[string]any)["now"] = now.UTC()
		switch matches, _, err := run(ctx, w.program, vars.(map[string]any)); {
		case ctx.Err() != nil:
			return Selection{}, context.Cause(ctx)
		case isMissing(err):
			s.Missing = append(s.Missing, i)
		case err != nil:
			return Selection{}, fmt.Errorf("judge organization %d: %s", i+1, shown(err.Error()))
		case matches:
			s.Rows = append(s.Rows, i)
		}
	}
	return s, nil
}

// isMissing reads CEL's texts, as its error for a missing key is not exported. The other errors of
// evaluating begin otherwise.
func isMissing(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.HasPrefix(err.Error(), "no such key: ") || strings.HasPrefix(err.Error(), "no such attribute") {
			return true
		}
	}
	return false
}

package policy

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Reads lists the keys of `organization` that the policies may read and that no plan holds, sorted:
// members, credits, … The caller reads them before it evaluates, and says which policies want it.
func (s *Set) Reads() []string {
	var all []string
	for _, r := range s.rules {
		all = append(all, r.keys...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Readers lists the ids of the policies that may read a key of `organization`, in the set's order.
func (s *Set) Readers(key string) (ids []string) {
	for _, r := range s.rules {
		if slices.Contains(r.keys, key) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func readsOf(expressions ...*expression) []string {
	found := map[string]bool{}
	for _, e := range expressions {
		if e != nil {
			collectReads(e.tree, found)
		}
	}
	return sortedKeys(found)
}

// collectReads walks a checked expression. What it selects from an organization is known by type,
// so that a name given to one inside a comprehension hides nothing. A value of unknown type may be
// one too: then every such key counts that is selected from it, and all of them where the key is
// computed.
func collectReads(tree *cel.Ast, found map[string]bool) {
	native := tree.NativeRep()
	further := shapes()["Organization"].fields
	add := func(key string) {
		if _, ok := further[key]; ok && !planKeys[key] {
			found[key] = true
		}
	}
	mayBeOrganization := func(e ast.Expr) bool {
		t := native.GetType(e.ID())
		return t == nil || t.Kind() == types.DynKind || t.TypeName() == "Organization"
	}
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch {
		case e.Kind() == ast.SelectKind && mayBeOrganization(e.AsSelect().Operand()):
			add(e.AsSelect().FieldName())
		case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index:
			if args := e.AsCall().Args(); mayBeOrganization(args[0]) {
				addIndexed(args[1], add)
			}
		}
	}))
}

func addIndexed(index ast.Expr, add func(string)) {
	if index.Kind() == ast.LiteralKind {
		if key, ok := index.AsLiteral().Value().(string); ok {
			add(key)
		}
		return
	}
	for _, key := range sortedKeys(shapes()["Organization"].fields) {
		add(key)
	}
}

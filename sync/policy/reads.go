package policy

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// reads are what an expression looks at beyond its subject's part of the plan.
type reads struct {
	keys  []string // see Set.Reads
	whole bool     // sums and lists over all organizations of the plan
	shard bool     // plan.shard: it knows that the plan may be a part
	words []string // keys of ownWords, as Step.source
}

// Reads lists the keys of `organization` that the policies may read and that no plan holds, sorted:
// members, credits, … The caller reads them before it evaluates, and says which policies want it.
func (s *Set) Reads() []string {
	var all []string
	for _, r := range s.rules {
		all = append(append(all, r.whenReads.keys...), r.requireReads.keys...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Readers lists the ids of the policies that may read a key of `organization`, in the set's order.
func (s *Set) Readers(key string) (ids []string) {
	for _, r := range s.rules {
		if slices.Contains(r.whenReads.keys, key) || slices.Contains(r.requireReads.keys, key) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// knowsParts tells whether the policy looks at plan.shard.
func (r *rule) knowsParts() bool { return r.whenReads.shard || r.requireReads.shard }

func readsOf(e *expression) (r reads) {
	if e == nil {
		return r
	}
	found := map[string]bool{}
	collectReads(e.tree, found)
	r.keys = sortedKeys(found)
	r.whole, r.shard = readsOfPlan(e.tree)
	r.words = readsOfWords(e.tree)
	return r
}

// ownWords are the keys by which a plan tells of its making, beside its steps and what is checked
// with these. Nobody can look up whether a file says the truth there.
var ownWords = map[string][]string{
	"Step":         {"lastChange", "source"},
	"Organization": {"apiLimit", "notRead", "unchanged", "unmanaged", "unmanagedAddresses"},
	"Plan": {"calls", "created", "expires", "notLookedInto", "rules", "rulesDigest", "stillHasAccess", "tool",
		"unmanaged"},
	"Summary": {"unchanged"},
}

// readsOfWords lists the keys of ownWords at which an expression looks, sorted. Of a value of
// unknown type each key may be one, and so may a computed key.
func readsOfWords(tree *cel.Ast) (words []string) {
	native := tree.NativeRep()
	add := func(operand ast.Expr, is func(key string) bool) {
		t := native.GetType(operand.ID())
		for object, keys := range ownWords {
			if t != nil && t.Kind() != types.DynKind && t.TypeName() != object {
				continue
			}
			place := strings.ToLower(object)
			if object == "Summary" {
				place = "plan.summary"
			}
			for _, key := range keys {
				if name := place + "." + key; is(key) && !slices.Contains(words, name) {
					words = append(words, name)
				}
			}
		}
	}
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch {
		case e.Kind() == ast.SelectKind:
			add(e.AsSelect().Operand(), func(key string) bool { return key == e.AsSelect().FieldName() })
		case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index:
			literal := e.AsCall().Args()[1]
			add(e.AsCall().Args()[0], func(key string) bool {
				return literal.Kind() != ast.LiteralKind || literal.AsLiteral().Value() == key
			})
		}
	}))
	slices.Sort(words)
	return words
}

// sameInParts are the keys of a plan that are the same in each part of it.
var sameInParts = map[string]bool{
	"format": true, "created": true, "expires": true, "tool": true, "shard": true, "zones": true, "rules": true,
	"rulesDigest": true,
}

// readsOfPlan tells what an expression looks at of a plan: what differs in a part of it, and shard.
// A plan that is handed on, or whose key is computed, may be looked at as a whole.
func readsOfPlan(tree *cel.Ast) (whole, shard bool) {
	native := tree.NativeRep()
	isPlan := func(e ast.Expr) bool {
		t := native.GetType(e.ID())
		return t != nil && t.TypeName() == "Plan"
	}
	selected := map[int64]bool{}
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch {
		case e.Kind() == ast.SelectKind && isPlan(e.AsSelect().Operand()):
			key := e.AsSelect().FieldName()
			selected[e.AsSelect().Operand().ID()] = true
			whole = whole || !sameInParts[key]
			shard = shard || key == "shard"
		case isPlan(e) && !selected[e.ID()]:
			whole = true
		}
	}))
	return whole, shard
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

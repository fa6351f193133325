package policy

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"makesync/spec"
	"makesync/spec/text"
)

// words are what keys with a fixed vocabulary can hold. A comparison with another text never fits,
// so that the policy judges nothing, or everything; a test holds the words to the plan's schema.
var words = func() map[string]map[string][]string {
	var kinds []string
	for _, k := range spec.Kinds() {
		kinds = append(kinds, string(k))
	}
	ops := strings.Fields("create update delete invite reinvite revoke transfer")
	origins := strings.Fields("pending drift conflict unknown")
	return map[string]map[string][]string{
		"Step": {
			"kind": kinds, "op": ops, "origin": origins,
			"risk": strings.Fields("none caution destructive irreversible"),
		},
		"Held":         {"kind": kinds, "op": ops, "origin": origins, "gains": {"Owner", "Admin"}},
		"Money":        {"charged": strings.Fields("now next none")},
		"Organization": {"notRead": kinds},
	}
}()

// checkWords finds comparisons of such a key with a text that it never holds.
func checkWords(tree *cel.Ast) (problems []Problem) {
	native := tree.NativeRep()
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && slices.Contains([]string{"startsWith", "endsWith"}, e.AsCall().FunctionName()) {
			for _, word := range textsOf(e.AsCall().Args()[0]) {
				problems = append(problems, neverEmail(native, e.AsCall().Target(), word)...)
			}
		}
		if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
			return
		}
		switch e.AsCall().FunctionName() {
		case operators.Equals, operators.NotEquals, operators.In:
		default:
			return
		}
		for i, key := range e.AsCall().Args() {
			for _, word := range textsOf(e.AsCall().Args()[1-i]) {
				problems = append(problems, neverFits(native, key, word)...)
				problems = append(problems, neverEmail(native, key, word)...)
				problems = append(problems, neverSpelled(native, key, word)...)
			}
		}
	}))
	return problems
}

// textsOf are the texts that are written out, alone or in a list.
func textsOf(e ast.Expr) (texts []ast.Expr) {
	if e.Kind() == ast.ListKind {
		for _, item := range e.AsList().Elements() {
			texts = append(texts, textsOf(item)...)
		}
	}
	if e.Kind() != ast.LiteralKind {
		return texts
	}
	if _, is := e.AsLiteral().Value().(string); is {
		texts = append(texts, e)
	}
	return texts
}

// neverFits is the problem of a key that never holds the text.
func neverFits(native *ast.AST, key, word ast.Expr) []Problem {
	if key.Kind() != ast.SelectKind {
		return nil
	}
	selected := key.AsSelect()
	known := words[native.GetType(selected.Operand().ID()).TypeName()][selected.FieldName()]
	written := word.AsLiteral().Value().(string)
	if len(known) == 0 || written == "" || slices.Contains(known, written) {
		return nil
	}
	hint := text.DidYouMean(written, known)
	if hint == "" {
		hint = "it is " + text.Or(known)
	}
	message := text.Backquote(selected.FieldName()) + " is never " + text.Quote(written)
	return []Problem{problemAt(native, word, message, hint)}
}

// emails are the keys that hold e-mails in their one form.
var emails = map[string]string{"Member": "email", "Access": "email", "Organization": "owner", "Step": "address"}

// neverEmail is the problem of a key that holds e-mails, in their one form, and a text in another,
// as a host in capitals or punycode, which it so never holds.
func neverEmail(native *ast.AST, key, word ast.Expr) []Problem {
	if key.Kind() != ast.SelectKind {
		return nil
	}
	object, field := native.GetType(key.AsSelect().Operand().ID()).TypeName(), key.AsSelect().FieldName()
	written := word.AsLiteral().Value().(string)
	_, mail, _ := strings.Cut(written, "/member/") // of an address
	if object != "Step" || !strings.Contains(written, "/") {
		mail = written
	}
	if object == "Step" { // which has it encoded
		mail = spec.Address("/member/" + mail).Name()
	}
	form := spec.NormalEmail(mail)
	if emails[object] != field || form == mail || object == "Step" && !strings.Contains(mail, "@") {
		return nil
	}
	hint := "write " + text.Quote(form)
	if form == "" {
		hint = "no e-mail holds that"
	}
	message := text.Backquote(field) + " holds e-mails in one form, never " + text.Quote(mail)
	return []Problem{problemAt(native, word, message, hint)}
}

// spelled are keys of which a few words have one spelling, beside others that zones choose.
var spelled = map[string]map[string][]string{
	"Member": {"role": {"Owner", "Admin"}, "invitation": {"pending", "expired"}},
	"Access": {"role": {"Owner", "Admin"}},
}

// neverSpelled is the problem of a key and a text that it never holds so: admin for Admin, or an
// address that is none.
func neverSpelled(native *ast.AST, key, word ast.Expr) []Problem {
	if key.Kind() != ast.SelectKind {
		return nil
	}
	object, field := native.GetType(key.AsSelect().Operand().ID()).TypeName(), key.AsSelect().FieldName()
	written := word.AsLiteral().Value().(string)
	form := written
	for _, known := range spelled[object][field] {
		if spec.FoldName(written) == spec.FoldName(known) {
			form = known
		}
	}
	hint := "write " + text.Backquote(form)
	if field == "address" {
		form, hint = oneAddress(written)
	}
	if form == written {
		return nil
	}
	return []Problem{problemAt(native, word, text.Backquote(field)+" is never "+text.Quote(written), hint)}
}

// oneAddress is an address as plans write it: by key, of a kind that there is, with the name
// encoded.
func oneAddress(written string) (form, hint string) {
	key, rest, hasKind := strings.Cut(written, "/")
	if id, is := strings.CutPrefix(key, spec.IDPrefix); is {
		return "", "addresses begin with the key of the documents: ask organization.id == " + text.OneLine(id)
	}
	if !hasKind {
		return written, ""
	}
	kind, _, _ := strings.Cut(rest, "/")
	if kinds := words["Step"]["kind"]; !slices.Contains(kinds, kind) {
		if kind = text.Near(kind, kinds); kind == "" {
			return "", "what follows the key is " + text.Or(kinds)
		}
	}
	form = string(spec.NewAddress(key, spec.Kind(kind), spec.Address(written).Name()))
	return form, "write " + text.Backquote(form)
}

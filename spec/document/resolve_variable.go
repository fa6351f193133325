package document

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// variableResolver makes the variables of one organization: their values with references read,
// checked and masked.
type variableResolver struct {
	*findings
	key       string
	sensitive []spec.Glob
	options   ResolveOptions
	limit     *referenceLimit
	files     *referenced
	secrets   OwnSecrets
	evaluator evaluator // reused for one folder after the other
}

// variables are those of the organization's merged layers, sorted by name.
func (r *variableResolver) variables(l *layer) []spec.Variable {
	if !l.variables.set {
		return nil
	}
	out := make([]spec.Variable, 0, len(l.variables.items))
	for i := range l.variables.items {
		if v, ok := r.variable(&l.variables.items[i]); ok {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b spec.Variable) int { return strings.Compare(a.Name, b.Name) })
	r.checkCase(out, l)
	return out
}

// checkCase finds names that differ only in case between two layers; in
// one mapping the decoder has found them.
func (r *variableResolver) checkCase(variables []spec.Variable, l *layer) {
	if len(l.profiles) == 0 {
		return
	}
	first := make(map[string]string, len(variables))
	for i := range l.variables.items {
		w := &l.variables.items[i]
		folded := strings.ToLower(w.name)
		if other, ok := first[folded]; ok {
			r.report(ruleKeyCase, w.at, spec.NewAddress(r.key, spec.KindVariable, w.name), "variables."+w.name,
				"the variables "+text.Backquote(other)+" and "+text.Backquote(w.name)+
					" differ only in upper and lower case", "write the name as the profile does")
			continue
		}
		first[folded] = w.name
	}
}

func (r *variableResolver) variable(w *writtenVariable) (spec.Variable, bool) {
	v := spec.Variable{Name: w.name, Source: w.source()}
	fields := w.fields()
	if w.value.isBroken() || fields.kind.isBroken() || fields.state.isBroken() {
		return v, false
	}
	if isAbsent(fields.state) {
		v.State = spec.Absent
		return v, true
	}
	v.IgnoreValue, v.Literal = fields.ignore.isTrue(), fields.literal.isTrue()
	if !w.value.isSet() {
		r.valueProblem(w, w.at, ruleEmptyValue, "the variable "+text.Backquote(w.name)+" has no value",
			"write `value`, or {state: absent}")
		return v, false
	}
	v.Type = typeOf(w)
	if !r.value(w, &v) {
		return v, false
	}
	if !v.Value.IsSensitive() && (r.isSensitive(w.name) || v.Value.IsSecret()) {
		v.Value = v.Value.Masked()
	}
	return v, true
}

// isSensitive builds an address only when there are patterns to compare it with.
func (r *variableResolver) isSensitive(name string) bool {
	if len(r.sensitive) == 0 {
		return spec.IsSensitive("", name, nil)
	}
	return spec.IsSensitive(spec.NewAddress(r.key, spec.KindVariable, name), name, r.sensitive)
}

func (r *variableResolver) valueProblem(w *writtenVariable, pos at, rule, message, hint string) {
	r.report(rule, pos, spec.NewAddress(r.key, spec.KindVariable, w.name), "variables."+w.name, message, hint)
}

// typeOf is the declared type, else the one that the value's own form has.
func typeOf(w *writtenVariable) spec.VariableType {
	if w.long != nil && w.long.kind.isSet() {
		t, _ := spec.ParseVariableType(w.long.kind.text)
		return t
	}
	switch w.value.form {
	case formNumber:
		return spec.TypeNumber
	case formBoolean:
		return spec.TypeBoolean
	}
	return spec.TypeString
}

// value fills in the value, or tells what is wrong with it without showing it.
func (r *variableResolver) value(w *writtenVariable, v *spec.Variable) bool {
	content, placeholder, ok := w.value.text, false, true
	if w.value.form == formText {
		content, placeholder, ok = r.content(w, v)
		if !ok || v.Unknown {
			return ok
		}
	}
	switch {
	case placeholder:
		r.valueProblem(w, w.value.at, rulePlaceholder,
			"the value of "+text.Backquote(w.name)+" looks like a placeholder that was never filled in",
			"fill it in, or write {value: …, literal: true} if it is meant so")
		return false
	case r.secrets.GivenAway(content):
		r.valueProblem(w, w.value.at, ruleTokenAsValue, "the value of "+text.Backquote(w.name)+
			" is or holds a token, key or password of this run",
			"variables are visible to every member; use another secret")
		return false
	case content == "":
		r.valueProblem(w, w.value.at, ruleEmptyValue, "the value of "+text.Backquote(w.name)+
			" is empty, which Make refuses", "write a value, or {state: absent}")
		return false
	}
	canonical, err := spec.Canonical(v.Type, rawOf(w.value.form, content))
	if err != nil {
		r.valueProblem(w, w.value.at, ruleVariableValue, "the variable "+text.Backquote(w.name)+" is declared as "+
			v.Type.String()+", and "+err.Error(), valueHints[v.Type])
		return false
	}
	if v.Type == spec.TypeNumber && !r.checkNumber(w, canonical) {
		return false
	}
	v.Value = spec.Plain(canonical)
	if v.Reference != "" {
		v.Value = spec.Sensitive(canonical)
	}
	return true
}

// checkNumber tells of a number that the zone cannot keep as it is written: numbers are doubles
// there. It stays in its exact form.
func (r *variableResolver) checkNumber(w *writtenVariable, canonical string) bool {
	switch nearest := spec.DoubleOf(canonical); nearest {
	case canonical:
	case "":
		r.valueProblem(w, w.value.at, ruleVariableValue, "the number of "+text.Backquote(w.name)+
			" is larger than any that Make can keep", "write it as a text: `type: string`, in quotes")
		return false
	default:
		r.problems = append(r.problems, r.precisionProblem(w))
	}
	return true
}

// precisionProblem shows neither number, since both may be secret.
func (r *variableResolver) precisionProblem(w *writtenVariable) spec.Problem {
	p := newProblem(rulePrecision, w.value.at, nil, "the number of "+text.Backquote(w.name)+
		" has more digits than Make keeps: the nearest one that it can hold is stored",
		"write it as a text, `type: string`, if every digit counts, such as those of an id")
	p.Address, p.Path = spec.NewAddress(r.key, spec.KindVariable, w.name), r.path(w.value.at, "variables."+w.name)
	return p
}

var valueHints = map[spec.VariableType]string{
	spec.TypeNumber:  "write it in decimal digits, or change `type`",
	spec.TypeString:  "put the value in quotes, or change `type`",
	spec.TypeBoolean: "write true or false, or change `type`",
	spec.TypeDate:    `write "2026-11-20T00:00:00.000Z", in quotes, or change ` + "`type`",
}

func rawOf(f form, content string) any {
	switch f {
	case formNumber:
		return json.Number(content)
	case formBoolean:
		return content == "true"
	}
	return content
}

// content is a text value with its references read.
func (r *variableResolver) content(w *writtenVariable, v *spec.Variable) (content string, placeholder, ok bool) {
	written, literal := w.value.text, w.fields().literal.isTrue()
	if !strings.Contains(written, "${") {
		return written, !literal && looksUnfilled(written), true
	}
	e := r.evaluatorFor(w.value.at, literal)
	pieces := splitReferences(written)
	if hasReference(pieces) {
		v.Reference = portable(pieces, e.folder)
		if !r.mayName(w, pieces) {
			return "", false, false
		}
		if r.options.SkipReferences {
			v.Unknown, v.Value = true, spec.Sensitive("")
			return "", false, true
		}
	}
	result, err := e.pieces(pieces)
	if r.filled.full() { // told of the organization
		return "", false, false
	}
	if err != nil && r.options.SkipUnset && !errors.Is(err, errTokenAsValue) {
		v.Unknown, v.Value = true, spec.Sensitive("")
		return "", false, true
	}
	if err != nil {
		r.referenceProblem(w, err)
		return "", false, false
	}
	return result.text, result.placeholder, true
}

// mayName refuses makesync's own credentials also when nothing is read.
func (r *variableResolver) mayName(w *writtenVariable, pieces []piece) bool {
	for _, p := range pieces {
		switch {
		case p.kind == pieceEnv && isOwnCredential(p.text):
			r.referenceProblem(w, errTokenAsValue)
			return false
		case p.kind == pieceEnv && !r.limit.allowsEnv(p.text):
			r.referenceProblem(w, errNotAllowed("the environment variable "+text.Backquote(p.text)))
			return false
		case p.kind == pieceFile && r.limit != nil && !r.files.look(joinFolder(r.evaluator.folder, p.text)):
			return false // told of the organization
		case p.kind == pieceFile && !r.files.allows(r.limit, joinFolder(r.evaluator.folder, p.text)):
			r.referenceProblem(w, errNotAllowed("the file "+text.Backquote(p.text)))
			return false
		}
	}
	return true
}

func (r *variableResolver) referenceProblem(w *writtenVariable, err error) {
	if errors.Is(err, errTokenAsValue) {
		r.valueProblem(w, w.value.at, ruleTokenAsValue,
			"the value of "+text.Backquote(w.name)+" refers to makesync's own token or key",
			"variables are visible to every member; use another secret")
		return
	}
	hint := ""
	var reference errReference
	if errors.As(err, &reference) {
		hint = reference.hint
	}
	r.valueProblem(w, w.value.at, ruleReference, "the value of "+text.Backquote(w.name)+" cannot be read: "+
		err.Error(), hint)
}

func (r *variableResolver) evaluatorFor(pos at, literal bool) *evaluator {
	folder := filepath.Dir(pos.file.path)
	r.evaluator = evaluator{env: r.options.LookupEnv, roots: r.options.ReferenceRoots, folder: folder, literal: literal,
		limit: r.limit, files: r.files}
	return &r.evaluator
}

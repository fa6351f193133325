package document

import (
	"strings"
	"unicode/utf8"

	"makesync/spec"
	"makesync/spec/text"
)

func (d *documentWriter) variables(o *spec.Organization) {
	if o.Variables == nil && len(d.cancelled(o, spec.KindVariable)) == 0 {
		return
	}
	type entry struct {
		address     spec.Address
		name, value string
	}
	var good []entry
	var bad []omission
	seen := map[string]bool{}
	for i := range o.Variables {
		v := &o.Variables[i]
		a := spec.NewAddress(o.Key, spec.KindVariable, v.Name)
		value, why := writeVariable(v)
		if why == "" && seen[strings.ToLower(v.Name)] {
			why = "another variable has the same name but for upper and lower case"
		}
		if why != "" {
			bad = append(bad, omission{a, v.Name, why})
			continue
		}
		seen[strings.ToLower(v.Name)] = true
		good = append(good, entry{a, v.Name, value})
	}
	d.block(o, spec.KindVariable, "variables", len(good))
	for _, e := range good {
		d.entry(e.address, e.name, e.value)
	}
	d.writeOmissions(bad)
}

// writeVariable gives the short form where it says the same, else a mapping in
// one line; why says that the variable has no valid form.
func writeVariable(v *spec.Variable) (text, why string) {
	if why := spec.RefusedVariableName(v.Name); why != "" {
		return "", "Make refuses the name: " + why
	}
	if v.State == spec.Absent {
		return "{state: absent}", ""
	}
	value, literal, why := writeValue(v)
	if why != "" {
		return "", why
	}
	if v.Type != spec.TypeDate && !literal && !v.IgnoreValue && isShort(v, value) {
		return value, ""
	}
	fields := []string{"type: " + v.Type.String(), "value: " + value}
	if literal {
		fields = append(fields, "literal: true")
	}
	if v.IgnoreValue {
		fields = append(fields, "ignoreValue: true")
	}
	return "{" + strings.Join(fields, ", ") + "}", ""
}

// isShort tells whether the type shows in the value's own form.
func isShort(v *spec.Variable, value string) bool {
	return v.Type == spec.TypeString || value[0] != '"'
}

// writeValue gives the value as a scalar. A number that YAML 1.1 would not take
// for one (1e+22) is put in quotes; its type stands beside it then.
func writeValue(v *spec.Variable) (written string, literal bool, why string) {
	switch {
	case v.Invalid != "":
		return "", false, text.Visible(v.Invalid)
	case v.Type.String() == "":
		return "", false, "its type is unknown"
	case v.Reference != "":
		return quote(v.Reference), false, ""
	case v.Value.IsSensitive():
		return "", false, "it is sensitive, and no reference says where its value comes from"
	}
	value := v.Value.Reveal()
	if canonical, err := spec.Canonical(v.Type, value); err != nil || canonical != value {
		return "", false, "its value does not fit its type"
	}
	switch {
	case value == "":
		return "", false, "its value is empty, which Make refuses"
	case !utf8.ValidString(value) || len(value) > maxText/2:
		return "", false, "its value is no text that a document can hold"
	case v.Type == spec.TypeNumber:
		if _, is := ambiguous(value); !is {
			return value, false, ""
		}
		return quote(value), false, ""
	case v.Type == spec.TypeBoolean:
		return value, false, ""
	case v.Type == spec.TypeDate:
		return quote(value), false, ""
	}
	escaped := strings.ReplaceAll(value, "${", "$${")
	result, err := evaluator{}.evaluate(escaped)
	return writeText(escaped), err == nil && result.placeholder, ""
}

package export

import (
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// variables writes the custom variables. A sensitive value becomes a
// reference with a name of its own; Make's own variables are not written at all.
func (e *Exporter) variables(d *Document, live *state.Organization) {
	d.Organization.Variables = []spec.Variable{}
	seen := map[string]string{}
	for _, variable := range live.Variables {
		if variable.System {
			continue
		}
		twin, twice := seen[spec.FoldName(variable.Name)]
		why := Unwritable(variable)
		switch {
		case why != "":
			d.omit(spec.KindVariable, variable.Name, "%s not written: %s", text.Quote(variable.Name), text.OneLine(why))
		case twice:
			d.omit(spec.KindVariable, variable.Name,
				"%s not written: it differs from %s in case only, which documents do not allow",
				text.Quote(variable.Name), twin)
		default:
			seen[spec.FoldName(variable.Name)] = variable.Name
			d.Organization.Variables = append(d.Organization.Variables, e.variable(d, variable))
		}
	}
}

// Unwritable says why a live variable has no valid document form; "" when it has one.
func Unwritable(v spec.Variable) string {
	switch {
	case v.Invalid != "":
		return v.Invalid
	case !spec.AcceptsVariableName(v.Name):
		return "Make refuses this name today"
	case v.Type == spec.TypeUnknown:
		return "its type is none that documents know"
	case v.Value.IsZero():
		return "its value is empty, which Make refuses today"
	}
	return ""
}

func (e *Exporter) variable(d *Document, live spec.Variable) spec.Variable {
	v := spec.Variable{Name: live.Name, Type: live.Type, Value: live.Value.Unmasked()}
	address := spec.NewAddress(d.Organization.Key, spec.KindVariable, live.Name)
	if v.Value.IsSensitive() || e.Sensitive != nil && e.Sensitive(address) {
		name := e.References.For(address)
		v.Value, v.Reference, v.Unknown = spec.Sensitive(""), "${env:"+name+"}", true
		d.Secrets = append(d.Secrets, Secret{Address: address, Variable: name})
	}
	return v
}

package document

import (
	"strconv"

	"makesync/spec"
)

// The forms are how an object of a profile is written, so that equal texts mean equal objects, and
// another form in an organization overrides it whole. "" is given for what cannot stand in a
// profile so: what has no valid form, a reference (it is one organization's secret), and forms that
// leave something to inherit.

// FormOfVariable is the written value.
func FormOfVariable(v *spec.Variable) string {
	if v.State == spec.Absent || v.Literal || v.IgnoreValue || v.Reference != "" || v.Value.IsSensitive() {
		return ""
	}
	text, why := writeVariable(v)
	if _, literal, _ := writeValue(v); literal || why != "" {
		return ""
	}
	return v.Type.String() + " " + text
}

// FormOfControl is true or false.
func FormOfControl(c *spec.FeatureControl) string {
	if badControl(c.Name) != "" {
		return ""
	}
	return strconv.FormatBool(c.Enabled)
}

// FormOfMember is the role of a member who is not invited. An owner, who is written without a role,
// has none: she would inherit one.
func FormOfMember(m *spec.Member) string {
	written := writeMember(m)
	if m.State == spec.Absent || m.Invite != nil || written == "{}" || !spec.AcceptsEmail(m.Email) {
		return ""
	}
	return written
}

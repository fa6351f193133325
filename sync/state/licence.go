package state

import (
	"encoding/json"
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
)

// licenceKeys are the keys of a licence that stand for a kind. The API leaves out the key of what
// is not licensed instead of writing false. Feature controls and TFA have no published key.
var licenceKeys = map[spec.Kind]struct{ key, what string }{
	spec.KindVariable: {"customVariables", "custom variables, which come with the plans Pro, Teams and Enterprise"},
}

// LacksKind tells why an organization with this licence cannot have objects of the kind, as the
// reason of something waiting or skipped; "" when it can, or when nobody knows.
func LacksKind(l License, kind spec.Kind) string {
	row, ok := licenceKeys[kind]
	if !ok || l == nil {
		return ""
	}
	switch l[row.key] { // a missing key gives nil
	case nil, false, 0.0, "", "0", "false":
	default:
		return ""
	}
	return "licence: the organization's plan does not include " + row.what
}

// APILimit is the number of calls per minute; 0: unknown.
func (l License) APILimit() int {
	switch n := l["apiLimit"].(type) {
	case float64:
		return int(n)
	case int:
		return n
	case json.Number:
		i, _ := strconv.Atoi(n.String())
		return i
	}
	return 0
}

// LackOf is why a kind is not to be had in a live organization: what the reader was told, else what
// the licence shows.
func (l *Organization) LackOf(kind spec.Kind) string {
	if why := l.Lacks[kind]; why != "" {
		return "licence: " + text.OneLine(why)
	}
	if kind == spec.KindVariable && HasCustom(l.Variables) {
		return "" // variables are there, whatever the licence calls them
	}
	return LacksKind(l.License, kind)
}

// HasCustom tells whether one of the variables is not a system variable, which every organization
// has.
func HasCustom(variables []spec.Variable) bool {
	for i := range variables {
		if !variables[i].System {
			return true
		}
	}
	return false
}

package makeapi

import (
	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// lack notes what the organization's plan does not offer, and why.
func lack(live *state.Organization, kind spec.Kind, why string) {
	if live.Lacks == nil {
		live.Lacks = map[spec.Kind]string{}
	}
	live.Lacks[kind] = why
}

// whyLacking says which errors are answers about the plan (published: 404 for variables and 402;
// seen live: the Free plan's 403). A 404 is not one where the licence has the feature: then the
// organization itself is not there.
func whyLacking(live *state.Organization, kind spec.Kind, e *state.CallError) string {
	switch {
	case e == nil:
	case e.Class == exit.ClassFreePlan:
		return "waits for a paid plan: Free allows no API tokens"
	case e.Class == exit.ClassLicence:
		return "the plan does not include this (" + e.Message + ")"
	case e.Class == exit.ClassNotFound && kind == spec.KindVariable && !licensed(live):
		return "the plan does not include custom variables (" + e.Message + ")"
	}
	return ""
}

// lacksVariables: without the feature the zone answers 200 with the system variables alone.
func lacksVariables(live *state.Organization) bool {
	for i := range live.Variables {
		if !live.Variables[i].System {
			return false
		}
	}
	return live.License != nil && !licensed(live)
}

// licensed tells whether the licence names custom variables; the key is missing, not false, where
// the plan has none.
func licensed(live *state.Organization) bool {
	switch on := live.License["customVariables"].(type) {
	case bool:
		return on
	case float64:
		return on != 0
	case string:
		return on != "" && on != "false" && on != "0"
	}
	return false
}

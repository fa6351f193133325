package sync

import (
	"strconv"

	"makesync/spec"
)

// View is the flat form of one object's state: path → canonical text. It is what the diff compares,
// what a precondition fingerprints, what the journal keeps as before-image (secrets fingerprinted),
// what a read-back checks. A nil View is an object that is not there.
type View map[string]Scalar

// ViewOf is the flat form of one live object; nil when it is not there. Name is the plain name:
// a variable's, a control's, an e-mail; empty for organization, tfa and owner. Secrets in it are
// masked scalars that still know their text, as the live state does.
//
//	organization    name, country, timezone (ids)
//	featureControl  enabled
//	variable        type, value
//	member          role (id), invitation ("" for an accepted member)
//	tfa             tfaEnforced
//	owner           owner (e-mail, or "user 17" when nobody can read it)
func ViewOf(live *Live, kind spec.Kind, name string) View {
	if live == nil {
		return nil
	}
	return liveKinds[kind].view(live, name)
}

func viewOrganization(live *Live, _ string) View {
	view := View{"name": Text(normalName(live.Name))}
	if live.Country != "" {
		view["country"] = idScalar(live.Country)
	}
	if live.Timezone != "" {
		view["timezone"] = idScalar(live.Timezone)
	}
	return view
}

func viewControl(live *Live, name string) View {
	if c := findControl(live.FeatureControls, name); c != nil {
		return View{"enabled": Bool(c.Enabled)}
	}
	return nil
}

func viewVariable(live *Live, name string) View {
	if v := findVariable(live.Variables, name); v != nil {
		return variableView(v)
	}
	return nil
}

func variableView(v *spec.Variable) View {
	return View{"type": Text(v.Type.String()), "value": variableScalar(v)}
}

// variableScalar is the value as a field's side; one from a reference carries the reference along.
func variableScalar(v *spec.Variable) Scalar {
	s := OfType(v.Type, v.Value)
	s.Reference = v.Reference
	return s
}

func viewMember(live *Live, email string) View {
	if m := findMember(live.Members, email); m != nil {
		return View{"role": idScalar(m.Role), "invitation": Text(m.Invitation)}
	}
	return nil
}

func viewTFA(live *Live, _ string) View {
	if live.TFAEnforced == nil {
		return nil
	}
	return View{"tfaEnforced": Bool(*live.TFAEnforced)}
}

func viewOwner(live *Live, _ string) View {
	if live.OwnerID == 0 {
		return nil
	}
	return View{"owner": Text(ownerName(live))}
}

// ownerName is the live Owner's e-mail, or "user 17" when no row of the user list matches.
func ownerName(live *Live) string {
	if m := findUser(live.Members, live.OwnerID); m != nil {
		return m.Email
	}
	return "user " + strconv.FormatInt(live.OwnerID, 10)
}

// idScalar is an id in decimal text as a number; any other text stays text.
func idScalar(text string) Scalar {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Number(text)
	}
	return Text(text)
}

package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
)

// builtinControls is the catalogue of the i-th zone. "Make AI Tools" is a published
// example; the other names, and all ids, are made up.
func builtinControls(i int) []*FeatureControl {
	base := 10 * (i + 1)
	return []*FeatureControl{
		{ID: base + 1, Name: "Make AI Tools", Tags: []string{"ai"}, Enabled: true},
		{ID: base + 2, Name: "Make AI Agents", Tags: []string{"ai"}},
		{ID: base + 3, Name: "Public Scenario Sharing", Tags: []string{"sharing"}, Enabled: true},
		{ID: base + 4, Name: "Community Apps"},
	}
}

// controlsOfNew are the controls of a new organization that is not on Free.
func (z *Zone) controlsOfNew() map[string]bool {
	values := map[string]bool{}
	for _, c := range z.Controls {
		values[c.Name] = c.Enabled
	}
	return values
}

// availableControls are those of the catalogue that the organization has, by id
// descending (published).
func availableControls(h home) []*FeatureControl {
	var list []*FeatureControl
	for _, ct := range h.zone.Controls {
		if _, ok := h.org.FeatureControls[ct.Name]; ok {
			list = append(list, ct)
		}
	}
	slices.SortFunc(list, func(a, b *FeatureControl) int { return cmp.Compare(b.ID, a.ID) })
	return list
}

// controlFlags is the short form in the detail of an organization; it has no ids (published).
func controlFlags(h home) []object {
	rows := []object{}
	for _, ct := range availableControls(h) {
		rows = append(rows, object{{"name", ct.Name}, {"enabled", h.org.FeatureControls[ct.Name]}})
	}
	return rows
}

// localized is a text by language, as label, description and warning_message are.
func localized(text string) object { return object{{"en", text}} }

var controlColumns = table[*FeatureControl]{
	{"id", true, func(_ *call, ct *FeatureControl) any { return ct.ID }},
	{"name", true, func(_ *call, ct *FeatureControl) any { return ct.Name }},
	{"label", true, func(_ *call, ct *FeatureControl) any { return localized(ct.Name) }},
	{
		"description",
		true,
		func(_ *call, ct *FeatureControl) any { return localized("Allows " + ct.Name + " in the organization.") },
	},
	{"tags", true, func(_ *call, ct *FeatureControl) any { return orEmpty(ct.Tags) }},
	{"warning_message", true, func(_ *call, ct *FeatureControl) any {
		return localized("Scenarios that use " + ct.Name + " stop when it is disabled.")
	}},
	{"enabled", true, func(c *call, ct *FeatureControl) any { return c.org.FeatureControls[ct.Name] }},
}

// listControls: GET /organizations/{organizationId}/feature-controls.
func listControls(c *call) (any, error) {
	sel, err := controlColumns.pick(c)
	if err != nil {
		return nil, err
	}
	list := availableControls(homeOf(c))
	if name := c.query().Get("featureControlName"); name != "" {
		list = slices.DeleteFunc(list, func(ct *FeatureControl) bool { return ct.Name != name })
	}
	all := !slices.ContainsFunc(list, func(ct *FeatureControl) bool { return !c.org.FeatureControls[ct.Name] })
	return object{{"enableAllControlFeatures", all && len(list) > 0}, {"featureControls", sel.rows(c, list)}}, nil
}

// updateControl: PATCH /organizations/{organizationId}/feature-controls changes one
// control. The key of the reply, which is an object, is the singular in the published example
// and the plural in the schema; no scope is published: both are switches.
func updateControl(c *call) (change, error) {
	var in struct {
		ID      *int  `json:"id"`
		Enabled *bool `json:"enabled"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if !c.is("control-scope", "none") && !c.user.allows(writeOrganizations) {
		return change{}, lackingScope(writeOrganizations)
	}
	if err := missing("id", in.ID == nil, "enabled", in.Enabled == nil); err != nil {
		return change{}, err
	}
	key := c.w.switchValue("control-reply")
	for _, ct := range availableControls(homeOf(c)) {
		if ct.ID != *in.ID {
			continue
		}
		return change{"featureControl/" + ct.Name, func() any {
			c.org.FeatureControls[ct.Name] = *in.Enabled
			return object{{key, object{{"id", ct.ID}, {"enabled", *in.Enabled}}}}
		}}, nil
	}
	return change{}, notFound("Feature control")
}

// enforceTFA: PATCH /organizations/{organizationId}/tfa-enforcement. 400 where the
// feature is off, 402 where the plan is too low, 403 without the right (published);
// it takes an Enterprise plan.
func enforceTFA(c *call) (change, error) {
	var in struct {
		Enable *bool `json:"enable"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("enable", in.Enable == nil); err != nil {
		return change{}, err
	}
	if c.is("tfa-feature", "off") {
		return change{}, &problem{
			status:  http.StatusBadRequest,
			code:    "SC400",
			message: "TFA enforcement is not available.",
		}
	}
	if !c.org.enforcesTFA() {
		return change{}, &problem{status: http.StatusPaymentRequired, code: c.w.switchValue("tfa-plan"),
			message: "For TFA enforcement feature upgrade your plan."}
	}
	return change{"tfa", func() any {
		c.org.TFAEnforced = *in.Enable
		return object{{"organization", object{{"tfaEnforced", *in.Enable}}}}
	}}, nil
}

// quoted is a JSON string.
func quoted(s string) json.RawMessage { return encode(nil, s) }

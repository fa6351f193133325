package sandbox

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// A plan decides the licence of an organization. Keys that a plan does not have
// are missing from the licence, not false: recorded from a Free organization, whose
// licence has no customVariables. The licence of Free is that recording; the
// others are made up from it, with the published API limits per minute.
type plan map[string]json.RawMessage

func licence(base plan, more string) plan {
	all := maps.Clone(base)
	if all == nil {
		all = plan{}
	}
	if err := json.Unmarshal([]byte(more), &all); err != nil {
		panic("sandbox: licence: " + err.Error())
	}
	return all
}

var (
	freeLicence = licence(nil, `{"teams":1,"dslimit":1,"fslimit":5242880,"iolimit":50,"apiLimit":30,"dsslimit":1048576,
		"fulltext":false,"interval":15,"priority":"low","transfer":536870912,"mcpVHosts":-1,"retention":7,"scenarios":2,
		"dlqStorage":1048576,"operations":1000,"scenarioIO":true,"gracePeriod":0,"executionTime":5,
		"restartPeriod":"1 month","creatingTemplates":false,"installPublicApps":true,
		"productManagement":"selfService","onDemandScheduling":true,
		"webhookLogRetentionDays":3}`)
	coreLicence = licence(
		freeLicence,
		`{"apiLimit":60,"interval":1,"operations":10000,"scenarios":-1,"transfer":5368709120,
		"executionTime":40,"retention":30,"premiumApps":1}`,
	)
	proLicence = licence(coreLicence, `{"apiLimit":120,"customVariables":true,"fulltext":true,"priority":"medium",
		"creatingTemplates":true,"customProperties":1}`)
	teamsLicence = licence(
		proLicence,
		`{"apiLimit":240,"teams":100,"users":50,"priority":"high","teamOperationsLimits":true}`,
	)
	enterpriseLicence = licence(teamsLicence, `{"apiLimit":1000,"users":1000,"customFunctions":true,"customRoles":true,
		"dedicatedSso":true,"auditLogsDays":365,"onPremAgent":true,"makeAITools":2,"gracePeriod":7,"retention":60}`)
)

var plans = map[string]plan{
	"Free":       freeLicence,
	"Core":       coreLicence,
	"Pro":        proLicence,
	"Teams":      teamsLicence,
	"Enterprise": enterpriseLicence,
}

// planName is how the zone calls the plan.
func (o *Organization) planName() string { return cmp.Or(o.PlanName, o.Plan) }

// licence returns the licence as JSON with sorted keys.
func (o *Organization) licence() json.RawMessage {
	if len(o.License) == 0 && o.boughtOperations() == nil {
		return encodedLicences()[o.Plan]
	}
	return encodeLicence(o.licenceKeys())
}

func (o *Organization) licenceKeys() plan {
	keys := maps.Clone(plans[o.Plan])
	if bought := o.boughtOperations(); bought != nil {
		keys["operations"] = bought
	}
	for k, v := range o.License {
		if keys[k] = v; string(v) == "null" {
			delete(keys, k)
		}
	}
	return keys
}

// licenceKey returns one value of the licence, nil when it is missing.
func (o *Organization) licenceKey(k string) json.RawMessage {
	v, ok := o.License[k]
	if bought := o.boughtOperations(); !ok && k == "operations" && bought != nil {
		return bought
	}
	if !ok {
		return plans[o.Plan][k]
	}
	if string(v) == "null" {
		return nil
	}
	return v
}

// boughtOperations are the operations a month that came with the price, nil for those of the plan.
func (o *Organization) boughtOperations() json.RawMessage {
	if o.Billing == nil || o.Billing.Operations == 0 {
		return nil
	}
	return json.RawMessage(strconv.Itoa(o.Billing.Operations))
}

// has says whether the licence has a feature switched on.
func (o *Organization) has(k string) bool { return string(o.licenceKey(k)) == "true" }

// licenceNumber returns a number of the licence, otherwise when it is missing.
func (o *Organization) licenceNumber(k string, otherwise int) int {
	n, err := strconv.Atoi(string(o.licenceKey(k)))
	if err != nil {
		return otherwise
	}
	return n
}

// apiLimit is the number of calls per minute for the organization.
func (o *Organization) apiLimit() int { return o.licenceNumber("apiLimit", 60) }

var encodedLicences = sync.OnceValue(func() map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for name, p := range plans {
		m[name] = encodeLicence(p)
	}
	return m
})

func encodeLicence(keys plan) json.RawMessage {
	var o object
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		o = append(o, field{k, keys[k]})
	}
	return encode(nil, o)
}

// enforcesTFA says whether the plan has TFA enforcement; what it is set to is shown on every plan.
func (o *Organization) enforcesTFA() bool { return o.Plan == "Enterprise" || o.has("tfaEnforcement") }

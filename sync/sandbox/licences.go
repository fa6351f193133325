package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// A plan decides the licence of an organization. Keys that a plan does not have
// are missing from the licence, not false: recorded from a Free organization, whose
// licence has no customVariables. The licence of Free is that recording; the
// others are made up from it, with the published API limits per minute.
type plan struct {
	licence map[string]json.RawMessage
	productID,
	priceID int
	price float64
}

func licence(base map[string]json.RawMessage, more string) map[string]json.RawMessage {
	all := maps.Clone(base)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	if err := json.Unmarshal([]byte(more), &all); err != nil {
		panic("sandbox: licence: " + err.Error())
	}
	return all
}

var (
	freeLicence = licence(nil, `{"teams":1,"dslimit":1,"fslimit":5242880,"iolimit":50,"apiLimit":30,"dsslimit":1048576,
		"fulltext":false,"interval":15,"priority":"low","transfer":536870912,"mcpVHosts":-1,"retention":7,"scenarios":2,
		"dlqStorage":1048576,"operations":1000,"scenarioIO":true,"gracePeriod":0,"executionTime":5,"restartPeriod":"1 month",
		"creatingTemplates":false,"installPublicApps":true,"productManagement":"selfService","onDemandScheduling":true,
		"webhookLogRetentionDays":3}`)
	coreLicence = licence(freeLicence, `{"apiLimit":60,"interval":1,"operations":10000,"scenarios":-1,"transfer":5368709120,
		"executionTime":40,"retention":30,"premiumApps":1}`)
	proLicence = licence(coreLicence, `{"apiLimit":120,"customVariables":true,"fulltext":true,"priority":"medium",
		"creatingTemplates":true,"customProperties":1}`)
	teamsLicence      = licence(proLicence, `{"apiLimit":240,"teams":100,"users":50,"priority":"high","teamOperationsLimits":true}`)
	enterpriseLicence = licence(teamsLicence, `{"apiLimit":1000,"users":1000,"customFunctions":true,"customRoles":true,
		"dedicatedSso":true,"auditLogsDays":365,"onPremAgent":true,"makeAITools":2,"gracePeriod":7,"retention":60}`)
)

var plans = map[string]plan{
	"Free":       {freeLicence, 1, 0, 0},
	"Core":       {coreLicence, 2, 21, 10.59},
	"Pro":        {proLicence, 3, 31, 18.82},
	"Teams":      {teamsLicence, 4, 41, 34.12},
	"Enterprise": {enterpriseLicence, 5, 51, 500},
}

// licenceOf returns the licence as JSON with sorted keys.
func (o *Organization) licence() json.RawMessage {
	if len(o.License) == 0 {
		return encodedLicences[o.Plan]
	}
	return encodeLicence(o.licenceKeys())
}

func (o *Organization) licenceKeys() map[string]json.RawMessage {
	keys := maps.Clone(plans[o.Plan].licence)
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
	if !ok {
		return plans[o.Plan].licence[k]
	}
	if string(v) == "null" {
		return nil
	}
	return v
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

var encodedLicences = func() map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for name, p := range plans {
		m[name] = encodeLicence(p.licence)
	}
	return m
}()

func encodeLicence(keys map[string]json.RawMessage) json.RawMessage {
	var o object
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		o = append(o, field{k, keys[k]})
	}
	return encode(nil, o)
}

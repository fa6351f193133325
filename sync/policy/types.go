package policy

import (
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// fieldTypes are the objects that expressions see, with the type of each key: a scalar, another
// object, list(…) or map(…) with texts as keys. Keys that are not listed cannot be read. A test
// holds Plan and below to the plan's JSON schema.
var fieldTypes = map[string]map[string]string{
	"Plan": {
		"format": "string", "created": "string", "expires": "string", "digest": "string", "tool": "string",
		"shard": "Shard", "zones": "list(Zone)", "organizations": "list(Organization)",
		"summary": "Summary", "calls": "Calls",
		"unmanaged": "map(int)", "money": "map(double)", "rules": "list(Rule)", "rulesDigest": "string",
		"notCovered":     "list(string)",
		"stillHasAccess": "list(Access)", "notLookedInto": "list(string)",
	},
	"Organization": {
		"key": "string", "zone": "string", "id": "int", "name": "string", "apiLimit": "int",
		"steps": "list(Step)", "waiting": "list(Waiting)", "held": "list(Held)",
		"unmanaged": "map(int)", "unchanged": "int", "notRead": "list(string)", "unmanagedAddresses": "list(string)",
		// What follows is not part of the plan; the caller reads it when Set.Reads names it.
		"members": "list(Member)", "plan": "string", "credits": "Credits", "teams": "int", "apps": "int",
		"tfaEnforced": "bool", "owner": "string",
		"subscription": "Subscription", "paymentMethod": "PaymentMethod", "lastPayment": "Payment",
		"usage":   "list(Usage)",
		"changes": "Changes",
	},
	"Step": {
		"n": "int", "address": "string", "kind": "string", "op": "string", "risk": "string", "origin": "string",
		"fields": "list(Field)", "source": "Source", "after": "list(int)", "notes": "list(string)", "money": "Money",
		"lastChange": "LastChange", "looksLike": "string", "foreseen": "string",
	},
	"Field":      {"path": "string", "from": "dyn", "to": "dyn"},
	"Source":     {"file": "string", "line": "int", "column": "int"},
	"LastChange": {"at": "string", "author": "string", "action": "string"},
	"Money":      {"amount": "double", "currency": "string", "period": "string", "charged": "string"},
	"Waiting":    {"address": "string", "reason": "string", "since": "string"},
	"Held": {
		"address": "string", "op": "string", "kind": "string", "guard": "string", "reason": "string", "allow": "string",
		"source": "Source", "origin": "string", "money": "Money", "lastChange": "LastChange", "gains": "string",
	},
	"Zone":  {"name": "string", "url": "string", "user": "User", "sandbox": "bool", "world": "string"},
	"User":  {"id": "int", "email": "string"},
	"Shard": {"index": "int", "count": "int"},
	"Calls": {"read": "int", "write": "int"},
	"Summary": {
		"create": "int", "update": "int", "delete": "int", "invite": "int", "transfer": "int",
		"waiting": "int", "held": "int", "unchanged": "int", "foreseen": "int", "origins": "map(int)",
	},
	"Rule":   {"path": "string", "from": "string", "to": "string", "weakens": "bool", "source": "Source"},
	"Access": {"email": "string", "address": "string", "role": "string", "reason": "string"},
	// Member is one person after the plan: invitation is "" for who has accepted, else pending,
	// expired, …
	"Member": {"email": "string", "role": "string", "invitation": "string", "tfa": "bool"},
	"Credits": {
		"used": "double", "left": "double", "total": "double", "reset": "string", "daysLeft": "double", "lasts": "bool",
		"perDay": "double", "autoPurchase": "bool",
	},
	"Subscription": {
		"plan": "string", "nextBill": "string", "amount": "string", "currency": "string", "period": "string",
	},
	"PaymentMethod": {"type": "string", "brand": "string", "valid": "bool", "expires": "string", "none": "bool"},
	"Payment":       {"at": "string", "status": "string", "amount": "string", "currency": "string"},
	"Usage":         {"date": "string", "operations": "double", "credits": "double", "dataTransfer": "double"},
	"Changes": {"pending": "int", "drift": "int", "conflict": "int", "held": "int", "waiting": "int",
		"since": "string"},
	// Row is an organization of `status`; its keys are the variables of --where.
	"Row": {
		"key": "string", "zone": "string", "id": "int", "name": "string", "plan": "string", "onHold": "bool",
		"credits": "Credits", "apiLimit": "int", "teams": "int", "apps": "int", "members": "MemberCounts",
		"tfaEnforced": "bool", "owner": "string",
		"subscription": "Subscription", "paymentMethod": "PaymentMethod", "lastPayment": "Payment",
		"usage": "list(Usage)", "changes": "Changes",
		"notRead": "list(string)",
	},
	"MemberCounts": {"total": "int", "admins": "int", "pending": "int", "expired": "int", "withoutTwoFactor": "int",
		"adminsWithoutTwoFactor": "int", "byRole": "map(int)", "noTwoFactor": "list(string)"},
}

// planKeys are the keys of an organization that stand in the plan; any others the caller has to
// read.
var planKeys = map[string]bool{
	"key": true, "zone": true, "id": true, "name": true, "apiLimit": true,
	"steps": true, "waiting": true, "held": true,
	"unmanaged": true, "unchanged": true, "notRead": true, "unmanagedAddresses": true,
}

// variables are what the expressions of a subject may name, with their types.
var variables = map[Subject]map[string]string{
	OnOrganization: {"organization": "Organization", "plan": "Plan", "now": "timestamp"},
	OnStep:         {"step": "Step", "organization": "Organization", "plan": "Plan", "now": "timestamp"},
	OnPlan:         {"plan": "Plan", "now": "timestamp"},
}

// shape is a type of the table, ready for checking (cel) and converting (the rest).
type shape struct {
	scalar string            // string, int, double, bool, timestamp, dyn; empty for the others
	object string            // the name in fieldTypes
	fields map[string]*shape // of the object
	list   *shape            // the items of a list
	dict   *shape            // the values of a map
	cel    *cel.Type
}

// shapes are those of all objects, by name.
var shapes = sync.OnceValue(func() map[string]*shape {
	all := make(map[string]*shape, len(fieldTypes))
	for name := range fieldTypes {
		all[name] = &shape{object: name, fields: map[string]*shape{}, cel: cel.ObjectType(name)}
	}
	for name, fields := range fieldTypes {
		for key, notation := range fields {
			all[name].fields[key] = parseShape(notation, all)
		}
	}
	return all
})

var scalarTypes = map[string]*cel.Type{
	"string": cel.StringType, "int": cel.IntType, "double": cel.DoubleType, "bool": cel.BoolType,
	"timestamp": cel.TimestampType, "dyn": cel.DynType,
}

func parseShape(notation string, objects map[string]*shape) *shape {
	if inner, ok := strings.CutPrefix(notation, "list("); ok {
		items := parseShape(strings.TrimSuffix(inner, ")"), objects)
		return &shape{list: items, cel: cel.ListType(items.cel)}
	}
	if inner, ok := strings.CutPrefix(notation, "map("); ok {
		values := parseShape(strings.TrimSuffix(inner, ")"), objects)
		return &shape{dict: values, cel: cel.MapType(cel.StringType, values.cel)}
	}
	if s, ok := objects[notation]; ok {
		return s
	}
	return &shape{scalar: notation, cel: scalarTypes[notation]}
}

// shapeOf is the shape of a variable.
func shapeOf(notation string) *shape { return parseShape(notation, shapes()) }

// provider tells CEL of the objects. Their values are maps, which CEL reads by key: GetFrom and
// IsSet stay empty, as they are for values that are structs.
type provider struct{ *types.Registry }

// FindStructType knows the objects by name.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if s, ok := shapes()[name]; ok {
		return types.NewTypeTypeWithParam(s.cel), true
	}
	return p.Registry.FindStructType(name)
}

// FindStructFieldNames lists the keys of an object, sorted.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if s, ok := shapes()[name]; ok {
		return sortedKeys(s.fields), true
	}
	return p.Registry.FindStructFieldNames(name)
}

// FindStructFieldType gives the type of a key.
func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	s, ok := shapes()[name]
	if !ok {
		return p.Registry.FindStructFieldType(name, field)
	}
	f, ok := s.fields[field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: f.cel}, true
}

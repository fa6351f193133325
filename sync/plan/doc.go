// Package plan is the plan as data. In go the changes of each organization; out comes a Plan that
// can be printed, compared, saved (see savedplan), checked and walked:
//
//	Change ─ SortChanges ─ SetPreconditions ─ NumberChanges ─▶ Step ─ WritesOf ─▶ Write
//
// A step in JSON:
//
//	{"n": 1, "address": "acme/variable/API_BASE", "op": "update", "risk": "none",
//	 "fields": [{"path": "value", "from": "https://old.example", "to": "https://new.example"}],
//	 "arguments": {"name": "API_BASE", "typeId": 2, "value": "https://new.example"},
//	 "after": [], "precondition": "sha256:…"}
//
// Fields are for people, arguments for the writes; the precondition is a fingerprint of what the
// step takes for granted. What there is to know of each type of step stands in one table, in
// types.go. Nothing here reads a zone or a clock.
package plan

// Package offline makes zones without a network: out of a snapshot, which holds the live state of
// one time, and out of documents (--base), which hold what they declare. What comes out is a
// state.Port, so that planning does not know the difference:
//
//	state.ZoneState ─ MakeSnapshot ─▶ Snapshot ─ EncodeSnapshot ─▶ zone.json
//	zone.json ─ DecodeSnapshot ─▶ Snapshot ─ Check ─ Port ─▶ state.Port
//	documents of base and head ─ Base ─▶ state.Port
//
// Planning against a snapshot of now gives the plan of now. Secrets and, where that is asked for,
// e-mails are in a snapshot as salted hashes only.
package offline

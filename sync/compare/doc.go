// Package compare shows where two sides differ, field by field: zones, snapshots or documents, in
// any combination. In go the two sides, each flattened to one form; out come the organizations with
// the objects and fields that differ:
//
//	zone, snapshot, documents ─ Flatten… ─▶ Side ─┐
//	                                              ├─ Compare ─▶ Comparison
//	zone, snapshot, documents ─ Flatten… ─▶ Side ─┘
//
// Ids are compared by the names behind them, since two zones number alike things unlike. It plans
// nothing.
package compare

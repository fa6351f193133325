// Package export makes documents out of live states: of one zone (export), and of one zone for
// another (migrate). In goes a state.ZoneState; out come organizations as documents know them, what
// was left out, and why:
//
//	state.ZoneState ─ Selector ─ Exporter ─▶ Document {Organization, Notes}
//	two zones' states ─ Migration ─▶ stages of documents, omissions, what has to be done by hand
//
// Ids become names that the zone's own lists settle; secrets become references. Writing the YAML is
// package document's.
package export

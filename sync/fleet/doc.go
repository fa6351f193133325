// Package fleet looks over many organizations at once: what `status` shows of each, what needs
// attention first, who is where, and what `doctor` finds before a run. In go readings of zones (it
// asks through state.FleetReader) or facts, and a time; out come rows and checks, plain data. The
// package has no clock and makes no words for a terminal.
//
//	columns ─▶ Parts ─▶ ReadZone ─▶ Reading ─▶ NewRow ─▶ Row ─┬─▶ Look ─▶ Attention, worst first
//	                                   now ───────▲           └─▶ Sort, Keep (only the columns asked for)
//
//	facts of a zone, of the documents, of this machine ─▶ checks ─▶ Diagnosis
//
// For example:
//
//	columns, err := fleet.ParseColumns("credits,members")
//	zone, err := fleet.ReadZone(ctx, source, fleet.ReadOptions{Parts: fleet.PartsOf(columns)})
//	row := fleet.NewRow(&zone.Readings[0], now)
//	for _, a := range fleet.Look([]fleet.Row{row}, fleet.Limits{}, now) { … }
package fleet

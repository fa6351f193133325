// Package billing is what there is to know of money: what an organization pays and how, what its
// zone sells, and what a change of the subscription does. In go values alone; nothing here reads,
// writes or decides:
//
//	Catalogue.Choose(want) ─▶ Price          exactly one, or why not
//	Effects(change)        ─▶ []string       what will happen, in words
//
// Amounts are decimal numbers (spec.Amount), names, periods and currencies compare without case.
package billing

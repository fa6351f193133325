// Package savedplan is a plan in a file: written and sealed, read back, and judged whether it may
// be applied now, with its secrets taken from their references again.
//
//	Plan ─ Encode (seal) ─▶ plan.json ─ Decode (strict, seal, what follows from the steps) ─▶ Plan
//	Plan ─ Verify (expired, used, foreign) ─ Hydrate (secrets) ─▶ Plan
//
// A file can say anything: Decode takes only what Encode writes for a plan that makesync could have
// made.
package savedplan

// Package savedplan tells whether a plan that was read from a file may be applied now, and takes
// its secrets from their references again:
//
//	plan.Decode ─▶ Plan ─ Verify (expired, used, foreign) ─ Hydrate (secrets) ─▶ Plan
package savedplan

// Package state is what a zone holds and how it is asked. In goes a Reader (the API, a snapshot,
// documents); out come organizations in the form that all other packages compare, save and write:
//
//	Reader ─ ReadOrganization ─▶ Organization ─ Normalise ─ ViewOf ─▶ View {"type": string, "value": …}
//	       └ ReadZone ─────────▶ ZoneState: organizations, lists of names, keys
//
// What nobody read is nil, what the zone did not show is absent, and neither is ever taken for
// false or empty: Organization.Read and Has tell the two apart. A value that may be a secret is a
// Scalar that masks itself; it leaves the process as a fingerprint only.
//
// The interfaces are here too: ZoneReader and ObjectReader with their errors (CallError), and the
// Clock.
package state

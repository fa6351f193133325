package sync

// Class is why a call failed, for exit codes and words.
type Class string

// The classes.
const (
	ClassRefused     Class = "refused"      // 401, 403 of the token itself
	ClassForbidden   Class = "forbidden"    // 403 for this object: rights, wrong zone
	ClassFreePlan    Class = "free-plan"    // 403 "Forbidden to use token authorization for this organization."
	ClassNotFound    Class = "not-found"    // 404
	ClassLicence     Class = "licence"      // 402, or a feature that is off
	ClassInvalid     Class = "invalid"      // 400, 406, 413, 422
	ClassRateLimit   Class = "rate-limit"   // 429 after all waiting
	ClassServer      Class = "server"       // 5xx
	ClassUnreachable Class = "unreachable"  // dial, TLS, DNS, time-out, reset
	ClassBroken      Class = "broken-reply" // a 2xx that cannot be read
	ClassCancelled   Class = "cancelled"    // the run was interrupted
	ClassInternal    Class = "internal"     // a defect of makesync itself, such as a write on a transport that only reads
)

package exit

import (
	"maps"
	"slices"
	"strings"
)

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
	ClassInternal    Class = "internal"     // a defect of makesync itself: a write on a transport that only reads
)

// classExits is the exit of a run that failed calls of one class ended: the zone refused, or it
// could not be reached. A class that is not listed says nothing about the zone.
var classExits = map[Class]Code{
	ClassRefused:     Refused,
	ClassForbidden:   Refused,
	ClassFreePlan:    Refused,
	ClassLicence:     Refused,
	ClassNotFound:    Refused,
	ClassInvalid:     Refused,
	ClassRateLimit:   Unreachable,
	ClassServer:      Unreachable,
	ClassUnreachable: Unreachable,
	ClassBroken:      Unreachable,
	ClassCancelled:   OK,
	ClassInternal:    Internal,
}

// OfClass is the exit of a run that a failed call of the class ended, when nothing else of it
// came about; OK when the class alone decides nothing: the run was stopped, and why is
// StopExit's to say.
func OfClass(class Class) Code {
	exit, known := classExits[class]
	if !known {
		return Internal
	}
	return exit
}

// Classes are all classes, sorted.
func Classes() []Class { return slices.Sorted(maps.Keys(classExits)) }

// IsTFAUnavailable tells whether an answer to enforcing two-factor authentication means that the
// organization has no such feature: the published 400 with SC400, "TFA enforcement is not
// available." Another 400, or one without a code, such as a gateway's, does not say so.
func IsTFAUnavailable(status int, code string) bool { return status == 400 && code == "SC400" }

// IsTokenForbidden knows the refusal of an organization whose plan has no API access, "Forbidden to
// use token authorization for this organization." (seen live by third parties). The sentence is
// matched loosely, for nothing else in that reply tells it from a missing right.
func IsTokenForbidden(message string) bool {
	return strings.Contains(strings.ToLower(message), "token authorization")
}

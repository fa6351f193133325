package planner

import (
	"context"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Request is everything that Make looks at.
type Request struct {
	Desired *spec.Desired
	// Zones are the zones by the name that organizations use; one that is missing makes its
	// organizations unreadable.
	Zones map[string]state.Port
	// ZoneURLs are where --zone-url puts zones, also those that the run does not go to.
	ZoneURLs map[string]string
	Scope    spec.Scope
	Allow    []plan.Allow
	// Shard restricts the run to a part of the organizations; nil: all of them.
	Shard *spec.Shard
	// Concurrency bounds the organizations read side by side; below 1 counts as 1.
	Concurrency int
	// Now dates the plan.
	Now time.Time
	// Salt is random and used once: it salts the fingerprints of secrets. Empty: no fingerprint
	// of a secret is made, and a step that touches one has a precondition on the rest only.
	Salt []byte
	// Tool is makesync's version, for the plan.
	Tool string
	// ExitCode is --exit-code: pending and held changes show in Plan.Exit.
	ExitCode bool
	// Problems were found before planning (warnings of the documents); the plan carries them on.
	Problems []spec.Problem
	// Rules are the changes of the rules against the documents before a change; the plan carries
	// them on.
	Rules []spec.RuleChange
	// Since are the zones as they were, by name, against which each step says why it is there; nil:
	// no step says. A zone that is missing makes all origins in it unknown.
	Since map[string]Baseline
	// Read, when set, is told of each organization that was read, by several goroutines, before it
	// is let go of. It may keep it.
	Read func(zone string, live *state.Organization)
	// GuardsDigest is that of the guards and policies in force; the plan carries it on.
	GuardsDigest string
	// Judge judges what the guards let through; nil: there are no policies.
	Judge Judge
	// ListUnmanaged is --show-unmanaged: the plan lists what no document speaks of.
	ListUnmanaged bool
	// Memory, FirstSeen, Refusals and Progress are optional.
	Memory    state.Memory
	FirstSeen FirstSeen
	// Billing knows from the journals what of billing was sent; nil: there are none.
	Billing state.BillingMemory
	// NoMoney is why the run may move no money; "" when it may.
	NoMoney string
	// Refusals remember what plans of Make do not offer; nil: what a zone's reader knows of them
	// counts.
	Refusals state.RefusalMemory
	// MostSecrets ends a plan whose fingerprints are of more different values by ErrTooManySecrets,
	// since each takes a core for a while; 0: as many as there are.
	MostSecrets int
	// MostChanges ends a plan that would have more, with those that have to wait, by
	// ErrTooManyChanges; 0: as many as there are.
	MostChanges int
	// Progress is told, one call at a time and in the order of arrival, of each organization that
	// is done.
	Progress func(plan.Progress)
}

// Baseline is a zone as it was at an earlier time.
type Baseline interface {
	// Before is an organization as it was then, with the kinds that are wanted; nil when nothing is
	// known of it. What is kept as a fingerprint is read as the value or the e-mail of like that
	// fits it.
	Before(ctx context.Context, id int64, like *spec.Organization, wanted state.Wanted) *state.Organization
	// Has tells whether the zone had an organization of the name, or the id where there is one.
	Has(o *spec.Organization) bool
	// Unknown tells whether nothing can be said of an object.
	Unknown(id int64, object spec.Address) bool
}

// FirstSeen knows since when something has been waiting.
type FirstSeen interface {
	// Since gives the time when this state directory first saw the address waiting for the reason.
	Since(address spec.Address, reason string) (time.Time, bool)
}

// otherHosts are the hosts of every zone but one, as far as the documents and the run know them.
func (r *Request) otherHosts(own spec.Endpoint) []string {
	var used []spec.Endpoint
	for _, port := range r.Zones {
		used = append(used, port.Endpoint)
	}
	return state.KnownHosts(own, r.Desired.Zones, used...)
}

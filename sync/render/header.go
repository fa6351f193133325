package render

import (
	"fmt"
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"strings"
)

// headLabel is the width of the labels in headers.
const headLabel = 7

// writeZones writes a line for each zone: name, url, whose token, and SANDBOX where it is one.
func writeZones(p *printer, zones []plan.Zone) {
	for _, zone := range zones {
		p.labelled(0, bold, "zone", headLabel, zoneWords(zone))
	}
}

func zoneWords(zone plan.Zone) string {
	words := []string{Clean(zone.Name)}
	if zone.Sandbox {
		words[0] += " (SANDBOX, simulated: nothing real is touched)"
	}
	if url := zoneURL(zone); url != "" {
		words = append(words, url)
	}
	switch {
	case zone.User.Email != "":
		words = append(words, fmt.Sprintf("token of %s (user %d)", Clean(zone.User.Email), zone.User.ID))
	case zone.User.ID != 0 && zone.URL != "": // a zone made of documents has neither
		words = append(words, fmt.Sprintf("token of user %d", zone.User.ID))
	}
	return strings.Join(words, ", ")
}

// zoneURL is where a zone was reached. A simulated one is in this process, and the address that it
// simulates would only make people doubt that.
func zoneURL(zone plan.Zone) string {
	if zone.Sandbox {
		return ""
	}
	return Clean(zone.URL)
}

// isPart: shard 1 of 1 is the whole run.
func isPart(s *spec.Shard) bool { return s != nil && s.Count > 1 }

func writeShard(p *printer, shard *spec.Shard) {
	if isPart(shard) {
		p.labelled(
			0,
			bold,
			"shard",
			headLabel,
			fmt.Sprintf("%d of %d: only this part of the organizations", shard.Index, shard.Count),
		)
	}
}

// changedSinceWords say that a plan looks only at what a change of the documents touches.
func changedSinceWords(c *spec.ChangedSince) string {
	if c == nil {
		return ""
	}
	version := Clean(c.Version)
	if c.Commit != "" {
		version += " (commit " + Clean(c.Commit[:min(12, len(c.Commit))]) + ")"
	}
	return fmt.Sprintf("%s of %s, those that the documents have changed since %s", text.Number(c.Changed),
		text.Count(c.Declared, "organization", "organizations"), version)
}

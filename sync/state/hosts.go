package state

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"makesync/spec"
)

// Candidates splits the rows of a zone's list, which spans all zones, into those that live in
// this zone and those that live elsewhere (these serve hints only). OtherHosts are the hosts of
// all zones known besides, built in or named in the run.
//
//	row's zone field                             some row is this zone's    no row is
//	one of the endpoint's hosts                  here                       –
//	the host of another zone                     elsewhere                  elsewhere
//	any other, or none; the row has a licence    elsewhere                  here
//	any other, or none; no licence               elsewhere                  elsewhere
//
// The last column serves self-hosted and overridden zones, whose field names a host that nobody
// told us: the API gives a licence only for organizations of the zone that is called.
func Candidates(e spec.Endpoint, rows []*Organization, otherHosts ...string) (here, elsewhere []*Organization) {
	own, others := hostSet(e.Hosts), hostSet(otherHosts)
	here, elsewhere = splitRows(rows, func(l *Organization) bool { return l.Host != "" && own[spec.FoldName(l.Host)] })
	if len(here) > 0 {
		return here, elsewhere
	}
	return splitRows(rows, func(l *Organization) bool { return l.License != nil && !others[spec.FoldName(l.Host)] })
}

func splitRows(rows []*Organization, fits func(*Organization) bool) (in, out []*Organization) {
	for _, row := range rows {
		if fits(row) {
			in = append(in, row)
		} else {
			out = append(out, row)
		}
	}
	sort.SliceStable(in, func(i, j int) bool { return in[i].ID < in[j].ID })
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return in, out
}

func hostSet(hosts []string) map[string]bool {
	set := map[string]bool{}
	for _, h := range hosts {
		if h = strings.TrimSpace(h); h != "" {
			set[spec.FoldName(h)] = true
		}
	}
	return set
}

// KnownHosts are the hosts of all zones but one, sorted: the built-in zones, those that documents
// declare, by name, and those that the run uses besides. Candidates wants them.
func KnownHosts(own spec.Endpoint, declared map[string]spec.Zone, used ...spec.Endpoint) []string {
	ours := hostSet(own.Hosts)
	hosts := map[string]bool{}
	add := func(zone string, names ...string) {
		for _, h := range names {
			if h != "" && zone != own.Name && !ours[spec.FoldName(h)] {
				hosts[h] = true
			}
		}
	}
	for zone, host := range spec.BuiltinZones() {
		add(zone, host)
	}
	for zone, z := range declared {
		add(zone, z.Host)
	}
	for _, e := range used {
		add(e.Name, e.Hosts...)
	}
	return slices.Sorted(maps.Keys(hosts))
}

package grouping

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
)

// WaitingGroup is what waits for one reason in several organizations.
type WaitingGroup struct {
	// Reason is that of all; … stands in it for what differs between them, such as a person's name.
	Reason string
	// Rows are the most frequent first.
	Rows []WaitingRow
	// Earliest is when the first of all was seen, Latest when the last was; nil when that is
	// unknown of any.
	Earliest *time.Time
	Latest   *time.Time
}

// WaitingRow is what waits in the same organizations.
type WaitingRow struct {
	// Objects has the first of the equal ones for each object; its reason is that of all of them.
	Objects       []plan.Waiting
	Organizations []string
}

// Counts is how many objects of each kind wait.
func (w *WaitingGroup) Counts() map[spec.Kind]int {
	counts := map[spec.Kind]int{}
	for _, row := range w.Rows {
		for _, object := range row.Objects {
			counts[object.Address.Kind()] += len(row.Organizations)
		}
	}
	return counts
}

// number is in how many organizations objects wait, each object for itself.
func (w *WaitingGroup) number() (n int) {
	for _, count := range w.Counts() {
		n += count
	}
	return n
}

func (g *Grouping) groupWaiting(least int) {
	var b bundle
	for i := range g.Rest {
		for j := range g.Rest[i].Waiting {
			b.add(form(&g.Rest[i].Waiting[j]), member{i, j})
		}
	}
	taken := map[member]bool{}
	for _, key := range b.keys {
		members := b.members[key]
		if g.organizations(members) < least {
			continue
		}
		for _, m := range members {
			taken[m] = true
		}
		g.Waiting = append(g.Waiting, g.newWaitingGroup(members))
	}
	slices.SortStableFunc(g.Waiting, func(a, b WaitingGroup) int { return cmp.Compare(b.number(), a.number()) })
	g.leave(taken, func(o *plan.Organization, left func(int) bool) { o.Waiting = without(o.Waiting, left) })
}

// organizations is of how many organizations members are, which stand in their order.
func (g *Grouping) organizations(members []member) int {
	return len(slices.CompactFunc(slices.Clone(members), sameOrganization))
}

func (g *Grouping) waiting(m member) *plan.Waiting { return &g.Rest[m.organization].Waiting[m.at] }

func (g *Grouping) newWaitingGroup(members []member) WaitingGroup {
	var objects bundle
	all := make([]*plan.Waiting, len(members))
	for i, m := range members {
		all[i] = g.waiting(m)
		objects.add(string(all[i].Address.Kind())+"\x00"+all[i].Address.Name(), m)
	}
	group := WaitingGroup{Reason: sharedReason(all), Earliest: all[0].Since, Latest: all[0].Since}
	for _, w := range all {
		group.see(w.Since)
	}
	rows := map[string]int{} // their places, by organizations
	for _, key := range objects.keys {
		keys := slices.Compact(g.keys(objects.members[key]))
		where := strings.Join(keys, "\x00")
		n, known := rows[where]
		if !known {
			n, rows[where] = len(group.Rows), len(group.Rows)
			group.Rows = append(group.Rows, WaitingRow{Organizations: keys})
		}
		var same []*plan.Waiting
		for _, m := range objects.members[key] {
			same = append(same, g.waiting(m))
		}
		object := *same[0]
		object.Reason = sharedReason(same)
		group.Rows[n].Objects = append(group.Rows[n].Objects, object)
	}
	slices.SortStableFunc(group.Rows, func(a, b WaitingRow) int {
		return cmp.Compare(len(b.Organizations), len(a.Organizations))
	})
	return group
}

// sharedReason is the reason of all, with as little left out as there has to be.
func sharedReason(members []*plan.Waiting) string {
	for _, reason := range []func(*plan.Waiting) string{told, impersonal} {
		words := reason(members[0])
		if !slices.ContainsFunc(members, func(w *plan.Waiting) bool { return reason(w) != words }) {
			return words
		}
	}
	return form(members[0])
}

func told(w *plan.Waiting) string { return w.Reason }

// impersonal is the reason without the name of the person who waits. Names of other objects are
// words that can stand in a reason by chance.
func impersonal(w *plan.Waiting) string {
	if w.Address.Kind() != spec.KindMember {
		return w.Reason
	}
	return strings.ReplaceAll(w.Reason, w.Address.Name(), differs)
}

// differs stands for what differs.
const differs = "…"

// numbers are those of words, such as ids and dates, not what belongs to a name.
var numbers = regexp.MustCompile(`\b[0-9]+(-[0-9]+)*\b`)

// form is the reason without what differs between alike ones.
func form(w *plan.Waiting) string { return numbers.ReplaceAllString(impersonal(w), differs) }

// see takes in when one of the members was first seen.
func (w *WaitingGroup) see(since *time.Time) {
	switch {
	case since == nil || w.Earliest == nil:
		w.Earliest, w.Latest = nil, nil
	case since.Before(*w.Earliest):
		w.Earliest = since
	case since.After(*w.Latest):
		w.Latest = since
	}
}

package apply

import (
	"context"
	"fmt"
	"strconv"

	"makesync/spec/text"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// zoneLists are the lists of names of the run's zones, read before the steps of a saved plan are
// checked, and only read after that.
type zoneLists map[zoneList]listedNames

type zoneList struct {
	zone string
	list state.List
}

type listedNames struct {
	names []state.Name
	err   error
}

// organizations is not one of the API's lists of names, and is looked up like one.
const organizations state.List = "organizations"

// readLists reads each list once that some step of the plan needs.
func (a *applier) readLists(ctx context.Context, workers []*worker) {
	a.lists = zoneLists{}
	for _, w := range workers {
		o := w.organization
		if !w.observer.Reachable() {
			continue
		}
		a.readList(ctx, o.Zone, organizations)
		for i := range w.list {
			for _, shown := range w.list[i].ShownIDs() {
				if shown.List != state.Teams {
					a.readList(ctx, o.Zone, shown.List)
				}
			}
		}
	}
	for _, w := range workers {
		w.checker.lists = a.lists
	}
}

func (a *applier) readList(ctx context.Context, zone string, list state.List) {
	key := zoneList{zone, list}
	if _, known := a.lists[key]; known {
		return
	}
	reader := a.options.Zones[zone].Reader
	if list != organizations {
		names, err := reader.Names(ctx, list, 0)
		a.lists[key] = listedNames{names, err}
		return
	}
	rows, err := reader.OrganizationNames(ctx)
	names := make([]state.Name, len(rows))
	for i, row := range rows {
		names[i] = state.Name{ID: row.ID, Name: row.Name}
	}
	a.lists[key] = listedNames{names, err}
}

// checkNames looks up the ids of a saved plan again: what people have confirmed are names, and a
// file can say anything. Of a plan of our own making the ids came from the same lists a moment ago.
func (c *checker) checkNames(ctx context.Context, s *plan.Step) *stepResult {
	if !c.options.Saved {
		return nil
	}
	if stopped := c.checkOrganization(ctx); stopped != nil {
		return stopped
	}
	for _, shown := range s.ShownIDs() {
		live, err := c.namesOf(ctx, shown)
		if err != nil {
			return c.unreadableNames(ctx, err)
		}
		if state.NormalName(live) != state.NormalName(shown.Text) {
			const words = "it shows the %s %s, and what it would send stands for %s"
			return skip(report.ReasonStale, fmt.Sprintf(words, shown.Path, text.Quote(shown.Text), text.Quote(live)))
		}
	}
	return nil
}

// checkPast compares what a saved plan shows as the former state with the zone: the precondition
// stands in the same file.
func checkPast(ctx context.Context, c *checker, s *plan.Step) *stepResult {
	if !c.options.Saved {
		return nil
	}
	if why := observe.OtherControl(c.observer.Live(), s); why != "" && c.organization.ID != 0 && !c.needsPurchase(s) {
		return skip(report.ReasonStale, why)
	}
	why, err := observe.WrongPast(s, c.observer.View(s), func(list state.List, id, shown string) (string, error) {
		return oldName(ctx, c, list, id, shown)
	})
	switch {
	case err != nil:
		return c.unreadableNames(ctx, err)
	case why != "":
		return skip(report.ReasonStale, why)
	}
	return nil
}

// oldName is what plans call an id that was there, in their one form. A role that only the
// organization has they call by its id.
func oldName(ctx context.Context, c *checker, list state.List, id, shown string) (string, error) {
	if list == state.Roles && shown == state.BuiltinRoles[id] {
		return shown, nil
	}
	number, _ := strconv.ParseInt(id, 10, 64)
	entry, err := c.entry(ctx, list, number)
	listed := find(c.lists[zoneList{c.organization.Zone, list}].names, number) != nil
	switch own := list == state.Roles && !listed && state.BuiltinRoles[id] == ""; {
	case err != nil || entry == nil:
		return state.RoleName(nil, id), err
	case own && shown == id:
		return id, nil
	}
	return state.PreferredName(list, *entry), nil
}

// checkOrganization: the organization of this id has the name that the plan shows.
func (c *checker) checkOrganization(ctx context.Context) *stepResult {
	o := c.organization
	if o.ID == 0 {
		return nil
	}
	rows := c.lists[zoneList{o.Zone, organizations}]
	if rows.err != nil {
		return c.unreadableNames(ctx, rows.err)
	}
	row := find(rows.names, o.ID)
	if row == nil || state.NormalName(row.Name) == state.NormalName(o.Name) {
		return nil // one that is gone is told by what reads it
	}
	const words = "the plan shows the organization %s, and the id %d is that of %s"
	return skip(report.ReasonStale, fmt.Sprintf(words, text.Quote(o.Name), o.ID, text.Quote(row.Name)))
}

func (c *checker) unreadableNames(ctx context.Context, err error) *stepResult {
	if ctx.Err() != nil {
		return stepResultOfStop(ctx)
	}
	return unreadableResult(err, "the names behind the plan's ids could not be read, so nothing was written")
}

// namesOf is what the zone calls the ids, in the one form that plans show: a policy that looks for
// Admin does not find "admin", nor the role's id.
func (c *checker) namesOf(ctx context.Context, shown plan.ShownIDs) (string, error) {
	parts := make([]string, len(shown.IDs))
	for i, id := range shown.IDs {
		entry, err := c.entry(ctx, shown.List, id)
		switch {
		case err != nil:
			return "", err
		case entry == nil:
			parts[i] = "nothing in the zone's list (id " + state.FormatID(id) + ")"
		default:
			parts[i] = state.PreferredName(shown.List, *entry)
		}
	}
	return plan.TeamsText(parts), nil
}

// entry finds an id in the zone's list, and among the organization's own teams and roles.
func (c *checker) entry(ctx context.Context, list state.List, id int64) (*state.Name, error) {
	if list != state.Teams {
		listed := c.lists[zoneList{c.organization.Zone, list}]
		found := find(listed.names, id)
		if listed.err != nil || found != nil || list != state.Roles || c.organization.ID == 0 {
			return found, listed.err
		}
	}
	names, err := c.observer.Names(ctx, list)
	return find(names, id), err
}

func find(names []state.Name, id int64) *state.Name {
	for i := range names {
		if names[i].ID == id {
			return &names[i]
		}
	}
	return nil
}

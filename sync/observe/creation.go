package observe

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Creation finds out whether an organization was created. That is read twice: in the list of
// organizations, which must show one of the name that was not there before, and, where the list
// shows none, among the memberships of the token's user, who is the Owner of what was made. A list
// that is behind would else make a run, or the one after it, create a second organization.
type Creation struct {
	reader     state.Reader
	endpoint   spec.Endpoint
	otherHosts []string
	// IDsBefore are the organizations of the name that were there before: any other one of the name
	// is the one that was created.
	IDsBefore []int64
	// listedIDs are all organizations, sorted, of the list that was read last.
	listedIDs []int64
	// Lists are shared by those who look at the same moment; nil: everybody reads.
	Lists *Lists
}

// Lists are the organizations of a zone, and those that the token's user has joined, as they were
// read for the first who asked. They hold for one moment, whose end is up to the caller.
type Lists struct {
	names  func() ([]*state.Organization, error)
	joined func() ([]int64, error)
}

func (c *Creation) names(ctx context.Context) ([]*state.Organization, error) {
	read := func() ([]*state.Organization, error) { return c.reader.OrganizationNames(ctx) }
	if c.Lists == nil {
		return read()
	}
	if c.Lists.names == nil {
		c.Lists.names = sync.OnceValues(read)
	}
	return c.Lists.names()
}

func (c *Creation) joined(ctx context.Context, reader state.MembershipReader) ([]int64, error) {
	read := func() ([]int64, error) { return reader.Memberships(ctx) }
	if c.Lists == nil {
		return read()
	}
	if c.Lists.joined == nil {
		c.Lists.joined = sync.OnceValues(read)
	}
	return c.Lists.joined()
}

// find looks for an organization of the name that was not there before, in the list alone.
func (c *Creation) find(ctx context.Context, name string) Evidence {
	rows, err := c.names(ctx)
	if err != nil {
		why := "the list of organizations cannot be read (" + text.OneLine(err.Error()) + ")"
		return Evidence{State: Unknown, Why: why}
	}
	c.listedIDs = idsOf(rows)
	wasThere := func(id int64) bool { return slices.Contains(c.IDsBefore, id) }
	return judgeNewIDs(slices.DeleteFunc(idsNamed(rows, name), wasThere))
}

// judgeNewIDs is what a number of new organizations of one name says about a creation.
func judgeNewIDs(ids []int64) Evidence {
	switch len(ids) {
	case 0:
		return Evidence{State: NotApplied, Why: "no new organization of the name is there"}
	case 1:
		return Evidence{State: Applied, Answer: plan.Answer{OrganizationID: ids[0]}}
	}
	why := fmt.Sprintf("%d new organizations of the name are there (ids %v)", len(ids), ids)
	return Evidence{State: Conflicting, Why: why}
}

// Confirm asks the memberships about a creation of which the list knows nothing; of other
// writes it has nothing to add.
func (c *Creation) Confirm(ctx context.Context, w Write, found Evidence) Evidence {
	if w.Verb != plan.CreateOrganization {
		return found
	}
	ids, err := c.JoinedButUnlisted(ctx, w.Arguments.Name)
	switch {
	case ctx.Err() != nil: // who was stopped while asking has asked nobody
		return StoppedReading
	case err != nil:
		return Evidence{State: Conflicting, Why: err.Error()}
	case len(ids) == 0:
		return found
	}
	return judgeNewIDs(ids)
}

// JoinedButUnlisted are the organizations of a name that the token's user has joined and that the
// list, read just before, does not show. A zone that refuses to tell the user's organizations has
// nothing to add; that it is asked in vain, as in an outage, which loses answers and lets lists
// fall behind, is an error, and so is one of them of which it does not tell the name.
func (c *Creation) JoinedButUnlisted(ctx context.Context, name string) (named []int64, err error) {
	reader, able := c.reader.(state.MembershipReader)
	if !able {
		return nil, nil
	}
	joined, err := c.joined(ctx, reader)
	switch {
	case state.IsOutage(err):
		return nil, fmt.Errorf("the organizations that the token's user has joined cannot be read (%s), "+
			"and the list may be behind them", text.OneLine(err.Error()))
	case err != nil:
		return nil, nil
	}
	for _, id := range joined {
		if _, listed := slices.BinarySearch(c.listedIDs, id); listed {
			continue
		}
		live, err := c.reader.Organization(ctx, id, true)
		if err != nil {
			return nil, fmt.Errorf("the token's user has joined an organization (id %d) "+
				"that the list does not show and that cannot be read", id)
		}
		if state.NormalName(live.Name) == state.NormalName(name) {
			named = append(named, id)
		}
	}
	return named, nil
}

// ListNamesakes lists the organizations of a name in this zone, and remembers those of all zones:
// if the answer to a creation is lost, another one of the name is the one that it made. The narrow
// list tells it, but for a namesake in a zone whose host nobody knows.
func (c *Creation) ListNamesakes(ctx context.Context, name string) ([]int64, error) {
	rows, err := c.reader.OrganizationNames(ctx)
	if err != nil {
		return nil, err
	}
	here, _ := state.Candidates(c.endpoint, rows, c.otherHosts...)
	if len(here) == 0 && len(idsNamed(rows, name)) > 0 {
		if rows, err = c.reader.Organizations(ctx); err != nil {
			return nil, err
		}
		here, _ = state.Candidates(c.endpoint, rows, c.otherHosts...)
	}
	c.IDsBefore, c.listedIDs = idsNamed(rows, name), idsOf(rows)
	return idsNamed(here, name), nil
}

// Twins are organizations of the name that were not there before the one with this id was created,
// and that somebody else must have created meanwhile.
func (c *Creation) Twins(ctx context.Context, name string, id int64) ([]int64, error) {
	rows, err := c.reader.OrganizationNames(ctx)
	if err != nil {
		return nil, err
	}
	known := func(other int64) bool { return other == id || slices.Contains(c.IDsBefore, other) }
	return slices.DeleteFunc(idsNamed(rows, name), known), nil
}

func idsOf(rows []*state.Organization) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	slices.Sort(ids)
	return ids
}

func idsNamed(rows []*state.Organization, name string) []int64 {
	var ids []int64
	for _, row := range rows {
		if state.NormalName(row.Name) == state.NormalName(name) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

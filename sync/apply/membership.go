package apply

import (
	"context"
	"fmt"
	"slices"

	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Whether an organization was created is read twice: in the list of organizations, which must show
// one of the name that was not there before, and, where the list shows none, among the memberships
// of the token's user, who is the Owner of what was made. A list that is behind would else make a
// run, or the one after it, create a second organization.

// findCreated looks for an organization of the name that was not there before, in the list alone.
func (o *observer) findCreated(ctx context.Context, name string) evidence {
	rows, err := o.reader.Organizations(ctx)
	if err != nil {
		why := "the list of organizations cannot be read (" + text.OneLine(err.Error()) + ")"
		return evidence{state: stateUnknown, why: why}
	}
	o.listedIDs = idsOf(rows)
	wasThere := func(id int64) bool { return slices.Contains(o.idsBefore, id) }
	return judgeNewIDs(slices.DeleteFunc(idsNamed(rows, name), wasThere))
}

// judgeNewIDs is what a number of new organizations of one name says about a creation.
func judgeNewIDs(ids []int64) evidence {
	switch len(ids) {
	case 0:
		return evidence{state: notApplied, why: "no new organization of the name is there"}
	case 1:
		return evidence{state: applied, answer: plan.Answer{OrganizationID: ids[0]}}
	}
	why := fmt.Sprintf("%d new organizations of the name are there (ids %v)", len(ids), ids)
	return evidence{state: conflicting, why: why}
}

// confirmNotCreated asks the memberships about a creation of which the list knows nothing; of other
// writes it has nothing to add.
func (o *observer) confirmNotCreated(ctx context.Context, w stepWrite, found evidence) evidence {
	if w.Verb != plan.CreateOrganization {
		return found
	}
	ids, err := o.joinedButUnlisted(ctx, w.Arguments.Name)
	if err != nil {
		return evidence{state: conflicting, why: err.Error()}
	}
	if len(ids) == 0 {
		return found
	}
	return judgeNewIDs(ids)
}

// joinedButUnlisted are the organizations of a name that the token's user has joined and that the
// list, read just before, does not show. A zone that does not tell the user's organizations has
// nothing to add; one of which it does not tell the name is an error.
func (o *observer) joinedButUnlisted(ctx context.Context, name string) (named []int64, err error) {
	reader, able := o.reader.(state.MembershipReader)
	if !able {
		return nil, nil
	}
	joined, err := reader.Memberships(ctx)
	if err != nil {
		return nil, nil
	}
	for _, id := range joined {
		if _, listed := slices.BinarySearch(o.listedIDs, id); listed {
			continue
		}
		live, err := o.reader.Organization(ctx, id, true)
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

// listNamesakes lists the organizations of a name in this zone, and remembers those of all zones:
// if the answer to a creation is lost, another one of the name is the one that it made.
func (o *observer) listNamesakes(ctx context.Context, name string, otherHosts []string) ([]int64, error) {
	rows, err := o.reader.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	o.idsBefore, o.listedIDs = idsNamed(rows, name), idsOf(rows)
	here, _ := state.Candidates(o.endpoint, rows, otherHosts...)
	return idsNamed(here, name), nil
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

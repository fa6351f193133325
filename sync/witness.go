package sync

import (
	"context"
	"fmt"
	"slices"

	"makesync/spec/text"
)

// A new organization has two witnesses: the list of organizations, which must show one of the name that was not there
// before, and, where the list shows none, the organizations of the token's user, who is the Owner of what was made.
// A list that is behind would else make a run, or the one after it, create a second organization.

// findCreated looks for an organization of the name that was not there before, in the list alone.
func (w *worker) findCreated(name string) finding {
	rows, err := w.port.Reader.Organizations(w.writing)
	if err != nil {
		return finding{state: unreadable, why: "the list of organizations cannot be read (" + text.OneLine(err.Error()) + ")"}
	}
	w.listed = idsOf(rows)
	return made(slices.DeleteFunc(idsNamed(rows, name), func(id int64) bool { return slices.Contains(w.known, id) }))
}

func idsOf(rows []*Live) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	slices.Sort(ids)
	return ids
}

// made is what a number of new organizations of one name says.
func made(ids []int64) finding {
	switch len(ids) {
	case 0:
		return finding{state: nothing, why: "no new organization of the name is there"}
	case 1:
		return finding{state: happened, answer: Answer{OrganizationID: ids[0]}}
	}
	return finding{state: neither, why: fmt.Sprintf("%d new organizations of the name are there (ids %v)", len(ids), ids)}
}

// hearWitness asks the second witness of a creation of which the list knows nothing.
func (w *worker) hearWitness(write Write, found finding) finding {
	if write.Verb != CreateOrganization {
		return found
	}
	ids, err := w.unlisted(w.writing, write.Arguments.Name)
	if err != nil {
		return finding{state: neither, why: err.Error()}
	}
	if len(ids) == 0 {
		return found
	}
	return made(ids)
}

// unlisted are the organizations of a name that the token's user has joined and that the list, read just before, does not
// show. A zone that does not tell the user's organizations has nothing to add; one of which it does not tell
// the name is an error.
func (w *worker) unlisted(ctx context.Context, name string) (named []int64, err error) {
	reader, able := w.port.Reader.(MembershipReader)
	if !able {
		return nil, nil
	}
	joined, err := reader.Memberships(ctx)
	if err != nil {
		return nil, nil
	}
	for _, id := range joined {
		if _, listed := slices.BinarySearch(w.listed, id); listed {
			continue
		}
		live, err := w.port.Reader.Organization(ctx, id, true)
		if err != nil {
			return nil, fmt.Errorf("the token's user has joined an organization (id %d) that the list does not show and that cannot be read", id)
		}
		if normalName(live.Name) == normalName(name) {
			named = append(named, id)
		}
	}
	return named, nil
}

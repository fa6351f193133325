package makeapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// decode is how the reply of a write is read. Where no answer is needed any object that says
// something, or nothing, will do: the published replies of DELETE and PATCH have many shapes. A 2xx
// that is not even that, or lacks an answer that is needed, leaves the outcome unknown.
func (d writeRequest) decode(answer *plan.Answer) func(io.Reader) error {
	return func(body io.Reader) error {
		return withBody(body, func(data []byte) error {
			if err := saysDone(data); err != nil || d.answer == nil {
				return err
			}
			if len(bytes.TrimSpace(data)) == 0 {
				if d.emptyAnswer {
					return nil
				}
				return unreadable("it is empty, so nobody can say what was made")
			}
			a, err := d.answer(data)
			if err == nil {
				*answer = a
			}
			return err
		})
	}
}

// errorNames are the names in an error reply but for its code, which no other reply has.
var errorNames = map[string]bool{"message": true, "detail": true, "error": true, "suberrors": true}

// saysDone tells a reply to something done from what a gateway, or a zone in trouble, may send with
// a good status: a page, {}, null, an error.
func saysDone(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	var reply map[string]json.RawMessage
	var kind *json.UnmarshalTypeError // anything but an object has no names
	if err := json.Unmarshal(data, &reply); err != nil && !errors.As(err, &kind) {
		return unreadable("not JSON, so it may come from something else than the zone")
	}
	said := false
	for name := range reply {
		said = said || !errorNames[name]
	}
	if _, failed := reply["code"]; failed || !said {
		return unreadable("it does not say that anything was done")
	}
	return nil
}

// createdOrganization reads the id and the licence of a new organization.
func createdOrganization(data []byte) (plan.Answer, error) {
	var reply struct {
		Organization *organizationRow `json:"organization"`
		Role         *roleRow         `json:"userOrganizationRole"` // not in every reply
	}
	if err := json.Unmarshal(data, &reply); err != nil {
		return plan.Answer{}, err
	}
	switch row := reply.Organization; {
	case row != nil && row.ID.known && row.ID.n > 0:
		return plan.Answer{OrganizationID: row.ID.n, License: state.License(row.License)}, nil
	case reply.Role != nil && reply.Role.OrganizationID.known && reply.Role.OrganizationID.n > 0:
		return plan.Answer{OrganizationID: reply.Role.OrganizationID.n}, nil
	}
	return plan.Answer{}, unreadable("it does not name the id of the new organization")
}

// invitedUser reads the id of an invited person; a reply without one is an answer too.
func invitedUser(data []byte) (plan.Answer, error) {
	var reply struct {
		User userRow `json:"user"`
		Role roleRow `json:"userOrganizationRole"`
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(data, &reply); err != nil && !errors.As(err, &kind) {
		return plan.Answer{}, err
	}
	if reply.User.ID.known {
		return plan.Answer{UserID: reply.User.ID.n}, nil
	}
	return plan.Answer{UserID: reply.Role.UserID.n}, nil
}

// removedUser tells whether a reply proves a removal: a role row without a role (published
// example). A row with a role may be that of somebody who is still in, and any other reply says
// nothing; the object is read then.
func removedUser(data []byte) (plan.Answer, error) {
	var reply struct {
		Row goneRow `json:"userOrganizationRole"`
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(data, &reply); err != nil && !errors.As(err, &kind) {
		return plan.Answer{}, err
	}
	return plan.Answer{Removed: reply.Row.gone}, nil
}

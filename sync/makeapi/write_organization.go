package makeapi

import (
	"errors"
	"fmt"

	"makesync/sync/plan"
)

// createOrganization: all four fields are required (published).
func createOrganization(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	if a.Name == "" {
		return writeRequest{}, errors.New("a new organization needs a name")
	}
	if err := errors.Join(atLeastOne("region's id", a.RegionID), atLeastOne("time zone's id", a.TimezoneID),
		atLeastOne("country's id", a.CountryID)); err != nil {
		return writeRequest{}, err
	}
	return writeRequest{
		doing: "create", method: post, path: "/organizations",
		scope: scopeOrganizationsWrite, answer: createdOrganization,
		body: struct {
			Name       string `json:"name"`
			RegionID   int64  `json:"regionId"`
			TimezoneID int64  `json:"timezoneId"`
			CountryID  int64  `json:"countryId"`
		}{a.Name, a.RegionID, a.TimezoneID, a.CountryID},
	}, nil
}

// updateOrganization sends what changes; what is left out stays (published).
func updateOrganization(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	if a.Name == "" && a.TimezoneID == 0 && a.CountryID == 0 {
		return writeRequest{}, errors.New("there is nothing to change")
	}
	return writeRequest{
		doing: "update", method: patch, path: ofOrganization(w.Organization, ""), scope: scopeOrganizationsWrite,
		body: struct {
			Name       string `json:"name,omitempty"`
			TimezoneID int64  `json:"timezoneId,omitempty"`
			CountryID  int64  `json:"countryId,omitempty"`
		}{a.Name, a.TimezoneID, a.CountryID},
	}, nil
}

// deleteOrganization confirms only what the plan has shown: unconfirmed, the zone refuses to
// delete an organization with active scenarios (published).
func deleteOrganization(w plan.Write) (writeRequest, error) {
	return writeRequest{
		doing: "delete", method: remove, path: ofOrganization(w.Organization, ""), scope: scopeOrganizationsWrite,
		query: confirmed(w.Arguments.Confirmed),
	}, nil
}

// setControl switches one feature control; one per call (published).
func setControl(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	if a.Enable == nil {
		return writeRequest{}, errors.New("it is not said whether the control shall be on")
	}
	return writeRequest{
		doing: "switch", scope: scopeOrganizationsWrite,
		method: patch, path: ofOrganization(w.Organization, "/feature-controls"),
		body: struct {
			ID      int64 `json:"id"`
			Enabled bool  `json:"enabled"`
		}{a.ControlID, *a.Enable},
	}, atLeastOne("feature control's id", a.ControlID)
}

// enforceTFA switches the enforcement of two-factor authentication (published).
func enforceTFA(w plan.Write) (writeRequest, error) {
	if w.Arguments.Enable == nil {
		return writeRequest{}, fmt.Errorf("it is not said whether two-factor authentication shall be enforced")
	}
	return writeRequest{
		doing: "switch", scope: scopeOrganizationsWrite,
		method: patch, path: ofOrganization(w.Organization, "/tfa-enforcement"),
		body: struct {
			Enable bool `json:"enable"`
		}{*w.Arguments.Enable},
	}, nil
}

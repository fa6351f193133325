package makeapi

import (
	"errors"
	"fmt"

	reconcile "makesync/sync"
)

// createOrganization: all four fields are required (published).
func createOrganization(w reconcile.Write) (draft, error) {
	a := w.Arguments
	if a.Name == "" {
		return draft{}, errors.New("a new organization needs a name")
	}
	if err := errors.Join(atLeastOne("region's id", a.RegionID), atLeastOne("time zone's id", a.TimezoneID),
		atLeastOne("country's id", a.CountryID)); err != nil {
		return draft{}, err
	}
	return draft{
		doing: "create", method: post, path: "/organizations", scope: writeOrganizations, answer: createdOrganization,
		body: struct {
			Name       string `json:"name"`
			RegionID   int64  `json:"regionId"`
			TimezoneID int64  `json:"timezoneId"`
			CountryID  int64  `json:"countryId"`
		}{a.Name, a.RegionID, a.TimezoneID, a.CountryID},
	}, nil
}

// updateOrganization sends what changes; what is left out stays (published).
func updateOrganization(w reconcile.Write) (draft, error) {
	a := w.Arguments
	if a.Name == "" && a.TimezoneID == 0 && a.CountryID == 0 {
		return draft{}, errors.New("there is nothing to change")
	}
	return draft{
		doing: "update", method: patch, path: ofOrganization(w.Organization, ""), scope: writeOrganizations,
		body: struct {
			Name       string `json:"name,omitempty"`
			TimezoneID int64  `json:"timezoneId,omitempty"`
			CountryID  int64  `json:"countryId,omitempty"`
		}{a.Name, a.TimezoneID, a.CountryID},
	}, nil
}

// deleteOrganization confirms only what the plan has shown: unconfirmed, the zone refuses to
// delete an organization with active scenarios (published).
func deleteOrganization(w reconcile.Write) (draft, error) {
	return draft{
		doing: "delete", method: remove, path: ofOrganization(w.Organization, ""), scope: writeOrganizations,
		query: confirmed(w.Arguments.Confirmed),
	}, nil
}

// setControl switches one feature control; one per call (published).
func setControl(w reconcile.Write) (draft, error) {
	a := w.Arguments
	if a.Enable == nil {
		return draft{}, errors.New("it is not said whether the control shall be on")
	}
	return draft{
		doing: "switch", method: patch, path: ofOrganization(w.Organization, "/feature-controls"), scope: writeOrganizations,
		body: struct {
			ID      int64 `json:"id"`
			Enabled bool  `json:"enabled"`
		}{a.ControlID, *a.Enable},
	}, atLeastOne("feature control's id", a.ControlID)
}

// enforceTFA switches the enforcement of two-factor authentication (published).
func enforceTFA(w reconcile.Write) (draft, error) {
	if w.Arguments.Enable == nil {
		return draft{}, fmt.Errorf("it is not said whether two-factor authentication shall be enforced")
	}
	return draft{
		doing: "switch", method: patch, path: ofOrganization(w.Organization, "/tfa-enforcement"), scope: writeOrganizations,
		body: struct {
			Enable bool `json:"enable"`
		}{*w.Arguments.Enable},
	}, nil
}

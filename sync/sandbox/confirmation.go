package sandbox

import (
	"fmt"
	"net/http"
)

// unconfirmedDelete refuses a DELETE that needs confirmed=true. hit are the scenarios that would
// go too; that a 406 names them is published, in an example of another operation.
func unconfirmedDelete(c *call, detail string, hit []object) error {
	switch {
	case c.is("unconfirmed-delete", "400"):
		return invalid(detail)
	case c.is("unconfirmed-delete", "403"):
		return forbiddenBecause(detail)
	case len(hit) == 0 || c.is("delete-metadata", "none"):
		return unconfirmed(detail)
	}
	what := "scenarios"
	if c.is("delete-metadata", "other") {
		what, hit = "connectedSystems", []object{{{"count", len(hit)}, {"systems", []string{"crm", "shop"}}}}
	}
	return &problem{status: http.StatusNotAcceptable, code: "IM004", message: "Confirmation required.", detail: detail,
		metadata: []object{{{"type", what}, {"data", hit}}}}
}

// activeScenarios are the active scenarios of the organization, whose ids and names are made up.
func activeScenarios(c *call) []object {
	rows := make([]object, c.org.ActiveScenarios)
	for i := range rows {
		rows[i] = object{
			{"scenarioId", c.org.ID*1000 + i + 1},
			{"scenarioName", fmt.Sprintf("Scenario %d of %s", i+1, c.org.Name)},
		}
	}
	return rows
}

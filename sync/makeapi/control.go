package makeapi

import (
	"context"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/state"
)

// controlRow is a feature control. Its label, description and warning are texts by language, which
// makesync does not need; ids differ between instances, so documents use names.
type controlRow struct {
	ID      integer   `json:"id"`
	Name    looseText `json:"name"`
	Enabled flag      `json:"enabled"`
}

// readControls reads all feature controls of an organization. One that does not say whether it is
// on makes the list unreadable: off would be a guess.
func readControls(ctx context.Context, c caller, live *state.Organization) error {
	k := *readOf(live.ID, "/feature-controls", "read the feature controls of")
	k.object = nameOf(live)
	rows, err := readUnpaged[controlRow](ctx, c, k, "featureControls")
	if err != nil {
		return err
	}
	controls := make([]spec.FeatureControl, 0, len(rows))
	for _, row := range rows {
		if row.Name == "" || !row.ID.known || !row.Enabled.known {
			return k.mismatch("a feature control lacks its id, its name or whether it is enabled")
		}
		controls = append(controls, spec.FeatureControl{Name: string(row.Name), ID: row.ID.n, Enabled: row.Enabled.on})
	}
	slices.SortStableFunc(controls, func(a, b spec.FeatureControl) int { return strings.Compare(a.Name, b.Name) })
	live.FeatureControls = slices.CompactFunc(controls, func(a, b spec.FeatureControl) bool {
		return a.Name == b.Name && a.ID == b.ID
	})
	return nil
}

package makeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"makesync/sync/state"
)

// usageRow is one day. Numbers may be texts ("bigint"), and an example row spells datatransfer
// (published); decoding takes both spellings, since it does not mind case.
type usageRow struct {
	Date         looseText `json:"date"`
	Operations   quantity  `json:"operations"`
	DataTransfer quantity  `json:"dataTransfer"`
	Credits      quantity  `json:"centicredits"`
}

// longestUsage are the days that are kept of a reply; the API gives 30.
const longestUsage = 62

func readUsage(ctx context.Context, c caller, organization int64) ([]state.UsageDay, error) {
	k := readOf(organization, "/usage", "read the usage of")
	rows, err := readUnpaged[usageRow](ctx, c, *k, "data")
	if err != nil {
		return nil, err
	}
	days := make([]state.UsageDay, 0, len(rows))
	for _, row := range rows {
		if date, ok := dateOf(row.Date); ok {
			days = append(days, state.UsageDay{
				Date: date, Operations: row.Operations.scaled(1), DataTransfer: row.DataTransfer.scaled(1),
				Credits: cmp.Or(row.Credits.scaled(centicredits), row.Operations.scaled(1)),
			})
		}
	}
	slices.SortStableFunc(days, func(a, b state.UsageDay) int { return strings.Compare(a.Date, b.Date) })
	days = slices.CompactFunc(days, func(a, b state.UsageDay) bool { return a.Date == b.Date })
	return days[max(0, len(days)-longestUsage):], nil
}

// dateOf is the day of a date or of a time.
func dateOf(text looseText) (string, bool) {
	day := text.trimmed()
	day = day[:min(len(day), len(time.DateOnly))]
	_, err := time.Parse(time.DateOnly, day)
	return day, err == nil
}

func countApps(ctx context.Context, c caller, organization int64) (int, error) {
	k := readOf(organization, "/apps", "read the apps of")
	rows, err := readUnpaged[json.RawMessage](ctx, c, *k, "installedApps")
	return len(rows), err
}

package history

import (
	"time"

	"makesync/sync/report"
)

// Summary is a run in `runs list`.
type Summary struct {
	Run       string           `json:"run"`
	Started   time.Time        `json:"started"`
	Ended     *time.Time       `json:"ended,omitempty"`
	Status    report.RunStatus `json:"status"`
	Zones     []string         `json:"zones"`
	Planned   int              `json:"planned"`
	Succeeded int              `json:"succeeded"`
	Failed    int              `json:"failed"`
	Skipped   int              `json:"skipped"`
	Unknown   int              `json:"unknown"`
	// Open counts the intents of which nobody knows what became of them.
	Open int `json:"open"`
	// Damaged says why the journal cannot be read; "" when it can.
	Damaged string `json:"damaged,omitempty"`
}

func summarise(story *report.Run) Summary {
	sum := Summary{Run: story.Run, Started: story.Started, Ended: story.Ended, Status: story.Status(),
		Zones: zoneNames(story), Open: len(story.Open())}
	if r := story.Report; r != nil {
		sum.Planned, sum.Succeeded, sum.Failed = r.Planned, r.Succeeded, r.Failed
		sum.Skipped, sum.Unknown = r.Skipped, r.Unknown
		return sum
	}
	for _, o := range story.Organizations {
		sum.Planned += len(o.Steps)
	}
	return sum
}

func zoneNames(story *report.Run) []string {
	names := make([]string, len(story.Zones))
	for i, z := range story.Zones {
		names[i] = z.Name
	}
	return names
}

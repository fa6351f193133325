package history

import (
	"slices"
	"time"

	"makesync/sync/commandline"
	"makesync/sync/report"
)

// NotRead is the status of a run in the list that there was no room to read beside newer ones.
const NotRead report.RunStatus = "unread"

// Summary is a run in `runs list`.
type Summary struct {
	Run     string           `json:"run"`
	Started time.Time        `json:"started"`
	Ended   *time.Time       `json:"ended,omitempty"`
	Status  report.RunStatus `json:"status"`
	Zones   []string         `json:"zones"`
	// Who are the users of the run's tokens, by e-mail.
	Who []string `json:"who"`
	// Command is what the run did; nil where the journal does not tell.
	Command *commandline.Command `json:"command,omitempty"`
	// Exit is how the run ended, "" where it did not.
	Exit      string `json:"exit,omitempty"`
	Planned   int    `json:"planned"`
	Succeeded int    `json:"succeeded"`
	Failed    int    `json:"failed"`
	Skipped   int    `json:"skipped"`
	Unknown   int    `json:"unknown"`
	// Open counts the intents of which nobody knows what became of them.
	Open int `json:"open"`
	// Damaged says why the journal cannot be read; "" when it can.
	Damaged string `json:"damaged,omitempty"`
}

func summarise(story *report.Run) Summary {
	sum := Summary{Run: story.Run, Started: story.Started, Ended: story.Ended, Status: story.Status(),
		Zones: zoneNames(story), Who: users(story), Command: story.Command, Open: len(story.Open())}
	if r := story.Report; r != nil {
		sum.Planned, sum.Succeeded, sum.Failed = r.Planned, r.Succeeded, r.Failed
		sum.Skipped, sum.Unknown, sum.Exit = r.Skipped, r.Unknown, r.Exit.Name
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

// users are the users of the tokens, each once.
func users(story *report.Run) []string {
	list := []string{}
	for _, z := range story.Zones {
		if email := z.User.Email; email != "" && !slices.Contains(list, email) {
			list = append(list, email)
		}
	}
	return list
}

package render

import (
	"fmt"
	"io"

	"makesync/sync/export"
	"makesync/sync/plan"
)

// Migration is what `migrate` has written, as its text tells it.
type Migration struct {
	From, To plan.Zone
	Folder   string
	Stages   []MigrationStage
	*export.MigrationResult
}

// MigrationStage is one numbered folder with its documents and the commands that plan and apply it.
type MigrationStage struct {
	Folder      string
	Files       []WrittenFile
	Plan, Apply string
}

// stageWords say what a stage is for.
var stageWords = map[string]string{
	export.StageOrganizations: "makes the organizations. Then buy the plans: its documents name them, in comments",
	export.StageSettings:      "variables and feature controls, once the plans are bought",
	export.StagePeople: "last: the invitations send e-mail. The ownership is transferred when the new Owner " +
		"has accepted and the wave is applied again",
}

// WriteMigration writes the documents of a migration stage by stage, the collisions, what is left
// behind, the values to supply, and the commands in their order.
func WriteMigration(w io.Writer, m Migration, o Options) error {
	p := newPrinter(w, o)
	p.heading(bold, fmt.Sprintf("migration from %s to %s in %s", zoneLine(m.From), zoneLine(m.To), Clean(m.Folder)))
	if m.Region != "" {
		p.labelled(0, plain, "", 0, fmt.Sprintf("New organizations are made in region %s: %s.", m.Region, m.RegionWhy))
	}
	p.gap()
	for _, stage := range m.Stages {
		writeFiles(p, stage.Files)
	}
	writeCollisions(p, m.Collisions)
	writeOmissions(p, m.Omissions)
	writeSecrets(p, m.Secrets)
	writeWarnings(p, m.Problems)
	writeStages(p, m.Stages)
	return p.flush()
}

func writeCollisions(p *printer, collisions []export.Collision) {
	if len(collisions) == 0 {
		p.line("Collisions: none.")
		p.gap()
		return
	}
	p.heading(red, "Collisions; no document was written for these:")
	for _, c := range collisions {
		p.labelled(2, plain, "-", 1, fmt.Sprintf("%s (id %d): %s. %s", c.Organization, c.ID, c.Reason, c.Remedy))
	}
	p.gap()
}

func writeOmissions(p *printer, left []export.Omission) {
	if len(left) == 0 {
		return
	}
	p.heading(yellow, "Cannot be carried over:")
	organization := "\x00"
	for _, l := range left {
		if l.Organization != organization {
			organization = l.Organization
			name := "every organization"
			if organization != "" {
				name = Clean(organization)
			}
			p.wrapped(2, bold, name)
		}
		p.labelled(4, plain, "-", 1, l.What+": "+l.Why)
	}
	p.gap()
}

func writeStages(p *printer, waves []MigrationStage) {
	p.heading(bold, "Then, one wave after the other:")
	for _, stage := range waves {
		if len(stage.Files) == 0 {
			continue
		}
		p.labelled(2, cyan, Clean(stage.Folder), columns(stage.Folder), stageWords[stage.Folder])
		p.line("    %s", Clean(stage.Plan))
		p.line("    %s", Clean(stage.Apply))
	}
}

package render

import (
	"fmt"
	"io"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/export"
	"makesync/sync/plan"
)

// Export is what `export` has written, as its text tells it.
type Export struct {
	Zone    plan.Zone
	Folder  string
	Files   []WrittenFile
	Profile WrittenProfile
	Removed []RemovedFile
	Secrets []export.Secret
	// Problems are what could not be read.
	Problems []spec.Problem
	// Next is the command to run now; it is the last line: the plan, or, where the documents that
	// it would read declare organizations Twice, the export that brings those up to date.
	Next  string
	Twice []string
}

// WrittenFile is one document that was written.
type WrittenFile struct {
	Path  string
	Draft export.Document
}

// RemovedFile is a document of an organization that has another name, and another file, now.
type RemovedFile struct{ Path, Now string }

// WrittenProfile is the profile of what organizations share; without a name there is none.
type WrittenProfile struct {
	Path, Name string
	Settings   int
}

// WriteExport writes what was exported, what was not written and why, the
// values that somebody has to supply, and as its last line the command to go on with.
func WriteExport(w io.Writer, e Export, o Options) error {
	p := newPrinter(w, o)
	p.heading(bold, fmt.Sprintf(
		"export of zone %s to %s: %s",
		zoneLine(e.Zone),
		Clean(e.Folder),
		text.Count(len(e.Files), "organization", "organizations"),
	))
	p.gap()
	writeFiles(p, e.Files)
	if e.Profile.Name != "" {
		p.heading(plain, fmt.Sprintf("Profile %s holds %s that more than half of them share: %s", Clean(e.Profile.Name),
			text.Count(e.Profile.Settings, "setting", "settings"), Clean(e.Profile.Path)))
		p.gap()
	}
	for _, file := range e.Removed {
		p.heading(plain, fmt.Sprintf("Removed %s: what it held is %s now", Clean(file.Path), Clean(file.Now)))
	}
	if len(e.Removed) > 0 {
		p.gap()
	}
	writeOmitted(p, e.Files)
	writeSecrets(p, e.Secrets)
	writeWarnings(p, e.Problems)
	writeNext(p, e)
	return p.flush()
}

func writeNext(p *printer, e Export) {
	next := "Next, a plan that shall have no steps:"
	if len(e.Twice) > 0 {
		next = "The documents of -f, which say where the zone is, declare " + text.AndMore(e.Twice, 4) +
			" too: a plan takes an organization from one place only. To bring those documents up to date instead:"
	}
	p.heading(plain, next)
	p.line("%s", Clean(e.Next))
}

// zoneLine names a zone: `eu1 (https://eu1.make.com)`, or `try (SANDBOX)` when it is simulated.
func zoneLine(zone plan.Zone) string {
	if zone.Sandbox {
		return Clean(zone.Name) + " (SANDBOX)"
	}
	return Clean(zone.Name) + " (" + zoneURL(zone) + ")"
}

// writeFiles lists documents with what is in them.
func writeFiles(p *printer, files []WrittenFile) {
	width := 0
	for _, f := range files {
		width = max(width, columns(Clean(f.Path)))
	}
	for _, f := range files {
		p.labelled(2, cyan, Clean(f.Path), min(width, 50), draftWords(f.Draft))
	}
	if len(files) > 0 {
		p.gap()
	}
}

// draftWords say what a draft holds: `Acme Automation, id 11: 3 feature controls, 12 variables, 4
// members`.
func draftWords(d export.Document) string {
	o := d.Organization
	line := o.Name
	switch {
	case o.ID != 0 && line == "":
		line = fmt.Sprintf("id %d", o.ID)
	case o.ID != 0:
		line += fmt.Sprintf(", id %d", o.ID)
	}
	var parts []string
	for _, c := range []struct {
		kind spec.Kind
		n    int
	}{
		{spec.KindFeatureControl, len(o.FeatureControls)},
		{spec.KindVariable, len(o.Variables)},
		{spec.KindMember, len(o.Members)},
	} {
		if c.n > 0 {
			parts = append(parts, text.Count(c.n, kindWord(c.kind, 1), kindWord(c.kind, 2)))
		}
	}
	if len(parts) > 0 {
		line += ": " + text.And(parts)
	}
	return line
}

// writeOmitted lists what is there and not written.
func writeOmitted(p *printer, files []WrittenFile) {
	first := true
	for _, f := range files {
		for _, note := range f.Draft.Notes {
			if !note.Omitted {
				continue
			}
			if first {
				p.heading(yellow, "Not written; a comment in the file says so too:")
				first = false
			}
			address := spec.NewAddress(f.Draft.Organization.Key, note.Kind, note.Name)
			p.labelled(2, plain, "-", 1, string(address)+": "+note.Text)
		}
	}
	if !first {
		p.gap()
	}
}

// writeSecrets lists the environment variables that the documents refer to.
func writeSecrets(p *printer, secrets []export.Secret) {
	if len(secrets) == 0 {
		return
	}
	p.heading(yellow, "Values to supply before an apply; the documents hold references to them and no secret:")
	width := 0
	for _, s := range secrets {
		width = max(width, columns(s.Variable))
	}
	for _, s := range secrets {
		p.labelled(2, plain, "[ ] "+s.Variable, min(width, 50)+4, string(s.Address))
	}
	p.gap()
}

// writeWarnings lists problems, each in one paragraph.
func writeWarnings(p *printer, problems []spec.Problem) {
	for _, problem := range problems {
		text := problem.Message
		if problem.Address != "" {
			text = string(problem.Address) + ": " + text
		}
		if problem.Hint != "" {
			text += " (" + problem.Hint + ")"
		}
		p.labelled(0, yellow, string(problem.Severity)+":", 8, text)
	}
	if len(problems) > 0 {
		p.gap()
	}
}

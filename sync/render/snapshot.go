package render

import (
	"io"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/offline"
)

// snapshotValues say what a snapshot holds of values.
var snapshotValues = map[offline.SavedValues]string{
	offline.ValuesNone:        "no values",
	offline.ValuesFingerprint: "what the documents declare: sensitive values as fingerprints, the others as they are",
	offline.ValuesPlain:       "ALL VALUES AS THEY ARE, SECRETS TOO: keep the file as you keep them",
}

// Snapshot says what a snapshot holds, and ends with the line:
//
//	makesync: snapshot: 12 organizations of zone eu1, 3 read; file live.json
func Snapshot(w io.Writer, s *offline.Snapshot, file string, read int, problems []spec.Problem, o Options) error {
	p := newPrinter(w, o)
	writeWarnings(p, problems)
	style := plain
	if s.Values == offline.ValuesPlain {
		style = redBold
	}
	p.heading(style, "holds "+snapshotValues[s.Values]+emailWords(s))
	if n := s.Guessable; n > 0 {
		p.line("%s shorter than %d characters: whoever has the file can find out by trying; --values none keeps none",
			text.Count(n, "fingerprint is of a value", "fingerprints are of values"), offline.GuessableBelow)
	}
	p.line(
		"makesync: snapshot: %s of zone %s, %d read; file %s",
		text.Count(len(s.Organizations), "organization", "organizations"),
		Clean(s.Zone),
		read,
		Clean(file),
	)
	return p.flush()
}

func emailWords(s *offline.Snapshot) string {
	switch {
	case s.EmailsHashed:
		return "; e-mails as hashes"
	case s.Values == offline.ValuesPlain:
		return ""
	}
	return "; e-mails of others as hashes"
}

package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

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
		p.heading(plain, fmt.Sprintf(
			"%s shorter than %d characters: whoever has the file can find out by trying; --values none keeps none",
			text.Count(n, "fingerprint is of a value", "fingerprints are of values"), offline.GuessableBelow))
	}
	writeSentence(p, "", fmt.Sprintf("makesync: snapshot: %s of zone %s, %d read; file %s",
		text.Count(len(s.Organizations), "organization", "organizations"), Clean(s.Zone), read, Clean(file)))
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

// SnapshotContents writes what a snapshot holds: where and when it was taken, and each organization
// with what was read of it.
func SnapshotContents(w io.Writer, s *offline.Snapshot, file string, o Options) error {
	p := newPrinter(w, o)
	zone := Clean(s.Zone)
	if s.Sandbox {
		zone += " (SANDBOX, simulated)"
	}
	p.labelled(0, bold, "zone", headLabel, zone+", "+s.URL)
	p.labelled(0, bold, "taken", headLabel, s.Taken.UTC().Format("2006-01-02 15:04 MST")+" by "+s.User.Email)
	p.labelled(0, bold, "holds", headLabel, snapshotValues[s.Values]+emailWords(s))
	for i := range s.Organizations {
		writeSavedOrganization(p, &s.Organizations[i])
	}
	p.gap()
	writeSentence(p, "", fmt.Sprintf("makesync: show: snapshot of zone %s, %s; file %s", Clean(s.Zone),
		text.Count(len(s.Organizations), "organization", "organizations"), Clean(file)))
	return p.flush()
}

func writeSavedOrganization(p *printer, o *offline.SavedOrganization) {
	p.gap()
	p.wrapped(0, bold, Clean(o.Name)+"  (id "+strconv.FormatInt(o.ID, 10)+")")
	var words []string
	for _, fact := range [][2]string{{"plan", o.Plan}, {"country", o.Country}, {"time zone", o.Timezone}} {
		if fact[1] != "" {
			words = append(words, fact[0]+" "+fact[1])
		}
	}
	if o.TFAEnforced != nil {
		words = append(words, "two-factor authentication "+onOff(*o.TFAEnforced))
	}
	p.labelled(2, plain, "", 0, strings.Join(words, ", "))
	for _, c := range o.FeatureControls {
		p.labelled(2, plain, "control", 8, c.Name+": "+onOff(c.Enabled))
	}
	for i := range o.Variables {
		v := &o.Variables[i]
		p.labelled(2, plain, "variable", 8, v.Name+" ("+v.Type+"): "+savedValue(v))
	}
	for _, m := range o.Members {
		member := m.Email + ": role " + m.Role
		if m.Invitation != "" {
			member += ", invitation " + m.Invitation
		}
		p.labelled(2, plain, "member", 8, member)
	}
	for _, kind := range slices.Sorted(maps.Keys(o.Failed)) {
		p.labelled(2, yellow, "not read", 8, string(kind)+": "+o.Failed[kind].Message)
	}
}

// savedValue shows no secret, though the snapshot may hold it.
func savedValue(v *offline.SavedVariable) string {
	switch {
	case v.IsSecret() || v.Value == nil:
		return "(not shown)"
	default:
		return *v.Value
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

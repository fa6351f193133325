package offline

import (
	"fmt"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// staleSnapshot is the age from which on a snapshot gets a warning where no --max-age is set: a
// night and a day.
const staleSnapshot = 24 * time.Hour

// Check says what is wrong with planning the documents from these snapshots. Errors (a document's
// zone of which there is no snapshot, two of one zone, an age beyond maxAge, kinds that the
// documents need and nobody asked for) mean that no honest plan is possible; the rest are warnings.
// maxAge 0 sets no limit.
func Check(snapshots []*Snapshot, desired *spec.Desired, scope spec.Scope, now time.Time,
	maxAge time.Duration) []spec.Problem {
	var problems []spec.Problem
	byZone := map[string]*Snapshot{}
	find := map[string]func(*spec.Organization) *SavedOrganization{}
	for _, s := range snapshots {
		if byZone[s.Zone] != nil {
			problems = append(problems, unfit("snapshot-twice", "", "two snapshots are of the zone "+text.Quote(s.Zone),
				"name one of them with --live"))
		}
		byZone[s.Zone], find[s.Zone] = s, s.Finder()
		problems = append(problems, s.age(now, maxAge)...)
	}
	missing := map[string]bool{}
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		if scope.Zone != "" && o.Zone != scope.Zone {
			continue
		}
		s := byZone[o.Zone]
		switch {
		case s != nil:
			problems = append(problems, s.lacks(o, find[o.Zone](o), scope)...)
			problems = append(problems, s.unrecognised(o, scope, desired.Guards.Protect)...)
		case !missing[o.Zone]:
			missing[o.Zone] = true
			problems = append(problems, unfit(
				"snapshot-zone",
				spec.Address(o.Key),
				fmt.Sprintf(
					"no snapshot of the zone %s, in which the documents put %s, was given: %s",
					text.Quote(o.Zone),
					o.Key,
					zonesOf(snapshots),
				),
				"run `makesync snapshot --zone "+o.Zone+" -o FILE` and add --live FILE, or plan one zone with --zone",
			))
		}
	}
	return problems
}

func unfit(rule string, address spec.Address, message, hint string) spec.Problem {
	return spec.Problem{Severity: spec.Error, Rule: rule, Address: address, Message: message, Hint: hint}
}

func zonesOf(snapshots []*Snapshot) string {
	var zones []string
	for _, s := range snapshots {
		zones = append(zones, s.Zone)
	}
	return "what was given is of " + text.Commas(zones, 8)
}

// clockSkew is how far the clocks of two machines may differ; as for saved plans.
const clockSkew = 5 * time.Minute

// age refuses a snapshot beyond the limit and one from the future, of which nobody can say how old
// it is, and warns of an old one.
func (s *Snapshot) age(now time.Time, limit time.Duration) []spec.Problem {
	exact := now.Sub(s.Taken)
	age := exact.Truncate(time.Second)
	again := "take it again: `makesync snapshot --zone " + s.Zone + " -o FILE`"
	switch {
	case limit > 0 && exact > limit:
		return []spec.Problem{unfit("snapshot-age", "",
			fmt.Sprintf("the snapshot of %s was taken %s ago, at %s; --max-age allows %s",
				s.Zone, age, s.Taken.Format(time.RFC3339), limit), again)}
	case limit == 0 && age > staleSnapshot:
		return []spec.Problem{{Severity: spec.Warning, Rule: "snapshot-age",
			Message: fmt.Sprintf("the snapshot of %s was taken %s ago, at %s: the zone may have changed since",
				s.Zone, age, s.Taken.Format(time.RFC3339)),
			Hint: again}}
	case exact < -clockSkew:
		return []spec.Problem{unfit("snapshot-age", "",
			fmt.Sprintf("the snapshot of %s was taken at %s, which lies in the future of this machine's clock",
				s.Zone, s.Taken.Format(time.RFC3339)), "set the clocks right, and "+again)}
	}
	return nil
}

// lacks says what the documents need of an organization and the snapshot does not hold.
func (s *Snapshot) lacks(o *spec.Organization, saved *SavedOrganization, scope spec.Scope) []spec.Problem {
	if saved == nil {
		return nil // not there, or several: what planning says of it
	}
	var missing []string
	wanted := state.WantedFor((&snapshotReader{snapshot: s}).row(saved), o, scope)
	if o.State == spec.Absent && !saved.asked(spec.KindOrganization) {
		missing = append(missing, "active scenarios")
	}
	for _, kind := range wanted.Kinds {
		if !saved.asked(kind) {
			missing = append(missing, string(kind)+"s")
		}
	}
	if len(missing) == 0 {
		return s.unkept(o, saved)
	}
	return []spec.Problem{unfit("snapshot-incomplete", spec.Address(o.Key),
		fmt.Sprintf("the snapshot of %s does not hold the %s of %s, which the documents need", s.Zone,
			strings.Join(missing, ", "), o.Key),
		"take it again with -f and these documents, or without -f for everything")}
}

// unkept warns of declared values that cannot be compared since the snapshot does not hold them.
func (s *Snapshot) unkept(o *spec.Organization, saved *SavedOrganization) []spec.Problem {
	kept := map[string]bool{}
	for _, v := range saved.Variables {
		kept[v.Name] = v.Value != nil || v.Fingerprint != ""
	}
	n := 0
	for _, v := range o.Variables {
		if has, there := kept[v.Name]; there && !has && !v.IgnoreValue && v.State != spec.Absent {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	why := fmt.Sprintf("the snapshot of %s was taken with --values none", s.Zone)
	hint := "take it with --values fingerprint to compare without showing"
	switch {
	case s.Values == ValuesNone:
	case s.fingerprints == MostFingerprints:
		why = "the snapshot of " + s.Zone + " holds " + text.Number(MostFingerprints) +
			" secrets already, and more would take too long"
		hint = "take snapshots of fewer organizations, each with the documents of these, or plan with a token"
	default:
		why = "no document declared that when the snapshot of " + s.Zone + " was taken"
		hint = "take it again with these documents: `makesync snapshot -f … -o FILE`"
	}
	return []spec.Problem{{Severity: spec.Warning, Rule: "snapshot-values", Address: spec.Address(o.Key),
		Message: fmt.Sprintf("%s not compared: %s", text.Count(n, "value is", "values are"), why), Hint: hint}}
}

// unrecognised warns that a purge of members cannot tell whom a pattern protects where e-mails are
// hashes.
func (s *Snapshot) unrecognised(o *spec.Organization, scope spec.Scope, protect []spec.Glob) []spec.Problem {
	if !s.EmailsHashed || !o.Purges(spec.KindMember) || !scope.Touches(o, spec.KindMember) {
		return nil
	}
	for _, g := range protect {
		if _, exact := protectedEmail(g); !exact {
			return []spec.Problem{{Severity: spec.Warning, Rule: "snapshot-emails",
				Address: spec.NewAddress(o.Key, spec.KindMember, ""),
				Message: "a removal shown here may be of somebody whom protect covers: the snapshot of " + s.Zone +
					" holds e-mails as hashes, to which the pattern " + text.Quote(g.String()) + " cannot be put",
				Hint: "list the e-mails under protect one by one, or take the snapshot without --hash-emails"}}
		}
	}
	return nil
}

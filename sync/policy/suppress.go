package policy

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"makesync/spec"
	"makesync/spec/text"
)

// lift is a suppression that has been read.
type lift struct {
	Suppression
	glob  spec.Glob
	until time.Time // the first instant after the last day; zero: no day is given
}

func readLifts(p Policy) (lifts []lift, problems []Problem) {
	for i, s := range p.Suppress {
		key := "suppress[" + strconv.Itoa(i) + "]"
		l := lift{Suppression: s}
		var err error
		switch {
		case s.Address != "":
			l.glob, err = spec.ParseGlob(s.Address)
			if err != nil {
				problems = append(problems, p.problem(key+".address", shown(err.Error())))
				break
			}
			problems = append(problems, neverCovers(l, p, key+".address")...)
		case p.On != OnPlan:
			problems = append(problems, p.problem(key, "the key `address` is missing"))
		}
		if s.Until != "" {
			day, err := time.Parse(time.DateOnly, s.Until)
			if err != nil {
				problems = append(problems, p.problem(key+".until", "this is no day such as 2026-12-31"))
			}
			l.until = day.AddDate(0, 0, 1)
		}
		lifts = append(lifts, l)
	}
	return lifts, problems
}

// addressed are the addresses of what a policy judges; a plan has none.
var addressed = map[Subject]spec.PatternSubject{
	OnStep: spec.PatternOfSteps, OnOrganization: spec.PatternOfOrganizations,
}

// neverCovers is the problem of a suppression that can be about nothing that its policy judges.
func neverCovers(l lift, p Policy, path string) []Problem {
	subject, has := addressed[p.On]
	if has && l.glob.CanMatch(subject) || !has && l.covers("", 0) {
		return nil
	}
	problem := p.problem(path,
		"the pattern "+text.Quote(l.Address)+" fits no address of what is judged, on: "+string(p.On))
	if near := spec.NearestPattern(l.Address, subject); has && near != "" {
		problem.Hint = "did you mean " + text.Quote(near) + "?"
	}
	return []Problem{problem}
}

// void says why a suppression does not count; empty: it does.
func (l lift) void(now time.Time) string {
	switch {
	case !strings.ContainsFunc(l.Reason, isSeen):
		return "it has no reason"
	case l.until.IsZero():
		return "it has no day (until)"
	case !now.Before(l.until):
		return "its day, " + l.Until + ", is past"
	}
	return ""
}

// isSeen tells letters and digits, but for letters that are blank, such as the Hangul filler.
func isSeen(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// covers tells whether a suppression is about an address in an organization of an id; that of the
// plan is empty. Which organization has a key documents say, so that who means one writes its id;
// i* means keys that begin so, and no ids.
func (l lift) covers(address string, id int64) bool {
	switch {
	case address == "":
		return l.Address == "" || l.glob.Match("")
	case strings.HasPrefix(l.Address, spec.IDPrefix):
		return id != 0 && l.glob.MatchAddress(spec.Address(address).IDAddress(id))
	}
	return l.Address != "" && l.glob.MatchAddress(spec.Address(address))
}

// Suppressed says by what a result is lifted.
type Suppressed struct {
	Address string `json:"address,omitempty"` // the pattern as written
	Reason  string `json:"reason"`
	Until   string `json:"until"`
}

// suppressedBy is the first suppression that counts for an address. nil: none.
func (r *rule) suppressedBy(address string, id int64, now time.Time) *Suppressed {
	for _, l := range r.lifts {
		if l.covers(address, id) && l.void(now) == "" {
			return &Suppressed{l.Address, shown(l.Reason), l.Until}
		}
	}
	return nil
}

// Note says that a suppression does not count.
type Note struct {
	Policy  string `json:"policy"`
	Origin  string `json:"origin,omitempty"`
	List    int    `json:"-"`    // see From
	Path    string `json:"path"` // such as policies[3].suppress[0]
	Message string `json:"message"`
}

// notes are about suppressions that do not count.
func (r *rule) notes(now time.Time) (notes []Note) {
	for i, l := range r.lifts {
		void := l.void(now)
		if void == "" {
			continue
		}
		message := "the suppression of " + r.ID
		if l.Address != "" {
			message += " for " + shown(l.Address)
		}
		path := r.Path + ".suppress[" + strconv.Itoa(i) + "]"
		notes = append(notes, Note{r.ID, r.From.Origin, r.From.List, path, message + " does not count: " + void})
	}
	return notes
}

package approval

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Consequence is something that a change takes along, loses or cannot take back, as a plan notes it
// beside the change. The plan's digest leaves it out: it tells what is there, and not what is done.
type Consequence struct {
	Address string // of the change
	Note    string // "40 active scenarios"
}

// harmless are the risks of changes whose notes are not signed: what they tell can be taken back,
// and it may be other words each night.
var harmless = map[string]bool{"none": true, "caution": true}

// consequencesOf are the notes of the steps of an organization that are destructive or cannot be
// undone; a risk that nobody knows counts as such.
func consequencesOf(steps []any) (all []Consequence, err error) {
	for _, item := range steps {
		step, _ := item.(map[string]any)
		risk, _ := step["risk"].(string)
		address, _ := step["address"].(string)
		notes, _ := step["notes"].([]any)
		for _, note := range notes {
			words, ok := note.(string)
			if !ok {
				return nil, errors.New("the plan has a note that is no text")
			}
			if !harmless[risk] {
				all = append(all, Consequence{address, words})
			}
		}
	}
	return all, nil
}

func consequenceLines(all []Consequence) (lines []string) {
	for _, c := range all {
		lines = append(lines, strconv.QuoteToASCII(c.Address)+" "+strconv.QuoteToASCII(c.Note))
	}
	return sortedSet(lines)
}

func parseConsequence(value string) (c Consequence, err error) {
	quoted, err := strconv.QuotedPrefix(value)
	if err != nil {
		return c, err
	}
	note, found := strings.CutPrefix(value[len(quoted):], " ")
	if !found {
		return c, errLine
	}
	c.Address, err = strconv.Unquote(quoted)
	if err == nil {
		c.Note, err = strconv.Unquote(note)
	}
	return c, err
}

// difference says in what a statement differs from another one about the same changes.
func (s Statement) difference(want Statement) string {
	alike := s
	if alike.Consequences = want.Consequences; !alike.sameExceptTimes(want) {
		return "to other zones, organizations, names of organizations or secrets"
	}
	const words = "with other consequences: "
	for _, c := range want.Consequences {
		if !slices.Contains(s.Consequences, c) {
			return words + "it does not say of " + shown(c.Address) + ": " + shown(c.Note)
		}
	}
	for _, c := range s.Consequences {
		if !slices.Contains(want.Consequences, c) {
			return words + "it says of " + shown(c.Address) + ", as the plan does not: " + shown(c.Note)
		}
	}
	return words + "in another form"
}

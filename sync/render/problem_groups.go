package render

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// problemGroup is what is the same for several organizations, or warned of at several places of the
// documents.
type problemGroup struct {
	spec.Problem
	organizations, places []string
}

// label stands before in.
func (g *problemGroup) label() string {
	if g.Source != nil && len(g.organizations) == 0 { // it is told of its own place
		return "likewise at"
	}
	return "in"
}

// in says where a group is: "client-01 to client-48 (48)", "a.yaml:3:5 and b.yaml:9:7".
func (g *problemGroup) in(names func(keys []string, most int) string, most int) string {
	if len(g.organizations) > 0 {
		return names(g.organizations, most)
	}
	if g.Source != nil && most > 0 {
		return text.Count(len(g.places), "other place", "other places") + ": " + text.AndMore(g.places, fewWhenCut)
	}
	return text.And(g.places)
}

// isOfFleet tells errors of documents that have one cause where many have them: the wrong zone or
// token, not each of the ids.
func isOfFleet(problem *spec.Problem) bool {
	return problem.Source != nil && (problem.Rule == "wrong-zone" || problem.Rule == "no-such-organization")
}

// isOfObject tells warnings of an object whose place is that of a profile for all who use it.
func isOfObject(problem *spec.Problem) bool {
	return problem.Source != nil && problem.Severity == spec.Warning &&
		strings.HasPrefix(problem.Message, string(problem.Address)+": ")
}

// withoutKey is a message about an object without the organization in front.
func withoutKey(problem *spec.Problem) string {
	return strings.TrimLeft(strings.TrimPrefix(problem.Message, problem.Address.Key()), "/: ")
}

// groupProblems puts problems together that differ in the organization alone, or in the place where
// documents are warned of the same. Errors of the documents stay alone, as each is to be mended,
// but for those of a whole fleet.
func groupProblems(problems []spec.Problem, least int) []problemGroup {
	groups := make([]problemGroup, 0, len(problems))
	at, counts := map[string]int{}, map[string]int{}
	type member struct {
		group        int
		organization string
	}
	told := map[member]bool{}
	if least > 1 {
		for i := range problems {
			counts[problemKey(&problems[i])]++
		}
	}
	for _, problem := range problems {
		key := problemKey(&problem)
		if key == "" || counts[key] < least || least < 2 {
			groups = append(groups, problemGroup{Problem: problem})
			continue
		}
		n, known := at[key]
		organization, place := problem.Address.Key(), ""
		switch {
		case isOfFleet(&problem) && !known: // the first stands for all
			at[key] = len(groups)
			groups = append(groups, problemGroup{Problem: problem})
			continue
		case problem.Source != nil && !isOfObject(&problem):
			organization, place = "", strings.TrimSuffix(problemPlace(&problem), ": ")
			problem.Source, problem.Path, problem.Excerpt = nil, "", ""
		}
		if !known {
			n, at[key] = len(groups), len(groups)
			groups = append(groups, problemGroup{Problem: ofAny(problem)})
		}
		if place != "" {
			groups[n].places = append(groups[n].places, place)
		} else if of := (member{n, organization}); !told[of] {
			told[of] = true
			groups[n].organizations = append(groups[n].organizations, organization)
		}
	}
	return groups
}

// ofAny is a problem without the organization that has it.
func ofAny(problem spec.Problem) spec.Problem {
	if isOfObject(&problem) {
		problem.Message = withoutKey(&problem)
	} else {
		problem.Message = ofOrganization(&problem, problem.Message)
		problem.Hint = ofOrganization(&problem, problem.Hint)
	}
	problem.Address = ""
	return problem
}

// problemKey is equal for problems that differ in the organization, or the place, alone; "" for one
// that stays alone.
func problemKey(problem *spec.Problem) string {
	switch {
	case isOfFleet(problem):
		_, host, _ := strings.Cut(problem.Hint, " lives in ")
		return problem.Rule + "\x00" + host
	case isOfObject(problem):
		return strings.Join([]string{problem.Rule, problem.Source.String(), problem.Hint,
			withoutKey(problem)}, "\x00")
	case problem.Source != nil && problem.Severity == spec.Warning:
		related := ""
		if problem.Related != nil {
			related = problem.Related.String()
		}
		return strings.Join([]string{problem.Rule, problem.Message, problem.Hint, related}, "\x00")
	case problem.Source != nil, problem.Address == "":
		return ""
	}
	_, below, _ := strings.Cut(string(problem.Address), "/")
	parts := []string{string(problem.Severity), problem.Rule, below, answerWords(problem.Error),
		ofOrganization(problem, problem.Message), ofOrganization(problem, problem.Hint)}
	return strings.Join(parts, "\x00")
}

// ofOrganization is a text of a problem without the key of its organization in front, and with "the
// organization" for it elsewhere.
func ofOrganization(problem *spec.Problem, s string) string {
	key := problem.Address.Key()
	if key == "" {
		return s
	}
	words := strings.Split(strings.TrimPrefix(s, key+": "), " ")
	for i, word := range words {
		switch {
		case word == key:
			words[i] = "the organization"
		case word == key+":", word == key+",", word == key+".":
			words[i] = "the organization" + word[len(key):]
		}
	}
	return strings.Join(words, " ")
}

package savedplan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Encode is the plan as a file, sealed with the key of MAKESYNC_SEAL_KEY if there is
// one. The seal is the HMAC-SHA-256 of the file's bytes in which the seal is "none". A
// secret that does not come from a reference cannot be saved: it is a problem at its position.
func Encode(p *plan.Plan, key spec.Value) ([]byte, []spec.Problem) {
	if problems := unsavable(p); len(problems) > 0 {
		return nil, problems
	}
	open := *p
	open.Seal, open.Groups = plan.Unsealed, nil
	data, err := planJSON(&open)
	if err != nil {
		return nil, []spec.Problem{{Severity: spec.Error, Rule: "plan-file",
			Message: "the plan cannot be written: " + err.Error()}}
	}
	if key.IsZero() {
		return data, nil
	}
	at, _ := findSeal(data) // we have just written it
	return replaceSeal(data, at, sealOf(data, key)), nil
}

func planJSON(p *plan.Plan) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return text.SafeJSON(b.Bytes()), err
}

// unsavable lists the secrets that a file could not give back.
func unsavable(p *plan.Plan) []spec.Problem {
	var problems []spec.Problem
	for _, o := range p.Organizations {
		for i := range o.Steps {
			s := &o.Steps[i]
			v := s.Arguments.Value
			if v == nil || !v.IsSensitive() || v.Reference != "" && v.Fingerprint != "" {
				continue
			}
			problem := FileProblem("secret-not-savable",
				"a plan file holds no secrets, and this value is one that stands in the document",
				fmt.Sprintf("write it as ${env:%s} or ${file:…}; then the file keeps the reference",
					spec.EnvironmentName(s.Arguments.Name)))
			if v.Reference != "" {
				problem = FileProblem(problem.Rule,
					"a plan file needs a fingerprint of this value, and "+v.Reference+" was not evaluated",
					"make the plan without --skip-references")
			}
			problem.Address, problem.Source = s.Address, s.Source
			problems = append(problems, *problem)
		}
	}
	return problems
}

// FileProblem is an error about a plan file.
func FileProblem(rule, message, hint string) *spec.Problem {
	return &spec.Problem{Severity: spec.Error, Rule: rule, Message: message, Hint: hint}
}

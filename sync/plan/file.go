package plan

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"makesync/spec"
)

// Unsealed is the seal of a plan that nobody has sealed.
const Unsealed = "none"

// sealPrefix names how a seal is made.
const sealPrefix = "hmac-sha256:"

// Encode is the plan as a file, sealed with the key of MAKESYNC_SEAL_KEY if there is
// one. The seal is the HMAC-SHA-256 of the file's bytes in which the seal is "none". A
// secret that does not come from a reference cannot be saved: it is a problem at its position.
func Encode(plan *Plan, key spec.Value) ([]byte, []spec.Problem) {
	if problems := unsavable(plan); len(problems) > 0 {
		return nil, problems
	}
	open := *plan
	open.Seal, open.Groups = Unsealed, nil
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

func planJSON(plan *Plan) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(plan)
	return b.Bytes(), err
}

// unsavable lists the secrets that a file could not give back.
func unsavable(plan *Plan) []spec.Problem {
	var problems []spec.Problem
	for _, o := range plan.Organizations {
		for i := range o.Steps {
			s := &o.Steps[i]
			v := s.Arguments.Value
			if v == nil || !v.IsSensitive() || v.Reference != "" && v.Fingerprint != "" {
				continue
			}
			p := spec.Problem{Severity: spec.Error, Rule: "secret-not-savable", Address: s.Address, Source: s.Source,
				Message: "a plan file holds no secrets, and this value is one that stands in the document",
				Hint: fmt.Sprintf("write it as ${env:%s} or ${file:…}; then the file keeps the reference",
					spec.EnvironmentName(s.Arguments.Name))}
			if v.Reference != "" {
				p.Message = "a plan file needs a fingerprint of this value, and " + v.Reference + " was not evaluated"
				p.Hint = "make the plan without --skip-references"
			}
			problems = append(problems, p)
		}
	}
	return problems
}

func sealOf(unsealed []byte, key spec.Value) string {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write(unsealed)
	return sealPrefix + hex.EncodeToString(mac.Sum(nil))
}

// sealProblem checks the seal of a file: with a key only a fitting seal will do, also no seal
// will not; without one a sealed plan cannot be checked, so it is refused as well.
func sealProblem(data []byte, at spec.StringPlace, key spec.Value) *spec.Problem {
	switch {
	case key.IsZero() && at.Text == Unsealed:
		return nil
	case key.IsZero():
		return FileProblem("plan-seal", "the plan is sealed, and there is no key to check the seal with",
			"set MAKESYNC_SEAL_KEY to the key that it was sealed with")
	case at.Text == Unsealed:
		return FileProblem("plan-seal", "the plan is not sealed, but MAKESYNC_SEAL_KEY is set",
			"make the plan again with the same key set, or unset it if you trust the file")
	}
	want := sealOf(replaceSeal(data, at, Unsealed), key)
	if !hmac.Equal([]byte(want), []byte(at.Text)) {
		return FileProblem("plan-seal", "the seal does not fit: the plan was changed, or sealed with another key",
			"make a new plan")
	}
	return nil
}

// FileProblem is an error about a plan file.
func FileProblem(rule, message, hint string) *spec.Problem {
	return &spec.Problem{Severity: spec.Error, Rule: rule, Message: message, Hint: hint}
}

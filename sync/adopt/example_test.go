package adopt_test

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/adopt"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Somebody set RETRIES to 5 in Make; the document learns of it, and keeps its comment.
func Example() {
	texts := adopt.NewTexts(map[string][]byte{"acme.yaml": []byte(`apiVersion: makesync/v1
organizations:
  acme:
    name: Acme
    variables:
      RETRIES: 3 # ask Ada before you raise it
`)})
	variable := func(value string) []spec.Variable {
		return []spec.Variable{{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain(value)}}
	}
	live := &state.Organization{}
	live.ID, live.Variables = 11, variable("5")
	desired := &spec.Desired{Files: []string{"acme.yaml"}, Organizations: []spec.Organization{{
		Key: "acme", ID: 11, Variables: variable("3"), At: map[string]spec.Source{"": {File: "acme.yaml", Line: 3}},
	}}}
	step := plan.Step{Address: "acme/variable/RETRIES", Kind: spec.KindVariable, Op: plan.OpUpdate, Origin: plan.OriginDrift}
	adopt.Live{
		Plan:    &plan.Plan{Organizations: []plan.Organization{{Key: "acme", ID: 11, Zone: "eu1", Steps: []plan.Step{step}}}},
		Desired: desired, Since: true,
		State: func(string, int64) *state.Organization { return live },
	}.Into(texts)
	changed, err := texts.Changed(desired.Files)
	if err != nil || len(changed) == 0 {
		fmt.Println(err, texts.Left)
		return
	}
	fmt.Print(string(changed[0].After))
	// Output:
	// apiVersion: makesync/v1
	// organizations:
	//   acme:
	//     name: Acme
	//     variables:
	//       RETRIES: 5 # ask Ada before you raise it
}

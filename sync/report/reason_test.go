package report

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// A reason stays the string in JSON that it was, whoever wrote it.
func TestReasonInJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want Reason
	}{
		{"", Reason{}},
		{"licence: no variables", Reason{ReasonLicence, "no variables"}},
		{"half done: it is; lost: gone", Reason{ReasonHalfDone, "it is; lost: gone"}},
		{"stale: ", Reason{ReasonStale, ""}},
		{"licence:without a space", Reason{Text: "licence:without a space"}},
		{"tomorrow's word: text", Reason{Text: "tomorrow's word: text"}},
		{"stalemate", Reason{Text: "stalemate"}},
	} {
		if got := ParseReason(c.text); got != c.want || got.String() != c.text {
			t.Errorf("%q is read as %#v and written as %q", c.text, got, got.String())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(append(reasonMeanings, reasonMeanings[0])).Draw(t, "code").code
		step := StepReport{Reason: Reason{code, rapid.String().Draw(t, "text")}}
		data, err := json.Marshal(step)
		if err != nil {
			t.Fatal(err)
		}
		var back StepReport
		var plain struct{ Reason string }
		if json.Unmarshal(data, &back) != nil || back != step {
			t.Errorf("%+v came back as %+v", step, back)
		}
		if json.Unmarshal(data, &plain) != nil || plain.Reason != step.Reason.String() {
			t.Errorf("%s holds %q", data, plain.Reason)
		}
	})
}

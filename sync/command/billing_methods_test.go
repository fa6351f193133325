package command_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

const methodTypes = "GET /organizations/{organizationId}/subscription/payment-method-types"

// prefers leaves of the documents who pays for alder.
func (s *billingStage) prefers(methods string) {
	s.Helper()
	text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  alder: {name: Alder, id: 101, paymentMethods: " + methods + "}\n"
	if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// TestMethodTypesDecide: what a type of payment methods cannot pay for is a mistake of the documents; the types are asked
// for when a default is to change, and only then.
func TestMethodTypesDecide(t *testing.T) {
	t.Parallel()
	mute := hearsJSON("GET .*/payment-methods", func(_ *http.Request, body map[string]any) { // as a zone may that does not say
		for _, row := range body["paymentMethods"].([]any) {
			delete(row.(map[string]any), "isImmediate")
		}
	})
	for name, test := range map[string]struct {
		methods, words string
		asked, code    int
		zone           wrongClient
	}{
		"fit":              {"{subscription: mastercard-5555}", "pays from the next charge on", 1, 0, nil},
		"not immediate":    {"{extras: pm_c}", "is not immediate", 1, 3, nil},
		"unfit for extras": {"{extras: pm_c}", "pm_c is of the type \"sepa_debit\", which cannot pay for extras", 1, 3, mute},
		"fit for one":      {"{subscription: pm_c}", "pays from the next charge on", 1, 0, mute},
		"as it is":         {"{subscription: visa-4242, extras: pm_a}", "0 to change, 0 waiting, 0 held", 0, 0, nil},
		"only removed":     {"{remove: [pm_c]}", "has to be added again", 0, 0, nil},
		"not told": {"{subscription: mastercard-5555}", "could not be read", 1, 0,
			hearsStatus("GET .*/payment-method-types", 200, 403, `{"message": "Access denied.", "code": "SC403"}`)},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newBillingStage(t, `{}`, "", "")
			s.prefers(test.methods)
			s.tamper = test.zone
			before := s.world.Calls()[methodTypes]
			code, out := s.say("plan", "-f", s.documents)
			if asked := s.world.Calls()[methodTypes] - before; code != test.code || asked != test.asked ||
				!strings.Contains(strings.Join(strings.Fields(out), " "), test.words) {
				t.Errorf("%s: exit %d, asked %d times\n%s", name, code, asked, out)
			}
		})
	}
}

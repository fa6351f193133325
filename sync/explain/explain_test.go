package explain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/explain"
	"makesync/sync/plan"
	"makesync/sync/state"
)

func desired() *spec.Desired {
	return &spec.Desired{Guards: spec.DefaultGuards(), Organizations: []spec.Organization{{
		Key: "acme", Zone: "eu1", ID: 11, Name: "Acme",
		Variables: []spec.Variable{{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain("7")}},
		Members:   []spec.Member{{Email: "jane@acme.example", Role: "Admin"}},
	}}}
}

func Example() {
	live := &state.Organization{Organization: spec.Organization{ID: 11, Name: "Acme",
		Variables: []spec.Variable{{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Sensitive("5")}}}}
	step := plan.Step{Address: "acme/variable/RETRIES", Kind: spec.KindVariable, Op: plan.OpUpdate,
		Fields: []plan.Field{{Path: "value", From: state.Number("5"), To: state.Number("7")}}}
	e := explain.New(explain.Facts{Address: "acme/variable/RETRIES", Desired: desired(), Live: live,
		Statements: []spec.Statement{{Source: spec.Source{File: "acme.yaml", Line: 12}}},
		Plan:       &plan.Plan{Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Steps: []plan.Step{step}}}}})
	fmt.Println(e.Declared[0].Source.File, e.Live.Presence, e.Live.Fields[1].Value.String(), e.Plan.Verdict, e.Plan.Steps[0].Op)
	// Output: acme.yaml there 5 changes update
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]string{
		"acme":                               "acme",
		"acme/":                              "acme",
		"acme/variable/RETRIES":              "acme/variable/RETRIES",
		"acme/variable/a/b":                  "acme/variable/a%2Fb",
		"acme/variable/a%2Fb":                "acme/variable/a%2Fb",
		"acme/member/Jane@ACME.example":      "acme/member/jane@acme.example",
		"acme/tfa":                           "acme/tfa",
		"acme/paymentMethods/pm_1":           "acme/paymentMethods/pm_1",
		"acme/variables/RETRIES":             "? acme/variable/RETRIES",
		"acme/Variable/RETRIES":              "? acme/variable/RETRIES",
		"acme/varable/RETRIES":               "? acme/variable/RETRIES",
		"acme/retries":                       "? acme/variable/RETRIES",
		"acme/Jane@acme.example":             "? acme/member/jane@acme.example",
		"acme/invitation/JANE@acme.example":  "? acme/member/jane@acme.example",
		"acme/control/Make AI Tools":         "? acme/featureControl/Make AI Tools",
		"acme/2fa":                           "? acme/tfa",
		"acme/country":                       "? acme",
		"acme/organization":                  "? acme",
		"acme/variable":                      "? acme/variable/RETRIES",
		"other/variable":                     "? other/variable/NAME",
		"acme/owner/jane@acme.example":       "? acme/owner",
		"acme/subscription/x":                "? acme/subscription",
		"acme/nothing-like-that-at-all/9999": "?",
		"/tfa":                               "?",
	} {
		got, err := explain.ParseAddress(argument, desired())
		text := string(got)
		if form := (*explain.FormError)(nil); errors.As(err, &form) {
			text = strings.TrimSpace("? " + form.Right)
		}
		if text != want {
			t.Errorf("%s: %q (%v), want %q", argument, text, err, want)
		}
	}
}

// Whatever is given, an address that is taken is canonical, and so is the right form that is named.
func TestParseAddressAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		argument := rapid.OneOf(rapid.String(), rapid.StringMatching(`acme/[a-zA-Z0-9@%/ ]*`)).Draw(t, "argument")
		a, err := explain.ParseAddress(argument, desired())
		form := (*explain.FormError)(nil)
		switch {
		case errors.As(err, &form) && form.Right != "" && !strings.HasSuffix(form.Right, "NAME"):
			if again, err := explain.ParseAddress(form.Right, desired()); err != nil || string(again) != form.Right {
				t.Fatalf("%q: the right form %q is taken for %q, %v", argument, form.Right, again, err)
			}
		case err == nil:
			if again, err := explain.ParseAddress(string(a), desired()); err != nil || again != a {
				t.Fatalf("%q is %q, and that is %q, %v", argument, a, again, err)
			}
		}
	})
}

// A live value is told only when neither its name, a pattern, its shape nor the documents make it a
// secret.
func TestLiveSecretsAreMasked(t *testing.T) {
	t.Parallel()
	glob, err := spec.ParseGlob("*/variable/PATTERN")
	if err != nil {
		t.Fatal(err)
	}
	d := desired()
	d.Sensitive = []spec.Glob{glob}
	o := &d.Organizations[0]
	o.Variables = append(o.Variables, spec.Variable{Name: "REFERENCE", Reference: "${env:X}", Value: spec.Sensitive("v")})
	const secret = "tell-nobody"
	for name, masked := range map[string]bool{"API_TOKEN": true, "PATTERN": true, "REFERENCE": true, "PLAIN": false} {
		live := &state.Organization{Organization: spec.Organization{ID: 11,
			Variables: []spec.Variable{{Name: name, Type: spec.TypeString, Value: spec.Sensitive(secret)}}}}
		e := explain.New(explain.Facts{Address: spec.NewAddress("acme", spec.KindVariable, name), Desired: d, Live: live})
		if got := !strings.Contains(fmt.Sprintf("%v %+v", e.Live.Fields, e.Live.Fields[1].Value.String()), secret); got != masked {
			t.Errorf("%s: masked %v, want %v: %v", name, got, masked, e.Live.Fields)
		}
	}
}

// What cannot be looked at is never told as absent, and makes exit 6.
func TestUnreadIsNotAbsent(t *testing.T) {
	t.Parallel()
	live := &state.Organization{Organization: spec.Organization{ID: 11},
		Failed: map[spec.Kind]error{spec.KindVariable: errors.New("HTTP 500")}}
	f := explain.Facts{Address: "acme/variable/OTHER", Desired: desired(), Live: live,
		Plan: &plan.Plan{Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11}}}}
	e := explain.New(f)
	if e.Live.Presence != explain.NotRead || e.Exit.Code != 6 || e.Unknown(f) != nil {
		t.Errorf("%s, exit %d, %v", e.Live.Presence, e.Exit.Code, e.Unknown(f))
	}
	f.Live = &state.Organization{Organization: spec.Organization{ID: 11, Variables: []spec.Variable{}}}
	if e := explain.New(f); e.Live.Presence != explain.NotThere || e.Unknown(f) == nil {
		t.Errorf("%s, %v", e.Live.Presence, e.Unknown(f))
	}
}

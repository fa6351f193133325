package planner_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// secretRequest is a plan of an organization with so many new secrets of so many values.
func secretRequest(t *testing.T, secrets, values int) planner.Request {
	t.Helper()
	var variables []spec.Variable
	for i := range secrets {
		v := zonetest.TextVariable(fmt.Sprintf("V%d_DSN", i), fmt.Sprint("value ", i%values))
		variables = append(variables, v)
	}
	desired := zonetest.Desired("acme", "Acme", zonetest.Variables(variables...))
	r := plantest.Request(zonetest.New(zonetest.Acme()), desired)
	r.Salt, r.Desired.Sensitive = []byte("salt"), []spec.Glob{plantest.Glob(t, "*/variable/*_DSN")}
	return r
}

// TestSecretsAreCountedOnce: what bounds fingerprints counts values, not the objects that have them.
func TestSecretsAreCountedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values, most int
		salt         string
		want         error
	}{
		{3, 3, "salt", nil},
		{4, 3, "salt", planner.ErrTooManySecrets},
		{4, 0, "salt", nil},
		{4, 3, "", nil}, // nobody needs them
	} {
		r := secretRequest(t, 12, c.values)
		r.MostSecrets, r.Salt = c.most, []byte(c.salt)
		p, err := planner.Make(context.Background(), r)
		if !errors.Is(err, c.want) || err == nil && c.want != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		prints := map[string]bool{}
		for _, s := range stepsOf(p) {
			prints[s.Arguments.Value.Fingerprint] = true
		}
		if want := max(c.values*min(len(c.salt), 1), 1); p != nil && len(prints) != want {
			t.Errorf("%+v: %d fingerprints", c, len(prints))
		}
	}
}

func stepsOf(p *plan.Plan) (all []plan.Step) {
	if p == nil {
		return nil
	}
	for i := range p.Organizations {
		all = append(all, p.Organizations[i].Steps...)
	}
	return all
}

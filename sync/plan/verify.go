package plan

import (
	"fmt"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// clockSkew is how far the clock of the machine that made a plan may be ahead.
const clockSkew = 5 * time.Minute

// VerifyOptions say what a saved plan is checked against.
type VerifyOptions struct {
	Now time.Time
	// Users are the zones of this run by name, each with the user of its token.
	Users map[string]state.User
	// Used says which run has used the plan, in words; "" when none has.
	Used string
}

// Verify tells why a saved plan may not be applied now; every problem is exit 9: it is
// expired, of the future, used, or made for other zones or by another user.
func (plan *Plan) Verify(o VerifyOptions) []spec.Problem {
	var problems []spec.Problem
	add := func(rule, message, hint string) { problems = append(problems, *planProblem(rule, message, hint)) }
	switch {
	case plan.Created.After(o.Now.Add(clockSkew)):
		add("plan-expired", "the plan was made in the future ("+stamp(plan.Created)+")",
			"set the clocks right, and make a new plan")
	case !o.Now.Before(plan.Expires) || plan.Expires.Sub(plan.Created) > Lifetime:
		add("plan-expired", "the plan expired at "+stamp(plan.Expires), "make a new plan")
	}
	if o.Used != "" {
		add("plan-used", text.OneLine(o.Used), "make a new plan")
	}
	for _, zone := range plan.Zones {
		user, known := o.Users[zone.Name]
		switch {
		case !known:
			add("plan-foreign", "the plan is for the zone "+text.Quote(zone.Name)+", which is none of this run",
				"give the same -f and --zone-url as for the plan")
		case !user.SameAs(zone.User):
			add("plan-foreign",
				fmt.Sprintf("the plan was made by user %s in zone %s, and this run's token belongs to user %s",
					zone.User.Describe(), text.OneLine(zone.Name), user.Describe()),
				"use that user's token, or make a new plan")
		}
	}
	return problems
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

package savedplan

import (
	"fmt"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// clockSkew is how far the clock of the machine that made a plan may be ahead.
const clockSkew = 5 * time.Minute

// VerifyOptions say what a saved plan is checked against.
type VerifyOptions struct {
	Now time.Time
	// Zones are those of this run by name, as it reaches them: each with the user of its token.
	Zones map[string]plan.Zone
	// Used says which run has used the plan, in words; "" when none has.
	Used string
}

// Verify tells why a saved plan may not be applied now; every problem is exit 9: it is
// expired, of the future, used, or made for other zones or by another user.
func Verify(p *plan.Plan, o VerifyOptions) []spec.Problem {
	var problems []spec.Problem
	add := func(rule, message, hint string) { problems = append(problems, *FileProblem(rule, message, hint)) }
	switch {
	case p.Created.After(o.Now.Add(clockSkew)):
		add("plan-expired", "the plan was made in the future ("+stamp(p.Created)+")",
			"set the clocks right, and make a new plan")
	case p.Expires.Sub(p.Created) > plan.Lifetime:
		add("plan-expired", "the plan says that it is good until "+stamp(p.Expires)+", longer than any plan is",
			"make a new plan")
	case !o.Now.Before(p.Expires):
		add("plan-expired", "the plan expired at "+stamp(p.Expires), "make a new plan")
	}
	if o.Used != "" {
		add("plan-used", text.OneLine(o.Used), "make a new plan")
	}
	for _, zone := range p.Zones {
		here, known := o.Zones[zone.Name]
		switch {
		case !known:
			add("plan-foreign", "the plan is for the zone "+text.Quote(zone.Name)+", which is none of this run",
				"give the same -f and --zone-url as for the plan")
		case !samePlace(zone, here):
			add("plan-foreign",
				fmt.Sprintf("the plan was made in zone %s at %s, and this run reaches it at %s",
					text.OneLine(zone.Name), place(zone), place(here)),
				"give the same -f, --zone-url and --sandbox as for the plan, or make a new plan")
		case !here.User.SameAs(zone.User):
			add("plan-foreign",
				fmt.Sprintf("the plan was made by user %s in zone %s, and this run's token belongs to user %s",
					zone.User.Describe(), text.OneLine(zone.Name), here.User.Describe()),
				"use that user's token, or make a new plan")
		}
	}
	return problems
}

// samePlace tells whether two zones are one: the same host, and where that is simulated the same
// world. A simulated zone is never a real one, whatever both are called.
func samePlace(z, other plan.Zone) bool {
	return z.Sandbox == other.Sandbox && z.World == other.World && strings.EqualFold(z.URL, other.URL)
}

func place(z plan.Zone) string {
	words := text.Quote(z.URL)
	if z.Sandbox {
		words += " (SANDBOX, world " + text.Quote(z.World) + ")"
	}
	return words
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

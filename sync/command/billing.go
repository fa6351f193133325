package command

import (
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

func billingCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "billing",
		Usage:       "what concerns money and no document can say",
		Description: "What organizations pay for stands in documents; see `makesync help billing`.",
		Subcommands: []*cli.Command{claimOfferCommand(r)},
	}
}

const claimDescription = "Claims the discount that Make offers to those who are about to cancel. " +
	"It shows what it does, asks at the terminal for the organization's name, and keeps a journal, as apply does. " +
	"KEY is an organization of the documents, with name and id."

func claimOfferCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "claim-offer",
		Usage:       "claim the cancellation offer of an organization",
		ArgsUsage:   "KEY",
		Description: claimDescription,
		UsageText:   "makesync billing claim-offer -f clients/ acme",
		Flags: joined(documentFlags(), zoneFlags(), limitFlags(), []cli.Flag{
			journalFlag(), newDurationFlag("lock-timeout", 0, "wait up to `D` for another run on the zone to end"),
		}, resultFlags(resultFile("report"), formatText, formatJSON), detailFlags(), logFlags()),
		Action: r.action(arity{min: 1, max: 1, name: "KEY"}, func(c *cli.Context) error {
			o, err := readPlanOptions(c, r.Env)
			if err != nil {
				return err
			}
			key := c.Args().First()
			rule, err := plan.ParseAllow("update:subscription<=0USD@" + key) // whoever types the command names it
			if err != nil {
				return badUsage(c, "%s is no organization's key", key)
			}
			o.allow = append(o.allow, rule)
			how := applyOptions{claim: key, lockTimeout: c.Duration("lock-timeout"), heldExit: exit.Held.Code}
			return runApply(c.Context, r, o, how)
		}),
	}
}

// onlyOffer leaves of the documents what claims an offer; of an apply, all.
func onlyOffer(a *applyRun) error {
	if a.claim == "" {
		return nil
	}
	at := slices.IndexFunc(a.desired.Organizations, func(o spec.Organization) bool { return o.Key == a.claim })
	if at < 0 {
		return failure{exit: exit.Invalid, message: "the documents hold no organization " + text.Quote(a.claim)}
	}
	o := a.desired.Organizations[at]
	if o.ID == 0 || o.Name == "" {
		return failure{exit: exit.Invalid,
			message: "the organization " + text.Quote(a.claim) + " has not both name and id",
			hint:    "write both, so that nobody does it to another organization"}
	}
	a.desired.Organizations = []spec.Organization{{Key: o.Key, Zone: o.Zone, ID: o.ID, Name: o.Name, At: o.At,
		Subscription: &spec.Subscription{Plan: "offer", Offer: true}}}
	return nil
}

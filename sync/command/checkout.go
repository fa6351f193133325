package command

import (
	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
)

// checkoutHead is the first line of a file of checkout pages, by which it is told from others.
const checkoutHead = "# makesync: pages on which a person has to pay; keep them secret"

func checkoutFileFlag() cli.Flag {
	return newOutputFlag(cli.StringFlag{
		Name: "checkout-file",
		Usage: "write the pages on which a person has to pay for new subscriptions to `FILE`, " +
			"which only its owner may read; without it they are shown on the terminal, once",
	}, checkoutPages)
}

// checkMoney refuses, before anything is asked, to move money where what no zone shows would be
// forgotten, or nobody would see the page on which to pay.
func checkMoney(a *applyRun) error {
	if !plan.MovesMoney(a.plan.Organizations) {
		return nil
	}
	if a.noJournal {
		return failure{exit: exit.Held, message: "this plan moves money, and nothing moves money without a journal",
			hint: "leave --no-journal out: the journal alone knows of cancels to come and of open checkouts"}
	}
	if opensCheckout(a.plan) && a.checkoutFile.path == "" && !a.r.Terminal.Stderr {
		return failure{exit: exit.Held, message: "this plan opens a checkout, and nobody would see its page",
			hint: "give --checkout-file FILE, or run it on a terminal"}
	}
	return nil
}

func opensCheckout(p *plan.Plan) bool {
	for i := range p.Organizations {
		for _, s := range p.Organizations[i].Steps {
			if s.Kind == spec.KindSubscription && s.Op == plan.OpCreate {
				return true
			}
		}
	}
	return false
}

// checkouts shows the pages of checkouts to whoever runs this. Where they go to a file, it has to
// take something before anything is sent: a page that is lost is open all the same.
func checkouts(a *applyRun) (func(spec.Address, spec.Value) error, error) {
	if !opensCheckout(a.plan) {
		return nil, nil
	}
	if a.checkoutFile.path == "" {
		return func(address spec.Address, page spec.Value) error {
			a.r.bar.Done()
			return render.Sentences(a.r.Stderr, a.r.errorWords(false, ""),
				address.Key()+": a person has to pay on this page, which is not shown again:", "  "+page.Reveal())
		}, nil
	}
	pages := checkoutHead + "\n"
	write := func() error { return a.r.files.put(a.checkoutFile, []byte(pages)) }
	if err := write(); err != nil {
		return nil, failure{exit: exit.Internal, message: "write " + a.checkoutFile.path, cause: err,
			hint: "nothing was changed"}
	}
	return func(address spec.Address, page spec.Value) error {
		pages += address.Key() + " " + text.Visible(page.Reveal()) + "\n"
		return write()
	}, nil
}

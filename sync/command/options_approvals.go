package command

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// approvalOptions say how many people must have approved a plan, and who they may be.
type approvalOptions struct {
	least     int    // --approvals; a trusted file can want more
	approvers string // --approvers
}

// mostApprovals is how many people a plan can wait for.
const mostApprovals = 100

func approvalsFlag(usage string) cli.Flag { return &cli.IntFlag{Name: "approvals", Usage: usage} }

func approversFlag() cli.Flag {
	return newInputFlag(cli.StringFlag{
		Name:  "approvers",
		Usage: "`FILE` those who may approve (allowed_signers of OpenSSH), from outside the documents",
	})
}

func readApprovalOptions(c *cli.Context) (o approvalOptions, err error) {
	o.least, o.approvers = c.Int("approvals"), c.String("approvers")
	switch {
	case o.least < 0 || o.least > mostApprovals:
		return o, badUsage(c, "--approvals %d: must be 0 to %d", o.least, mostApprovals)
	case o.least > 0 && o.approvers == "":
		return o, badUsage(c, "--approvals needs --approvers FILE: who may approve")
	}
	return o, nil
}

// people is how many people, in words.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

package makeapi

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"makesync/sync/state"
)

// accountRow is an organization with its counters, which the detail alone has, as decimal texts
// (recorded).
type accountRow struct {
	organizationRow

	NextReset    moment   `json:"nextReset"`
	Consumed     quantity `json:"centicreditsConsumed"`
	Unused       quantity `json:"unusedCenticredits"`
	Operations   quantity `json:"operations"`
	UnusedOps    quantity `json:"unusedOperations"`
	AutoPurchase flag     `json:"autoPurchasingActivated"`
}

// centicredits are in a credit; an operation is one credit (OAS example: 9 operations, 900).
const centicredits = 100

// balance prefers credits; a zone that counts operations alone counts in credits too.
func (r *accountRow) balance() state.Balance {
	b := state.Balance{
		Used: r.Consumed.scaled(centicredits), Left: r.Unused.scaled(centicredits),
		Reset: r.NextReset.Time, AutoPurchase: r.AutoPurchase.pointer(),
	}
	b.Used = cmp.Or(b.Used, r.Operations.scaled(1))
	b.Left = cmp.Or(b.Left, r.UnusedOps.scaled(1))
	return b
}

func readBalance(ctx context.Context, c caller, organization int64) (state.Balance, error) {
	var reply struct {
		Organization *accountRow `json:"organization"`
	}
	k := readOf(organization, "", "read the credits of")
	k.decode = decodeJSON(&reply)
	if err := c.do(ctx, k); err != nil {
		return state.Balance{}, err
	}
	row := reply.Organization
	if row == nil || row.ID.known && row.ID.n != organization {
		return state.Balance{}, k.mismatch("it holds no organization with this id")
	}
	return row.balance(), nil
}

// readOf is a read of one organization, without its decoder.
func readOf(organization int64, path, doing string) *call {
	return &call{
		method: http.MethodGet, path: ofOrganization(organization, path), organization: organization,
		doing: doing, object: "organization " + strconv.FormatInt(organization, 10), scope: scopeOrganizationsRead,
	}
}

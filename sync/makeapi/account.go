package makeapi

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"makesync/sync/state"
)

// accountRow is an organization with its plan and, in the detail alone, its counters, which are
// decimal texts there (recorded).
type accountRow struct {
	organizationRow
	ServiceName looseText `json:"serviceName"`
	ProductName looseText `json:"productName"`

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

// readAccounts reads the list to its end. Where no columns can be chosen, rows that lack a licence
// stay as they are: nobody can tell then which of them live here.
func readAccounts(ctx context.Context, c caller) ([]state.Account, error) {
	const path = "/organizations"
	queries := []url.Values{with(cols(organizationColumns...), "pg[returnTotalCount]", "true"), cols("*"), nil}
	var rows []accountRow
	err := c.columns(path, queries, func(columns url.Values) error {
		list, err := readList(ctx, c, listing[accountRow]{
			key: "organizations", id: func(row *accountRow) integer { return row.ID },
			call: call{
				path: path, query: columns, scope: scopeOrganizationsRead,
				doing: "read the organizations of zone", object: c.zone,
			},
		})
		rows = list.rows
		return err
	})
	if err != nil {
		return nil, err
	}
	accounts := make([]state.Account, 0, len(rows))
	for i := range rows {
		if row := &rows[i]; !row.Deleted.on {
			plan := cmp.Or(row.ProductName.trimmed(), row.ServiceName.trimmed())
			accounts = append(accounts, state.Account{Organization: liveOf(c, &row.organizationRow), Plan: plan})
		}
	}
	return accounts, nil
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

package makeapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"makesync/spec"
	"makesync/sync/billing"
)

// cashier is the part of a client that reads what there is to buy, and by what. It implements
// state.CatalogueReader.
type cashier struct{ caller }

// Catalogue are the plans that the zone sells (GET /cashier/products).
func (c *cashier) Catalogue(ctx context.Context, organization int64) (billing.Catalogue, error) {
	return readCatalogue(ctx, c.caller, organization)
}

// Price is one price as it is now (GET /cashier/prices/{priceId}); it names no product.
func (c *cashier) Price(ctx context.Context, organization, id int64) (billing.Price, error) {
	return readPrice(ctx, c.caller, organization, id)
}

// MethodTypes are the types of payment methods (GET
// /organizations/{id}/subscription/payment-method-types).
func (c *cashier) MethodTypes(ctx context.Context, organization int64) ([]billing.MethodType, error) {
	return readMethodTypes(ctx, c.caller, organization)
}

// Owned are the organizations of which a user is the accepted Owner (published: GET
// /users/{userId}/user-organization-roles).
func (c *cashier) Owned(ctx context.Context, user int64) ([]int64, error) {
	return readOwned(ctx, c.caller, user)
}

// Payments are the latest charges, newest first (GET /organizations/{id}/payments).
func (c *cashier) Payments(ctx context.Context, organization int64) ([]billing.Payment, error) {
	return readPayments(ctx, c.caller, organization)
}

// priceRow is a price of the catalogue. The list has a number as price where the detail has a text,
// and periods, currencies and names differ in case (published in examples).
type priceRow struct {
	ID       integer   `json:"id"`
	Price    money     `json:"price"`
	Period   looseText `json:"period"`
	Currency looseText `json:"currencyCode"`
	Visible  flag      `json:"visible"`
	Config   struct {
		Operations integer `json:"operations"`
	} `json:"config"`
}

// price is the row as a price; ok is false for one that could not be bought for sure: without an id
// or an amount, or for a period that nobody knows.
func (r *priceRow) price(product string) (p billing.Price, ok bool) {
	amount, err := spec.ParseAmount(string(r.Price))
	period, known := spec.ParsePeriod(r.Period.trimmed())
	currency, named := spec.ParseCurrency(r.Currency.trimmed())
	return billing.Price{
		ID: r.ID.n, Product: product, Operations: r.Config.Operations.n, Period: period,
		Money: spec.Money{Amount: amount, Currency: currency},
	}, err == nil && known && named && r.ID.known && r.ID.n > 0
}

// localised is a text by language, or one for all of them.
type localised string

// UnmarshalJSON prefers English.
func (l *localised) UnmarshalJSON(data []byte) error {
	var byLanguage map[string]longText
	var one longText
	*l = ""
	if json.Unmarshal(data, &byLanguage) == nil && len(byLanguage) > 0 {
		one = byLanguage[slices.Sorted(maps.Keys(byLanguage))[0]]
		if english, ok := byLanguage["en"]; ok {
			one = english
		}
	} else if json.Unmarshal(data, &one) != nil {
		return nil
	}
	*l = localised(label(one))
	return nil
}

type productRow struct {
	Name    localised `json:"name"`
	Visible flag      `json:"visible"`
	Config  struct {
		Teams     integer `json:"teams"`
		Scenarios integer `json:"scenarios"`
		Users     integer `json:"users"` // as in licences; the published example has none
	} `json:"config"`
	Prices []priceRow `json:"prices"`
}

// readCatalogue reads the plans that the zone sells (GET /cashier/products). What a zone lists all
// the same though it says that it is not visible is not for sale. Which scope that
// needs is not published, nor whether it may be asked without an organization, so it is asked
// with one.
func readCatalogue(ctx context.Context, c caller, organization int64) (billing.Catalogue, error) {
	k := cashierRead(organization, "/cashier/products", "read the catalogue of")
	k.query = url.Values{"type": {"PLAN"}, "organizationId": {strconv.FormatInt(organization, 10)}}
	rows, err := readUnpaged[productRow](ctx, c, *k, "products")
	var catalogue billing.Catalogue
	for _, row := range rows {
		if row.Visible.off() {
			continue
		}
		product := billing.Product{
			Name:  string(row.Name),
			Teams: row.Config.Teams.pointer(), Scenarios: row.Config.Scenarios.pointer(),
			Members: row.Config.Users.pointer(),
		}
		for _, r := range row.Prices {
			if price, ok := r.price(product.Name); ok && !r.Visible.off() {
				product.Prices = append(product.Prices, price)
			}
		}
		catalogue.Products = append(catalogue.Products, product)
	}
	return catalogue, err
}

func (i integer) pointer() *int {
	if !i.known {
		return nil
	}
	n := int(i.n)
	return &n
}

func readPrice(ctx context.Context, c caller, organization, id int64) (billing.Price, error) {
	var row priceRow
	k := cashierRead(organization, "/cashier/prices/"+strconv.FormatInt(id, 10), "read a price of the catalogue of")
	k.decode = decodeJSON(&row)
	if err := c.do(ctx, k); err != nil {
		return billing.Price{}, err
	}
	price, ok := row.price("")
	if !ok || price.ID != id {
		return billing.Price{}, k.mismatch("it holds no price with this id")
	}
	return price, nil
}

// cashierRead is a read of the catalogue, which counts in the rate window of the organization that
// it is for; so a 403 to it is none of the token as a whole.
func cashierRead(organization int64, path, doing string) *call {
	return &call{method: http.MethodGet, path: path, organization: organization, doing: doing, object: "the zone"}
}

// tierOf are the credits of a price, asked for once per client; 0 where the zone does not say.
func tierOf(ctx context.Context, c caller, organization, id int64) int64 {
	if id < 1 {
		return 0
	}
	price, err := c.priceCache.do(ctx, id, func(ctx context.Context) (billing.Price, error) {
		return readPrice(ctx, c, organization, id)
	})
	if err != nil {
		return 0
	}
	return price.Operations
}

// readOwned reads the organizations of which a user is the accepted Owner (published: GET
// /users/{userId}/user-organization-roles).
func readOwned(ctx context.Context, c caller, user int64) (owned []int64, err error) {
	rows, err := readRolesOf(ctx, c, user, "user "+strconv.FormatInt(user, 10))
	for _, row := range rows {
		if row.OrganizationID.known && row.Invitation == "" && row.UsersRoleID.n == ownerRole {
			owned = append(owned, row.OrganizationID.n)
		}
	}
	return owned, err
}

const ownerRole = 11 // published

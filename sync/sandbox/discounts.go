package sandbox

import "slices"

// discountRules are the rules that a universal discount can have, in the order of the contract.
var discountRules = []string{
	"lost_on_cancel",
	"lost_on_price_downgrade",
	"lost_on_price_upgrade",
	"lost_on_product_downgrade",
	"lost_on_product_upgrade",
	"lost_on_other_discount",
	"applies_to_extras",
	"redeemable_by_admin",
	"redeemable_by_user",
}

// lossOf names the rules by which a change from one price to another loses a discount.
func lossOf(from, to *Price) []string {
	var rules []string
	switch a, b := productOf(from.Product).id, productOf(to.Product).id; {
	case b > a:
		rules = append(rules, "lost_on_product_upgrade")
	case b < a:
		rules = append(rules, "lost_on_product_downgrade")
	}
	switch {
	case to.Amount > from.Amount:
		rules = append(rules, "lost_on_price_upgrade")
	case to.Amount < from.Amount:
		rules = append(rules, "lost_on_price_downgrade")
	}
	return rules
}

// lose takes an active discount away when one of these rules holds for it.
func (b *Billing) lose(rules ...string) {
	d := b.Discount
	if d != nil && d.Active && slices.ContainsFunc(rules, func(r string) bool { return slices.Contains(d.Rules, r) }) {
		b.Discount = nil
	}
}

// reduced is an amount less the active discount.
func (b *Billing) reduced(m Money) Money {
	if b.Discount == nil || !b.Discount.Active {
		return m
	}
	return m * Money(100-b.Discount.PercentOff) / 100
}

// getDiscount: GET /organizations/{organizationId}/universal-discount is null, or a discount that
// is active or dormant.
func getDiscount(c *call) (any, error) {
	d := c.org.Billing.Discount
	if d == nil {
		return object{{"universalDiscount", nil}}, nil
	}
	var rules object
	for _, name := range discountRules {
		rules = append(rules, field{name, slices.Contains(d.Rules, name)})
	}
	return object{{"universalDiscount", object{
		{"id", d.ID}, {"type", d.Type}, {"percentOff", d.PercentOff}, {"validTo", d.ValidTo}, {"rules", rules},
		{"isActive", d.Active}, {"bannerText", orNull(d.Banner)}, {"redeemUntil", d.RedeemUntil},
		{"canRedeemOnCurrentPlan", !d.Elsewhere},
	}}}, nil
}

// redeemDiscount: POST /organizations/{organizationId}/universal-discount/redeem makes a dormant
// discount active, if no other one is (published).
func redeemDiscount(c *call) (change, error) {
	var in struct {
		ID *int `json:"universalDiscountId"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("universalDiscountId", in.ID == nil); err != nil {
		return change{}, err
	}
	d := c.org.Billing.Discount
	switch {
	case d == nil || d.ID != *in.ID:
		return change{}, notFound("Discount")
	case d.Active || c.org.Billing.Coupon != "":
		return change{}, invalid("Another discount is active.")
	case d.Elsewhere,
		!d.RedeemUntil.IsZero() && c.now.After(d.RedeemUntil),
		!slices.Contains(d.Rules, "redeemable_by_user"):
		return change{}, invalid("The discount cannot be redeemed.")
	}
	return change{"discount", func() any {
		d.Active = true
		return ok()
	}}, nil
}

// The cancellation offer is made up but for its name: 30 % for three months.
const (
	offerPercent = 30
	offerMonths  = 3
)

// claimOffer: POST /organizations/{organizationId}/universal-discount/claim-cancellation-offer,
// once, and not beside a coupon or a discount (published).
func claimOffer(c *call) (change, error) {
	b := c.org.Billing
	if !c.org.subscribed() || b.OfferClaimed || b.Coupon != "" || b.Discount != nil && b.Discount.Active {
		return change{}, invalid("The organization is not eligible for the offer.")
	}
	return change{"discount", func() any {
		b.OfferClaimed = true
		b.Discount = &Discount{
			ID:         number("offer", c.org.ID),
			Type:       "cancellation_offer",
			PercentOff: offerPercent,
			Active:     true,
			ValidTo: c.now.UTC().
				AddDate(0, offerMonths, 0),
			Rules: []string{"lost_on_cancel", "lost_on_product_downgrade"},
		}
		return ok()
	}}, nil
}

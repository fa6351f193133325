package spec

import "strconv"

// Subscription is what an organization of the documents shall pay for. Nothing of it is looked up
// by an id of the zone: names and numbers pick one price of the zone's catalogue.
type Subscription struct {
	Plan string // a product of the catalogue, or Free
	// Operations is the tier of credits a month; 0: not given.
	Operations int64
	Period     Period // "": not given
	// Price is what the reviewer saw; nil: not given. Another one in the catalogue is a problem.
	Price *Money
	// Coupon and Customer are sent with a purchase; no zone shows them.
	Coupon   string
	Customer *Customer
	// Offer: the cancellation offer is to be claimed, and nothing else. No document says so.
	Offer bool
	// State absent: cancelled, so that it ends with what is paid for.
	State  State
	Source Source
	// PriceSource is where the price stands.
	PriceSource Source
}

// FreePlan is the plan without a price.
const FreePlan = "Free"

// Customer is whom a purchase is billed to.
type Customer struct {
	Email       string `json:"email"`
	Name        string `json:"name"`
	IsBusiness  bool   `json:"isBusiness"`
	CountryID   int64  `json:"countryId,omitempty"`
	CompanyName string `json:"companyName,omitempty"`
	TaxID       string `json:"taxId,omitempty"`
	City        string `json:"city,omitempty"`
	Line1       string `json:"line1,omitempty"`
	Line2       string `json:"line2,omitempty"`
	PostalCode  string `json:"postalCode,omitempty"`
	State       string `json:"state,omitempty"`
	// Country is as documents write it: a code, a name or an id.
	Country string `json:"-"`
}

// CustomerText is something that is told of a customer, by its key in documents.
type CustomerText struct{ Key, Text string }

// The keys of what is no text: the zone wants the country's id.
const (
	CountryKey  = "countryId"
	BusinessKey = "isBusiness"
)

// Texts are all that is told, in the order of the documents, the country as they write it; none for
// nil.
func (c *Customer) Texts() (told []CustomerText) {
	if c == nil {
		return nil
	}
	for _, t := range []CustomerText{{"email", c.Email}, {"name", c.Name},
		{BusinessKey, strconv.FormatBool(c.IsBusiness)}, {CountryKey, c.Country}, {"companyName", c.CompanyName},
		{"taxId", c.TaxID}, {"city", c.City}, {"line1", c.Line1}, {"line2", c.Line2},
		{"postalCode", c.PostalCode}, {"state", c.State},
	} {
		if t.Text != "" {
			told = append(told, t)
		}
	}
	return told
}

// PaymentMethods say by which stored method an organization pays, each by its id or by brand and
// last four digits (visa-4242); "" is not managed.
type PaymentMethods struct {
	Subscription, Extras string
	Remove               []string // to be taken away, by id
	Source               Source
}

// Bills tells whether a kind moves money, or says by what means money is moved.
func (k Kind) Bills() bool { return k == KindSubscription || k == KindPaymentMethods }

// declared are the methods of which documents speak, as written.
func (p *PaymentMethods) declared() (names []string) {
	for _, name := range append([]string{p.Subscription, p.Extras}, p.Remove...) {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

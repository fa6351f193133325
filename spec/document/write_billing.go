package document

import (
	"strconv"
	"strings"

	"makesync/spec"
)

// billing writes what an organization pays for and by what, each in one line; as comments where
// they are only to be seen.
func (d *documentWriter) billing(o *spec.Organization) {
	d.billingLine(o, spec.KindSubscription, "subscription", writeSubscription(o.Subscription))
	d.billingLine(o, spec.KindPaymentMethods, "paymentMethods", writeMethods(o.PaymentMethods))
}

func (d *documentWriter) billingLine(o *spec.Organization, kind spec.Kind, key, value string) {
	d.comments(2, d.options.Comments[spec.NewAddress(o.Key, kind, "")])
	switch {
	case value == "":
	case d.options.BillingAsComments:
		d.comments(2, []string{key + ": " + value})
	default:
		d.field(key, value)
	}
}

// flow is a mapping in one line; pairs without a value are left out.
func flow(pairs ...[2]string) string {
	var written []string
	for _, pair := range pairs {
		if pair[1] != "" {
			written = append(written, pair[0]+": "+pair[1])
		}
	}
	return "{" + strings.Join(written, ", ") + "}"
}

// writeFilled writes a text; "" for none.
func writeFilled(text string) string {
	if text == "" {
		return ""
	}
	return writeText(text)
}

func writeSubscription(s *spec.Subscription) string {
	switch {
	case s == nil:
		return ""
	case s.State == spec.Absent:
		return "{state: absent}"
	}
	operations := ""
	if s.Operations > 0 {
		operations = strconv.FormatInt(s.Operations, 10)
	}
	return flow([2]string{"plan", writeFilled(s.Plan)}, [2]string{"operations", operations},
		[2]string{"period", writeFilled(string(s.Period))}, [2]string{"price", writePrice(s.Price)},
		[2]string{"coupon", writeFilled(s.Coupon)}, [2]string{"customer", writeCustomer(s.Customer)})
}

func writePrice(p *spec.Money) string {
	if p == nil {
		return ""
	}
	return flow([2]string{"amount", quote(p.Amount.String())}, [2]string{"currency", writeFilled(p.Currency)})
}

func writeCustomer(c *spec.Customer) string {
	if c == nil {
		return ""
	}
	return flow([2]string{"email", writeFilled(c.Email)}, [2]string{"name", writeFilled(c.Name)},
		[2]string{"isBusiness", strconv.FormatBool(c.IsBusiness)}, [2]string{"companyName", writeFilled(c.CompanyName)},
		[2]string{"taxId", writeFilled(c.TaxID)}, [2]string{"countryId", writeNameOrID(c.Country)},
		[2]string{"city", writeFilled(c.City)}, [2]string{"line1", writeFilled(c.Line1)},
		[2]string{"line2", writeFilled(c.Line2)}, [2]string{"postalCode", writeFilled(c.PostalCode)},
		[2]string{"state", writeFilled(c.State)})
}

func writeMethods(m *spec.PaymentMethods) string {
	if m == nil {
		return ""
	}
	return flow([2]string{"subscription", writeFilled(m.Subscription)}, [2]string{"extras", writeFilled(m.Extras)},
		[2]string{"remove", writeList(m.Remove, writeText)})
}

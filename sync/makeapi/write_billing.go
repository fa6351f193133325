package makeapi

import (
	"encoding/json"
	"errors"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
)

// Nothing here is sent twice by itself, and no message repeats a link: the url of a checkout is a
// secret, for whoever has it may see and change what is bought.

// customerOf is the customer of a write, with the country as an id.
func customerOf(a plan.Arguments) (*spec.Customer, error) {
	if a.Customer != nil && a.Customer.CountryID < 1 {
		return nil, errors.New("the customer's country is missing")
	}
	return a.Customer, nil
}

// changeSubscription: PATCH takes a price and a customer, no coupon and no confirmation
// (published).
func changeSubscription(w plan.Write) (writeRequest, error) {
	customer, err := customerOf(w.Arguments)
	return writeRequest{
		doing: "change", scope: scopeOrganizationsWrite, hideLinks: true,
		method: patch, path: ofOrganization(w.Organization, "/subscription"),
		body: struct {
			PriceID  int64          `json:"priceId"`
			Customer *spec.Customer `json:"customer,omitempty"`
		}{w.Arguments.PriceID, customer},
	}, errors.Join(err, atLeastOne("price's id", w.Arguments.PriceID))
}

// beginSubscription opens a checkout; its answer holds the url.
func beginSubscription(w plan.Write) (writeRequest, error) {
	customer, err := customerOf(w.Arguments)
	return writeRequest{
		doing: "begin", scope: scopeOrganizationsWrite, hideLinks: true, answer: openedCheckout,
		method: post, path: ofOrganization(w.Organization, "/subscription"),
		body: struct {
			PriceID  int64          `json:"priceId"`
			Coupon   string         `json:"couponCode,omitempty"`
			Customer *spec.Customer `json:"customer,omitempty"`
		}{w.Arguments.PriceID, w.Arguments.Coupon, customer},
	}, errors.Join(err, atLeastOne("price's id", w.Arguments.PriceID))
}

func openedCheckout(data []byte) (plan.Answer, error) {
	var reply struct {
		URL longText `json:"url"`
	}
	if err := json.Unmarshal(data, &reply); err != nil {
		return plan.Answer{}, err
	}
	if reply.URL.trimmed() == "" {
		return plan.Answer{}, unreadable("it holds no checkout page")
	}
	return plan.Answer{Checkout: spec.Sensitive(reply.URL.trimmed())}, nil
}

// cancelSubscription: DELETE has neither body nor confirmation (published).
func cancelSubscription(w plan.Write) (writeRequest, error) {
	return writeRequest{
		doing: "cancel", scope: scopeOrganizationsWrite, hideLinks: true,
		method: remove, path: ofOrganization(w.Organization, "/subscription"),
	}, nil
}

// freeSubscription is confirmed only when the plan has shown what ends.
func freeSubscription(w plan.Write) (writeRequest, error) {
	return writeRequest{
		doing: "set to Free", scope: scopeOrganizationsWrite, hideLinks: true,
		method: post, path: ofOrganization(w.Organization, "/subscription-free"),
		query: confirmed(w.Arguments.Confirmed),
	}, nil
}

// methodPath is that of a payment method.
func methodPath(w plan.Write, rest string) (string, error) {
	if w.Arguments.PaymentMethod == "" {
		return "", errors.New("the payment method's id is missing")
	}
	return ofOrganization(w.Organization, "/subscription/payment-methods/"+escape(w.Arguments.PaymentMethod)+rest), nil
}

// preferMethod makes a payment method the default of its target, which is always said: without one
// it would be both (published).
func preferMethod(w plan.Write) (writeRequest, error) {
	path, err := methodPath(w, "/default")
	if w.Arguments.Target == "" {
		err = errors.Join(err, errors.New("what the payment method shall pay for is missing"))
	}
	return writeRequest{
		doing: "make the default", scope: scopeOrganizationsWrite, hideLinks: true, method: patch, path: path,
		body: struct {
			Target billing.Target `json:"target"`
		}{w.Arguments.Target},
	}, err
}

func removeMethod(w plan.Write) (writeRequest, error) {
	path, err := methodPath(w, "")
	return writeRequest{
		doing: "remove", scope: scopeOrganizationsWrite, hideLinks: true, method: remove, path: path,
	}, err
}

// claimOffer claims the offer that Make makes to those who are about to cancel (published).
func claimOffer(w plan.Write) (writeRequest, error) {
	return writeRequest{
		doing: "claim the cancellation offer of", scope: scopeOrganizationsWrite, hideLinks: true,
		method: post, path: ofOrganization(w.Organization, "/universal-discount/claim-cancellation-offer"),
	}, nil
}

package makeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"makesync/sync/plan"
)

// writes is how each verb becomes a request; one row per verb, one function per request.
var writes = map[plan.Verb]func(w plan.Write) (writeRequest, error){
	plan.CreateOrganization: createOrganization,
	plan.UpdateOrganization: updateOrganization,
	plan.DeleteOrganization: deleteOrganization,
	plan.CreateVariable:     createVariable,
	plan.UpdateVariable:     updateVariable,
	plan.DeleteVariable:     deleteVariable,
	plan.SetControl:         setControl,
	plan.EnforceTFA:         enforceTFA,
	plan.InviteMember:       inviteMember,
	plan.SetRole:            setRole,
	plan.RemoveMember:       removeMember,
	plan.TransferOwner:      transferOwner,
	plan.AcceptInvitation:   acceptInvitation,
	plan.ChangeSubscription: changeSubscription,
	plan.BeginSubscription:  beginSubscription,
	plan.FreeSubscription:   freeSubscription,
	plan.CancelSubscription: cancelSubscription,
	plan.PreferMethod:       preferMethod,
	plan.RemoveMethod:       removeMethod,
	plan.ClaimOffer:         claimOffer,
}

// writeRequest is a write before it has words and a zone.
type writeRequest struct {
	doing  string
	method string
	path   string
	query  url.Values
	body   any // encoded as JSON; nil: no body at all
	scope  string
	// hideLinks: no message of the zone may show a link.
	hideLinks bool
	// answer reads the reply where the core needs it; nil: any readable reply will do.
	answer func(data []byte) (plan.Answer, error)
	// emptyAnswer: no reply at all is readable too, and says nothing.
	emptyAnswer bool
}

// Write performs one write: one request, sent again only after a 429 or where no connection came
// about, and not at all where it would wait for longer than it may. Once it is under way an
// interruption does not cut it off. Its error is a *sync.CallError whose Certainty says whether it
// may have happened; a mistake in the arguments is found before anything is sent.
func (c *Client) Write(ctx context.Context, w plan.Write) (plan.Answer, error) {
	var answer plan.Answer
	k := call{object: string(w.Address), organization: w.Organization, within: w.Within}
	if k.object == "" && w.Organization != 0 {
		k.object = "organization " + strconv.FormatInt(w.Organization, 10)
	}
	prepare, ok := writes[w.Verb]
	if !ok {
		return answer, k.unwritable(fmt.Errorf("makesync knows no write %q", w.Verb))
	}
	d, err := prepare(w)
	if err == nil && needsOrganization(w.Verb) && w.Organization < 1 {
		err = fmt.Errorf("the organization's id %d is none", w.Organization)
	}
	if err == nil && d.body != nil {
		k.body, err = encode(d.body)
	}
	k.doing = d.doing
	if err != nil {
		return answer, k.unwritable(err)
	}
	k.method, k.path, k.query, k.scope, k.secrets = d.method, d.path, d.query, d.scope, secretsOf(w)
	k.hideLinks, k.decode = d.hideLinks, d.decode(&answer)
	if err := c.do(ctx, &k); err != nil {
		return plan.Answer{}, err
	}
	return answer, nil
}

func needsOrganization(v plan.Verb) bool {
	return v != plan.CreateOrganization && v != plan.AcceptInvitation
}

// encode is json.Marshal without HTML escaping.
func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(body)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// secretsOf are the texts of a write, and of what it replaces, that no error message may repeat.
func secretsOf(w plan.Write) (secrets []string) {
	if w.Verb == plan.AcceptInvitation {
		secrets = append(secrets, w.Arguments.Name) // the hash
	}
	if value := w.Arguments.Value; value != nil && value.IsSensitive() {
		secrets = append(secrets, value.Value().Reveal())
	}
	for _, secret := range w.Secrets {
		secrets = append(secrets, secret.Reveal())
	}
	return secrets
}

// confirmed adds confirmed=true where it is asked for.
func confirmed(yes bool) url.Values {
	if !yes {
		return nil
	}
	return url.Values{"confirmed": {"true"}}
}

// atLeastOne refuses an id that is none, before anything is sent.
func atLeastOne(what string, id int64) error {
	if id < 1 {
		return fmt.Errorf("the %s %d is none", what, id)
	}
	return nil
}

// methods, so that each request below is one line shorter.
const (
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

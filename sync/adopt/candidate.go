package adopt

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/edit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// candidate is a step whose live side may be adopted: in place of what the step would do to it.
type candidate struct {
	step   *plan.Step
	want   *spec.Organization
	live   *state.Organization
	values []edit.Value
	// gains: somebody has more rights than the documents say.
	gains bool
	// profile is the one that states the object, and at which line; "" for the organization itself.
	profile string
	file    string
}

var (
	errSecret = errors.New("it is a secret, which no document holds: change what the reference names")
	errByHand = errors.New("nothing that can be written into one line: change the documents by hand")
)

// evaluate finds out what the documents have to say.
func (c *candidate) evaluate(a *adopting) error {
	s := c.step
	if c.want == nil || c.live == nil {
		return errByHand // an organization that comes or goes as a whole
	}
	switch s.Kind {
	case spec.KindVariable:
		return c.variable(a)
	case spec.KindFeatureControl:
		control := state.FindControl(c.live.FeatureControls, s.Address.Name())
		declared := state.FindControl(c.want.FeatureControls, s.Address.Name()) // in the documents' case
		if control == nil || declared == nil {
			return errByHand
		}
		c.add(edit.Control(declared.Name, strconv.FormatBool(control.Enabled)))
	case spec.KindTFA:
		if c.live.TFAEnforced == nil {
			return errByHand
		}
		c.add(edit.Field("tfaEnforced", strconv.FormatBool(*c.live.TFAEnforced)))
	case spec.KindMember:
		return c.member()
	case spec.KindOwner:
		return c.owner()
	default:
		return c.attributes()
	}
	return nil
}

func (c *candidate) add(v edit.Value) { c.values = append(c.values, v) }

func (c *candidate) variable(a *adopting) error {
	name := c.step.Address.Name()
	declared := state.FindVariable(c.want.Variables, name)
	secret := plan.StepIsSecret(c.step) || declared != nil && declared.Reference != "" ||
		spec.IsSensitiveIn(c.step.Address, c.live.ID, a.Desired.Sensitive)
	live := state.FindVariable(c.live.Variables, name)
	switch {
	case live == nil:
		c.add(edit.Variable(name, document.VariableText{}).Absent())
		return nil
	case secret || live.Value.IsSecret():
		return errSecret
	}
	shown := *live
	shown.Value = live.Value.Unmasked()
	written, err := document.TextOfVariable(&shown)
	if err != nil {
		return err
	}
	c.add(edit.Variable(name, written))
	return nil
}

// member adopts a role, or that somebody is not there. Whoever has a role in Make that the
// documents do not give, or more than they give, gains; only what is below Admin is surely less.
func (c *candidate) member() error {
	email := c.step.Address.Name()
	live := state.FindMember(c.live.Members, email)
	switch {
	case live == nil && email == c.want.Owner:
		return errors.New("the documents name this person as owner: write another owner first")
	case live == nil:
		c.add(edit.Role(email, "").Absent())
		return nil
	case c.step.Op == plan.OpReinvite:
		return errors.New("an invitation is open or ran out; there is nothing to adopt")
	case c.live.IsOwner(live):
		return errByHand
	}
	role, wanted := "", ""
	for _, f := range c.step.Fields {
		if f.Path == "role" {
			role, wanted = f.From.String(), f.To.String()
		}
	}
	if !document.Holds(role) {
		return errByHand
	}
	c.gains = !strings.EqualFold(wanted, "Admin")
	c.add(edit.Role(email, document.TextOfName(role)))
	return nil
}

func (c *candidate) owner() error {
	owner := state.OwnerName(c.live)
	if m := state.FindMember(c.want.Members, owner); m == nil || m.State == spec.Absent {
		return fmt.Errorf("%s is the Owner, and no document declares that member: write both by hand", owner)
	}
	c.gains = true
	c.add(edit.Field("owner", document.TextOfKey(owner)))
	return nil
}

func (c *candidate) attributes() error {
	if c.step.Op != plan.OpUpdate {
		return errByHand
	}
	for _, f := range c.step.Fields {
		if !document.Holds(f.From.String()) || f.Path == "name" && spec.RefusedName(f.From.String()) != "" {
			return errByHand
		}
		c.add(edit.Field(f.Path, document.TextOfName(f.From.String())))
	}
	return nil
}

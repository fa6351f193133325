package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/document/edit"
	"makesync/spec/text"
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

// choose finds what is to be adopted, and says why the rest of what was asked for is not.
func (a *adopting) choose() (chosen []*candidate) {
	for i := range a.plannedRun.plan.Organizations {
		o := &a.plannedRun.plan.Organizations[i]
		want := a.organization(o.Key)
		live := a.read.live[o.Zone][o.ID]
		for j := range o.Steps {
			c := &candidate{step: &o.Steps[j], want: want, live: live}
			if why := a.notMeant(c.step); why != "" {
				a.leave(c.step.Address, why)
				continue
			}
			if err := c.evaluate(a); err != nil {
				a.leave(c.step.Address, err.Error())
				continue
			}
			chosen = append(chosen, c)
		}
		a.leaveHeld(o)
	}
	return a.profiles(chosen)
}

// leaveHeld says of what was named, and what a guard holds, that it is not adopted.
func (a *adopting) leaveHeld(o *plan.Organization) {
	for _, h := range o.Held {
		switch {
		case len(a.options.scope.target) == 0:
		case h.Kind.Bills():
			a.leave(h.Address, "what is paid for is written by hand; `makesync help billing` shows how")
		default:
			a.leave(h.Address, "a guard holds what would change: "+h.Reason)
		}
	}
}

func (a *adopting) organization(key string) *spec.Organization {
	for i := range a.desired.Organizations {
		if a.desired.Organizations[i].Key == key {
			return &a.desired.Organizations[i]
		}
	}
	return nil
}

// notMeant says why a step is none to adopt: with --since only drift is, and a conflict when it is
// named.
func (a *adopting) notMeant(s *plan.Step) string {
	named := slices.ContainsFunc(a.options.scope.target, func(g spec.Glob) bool { return g.Match(string(s.Address)) })
	switch {
	case !a.options.since.set(), s.Origin == plan.OriginDrift:
		return ""
	case s.Origin == plan.OriginPending:
		return "pending: the documents changed, and the zone is as it was; apply brings it about"
	case named:
		return ""
	case s.Origin == plan.OriginConflict:
		return "conflict: the documents changed too; to take what is in Make, name the address"
	}
	return "unknown: the snapshot does not tell who changed it; to take what is in Make, name the address"
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
		if control == nil {
			return errByHand
		}
		c.add(edit.Control(s.Address.Name(), strconv.FormatBool(control.Enabled)))
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
		spec.IsSensitiveIn(c.step.Address, c.live.ID, a.desired.Sensitive)
	live := state.FindVariable(c.live.Variables, name)
	switch {
	case live == nil:
		c.add(edit.Variable(name, document.VariableText{}).Absent())
		return nil
	case secret || spec.LooksSecret(live.Value.Reveal()):
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

// inherited finds the profile that states what is to change; "" when the organization does itself,
// or nobody.
func (a *adopting) inherited(c *candidate, v edit.Value) (profile, file string) {
	own, err := a.open(c.want.At[""].File)
	if err != nil || own.Has(edit.Place{Organization: c.want.Key}, v) > 0 || c.step.Source == nil {
		return "", ""
	}
	from, err := a.open(c.step.Source.File)
	if err != nil {
		return "", ""
	}
	for _, name := range slices.Backward(c.want.Profiles) {
		if from.Has(edit.Place{Profile: name}, v) == c.step.Source.Line {
			return name, c.step.Source.File
		}
	}
	return "", ""
}

// profiles changes a profile where all of its organizations agree; else each gets an override. That
// touches organizations of which nobody spoke, so that --yes alone never does it.
func (a *adopting) profiles(chosen []*candidate) []*candidate {
	groups, texts := map[string][]*candidate{}, map[string]map[string]bool{}
	for _, c := range chosen {
		if len(c.values) != 1 || c.gains {
			continue
		}
		profile, file := a.inherited(c, c.values[0])
		if profile == "" {
			continue
		}
		key := strings.Join([]string{file, profile, string(c.step.Kind), c.step.Address.Name()}, "\x00")
		c.profile, c.file = profile, file
		groups[key] = append(groups[key], c)
		if texts[key] == nil {
			texts[key] = map[string]bool{}
		}
		texts[key][c.values[0].String()] = true
	}
	var rest []*candidate
	done := map[string]bool{}
	for _, c := range chosen {
		key := strings.Join([]string{c.file, c.profile, string(c.step.Kind), c.step.Address.Name()}, "\x00")
		group := groups[key]
		agree := c.profile != "" && !a.yes && len(texts[key]) == 1 && len(group) == a.users(c.profile)
		switch {
		case c.profile != "" && !agree:
			a.notes = append(a.notes, fmt.Sprintf("%s comes from the profile %s: it is written into %s alone",
				c.step.Address, c.profile, c.want.Key))
			c.profile = ""
		case agree && done[key]:
			a.written++
			continue
		case agree:
			done[key] = true
			a.notes = append(a.notes, fmt.Sprintf("changes the profile %s, of which all %s agree", c.profile,
				text.Count(len(group), "organization", "organizations")))
		}
		rest = append(rest, c)
	}
	return rest
}

// users is how many organizations have a profile.
func (a *adopting) users(profile string) (n int) {
	for i := range a.desired.Organizations {
		if slices.Contains(a.desired.Organizations[i].Profiles, profile) {
			n++
		}
	}
	return n
}

// set writes a candidate's values into the text of its file.
func (a *adopting) set(c *candidate) {
	if c.gains && a.yes {
		a.leave(c.step.Address,
			"it gives somebody more than the documents do, which --yes never adopts: run without --yes")
		return
	}
	place, path := edit.Place{Organization: c.want.Key}, c.want.At[""].File
	if c.profile != "" {
		place, path = edit.Place{Profile: c.profile}, c.file
	}
	file, err := a.open(path)
	if err == nil {
		err = file.SetAll(place, c.values...)
	}
	if err != nil {
		a.leave(c.step.Address, err.Error())
		return
	}
	a.written++
}

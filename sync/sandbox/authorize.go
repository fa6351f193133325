package sandbox

// authorize finds the user of the token and, where the call is about an
// organization, the user's role there; it refuses what these do not allow. The
// order is that of the error a client expects: token, scope, membership, zone,
// rate, plan, role.
func (c *call) authorize() error {
	c.now = c.w.Now()
	if c.op.flags&public != 0 {
		return nil
	}
	if c.user = c.w.index.token(c.r.Header.Get("Authorization")); c.user == nil || c.signedOut() {
		return unauthorizedAnswer(c)
	}
	if !c.user.allows(c.op.scopes) {
		return lackingScope(c.op.scopes)
	}
	if c.op.organization == nil {
		return c.spend("user", c.user.ID, userLimit, "both")
	}
	id, err := c.op.organization(c)
	if err != nil {
		return err
	}
	return c.enter(id)
}

// enter checks that the user may make this call for the organization.
func (c *call) enter(id int) error {
	home := c.w.index.organization(id)
	if home.org == nil {
		return answerForeign(c)
	}
	m := home.org.member(c.user.ID)
	if m == nil || m.Invitation != nil {
		return answerForeign(c)
	}
	if home.zone != c.zone && c.op.flags&anyZone == 0 {
		return forbiddenAnswer(c)
	}
	c.org, c.role = home.org, c.w.index.role(m.Role.ID)
	if err := c.spend("organization", id, c.org.apiLimit(), "organization", "both"); err != nil {
		return err
	}
	if err := requireReplicated(c); err != nil {
		return err
	}
	if c.refusedOnFree() {
		return forbiddenBecause(tokenForbidden)
	}
	if p := c.op.permission; p != "" && !c.role.may(p) {
		return lacking(p)
	}
	return nil
}

// answerForeign is the answer about an organization of which the user is no accepted
// member; one that does not exist gets the same answer.
func answerForeign(c *call) error {
	if c.is("foreign-organization", "404") {
		return notFound("Organization")
	}
	return forbiddenAnswer(c)
}

// refusedOnFree says whether the Free plan refuses the call. Lists and details
// of organizations, teams and users work there; what else is refused is not
// published, hence the switch.
func (c *call) refusedOnFree() bool {
	if c.org.Plan != "Free" || c.op.flags&onFree != 0 || c.is("free-plan", "allow") {
		return false
	}
	return !c.is("free-plan", "reads") || c.op.write != nil
}

// signedOut says whether TFA enforcement has cut off the user's token; whether
// Make does that is not known.
func (c *call) signedOut() bool {
	if !c.is("tfa-token", "revoke") || c.user.TwoFactor || c.user.SSO {
		return false
	}
	for _, o := range c.w.index.memberships(c.user.ID) {
		if m := o.org.member(c.user.ID); o.org.TFAEnforced && m.Invitation == nil {
			return true
		}
	}
	return false
}

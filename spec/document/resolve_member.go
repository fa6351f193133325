package document

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// members makes the members of an organization, sorted by e-mail.
func (r *resolver) members(l *layer) []spec.Member {
	if !l.members.set {
		return nil
	}
	out := make([]spec.Member, 0, len(l.members.items))
	for i := range l.members.items {
		out = append(out, r.member(l.key, &l.members.items[i]))
	}
	slices.SortFunc(out, func(a, b spec.Member) int { return strings.Compare(a.Email, b.Email) })
	return out
}

func (r *resolver) member(key string, w *writtenMember) spec.Member {
	m := spec.Member{Email: w.email, Role: w.role.text, Source: w.source(), RoleSource: w.role.source()}
	if isAbsent(w.state) {
		m.State, m.Role = spec.Absent, ""
		m.DeleteConnections = w.deletesConnections()
		return m
	}
	if w.connections.isSet() && !w.state.isBroken() {
		r.memberProblem(key, w, w.connections.at, ruleConnections, "`connections` is only for a member who is to go",
			"write `state: absent` beside it, or remove it")
	}
	if w.invite.set {
		m.Invite = r.invite(key, w)
	}
	return m
}

// deletesConnections tells whether the connections of who goes would go along.
func (w *writtenMember) deletesConnections() bool { return w.connections.text == "delete" }

func (r *resolver) memberProblem(key string, w *writtenMember, pos at, rule, message, hint string) {
	r.report(rule, pos, spec.NewAddress(key, spec.KindMember, w.email), "members."+w.email, message, hint)
}

func (r *resolver) invite(key string, w *writtenMember) *spec.Invite {
	i := &spec.Invite{Name: w.invite.name.text, Note: w.invite.note.text}
	for _, team := range w.invite.teams {
		i.Teams = append(i.Teams, team.text)
	}
	if !w.invite.name.isSet() {
		r.memberProblem(key, w, w.invite.at, ruleRequired, "the invitation of "+text.Backquote(w.email)+" has no name",
			"write `invite: {name: …}`")
	}
	if !w.role.isSet() {
		r.memberProblem(key, w, w.invite.at, ruleInviteRole, "the invitation of "+text.Backquote(w.email)+
			" has no role", "write `role` beside `invite`")
	}
	if _, ok := r.guards.Refusing(w.email); !ok {
		r.memberProblem(key, w, w.at, ruleInviteEmail,
			text.Backquote(w.email)+" may not be invited: the guard `emails` does not allow the address",
			"add a pattern to `guards.emails`, or remove `invite`")
	}
	for _, written := range []scalar{w.invite.name, w.invite.note} {
		if r.secrets.GivenAway(written.text) {
			r.memberProblem(key, w, written.at, ruleTokenAsValue, "the invitation of "+
				text.Backquote(w.email)+" holds a token, key or password of this run",
				"it is sent by e-mail; take it out, and replace that secret")
		}
	}
	return i
}

// purge gives the kinds to purge; each needs its block, so that a forgotten
// block does not read as "none shall remain".
func (r *resolver) purge(l *layer) []spec.Kind {
	if l.purge == nil {
		return nil
	}
	declared := map[spec.Kind]bool{spec.KindVariable: l.variables.set, spec.KindMember: l.members.set}
	out := []spec.Kind{}
	for _, item := range l.purge {
		kind := spec.Kind(item.text)
		if !declared[kind] {
			r.report(rulePurgeBlock, item.at, spec.Address(l.key), "purge",
				text.Backquote(item.text)+" is to be purged, and `"+item.text+"s` is absent",
				"write `"+item.text+"s: {}` if none shall remain")
		}
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}

// checkOwner wants the owner among the members, when these are declared.
func (r *resolver) checkOwner(l *layer) {
	if l.owner.form != formText || !l.members.set || l.members.broken {
		return
	}
	for i := range l.members.items {
		if w := &l.members.items[i]; w.email == l.owner.text && !isAbsent(w.state) {
			return
		}
	}
	r.report(ruleOwnerMember, l.owner.at, spec.NewAddress(l.key, spec.KindOwner, ""), "owner",
		"the owner "+text.Backquote(l.owner.text)+" is not among the declared members",
		"add `"+text.Clean(l.owner.text)+": {}` to `members`")
}

package diff

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// noteSamePerson tells of somebody who is removed under one address and invited under another with
// the same name: mostly a person whose address has changed, who loses what hangs on the first one.
// Names decide nothing, since two people may share one.
func noteSamePerson(c *comparison) {
	if c.Live == nil {
		return
	}
	leaving := map[string]int{} // the removal, by the person's name
	for i := range c.Changes {
		if s := &c.Changes[i]; s.Kind == spec.KindMember && s.Op.Counted() == plan.OpDelete {
			if live := c.member(s.Arguments.Email); live != nil && foldName(live.Name) != "" {
				leaving[foldName(live.Name)] = i
			}
		}
	}
	for i := range c.Changes {
		invited := &c.Changes[i]
		at, same := leaving[foldName(invited.Arguments.Name)]
		if !same || invited.Kind != spec.KindMember || invited.Op.Counted() != plan.OpInvite {
			continue
		}
		removed := &c.Changes[at]
		invited.Notes = append(invited.Notes, "has the name of "+text.OneLine(removed.Arguments.Email)+
			", who is removed: is it one person with another address?")
		removed.Notes = append(removed.Notes, text.OneLine(invited.Arguments.Email)+
			" with the same name is invited: is it one person with another address?")
	}
}

// foldName is a person's name as people compare it.
func foldName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

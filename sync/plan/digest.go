package plan

import (
	"makesync/spec"
	"makesync/sync/billing"
)

// digestOrganization and digestStep are what two equal plans have in common: no times, no
// preconditions, no fingerprints (they are salted), no positions in files, no notes (they tell the
// live state).
type digestOrganization struct {
	Key   string       `json:"key"`
	Zone  string       `json:"zone"`
	ID    int64        `json:"id"`
	Steps []digestStep `json:"steps"`
}

type digestStep struct {
	Address   spec.Address  `json:"address"`
	Op        Op            `json:"op"`
	Fields    []Field       `json:"fields"`
	Arguments Arguments     `json:"arguments"`
	After     []int         `json:"after"`
	Money     *billing.Cost `json:"money,omitempty"`
}

// DigestOf is the digest of a plan's steps: equal changes have equal digests. Organizations
// without steps do not count, so that a plan of one organization and a plan of all are equal when
// only that one changes.
func DigestOf(organizations []Organization) string {
	return JoinDigests(OrganizationDigests(organizations))
}

// OwnDigest is the digest that the plan has to have: that of its steps, and of the run that it
// reverses, since what is to do when it ends half-way depends on that.
func (p *Plan) OwnDigest() string {
	digests := OrganizationDigests(p.Organizations)
	if p.Undoes != "" {
		digests[""] = p.Undoes // no organization has this key
	}
	return JoinDigests(digests)
}

// OrganizationDigests are the digests of the organizations that have steps, by key. A plan's
// digest is made of them alone, so that the parts of a sharded run add up to that of the whole.
func OrganizationDigests(organizations []Organization) map[string]string {
	digests := map[string]string{}
	for i := range organizations {
		organizations[i].addDigest(digests)
	}
	return digests
}

func (o *Organization) addDigest(digests map[string]string) {
	if len(o.Steps) == 0 {
		return
	}
	d := digestOrganization{Key: o.Key, Zone: o.Zone, ID: o.ID}
	for _, s := range o.Steps {
		d.Steps = append(d.Steps, digestStep{
			s.Address, s.Op, plainFields(s.Fields), s.Arguments.plain(), relative(s.After, o.Steps[0].N), s.Money})
	}
	digests[o.Key] = spec.HashJSON(d)
}

// JoinDigests makes the digest of a plan out of those of its organizations, by key.
func JoinDigests(digests map[string]string) string { return spec.HashJSON(digests) }

// relative counts from the organization's first step, so that a plan of more organizations has the
// same links.
func relative(after []int, first int) []int {
	out := make([]int, len(after))
	for i, n := range after {
		out[i] = n - first
	}
	return out
}

// Uncovered are the addresses of the secrets that stand in the documents and that steps write: the
// digest is the same whatever they are.
func Uncovered(organizations []Organization) (addresses []spec.Address) {
	for i := range organizations {
		for j := range organizations[i].Steps {
			s := &organizations[i].Steps[j]
			if v := s.Arguments.Value; v != nil && v.IsSensitive() && v.Reference == "" {
				addresses = append(addresses, s.Address)
			}
		}
	}
	return addresses
}

func plainFields(fields []Field) []Field {
	out := make([]Field, len(fields))
	for i, f := range fields {
		f.From.Fingerprint, f.To.Fingerprint = "", ""
		out[i] = f
	}
	return out
}

func (a Arguments) plain() Arguments {
	if a.Value != nil {
		value := *a.Value
		value.Fingerprint = ""
		a.Value = &value
	}
	return a
}

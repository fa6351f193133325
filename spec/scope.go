package spec

import (
	"slices"
	"sort"
	"strings"

	"makesync/spec/text"
)

// Scope restricts a run. The zero Scope is everything.
type Scope struct {
	// Zone is --zone: only organizations of that zone; "": all.
	Zone string
	// Targets and Excludes are globs over addresses; one that matches an organization's
	// address covers all below it. No target means everything.
	Targets, Excludes []Glob
	// Only, by key, are the organizations that a run goes on with, and of each the objects, by
	// Address.Folded; nil: all of them. A nil map restricts nothing.
	Only map[string]map[Address]bool
}

// Covers tells whether the run may touch the object.
func (s Scope) Covers(a Address) bool {
	return (len(s.Targets) == 0 || covered(s.Targets, a)) && !covered(s.Excludes, a) && s.isOnly(a)
}

// isOnly tells whether Only lets the object in.
func (s Scope) isOnly(a Address) bool {
	objects, in := s.Only[a.Key()]
	return s.Only == nil || in && (objects == nil || objects[a.Folded()])
}

// isOnlyOf tells whether Only may let some object of the kind in.
func (s Scope) isOnlyOf(key string, k Kind) bool {
	objects, in := s.Only[key]
	if s.Only == nil || in && objects == nil {
		return true
	}
	for a := range objects {
		if a.Kind() == k {
			return true
		}
	}
	return false
}

func covered(globs []Glob, a Address) bool {
	for _, g := range globs {
		if g.MatchAddress(a) || g.Match(a.Key()) {
			return true
		}
	}
	return false
}

// Touches tells whether the run may touch anything of a kind, so that it must be read: a declared
// object, or an object whose name only the zone knows: where the kind is purged, and of payment
// methods, which documents call by brand and digits.
func (s Scope) Touches(o *Organization, k Kind) bool {
	if !s.Narrows() {
		return true
	}
	if namedByZone(o, k) && s.mayCover(o.Key, k) {
		return true
	}
	for _, a := range Declared(o, k) {
		if s.Covers(a) {
			return true
		}
	}
	return false
}

// namedByZone tells whether a run may touch objects of a kind whose names only the zone knows.
func namedByZone(o *Organization, k Kind) bool {
	return o.Purges(k) || k == KindPaymentMethods && o.PaymentMethods != nil
}

// Reaches tells whether the run may touch anything of an organization.
func (s Scope) Reaches(o *Organization) bool {
	for _, k := range Kinds() {
		if declares(o, k) && s.Touches(o, k) {
			return true
		}
	}
	return false
}

// MayReach tells whether the run may touch anything of an organization of this key, whatever is
// declared in it. It errs on the side of looking.
func (s Scope) MayReach(key string) bool {
	if _, in := s.Only[key]; covered(s.Excludes, Address(key)) || s.Only != nil && !in {
		return false
	}
	for _, g := range s.Targets {
		if part, _ := g.KeyPart(); part.Match(key) {
			return true
		}
	}
	return len(s.Targets) == 0
}

// mayCover tells whether some object of the kind, by whatever name, can be in scope. It errs on
// the side of reading.
func (s Scope) mayCover(key string, k Kind) bool {
	if covered(s.Excludes, Address(key)) || !s.isOnlyOf(key, k) {
		return false
	}
	prefix := key + "/" + string(k) + "/"
	for _, g := range s.Targets {
		literal, _, wild := cutWild(g.String())
		if g.Match(key) || strings.HasPrefix(literal, prefix) || (wild && strings.HasPrefix(prefix, literal)) {
			return true
		}
	}
	return len(s.Targets) == 0
}

// cutWild splits a pattern before its first wildcard.
func cutWild(pattern string) (literal, rest string, wild bool) {
	i := strings.IndexAny(pattern, "*?[")
	if i < 0 {
		return pattern, "", false
	}
	return pattern[:i], pattern[i:], true
}

// Declared lists the addresses of one kind of which an organization's documents speak.
func Declared(o *Organization, k Kind) []Address {
	var addresses []Address
	add := func(name string) { addresses = append(addresses, NewAddress(o.Key, k, name)) }
	switch {
	case k == KindOrganization, k == KindTFA && o.TFAEnforced != nil, k == KindOwner && o.Owner != "",
		k == KindSubscription && o.Subscription != nil:
		add("")
	case k == KindPaymentMethods && o.PaymentMethods != nil:
		for _, name := range o.PaymentMethods.declared() {
			add(name)
		}
	case k == KindFeatureControl:
		for i := range o.FeatureControls {
			add(o.FeatureControls[i].Name)
		}
	case k == KindVariable:
		for i := range o.Variables {
			add(o.Variables[i].Name)
		}
	case k == KindMember:
		for i := range o.Members {
			add(o.Members[i].Email)
		}
	}
	return addresses
}

// Narrows tells whether the scope leaves out anything of a zone.
func (s Scope) Narrows() bool { return len(s.Targets) > 0 || len(s.Excludes) > 0 || s.Only != nil }

// Wants tells whether the documents of an organization declare a kind and the run may touch it.
func (s Scope) Wants(o *Organization, kind Kind) bool {
	return declares(o, kind) && s.Touches(o, kind)
}

// PatternUse notes which of a scope's patterns matched something. The zero PatternUse has no
// pattern.
type PatternUse struct {
	globs []Glob
	used  []bool
}

// Patterns are the scope's, of which none has matched yet.
func (s Scope) Patterns() PatternUse {
	if !s.Narrows() {
		return PatternUse{}
	}
	globs := append(append([]Glob{}, s.Targets...), s.Excludes...)
	return PatternUse{globs: globs, used: make([]bool, len(globs))}
}

// Mark notes an address that exists, in the documents or in a zone.
func (p PatternUse) Mark(a Address) {
	for i, g := range p.globs {
		if !p.used[i] && (g.MatchAddress(a) || g.Match(a.Key())) {
			p.used[i] = true
		}
	}
}

// MarkDeclared notes every address of the documents, also of other zones and shards: a pattern is
// right or wrong for the documents, not for the part that this run looks at.
func (p PatternUse) MarkDeclared(d *Desired) {
	if len(p.globs) == 0 {
		return
	}
	for i := range d.Organizations {
		for _, k := range Kinds() {
			for _, a := range Declared(&d.Organizations[i], k) {
				p.Mark(a)
			}
		}
	}
}

// Add takes over what another use of the same patterns has noted.
func (p PatternUse) Add(other PatternUse) {
	for i, used := range other.used {
		p.used[i] = p.used[i] || used
	}
}

// RuleIdlePattern is the rule of a pattern of --target or --exclude that matches nothing.
const RuleIdlePattern = "pattern-matches-nothing"

// Problems lists the patterns that matched nothing, but for those that may match what only a zone
// knows of organizations at which another shard looks.
func (p PatternUse) Problems(d *Desired, shard *Shard) []Problem {
	var idle []string
	for i, g := range p.globs {
		elsewhere := func(o Organization) bool { return !shard.Has(o.Key) && g.mayMatchUndeclared(&o) }
		if !p.used[i] && !slices.ContainsFunc(d.Organizations, elsewhere) {
			idle = append(idle, g.String())
		}
	}
	sort.Strings(idle)
	var problems []Problem
	for _, pattern := range idle {
		problems = append(problems, Problem{
			Severity: Error, Rule: RuleIdlePattern,
			Message: "the pattern " + text.Quote(pattern) + " matches no address",
			Hint: "addresses read KEY, KEY/KIND or KEY/KIND/NAME, such as acme/variable/API_BASE; " +
				"in a pattern * does not cross /, ** does",
		})
	}
	return problems
}

// mayMatchUndeclared tells whether the pattern fits an object whose name only the zone knows.
func (g Glob) mayMatchUndeclared(o *Organization) bool {
	fits := func(k Kind) bool { return namedByZone(o, k) && g.canMatchIn(o.Key, k) }
	return slices.ContainsFunc(Kinds(), fits)
}

// declares tells whether a kind is managed.
func declares(o *Organization, kind Kind) bool {
	switch kind {
	case KindFeatureControl:
		return o.FeatureControls != nil
	case KindVariable:
		return o.Variables != nil
	case KindMember:
		return o.Members != nil
	case KindTFA:
		return o.TFAEnforced != nil
	case KindOwner:
		return o.Owner != ""
	case KindSubscription:
		return o.Subscription != nil
	case KindPaymentMethods:
		return o.PaymentMethods != nil
	}
	return true
}

package document

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// writtenGuards keeps the guards by name: maxInvites, maxDeletes.variable, ….
type writtenGuards struct {
	limits                          []namedScalar
	requiredAdmins, emails, protect []scalar
	emailsAt                        at // of the list, which may be empty
}

type namedScalar struct {
	name string
	scalar
}

var guardFields = func() fields[writtenGuards] {
	all := fields[writtenGuards]{
		"maxInvites":       readLimit,
		"minAdmins":        readLimit,
		"minOrganizations": readLimit,
		"requiredAdmins":   readRequiredAdmins,
		"emails":           readEmails,
		"protect":          readProtect,
		"drift":            readDrift,
	}
	for name := range countedKinds {
		all[name] = readLimits
	}
	return all
}()

func readProtect(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	g.protect = decodePatterns(d, n, t, spec.PatternOfDeletions)
}

// The guards that are no plain number.
const (
	moneyGuard  = "billing.maxMonthly"
	driftHold   = "hold"
	driftRevert = "revert"
)

// trustedGuardFields are the guards of a trusted file.
var trustedGuardFields = func() fields[writtenGuards] {
	all := maps.Clone(guardFields)
	all["emails"] = readTrustedEmails
	all["approvals"] = readApprovals
	all["billing"] = func(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
		decodeFields(d, n, t, billingFields, false, g)
	}
	return all
}()

var billingFields = fields[writtenGuards]{"maxMonthly": readMaxMonthly}

// countedKinds are the kinds that each of the guards by kind counts.
var countedKinds = map[string][]spec.Kind{
	"maxCreates":       {spec.KindOrganization},
	"maxDeletes":       {spec.KindVariable, spec.KindMember, spec.KindOrganization},
	"maxDeletesPerRun": {spec.KindVariable, spec.KindMember, spec.KindOrganization},
}

func readLimit(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	decodeLimit(d, g, t.key, n, t)
}

func readLimits(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	guard, kinds := t.key, kindNames(countedKinds[t.key])
	d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		if !slices.Contains(kinds, key.Value) {
			d.report(ruleGuard, key, t, text.Backquote(guard)+" does not count "+text.BackquoteKey(key.Value),
				firstOf(text.DidYouMean(key.Value, kinds), "it counts "+text.Or(kinds)))
			return
		}
		decodeLimit(d, g, guard+"."+key.Value, value, t)
	})
}

func kindNames(kinds []spec.Kind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return names
}

func decodeLimit(d *decoder, g *writtenGuards, name string, n *yaml.Node, t *keyPath) {
	s, ok := d.typed(n, t, "a number", formNumber)
	if !ok {
		return
	}
	whole, ok := spec.WholeNumber(s.text)
	if !ok || whole[0] == '-' || len(whole) > 9 {
		hint := "0 stops all of them"
		if kindOfLimit(name) == spec.SettingLeast {
			hint = "0 asks for none"
		}
		d.report(ruleGuard, follow(n), t, text.Backquote(t.key)+" is no whole number of 0 or more", hint)
		return
	}
	s.text = whole
	g.limits = append(g.limits, namedScalar{name, s})
}

// readEmails reads the patterns of the emails guard. No pattern at all would
// read as "nobody" and mean "anybody", so an empty list is refused.
func readEmails(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		d.nullProblem(follow(n), t, "")
		return
	}
	readTrustedEmails(d, g, n, t)
	if list := follow(n); list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		d.report(ruleGuard, list, t, "`emails` lists no pattern",
			"write [\"*@domain\"], or remove the line to allow any address")
		g.emailsAt = at{}
	}
}

func readRequiredAdmins(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	d.list(n, t, func(item *yaml.Node, t *keyPath) {
		s, ok := d.text(item, t)
		if !ok {
			return
		}
		if strings.ContainsAny(s.text, "*?[") {
			d.report(ruleImpossible, follow(item), t,
				"the pattern "+text.Quote(s.text)+" can match nothing: requiredAdmins names whole addresses",
				"write each address; `protect` takes patterns, such as \"*/member/"+strings.TrimSpace(s.text)+"\"")
			return
		}
		if s.text, ok = checkEmail(d, s.text, item, t); ok {
			g.requiredAdmins = append(g.requiredAdmins, s)
		}
	})
}

// maxApprovals is how many people a plan can wait for.
const maxApprovals = 100

func readApprovals(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	before := len(g.limits)
	decodeLimit(d, g, t.key, n, t)
	if len(g.limits) > before && spec.CompareDecimals(g.limits[before].text, strconv.Itoa(maxApprovals)) > 0 {
		d.report(ruleGuard, follow(n), t, "`approvals` is more than "+strconv.Itoa(maxApprovals), "")
	}
}

func readDrift(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	if s, ok := d.choice(n, t, driftHold, driftRevert); ok {
		g.limits = append(g.limits, namedScalar{t.key, s})
	}
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

// maxAmount keeps amounts in a sane size.
const maxAmount = "999999999"

func readMaxMonthly(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		if !currencyForm.MatchString(key.Value) {
			d.report(ruleGuard, key, t, text.BackquoteKey(key.Value)+" is no currency",
				"write three letters, such as USD")
			return
		}
		s, ok := d.typed(value, t, "a number", formNumber)
		if !ok {
			return
		}
		amount, err := spec.Canonical(spec.TypeNumber, s.text)
		plain := strings.Trim(amount, "0123456789.") == "" // neither a sign nor an exponent
		if err != nil || !plain || spec.CompareDecimals(amount, maxAmount) > 0 {
			d.report(ruleGuard, follow(value), t, "an amount is a number from 0 to "+maxAmount, "0 stops all of them")
			return
		}
		s.text = amount
		g.limits = append(g.limits, namedScalar{moneyGuard + "." + key.Value, s})
	})
}

// readTrustedEmails reads the patterns of a trusted file, where an empty list lets nobody through.
// A list in which something is wrong is no list: it would let fewer through than it says.
func readTrustedEmails(d *decoder, g *writtenGuards, n *yaml.Node, t *keyPath) {
	before := d.count()
	g.emails = decodePatterns(d, n, t, spec.PatternOfEmails)
	if d.count() == before {
		g.emailsAt = t.at
	}
}

// decodePatterns reads a list of patterns, and refuses those that can match nothing of their
// subject: a guard that guards nothing is worse than none.
func decodePatterns(d *decoder, n *yaml.Node, t *keyPath, subject spec.PatternSubject) []scalar {
	out := []scalar{}
	d.list(n, t, func(item *yaml.Node, t *keyPath) {
		s, ok := d.text(item, t)
		if !ok {
			return
		}
		if subject == spec.PatternOfEmails {
			s.text = spec.NormalEmail(s.text)
		}
		glob, err := spec.ParseGlob(s.text)
		switch {
		case err != nil:
			d.report(ruleGlob, follow(item), t, text.Clean(err.Error()),
				"* matches within one part of an address, ** across parts, [a-z] one character")
			return
		case !glob.CanMatch(subject):
			d.report(ruleImpossible, follow(item), t,
				"the pattern "+text.Quote(s.text)+" can match nothing: "+patternWords[subject],
				nearestHint(s.text, subject))
			return
		}
		out = append(out, s)
	})
	return out
}

// patternWords say what the patterns of a subject are compared with.
var patternWords = map[spec.PatternSubject]string{
	spec.PatternOfDeletions: "it is compared with KEY, KEY/variable/NAME and KEY/member/EMAIL",
	spec.PatternOfVariables: "it is compared with KEY/variable/NAME",
	spec.PatternOfEmails:    "it is compared with NAME@DOMAIN",
}

func nearestHint(pattern string, subject spec.PatternSubject) string {
	if near := spec.NearestPattern(pattern, subject); near != "" {
		return "did you mean " + text.Quote(near) + "?"
	}
	return "keys are in lower case; * does not cross /, ** does"
}

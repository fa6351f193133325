package spec

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec/text"
)

// PatternSubject is what the patterns of a setting are compared with.
type PatternSubject uint8

// The subjects.
const (
	// PatternOfDeletions: addresses of what can be deleted (guards.protect).
	PatternOfDeletions PatternSubject = iota
	// PatternOfVariables: addresses of variables (sensitive).
	PatternOfVariables
	// PatternOfEmails: e-mails in lower case (guards.emails).
	PatternOfEmails
	// PatternOfSteps: addresses of what a plan changes (suppress of a policy on steps).
	PatternOfSteps
	// PatternOfOrganizations: addresses of organizations (suppress of a policy on them).
	PatternOfOrganizations
)

// A pattern that fits no text which its subject can have guards nothing. Whether there is such a
// text is decided by walking the pattern and the form of these texts side by side:
//
//	acme             key
//	acme/variable/A  key / variable / name
//	acme/member/a@b  key / member / e-mail
//	id:11/…          the same, by the organization's id instead of its key
//	a@b              e-mail

// form is a run of parts, each of which takes one character of a class.
type form []formPart

type formPart struct {
	takes func(rune) bool
	// any: there may be any number of them, also none.
	any bool
}

func one(takes func(rune) bool) form       { return form{{takes: takes}} }
func anyNumber(takes func(rune) bool) form { return form{{takes: takes, any: true}} }
func some(takes func(rune) bool) form      { return slices.Concat(one(takes), anyNumber(takes)) }

// IDPrefix begins an address that names an organization by its id: id:11/variable/API_BASE.
const IDPrefix = "id:"

var (
	keyForm      = some(isKeyRune)
	idForm       = slices.Concat(literalForm(IDPrefix), one(isFirstDigit), anyNumber(isDigit))
	variableForm = slices.Concat(one(isNameStart), anyNumber(isNameRune))
	emailForm    = slices.Concat(some(isEmailRune), literalForm("@"), some(isHostRune))
)

// memberForms are the addresses of members, in which case does not count.
var memberForms = addressForms(slices.Concat(literalForm("/member/"), emailForm))

func (s PatternSubject) holdsMembers() bool { return s == PatternOfDeletions || s == PatternOfSteps }

// forms are the texts of each subject.
var forms = map[PatternSubject][]form{
	PatternOfDeletions: slices.Concat(
		addressForms(nil, slices.Concat(literalForm("/variable/"), variableForm)), memberForms),
	PatternOfVariables:     addressForms(slices.Concat(literalForm("/variable/"), variableForm)),
	PatternOfEmails:        {emailForm},
	PatternOfSteps:         stepForms(),
	PatternOfOrganizations: {keyForm, idForm},
}

// anyNameForm is a name as addresses have it, of whatever kind.
var anyNameForm = some(func(r rune) bool { return r != '/' })

func stepForms() []form { return slices.Concat(stepFormsUnder(keyForm), stepFormsUnder(idForm)) }

func stepFormsUnder(organization form) (all []form) {
	for _, k := range Kinds() {
		alone := slices.Concat(organization, literalForm("/"+string(k)))
		named := slices.Concat(alone, literalForm("/"), anyNameForm)
		switch k {
		case KindOrganization:
			all = append(all, organization)
		case KindTFA, KindOwner, KindSubscription:
			all = append(all, alone)
		case KindPaymentMethods:
			all = append(all, alone, named)
		default:
			all = append(all, named)
		}
	}
	return all
}

func addressForms(below ...form) (all []form) {
	for _, f := range below {
		all = append(all, slices.Concat(keyForm, f), slices.Concat(idForm, f))
	}
	return all
}

func literalForm(s string) (f form) {
	for _, want := range s {
		f = append(f, one(func(r rune) bool { return r == want })...)
	}
	return f
}

// isFirstDigit: an id is written without zeros before it.
func isFirstDigit(r rune) bool { return r >= '1' && r <= '9' }

func isDigit(r rune) bool     { return r >= '0' && r <= '9' }
func isKeyRune(r rune) bool   { return r >= 'a' && r <= 'z' || isDigit(r) || r == '-' }
func isNameStart(r rune) bool { return isNameRune(r) && !isDigit(r) }

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || isDigit(r) || r == '_' || r == '$'
}

// isEmailRune errs on the side of taking: what no address holds is rejected where addresses are
// read.
func isEmailRune(r rune) bool {
	return r > ' ' && r != '@' && !strings.ContainsRune(`"(),:;<>[\]`, r)
}

func isHostRune(r rune) bool { return isEmailRune(r) && r != '/' }

// isBeyondIDs tells whether a pattern begins with an id that no organization can have: one of more
// digits than 64 bits hold.
func isBeyondIDs(tokens []globToken) bool {
	rest, digits, literal := tokens, 0, true
	for _, want := range IDPrefix {
		if len(rest) == 0 || rest[0].kind != globLiteral || rest[0].r != want {
			return false
		}
		rest = rest[1:]
	}
	var id strings.Builder
	for _, t := range rest {
		if t.isRun() || t.kind == globLiteral && t.r == '/' {
			break
		}
		digits++
		literal = literal && t.kind == globLiteral
		id.WriteRune(t.r)
	}
	const most = len("9223372036854775807")
	_, err := strconv.ParseInt(id.String(), 10, 64)
	return digits > most || digits == most && literal && err != nil
}

// canMatchIn tells whether there is an object of a kind in an organization that the pattern fits.
func (g Glob) canMatchIn(key string, k Kind) bool {
	f := slices.Concat(literalForm(string(NewAddress(key, k, ""))+"/"), anyNameForm)
	return meets(g.tokens, f) || g.folded != nil && k == KindMember && meets(g.folded.tokens, f)
}

// CanMatch tells whether there is a text of the subject that the pattern fits.
func (g Glob) CanMatch(subject PatternSubject) bool {
	if isBeyondIDs(g.tokens) {
		return false
	}
	fits := func(f form) bool { return meets(g.tokens, f) }
	fitsFolded := func(f form) bool { return meets(g.folded.tokens, f) }
	return slices.ContainsFunc(forms[subject], fits) ||
		g.folded != nil && subject.holdsMembers() && slices.ContainsFunc(memberForms, fitsFolded)
}

// meets tells whether some text fits both a pattern and a form: it follows them side by side, and
// reached[t][p] means that some text takes the first t tokens and the first p parts.
func meets(tokens []globToken, f form) bool {
	alphabet := alphabetOf(tokens)
	reached := make([][]bool, len(tokens)+1)
	for t := range reached {
		reached[t] = make([]bool, len(f)+1)
	}
	reached[0][0] = true
	for t := range reached { // every move goes to a later token, or to a later part of the same one
		for p := range reached[t] {
			if !reached[t][p] {
				continue
			}
			run := t < len(tokens) && tokens[t].isRun()
			if p < len(f) && f[p].any {
				reached[t][p+1] = true
			}
			if run {
				reached[t+1][p] = true
			}
			if t == len(tokens) || p == len(f) || !share(tokens[t], f[p], alphabet) {
				continue
			}
			reached[t+step(!run)][p+step(!f[p].any)] = true
		}
	}
	return reached[len(tokens)][len(f)]
}

func step(forward bool) int {
	if forward {
		return 1
	}
	return 0
}

// share tells whether a token and a part take the same character.
func share(t globToken, p formPart, alphabet []rune) bool {
	return slices.ContainsFunc(alphabet, func(r rune) bool { return t.takes(r) && p.takes(r) })
}

// alphabetOf are the characters that can make a difference to a pattern: those of ASCII, those that
// stand in it, and the neighbours of its ranges.
func alphabetOf(tokens []globToken) []rune {
	var all []rune
	for r := ' '; r < 0x7f; r++ {
		all = append(all, r)
	}
	for _, t := range tokens {
		all = append(all, t.r)
		for _, pair := range t.ranges {
			all = append(all, pair[0], pair[1], pair[1]+1)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// NearestPattern gives the form that somebody may have meant who wrote a pattern that can match
// nothing of its subject; "" when none comes to mind.
func NearestPattern(pattern string, subject PatternSubject) string {
	tries := []func(string) string{
		strings.TrimSpace, trimSlashes, slashesForDots, lowerKey, nearestKind, anyKey, deepRun,
	}
	if subject == PatternOfEmails {
		tries = []func(string) string{strings.TrimSpace, anyone, anyoneAt}
	}
	for _, try := range tries {
		next := try(pattern)
		if next == pattern {
			continue
		}
		pattern = next
		if g, err := ParseGlob(pattern); err == nil && g.CanMatch(subject) {
			return pattern
		}
	}
	return ""
}

func trimSlashes(p string) string { return strings.Trim(p, "/") }

func slashesForDots(p string) string {
	if parts := strings.SplitN(p, ".", 3); !strings.ContainsAny(p, "/@") && len(parts) > 1 {
		return strings.Join(parts, "/")
	}
	return p
}

// lowerKey writes the key as keys are written, where there is one.
func lowerKey(p string) string {
	if key, rest, ok := strings.Cut(p, "/"); ok {
		return strings.ToLower(key) + "/" + rest
	}
	return p
}

// nearestKind puts the right word for a kind in the place of another one: variable for variables.
func nearestKind(p string) string {
	parts := strings.SplitN(p, "/", 3)
	if len(parts) < 2 {
		return p
	}
	var words []string
	for _, k := range Kinds() {
		words = append(words, string(k))
	}
	if near := text.Nearest(parts[1], words, 1); len(near) > 0 && text.DidYouMean(parts[1], words) != "" {
		parts[1] = near[0]
	}
	return strings.Join(parts, "/")
}

// anyKey takes a bare name for that of a variable, or of a member, of any organization, and a bare
// key for all variables of one.
func anyKey(p string) string {
	switch {
	case strings.Contains(p, "/"):
		return p
	case strings.Contains(p, "@"):
		return "*/" + string(KindMember) + "/" + strings.ToLower(p)
	case IsKey(p):
		return p + "/" + string(KindVariable) + "/*"
	}
	return "*/" + string(KindVariable) + "/" + p
}

// deepRun lets a * at the end cross every part.
func deepRun(p string) string {
	if strings.HasSuffix(p, "/*") {
		return p + "*"
	}
	return p
}

func anyone(p string) string {
	if strings.HasPrefix(p, "@") {
		return "*" + p
	}
	return p
}

func anyoneAt(p string) string {
	if !strings.Contains(p, "@") {
		return "*@" + p
	}
	return p
}

// KeyPart is the part of an address pattern that speaks of keys, and whether it is one key and no
// pattern.
func (g Glob) KeyPart() (part Glob, literal bool) {
	key, _, _ := strings.Cut(g.pattern, "/")
	if deep := strings.Index(key, "**"); deep >= 0 {
		key = key[:deep] + "*"
	}
	part, err := ParseGlob(key)
	if err != nil { // a class that holds a slash
		part, _ = ParseGlob("*")
	}
	return part, !strings.ContainsAny(key, "*?[")
}

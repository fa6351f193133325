package document

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// A text of a profile may speak of the organization that uses it: ${org.key}, ${org.name},
// ${org.id} and ${org.x-…}, any x- key of the organization. It is filled in for each organization
// before the layers are merged, as pieces of a parsed text: what is filled in can bring in neither
// keys nor references. Nothing outside the documents is read, so --skip-references leaves none out
// and the values are not sensitive by it.

// orgPrefix begins the body of a piece that speaks of the organization.
const orgPrefix = "org."

// speaksOfOrganization tells whether a text has to be filled in.
func speaksOfOrganization(s string) bool {
	return strings.Contains(s, "${"+orgPrefix) && slices.ContainsFunc(splitReferences(s), isOrgPiece)
}

func isOrgPiece(p piece) bool { return p.kind == pieceOrg }

// templateWords says what may be filled in.
const templateWords = "org.key, org.name, org.id, and org.x-… for an x- key of the organization"

// isTemplateWord tells whether a word, without the prefix, is one that an organization can have.
func isTemplateWord(word string) bool {
	return slices.Contains([]string{"key", "name", "id"}, word) || spec.IsExtension(word)
}

// checkTemplate reads a text that a profile may fill in; an organization writes the text itself.
func checkTemplate(d *decoder, s scalar, n *yaml.Node, t *keyPath) bool {
	if s.form != formText || !speaksOfOrganization(s.text) {
		return true
	}
	if !d.profile {
		d.report(ruleMisplaced, follow(n), t, t.name()+" speaks of its organization, which only profiles do",
			"write the text itself")
		return false
	}
	for _, p := range splitReferences(s.text) {
		if isOrgPiece(p) && !isTemplateWord(p.text) {
			d.report(ruleTemplate, follow(n), t, "there is no "+text.Backquote("${"+orgPrefix+p.text+"}"),
				firstOf(text.DidYouMean(orgPrefix+p.text, []string{"org.key", "org.name", "org.id"}),
					"known are "+templateWords))
			return false
		}
	}
	d.templates++
	return true
}

// braces is what looks like a word to fill in, and is none.
var braces = regexp.MustCompile(`(^|[^$])\{(key|name|id)\}`)

// warnOfBraces tells of {name} in a text that people get to read, such as an invitation's note. In
// a variable it may well be meant, as in the path of an address.
func warnOfBraces(d *decoder, s scalar, n *yaml.Node, t *keyPath) {
	found := braces.FindStringSubmatch(s.text)
	if !d.profile || s.form != formText || found == nil {
		return
	}
	d.report(ruleBraces, follow(n), t, text.Backquote("{"+found[2]+"}")+" is sent as it stands",
		"write "+text.Backquote("${"+orgPrefix+found[2]+"}")+" for that of the organization")
}

// readExtensions keeps the x- keys of an organization that hold a scalar.
func readExtensions(d *decoder, n *yaml.Node) map[string]string {
	node := follow(n)
	if node.Kind != yaml.MappingNode {
		return nil
	}
	var found map[string]string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := follow(node.Content[i]), follow(node.Content[i+1])
		if !spec.IsExtension(key.Value) || value.Kind != yaml.ScalarNode || isNull(value) ||
			len(value.Value) > maxText {
			continue
		}
		if found == nil {
			found = map[string]string{}
		}
		found[key.Value] = value.Value
	}
	return found
}

// fillProfile gives the profile as it reads for one organization.
func fillProfile(f *findings, profile, organization *layer) *layer {
	if !profile.template {
		return profile
	}
	words := map[string]string{"key": organization.key, "name": organization.name.text, "id": organization.id.text}
	for key, value := range organization.extensions {
		words[key] = value
	}
	filled := profile.clone()
	filled.eachTemplate(func(path string, s *scalar, evaluated bool) {
		if s.form != formText || !speaksOfOrganization(s.text) {
			return
		}
		result, missing := fillTemplate(s.text, words, evaluated)
		if !f.filled.fill(result) {
			s.form = formBroken
			return
		}
		refused := spec.RefusedName(result)
		switch {
		case organization.isBroken(missing):
			s.form = formBroken // what is wrong with the word is told where it stands
		case missing != "":
			rule, message, hint := missingWord(organization.key, missing)
			templateProblem(f, *s, profile, organization, path, rule, message, hint)
			s.form = formBroken
		case refused != "" && strings.HasSuffix(path, inviteNamePath):
			templateProblem(f, *s, profile, organization, path, ruleInviteName, "Make refuses the name "+
				text.Backquote(result)+": "+refused, nameHint)
			s.form = formBroken
		default:
			s.text = result
		}
	})
	return filled
}

// isBroken tells whether the organization has the word, and it is wrong.
func (l *layer) isBroken(word string) bool {
	return word == "name" && l.name.isBroken() || word == "id" && l.id.isBroken()
}

const inviteNamePath = ".invite.name"

func missingWord(key, word string) (rule, message, hint string) {
	if word == longerThanText {
		return ruleTooLong, "a text of the organization " + text.Backquote(key) +
			" would be longer than 1 MB when it is filled in", "nothing on Make takes that much"
	}
	if word == dollarBeforeReference {
		return ruleTemplate, "a text of the organization " + text.Backquote(key) +
				" ends in $ right before a reference, which would then not be read",
			"write something between the two"
	}
	return ruleTemplate, "the organization " + text.Backquote(key) + " has no " + text.Backquote(word) +
		", which a profile of it asks for", "write " + text.Backquote(word+": …") + " in the organization"
}

// templateProblem tells of a text that cannot be filled in, at both positions.
func templateProblem(f *findings, s scalar, profile, organization *layer, path, rule, message, hint string) {
	before := len(f.problems)
	f.report(rule, s.at, spec.Address(organization.key), "", message, hint)
	if len(f.problems) > before {
		related := organization.source()
		p := &f.problems[before]
		p.Path, p.Related = text.Clean("profiles."+profile.key+"."+path), &related
	}
}

// dollarBeforeReference is what fillTemplate gives for a text that cannot be written down.
const dollarBeforeReference = "$"

// longerThanText is what it gives for a text that would be longer than any of a document.
const longerThanText = "…"

// fillTemplate puts the words in. An evaluated text is read for references once more, so everything
// in it that is none is escaped; missing is the word that is not there.
func fillTemplate(s string, words map[string]string, evaluated bool) (filled, missing string) {
	var out, literal strings.Builder
	flush := func() {
		plain := literal.String()
		if evaluated {
			plain = strings.ReplaceAll(plain, "${", "$${")
		}
		out.WriteString(plain)
		literal.Reset()
	}
	for _, p := range splitReferences(s) {
		switch p.kind {
		case pieceOrg:
			if words[p.text] == "" {
				return "", p.text
			}
			if out.Len()+literal.Len()+len(words[p.text]) > maxText {
				return "", longerThanText
			}
			literal.WriteString(words[p.text])
		case pieceText, pieceEscaped:
			literal.WriteString(p.text)
		default:
			if evaluated && strings.HasSuffix(literal.String(), "$") {
				return "", dollarBeforeReference
			}
			flush()
			out.WriteString(p.written())
		}
	}
	flush()
	return out.String(), ""
}

// clone copies a profile as far as eachTemplate reaches.
func (l *layer) clone() *layer {
	out := *l
	out.variables.items = slices.Clone(l.variables.items)
	out.members.items = slices.Clone(l.members.items)
	for i := range out.members.items {
		invite := &out.members.items[i].invite
		invite.teams = slices.Clone(invite.teams)
	}
	return &out
}

// eachTemplate visits every text that a profile may fill in; evaluated are those in which
// references are read afterwards.
func (l *layer) eachTemplate(visit func(path string, s *scalar, evaluated bool)) {
	visit("region", &l.region, false)
	visit("country", &l.country, false)
	visit("timezone", &l.timezone, false)
	for i := range l.variables.items {
		v := &l.variables.items[i]
		visit("variables."+v.name, &v.value, true)
	}
	for i := range l.members.items {
		member := &l.members.items[i]
		path, invite := "members."+member.email, &member.invite
		visit(path+inviteNamePath, &invite.name, false)
		visit(path+".invite.note", &invite.note, false)
		for j := range invite.teams {
			visit(spec.PathItem(path+".invite.teams", j), &invite.teams[j], false)
		}
	}
}

package document

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// maxExcerpt is how many characters of a line a problem shows; a caret beyond it has no line.
const maxExcerpt = 200

// addExcerpts gives each problem its source line, with everything masked that
// may be a secret. Nothing of a line is shown because it looks harmless: a
// character is shown when it is a key or a scalar that the document's form makes
// public, or punctuation between them. So values of variables, tokens, the values
// of unknown keys, comments, and the tails of texts that began on an earlier line
// are all masked, character for character, and the caret still points right.
//
// Node trees are gone by then; the file is parsed once more, for problems only.
func addExcerpts(files []*source, problems []spec.Problem) {
	addExcerptsWithout(OwnSecrets{}, files, problems)
}

// addExcerptsWithout is addExcerpts, and shows none of the run's own secrets wherever they stand.
func addExcerptsWithout(secrets OwnSecrets, files []*source, problems []spec.Problem) {
	wanted := make(map[string][]*spec.Problem, len(files))
	for i := range problems {
		p := &problems[i]
		if p.Source != nil && p.Source.Line > 0 && p.Excerpt == "" {
			wanted[p.Source.File] = append(wanted[p.Source.File], p)
		}
	}
	for _, file := range files {
		if list := wanted[file.path]; len(list) > 0 {
			x := newExcerpter(file, list)
			x.secrets = secrets
			x.fill(list)
		}
	}
}

// excerpter knows which spans of a file are public.
type excerpter struct {
	file   *source
	lines  []int // offset behind each line
	wanted map[int]bool
	// shown are the bytes of public keys and scalars in the wanted lines, sorted.
	shown []span
	// secrets are shown nowhere.
	secrets OwnSecrets
	// whole tells that the file could be parsed to its end.
	whole bool
}

type span struct{ start, end int }

func newExcerpter(file *source, problems []*spec.Problem) *excerpter {
	x := &excerpter{file: file, lines: lineEnds(file.data), wanted: map[int]bool{}}
	for _, p := range problems {
		x.wanted[p.Source.Line] = true
	}
	if _, isText := checkText(file); !isText {
		return x
	}
	x.markPublic()
	slices.SortFunc(x.shown, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return x
}

// markPublic parses the file as it was read: as a whole, or just those chunks that matter.
func (x *excerpter) markPublic() {
	o := x.file.outline
	if len(o.chunks) == 0 && len(x.file.data) > maxReparsed {
		return
	}
	if len(o.chunks) == 0 {
		mistakes := parse(x.file, func(root *yaml.Node) bool { x.walk(root, x.file.public()); return true })
		x.whole = len(mistakes) == 0
		return
	}
	for root := range documentTrees(bytes.NewReader(o.head.text)) {
		x.walk(root, publicDocument)
	}
	x.whole = true
	for _, c := range o.chunksWith(x.wanted) {
		if len(c.text) > maxReparsed {
			x.whole = false
			continue
		}
		c.parse(func(mapping *yaml.Node) { x.walk(mapping, publicDocument.keys["organizations"]) })
	}
}

// maxReparsed is how much of a text is parsed once more to show lines of it; of what is larger,
// such as one organization with a million variables, all of a line is masked.
const maxReparsed = 16 << 20

func (x *excerpter) fill(problems []*spec.Problem) {
	for _, p := range problems {
		line := p.Source.Line
		if line > len(x.lines) || p.Source.Column > maxExcerpt {
			continue
		}
		p.Excerpt = x.line(line)
	}
}

func (x *excerpter) bounds(line int) (start, end int) {
	if line > 1 {
		start = x.lines[line-2]
	}
	return start, x.lines[line-1]
}

// line is one line, masked.
func (x *excerpter) line(line int) string {
	start, end := x.bounds(line)
	text := strings.TrimRight(string(x.file.data[start:end]), "\r\n\u0085\u2028\u2029")
	shown := make([]bool, len(text))
	some := false
	first, _ := slices.BinarySearchFunc(x.shown, start, func(s span, at int) int { return cmp.Compare(s.start, at) })
	for _, s := range x.shown[first:] {
		if s.start >= end {
			break
		}
		for i := max(s.start, start); i < min(s.end, start+len(text)); i++ {
			shown[i-start] = true
			some = true
		}
	}
	x.secrets.hide(text, shown)
	if !x.whole && !some {
		return maskUnparsed(text)
	}
	return maskLine(text, shown)
}

// punctuation may stand at the ends of what is masked; it is that of the document.
const punctuation = " \t{}[],:-?'\""

// maskLine hides every run of bytes that is not shown, from its first to its
// last character that is no punctuation.
func maskLine(line string, shown []bool) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && shown[j] == shown[i] {
			j++
		}
		run := line[i:j]
		switch {
		case shown[i]:
			b.WriteString(text.Visible(run))
		case i > 0 && strings.HasPrefix(strings.TrimLeft(run, " ,]}"), "#"):
			j = len(line) // a comment tells nothing about the problem
		default:
			b.WriteString(maskRun(run))
		}
		i = j
	}
	masked := []rune(strings.TrimRight(b.String(), " "))
	return string(masked[:min(len(masked), maxExcerpt)])
}

func maskRun(run string) string {
	core := strings.Trim(run, punctuation)
	if core == "" {
		return strings.ReplaceAll(run, "\t", " ")
	}
	start := strings.Index(run, core)
	head, tail := run[:start], run[start+len(core):]
	return strings.ReplaceAll(head+strings.Repeat("•", utf8.RuneCountInString(core))+tail, "\t", " ")
}

// maskUnparsed serves the lines of a file that is no valid YAML: nobody knows
// where a value ends there, so only a key that the document's form knows is shown.
func maskUnparsed(text string) string {
	shown := make([]bool, len(text))
	rest := strings.TrimLeft(text, " -\t")
	start := len(text) - len(rest)
	if key, _, found := strings.Cut(rest, ":"); found && knownKeys[key] {
		for i := range key {
			shown[start+i] = true
		}
	}
	return maskLine(text, shown)
}

// knownKeys are the keys of all tables.
var knownKeys = func() map[string]bool {
	known := map[string]bool{}
	for _, keys := range [][]string{
		documentFields.names(), organizationFields.names(), variableFields.names(), memberFields.names(),
		inviteFields.names(),
		zoneFields.names(), sandboxFields.names(), guardFields.names(),
	} {
		for _, key := range keys {
			known[key] = true
		}
	}
	return known
}()

// public says what below a node may be shown.
type public struct {
	scalar    scalarForm // of a scalar standing here
	reference bool       // a scalar that is nothing but references
	all       bool       // everything below, keys and values
	words     bool       // keys of several words
	// keys are the known keys; another one is found under others.
	keys   map[string]*public
	others *public
}

var (
	shownWord    = &public{scalar: wordForm}
	shownNumber  = &public{scalar: numberForm}
	shownHost    = &public{scalar: hostForm}
	shownURL     = &public{scalar: urlForm}
	shownAddress = &public{scalar: addressForm}
	shownName    = &public{scalar: nameForm}

	allWords      = &public{scalar: wordForm, all: true}
	allAddresses  = &public{scalar: addressForm, all: true}
	allNames      = &public{scalar: nameForm, all: true}
	onlyReference = &public{reference: true}

	publicVariable = &public{reference: true, keys: map[string]*public{
		"type": shownWord, "ignoreValue": shownWord, "literal": shownWord, "state": shownWord,
		"value": onlyReference}}
	publicLayer = &public{keys: map[string]*public{
		"name": shownName, "id": shownNumber, "zone": shownHost, "state": shownWord, "owner": shownAddress,
		"profiles": allAddresses, "subscription": publicSubscription,
		"paymentMethods": {keys: map[string]*public{
			"subscription": shownAddress, "extras": shownAddress, "remove": allAddresses}},
		"region": shownName, "country": shownName, "timezone": shownName, "tfaEnforced": shownWord,
		"purge":           allWords,
		"featureControls": {words: true, others: shownWord}, "variables": {others: publicVariable},
		"members": {others: publicMember}}}
	publicSubscription = &public{keys: map[string]*public{
		"plan": shownName, "operations": shownNumber, "period": shownName, "state": shownWord,
		"price": {keys: map[string]*public{"amount": shownNumber, "currency": shownWord}}}}
	publicMember = &public{scalar: nameForm, keys: map[string]*public{
		"role": shownName, "state": shownWord, "connections": shownWord,
		"invite": {keys: map[string]*public{"name": shownName, "teams": allNames, "note": shownName}}}}
	publicZone = &public{keys: map[string]*public{"url": shownURL, "host": shownHost, "token": onlyReference,
		"sandbox": {keys: map[string]*public{
			"seed": shownAddress, "state": shownAddress}}}}
	publicLimits   = &public{others: shownNumber}
	publicDocument = &public{keys: map[string]*public{
		"apiVersion": shownAddress, "zone": shownHost, "zones": {others: publicZone}, "sensitive": allAddresses,
		"guards":   publicGuards,
		"profiles": {others: publicLayer}, "organizations": {others: publicLayer}}}
	publicGuards = &public{keys: map[string]*public{
		"maxCreates": publicLimits, "maxInvites": shownNumber, "maxDeletes": publicLimits,
		"maxDeletesPerRun": publicLimits, "minAdmins": shownNumber, "minOrganizations": shownNumber,
		"requiredAdmins": allAddresses, "emails": allAddresses, "protect": allAddresses,
		"approvals": shownNumber, "drift": shownWord,
		"billing": {keys: map[string]*public{"maxMonthly": publicLimits}}}}
	publicTrusted = &public{keys: map[string]*public{
		"apiVersion": shownAddress, "guards": publicGuards, "sensitive": allAddresses}}
)

// public says what of the file may be shown.
func (s *source) public() *public {
	if s.trusted {
		return publicTrusted
	}
	return publicDocument
}

// scalarForm is what a public scalar looks like: its characters, as a pattern that begins at the
// scalar's beginning. A slip such as a lost comma draws the next value into a public scalar,
// `{host: lab.example token hunter2}`, so a scalar is shown as far as it has its form.
type scalarForm = *regexp.Regexp

var (
	wordForm    = regexp.MustCompile(`^([A-Za-z]+|[0-9.]+|~)`)
	numberForm  = regexp.MustCompile(`^-?([0-9A-Za-z.]+|~)`)
	hostForm    = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?`)
	urlForm     = regexp.MustCompile(`^[a-z]+://[A-Za-z0-9.-]*(:[0-9]+)?(/[A-Za-z0-9._/-]*)?`)
	addressForm = regexp.MustCompile(`^[A-Za-z0-9._%+@/*?~\[\]-]+`)
	nameForm    = regexp.MustCompile(`^[\pL\pN '.()*+,@_/-]+`) // what Make takes for a name
)

// walk marks what is public below a node. Aliases are not followed: their
// anchors are marked, or not, where they stand, by what they are there.
func (x *excerpter) walk(n *yaml.Node, p *public) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, child := range n.Content {
			x.walk(child, p)
		}
	case yaml.ScalarNode:
		x.show(n, p.shows(n.Value))
	case yaml.SequenceNode:
		for _, child := range n.Content {
			if p.all {
				x.walk(child, p)
			}
		}
	case yaml.MappingNode:
		x.walkMapping(n, p)
	}
}

// shows is how many bytes of a scalar's text are public.
func (p *public) shows(text string) int {
	switch {
	case (p.reference || p.scalar != nil) && isReference(text):
		return len(text)
	case p.scalar == nil:
		return 0
	}
	shown := len(p.scalar.FindString(text))
	if p.scalar == urlForm && strings.Contains(text, "@") {
		return 0 // a user and a password
	}
	return shown
}

// isReference tells whether a text is references and nothing else.
func isReference(text string) bool {
	pieces := splitReferences(text)
	for _, piece := range pieces {
		if piece.kind != pieceEnv && piece.kind != pieceFile && piece.kind != pieceOrg {
			return false
		}
	}
	return len(pieces) > 0
}

func (x *excerpter) walkMapping(n *yaml.Node, p *public) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		below, known := p.keys[key.Value]
		if !known {
			below = p.others
		}
		if p.all {
			below = p
		} else if p.keys == nil && p.others == nil {
			continue // a mapping where none belongs
		}
		if key.Kind == yaml.ScalarNode && (known || p.words || text.FirstWord(key.Value) == key.Value &&
			(below != nil || !isNull(value))) {
			x.show(key, len(key.Value))
		}
		if below != nil && value.Kind != yaml.AliasNode {
			x.walk(value, below)
		}
	}
}

// show marks the first bytes of a scalar's text in the file, when it stands on one line.
func (x *excerpter) show(n *yaml.Node, public int) {
	start := x.offset(n.Line, n.Column)
	if start < 0 || public == 0 {
		return
	}
	_, end := x.bounds(n.Line)
	rest := string(x.file.data[start:end])
	size := scalarSize(rest, n)
	if public < len(n.Value) && size > 0 {
		quote := len(rest) - len(strings.TrimLeft(rest, `"'`))
		if !strings.HasPrefix(rest[quote:], n.Value[:public]) {
			return // written with escapes
		}
		size = quote + public
	}
	if size > 0 {
		x.shown = append(x.shown, span{start, start + size})
	}
}

func (x *excerpter) offset(line, column int) int {
	if line < 1 || line > len(x.lines) || column > maxExcerpt || !x.wanted[line] {
		return -1
	}
	i, end := x.bounds(line)
	for ; column > 1 && i < end; column-- {
		_, n := utf8.DecodeRune(x.file.data[i:end])
		i += n
	}
	return i
}

// scalarSize is the length of a scalar's text at the beginning of rest; 0 when it does not end
// there.
func scalarSize(rest string, n *yaml.Node) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' {
				return i + 1
			}
		}
	case n.Style&yaml.SingleQuotedStyle != 0:
		if end := strings.IndexByte(strings.ReplaceAll(rest[min(1, len(rest)):], "''", "__"), '\''); end >= 0 {
			return end + 2
		}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
	case strings.HasPrefix(rest, n.Value):
		return len(n.Value)
	}
	return 0
}

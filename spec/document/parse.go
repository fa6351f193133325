package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// parse gives visit the node tree of each YAML document of a file, one after the
// other, so that only one of them is in memory: visit keeps no node. Documents before a
// syntax error are given too; false from visit ends it. The file has passed checkText.
func parse(file *source, visit func(*yaml.Node) bool) []spec.Problem {
	if !file.json && plainDocument(file.data, func(root *yaml.Node) { visit(root) }) {
		return nil
	}
	return parseKept(file, visit)
}

// parseKept is parse with nodes that visit may keep.
func parseKept(file *source, visit func(*yaml.Node) bool) []spec.Problem {
	if file.json {
		return parseJSON(file, visit)
	}
	return parseYAML(file, visit)
}

// Limits of a file beside the documents, such as one of guards: how many documents of a file that
// may hold one are looked at, bytes, and keys, values and lines.
const (
	maxSmallDocuments = 10
	maxSmallFile      = 16 << 20
	maxSmallValues    = 250_000
)

// parseAll gives the node trees of a small file, which are few.
func parseAll(file *source) (documents []*yaml.Node, problems []spec.Problem) {
	if len(file.data) > maxSmallFile || valuesIn(file.data) > maxSmallValues {
		return nil, []spec.Problem{pathProblem(ruleTooLarge, file.path, "the file holds more than is "+
			"read: at most 16 MB, and "+text.Number(maxSmallValues)+" keys, values and lines",
			"write patterns for many names")}
	}
	if problem, ok := checkText(file); !ok {
		return nil, []spec.Problem{problem}
	}
	problems = parseKept(file, func(root *yaml.Node) bool {
		documents = append(documents, root)
		return len(documents) <= maxSmallDocuments
	})
	return documents, problems
}

// checkText refuses what is not text, before any parser sees it, and takes off a byte order mark.
func checkText(file *source) (spec.Problem, bool) {
	if rest, ok := bytes.CutPrefix(file.data, []byte("\xef\xbb\xbf")); ok {
		file.data = rest
	}
	data := file.data
	if i := bytes.Index(data, []byte("\n\xef\xbb\xbf")); i >= 0 {
		return textProblem(file, i+1, "a byte order mark stands in the middle of the file (U+FEFF)",
			"two files were put one behind the other: remove the mark"), false
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return textProblem(file, 0, "the file is UTF-16", "save it as UTF-8"), false
	}
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c >= ' ' && c < 0x7f, c == '\n', c == '\r', c == '\t':
			i++
		case c == 0:
			return textProblem(file, i, "the file is binary: it holds a zero byte", "name a YAML file"), false
		case c < 0x80:
			return textProblem(file, i, fmt.Sprintf("the file holds the control character 0x%02x", c),
				"write it as an escape in double quotes"), false
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return textProblem(file, i, "the file is not valid UTF-8", "save it as UTF-8"), false
			}
			if r >= 0x80 && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff {
				return textProblem(file, i, fmt.Sprintf("the file holds the control character U+%04X", r),
					"write it as an escape in double quotes"), false
			}
			if why := misleads(r); why != "" && !file.json {
				return textProblem(file, i, fmt.Sprintf("the file holds U+%04X, %s", r, why),
					fmt.Sprintf(`take it out; in a text in double quotes write \u%04x`, r)), false
			}
			i += n
		}
	}
	return spec.Problem{}, true
}

// misleads says of a character why a document with it is not what people see of it, in a diff or
// an editor; "" of any other. Behind a comment a line break that nobody shows begins a line of YAML
// 1.1.
func misleads(r rune) string {
	switch {
	case r == 0x85, r == 0x2028, r == 0x2029:
		return "a line break that editors and diffs do not show as one"
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return "which has what follows shown in another order than it stands in"
	}
	return ""
}

func textProblem(file *source, offset int, message, hint string) spec.Problem {
	line := bytes.Count(file.data[:offset], []byte("\n"))
	start := bytes.LastIndexByte(file.data[:offset], '\n') + 1
	column := utf8.RuneCount(file.data[start:offset])
	return newProblem(ruleNotText, at{file, int32(line + 1), int32(column + 1)}, nil, message, hint)
}

// newProblem is the one way in which this package makes a problem.
func newProblem(rule string, pos at, t *keyPath, message, hint string) spec.Problem {
	return spec.Problem{Severity: severities[rule], Rule: rule, Path: t.String(), Message: message, Hint: hint,
		Source: pos.pointer()}
}

func parseYAML(file *source, visit func(*yaml.Node) bool) (problems []spec.Problem) {
	for root, err := range documentTrees(bytes.NewReader(file.data)) {
		if err != nil {
			return append(problems, syntaxProblem(file, err))
		}
		if problem, ok := checkAliases(file, root); !ok {
			problems = append(problems, problem)
			continue
		}
		if !visit(root) {
			break
		}
	}
	return problems
}

// documentTrees gives the tree of each YAML document, up to the end or the first error.
func documentTrees(r io.Reader) iter.Seq2[*yaml.Node, error] {
	decoder := yaml.NewDecoder(r)
	return func(yield func(*yaml.Node, error) bool) {
		for {
			root := new(yaml.Node)
			err := decodeNode(decoder, root)
			if errors.Is(err, io.EOF) || !yield(root, err) || err != nil {
				return
			}
		}
	}
}

// decodeNode turns a panic of the YAML library into an error: a document is
// hostile input, and no document may end the program.
func decodeNode(decoder *yaml.Decoder, node *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the parser gave up")
		}
	}()
	return decoder.Decode(node)
}

// syntaxWords maps what the library says to what helps. Its own text is not
// shown: some of it repeats the document, which may be a secret.
var syntaxWords = []struct{ theirs, message, hint string }{
	{"mapping values are not allowed", "a `:` where no mapping can begin",
		"check the indentation, and quote texts that hold `: `"},
	{"could not find expected ':'", "a key without `:`",
		"write `key: value`, and check the indentation of the lines before"},
	{"did not find expected key", "the indentation does not fit the lines above",
		"indent entries of one mapping alike, and close quotes and brackets"},
	{"did not find expected '-'", "the indentation of the list does not fit", "indent the entries of a list alike"},
	{"did not find expected ',' or '}'", "a `{` that is not closed, or a missing `,`", "close it with `}`"},
	{"did not find expected ',' or ']'", "a `[` that is not closed, or a missing `,`", "close it with `]`"},
	{"did not find expected node content", "a value that is missing, or a bracket that is not closed",
		"close every { and [, and write something between two commas"},
	{"found unexpected end of stream", "a quote that is not closed", "close it before the end of the file"},
	{"found unexpected document indicator", "a quote that is not closed before the next document", "close it"},
	{"found character that cannot start any token", "a character that cannot begin a value",
		"indent with spaces, not tabs; quote texts that begin with @, ` or %"},
	{"tab character", "a tab where YAML wants spaces", "indent with spaces"},
	{"unknown anchor", "an alias (*) of an anchor that does not exist", "quote a text that begins with *"},
	{"contains itself", "an alias that contains itself", "write the value out"},
	{"unknown escape character", "an escape that YAML does not know",
		"write \\\\ for a backslash in double quotes, or use single quotes"},
	{"did not find expected hexdecimal number", "an escape without its hexadecimal digits",
		"use single quotes for texts with backslashes"},
	{"invalid Unicode character escape", "an escape of a character that does not exist", "write the character itself"},
	{"alphabetic or numeric character", "an alias (*) or anchor (&) without a name",
		"quote a text that begins with * or &"},
	{"block sequence entries are not allowed", "a list entry where no list can begin",
		"begin the list on a line of its own"},
	{"did not find expected <document start>", "text after the end of the document",
		"separate documents by a line `---`"},
	{"exceeded max depth", "mappings and lists too deep in each other", "write it flat"},
	{"did not find expected tag", "a tag (!) that cannot be read", "quote a text that begins with !"},
	{"undefined tag handle", "a tag (!) that cannot be read", "quote a text that begins with !"},
}

func syntaxProblem(file *source, err error) spec.Problem {
	message, hint := "this is not valid YAML", "check quotes, brackets and indentation around here"
	for _, w := range syntaxWords {
		if strings.Contains(err.Error(), w.theirs) {
			message, hint = w.message, w.hint
			break
		}
	}
	if line := conflictLine(file.data); line > 0 {
		return newProblem(ruleSyntax, at{file, int32(line), 1}, nil, "an unresolved merge conflict (<<<<<<<)",
			"choose one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>")
	}
	pos := syntaxPosition(file, err)
	if line := lineText(file.data, int(pos.line)); strings.HasPrefix(strings.TrimLeft(line, " "), "\t") {
		message, hint = "a tab where YAML wants spaces", "indent with spaces"
	}
	return newProblem(ruleSyntax, pos, nil, message, hint)
}

// conflictLine is the line, from 1, on which a merge conflict begins; 0 when there is none.
func conflictLine(data []byte) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if bytes.HasPrefix(text, []byte("<<<<<<< ")) {
			return line
		}
	}
	return 0
}

// syntaxPosition finds the line of a syntax error. The library's own number is
// that of the construct's beginning as often as not, and off by one in half the
// cases. But a parser stops at its first error: fed line by line, it has read the
// wrong line and at most a little more. The shortest run of lines that already
// gives the error ends in the wrong one.
func syntaxPosition(file *source, err error) at {
	ends := lineEnds(file.data)
	theirs := withoutLine(err.Error())
	line := &lineReader{data: file.data, ends: ends}
	firstError(line)
	fails := func(lines int) bool {
		return withoutLine(firstError(bytes.NewReader(file.data[:ends[lines-1]]))) == theirs
	}
	low, high := 1, max(line.next, 1)
	for step := 1; low < high; step *= 2 { // backwards in growing steps, then halving
		middle := max(low, high-step)
		if !fails(middle) {
			low = middle + 1
			break
		}
		high = middle
	}
	for low < high {
		if middle := (low + high) / 2; fails(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	text := lineText(file.data, low)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	return at{file, int32(low), int32(indent + 1)}
}

// lineReader gives at most one line at a time, so that it is known how far a reader of it got.
type lineReader struct {
	data []byte
	ends []int
	at   int
	next int // the line that was read last, from 1
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.at == len(r.data) {
		return 0, io.EOF
	}
	if r.next == 0 || r.at == r.ends[r.next-1] {
		r.next++
	}
	n := copy(p, r.data[r.at:r.ends[r.next-1]])
	r.at += n
	return n, nil
}

// firstError parses until the first error and gives it; "" when there is none.
func firstError(r io.Reader) string {
	for _, err := range documentTrees(r) {
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

// withoutLine takes "yaml: line 12: " off a message of the library.
func withoutLine(message string) string {
	message = strings.TrimPrefix(message, "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		_, message, _ = strings.Cut(rest, ": ")
	}
	return message
}

// lineEnds gives the offset behind each line, counting lines as the YAML library does.
func lineEnds(data []byte) []int {
	var ends []int
	for i := 0; i < len(data); {
		n := lineBreak(data[i:])
		i += max(n, 1)
		if n > 0 {
			ends = append(ends, i)
		}
	}
	if len(ends) == 0 || ends[len(ends)-1] < len(data) {
		ends = append(ends, len(data))
	}
	return ends
}

// lineBreak is the length of the line break at the beginning of data, 0 if
// there is none. YAML 1.1 parsers count NEL, LS and PS as breaks too.
func lineBreak(data []byte) int {
	switch data[0] {
	case '\n':
		return 1
	case '\r':
		if len(data) > 1 && data[1] == '\n' {
			return 2
		}
		return 1
	case 0xc2:
		if len(data) > 1 && data[1] == 0x85 {
			return 2
		}
	case 0xe2:
		if len(data) > 2 && data[1] == 0x80 && (data[2] == 0xa8 || data[2] == 0xa9) {
			return 3
		}
	}
	return 0
}

// lineText is one line of a file, without its break; "" when there is no such line.
func lineText(data []byte, line int) string {
	start := 0
	for i := 0; i < len(data); {
		n := lineBreak(data[i:])
		if n > 0 {
			line--
			if line == 0 {
				return string(data[start:i])
			}
			start = i + n
		}
		i += max(n, 1)
	}
	if line == 1 {
		return string(data[start:])
	}
	return ""
}

package edit

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hunkContext is how many lines stand around a change.
const hunkContext = 3

// change is a run of lines that are replaced, from line first to before line last, from 0.
type change struct {
	first, last int
	lines       []string
}

// Secret tells whether a variable's value is not to be shown, by its place, name and text.
type Secret func(p Place, name, value string) bool

// Diff is the change as a unified diff, "" for none. What is a secret, and tokens, are masked.
func (f *File) Diff(secret Secret) string {
	shown := *f
	shown.data = f.masked(secret)
	return secrets.ReplaceAllLiteralString(shown.diff(), "(sensitive)")
}

// secrets are masked by bytes that stand in no document, as many as they had.
var secrets = regexp.MustCompile("\x00+")

// masked is the text without its secrets, byte for byte as long. Where one ends cannot be told the
// rest of its line, and all that is indented below it, is one.
func (f *File) masked(secret Secret) []byte {
	data := bytes.Clone(f.data)
	hide := func(key, value *yaml.Node) {
		start, end, err := f.bounds(key, value)
		if err != nil {
			start = f.offset(value)
			end = f.blockEnd(start)
		}
		for i := start; i < end; i++ {
			if data[i] != '\n' && data[i] != '\r' && data[i] != ' ' {
				data[i] = 0
			}
		}
	}
	for _, document := range f.documents {
		if len(document.Content) == 1 {
			eachSecret(document.Content[0], secret, hide)
		}
	}
	return data
}

// eachSecret finds tokens of zones, and variables whose value is a secret.
func eachSecret(root *yaml.Node, secret Secret, hide func(key, value *yaml.Node)) {
	_, zones := find(root, is("zones"))
	each(zones, func(_, zone *yaml.Node) {
		if key, token := find(zone, is("token")); key != nil {
			hide(key, token)
		}
	})
	for _, list := range []string{"organizations", "profiles"} {
		_, all := find(root, is(list))
		each(all, func(name, settings *yaml.Node) {
			place := Place{Organization: name.Value}
			if list == "profiles" {
				place = Place{Profile: name.Value}
			}
			_, variables := find(settings, is("variables"))
			each(variables, func(key, value *yaml.Node) {
				text := value
				if _, inner := find(value, is("value")); inner != nil {
					text = inner
				}
				if text.Kind == yaml.AliasNode {
					text = text.Alias
				}
				if secret != nil && secret(place, key.Value, text.Value) {
					hide(key, value)
				}
			})
		})
	}
}

func is(wanted string) func(string) bool { return func(key string) bool { return key == wanted } }

func each(n *yaml.Node, do func(key, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(n.Content[i], n.Content[i+1])
	}
}

func (f *File) diff() string {
	changes := f.changes()
	if len(changes) == 0 {
		return ""
	}
	var b strings.Builder
	path := filepath.ToSlash(f.Path) // as programs that apply a diff want it
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", path, path)
	old := splitLines(f.data)
	shift := 0
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].first-changes[n-1].last <= 2*hunkContext {
			n++
		}
		shift = writeHunk(&b, old, changes[:n], shift)
		changes = changes[n:]
	}
	return b.String()
}

func writeHunk(b *strings.Builder, old []string, changes []change, shift int) int {
	first, last := max(0, changes[0].first-hunkContext), min(len(old), changes[len(changes)-1].last+hunkContext)
	more := 0
	for _, c := range changes {
		more += len(c.lines) - (c.last - c.first)
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", first+1, last-first, first+1+shift, last-first+more)
	at := first
	for _, c := range changes {
		writeLines(b, " ", old[at:c.first])
		writeLines(b, "-", old[c.first:c.last])
		writeLines(b, "+", c.lines)
		at = c.last
	}
	writeLines(b, " ", old[at:last])
	return shift + more
}

func writeLines(b *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		b.WriteString(mark + strings.TrimRight(line, "\r\n") + "\n")
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
}

// splitLines keeps the line breaks.
func splitLines(data []byte) []string {
	lines := strings.SplitAfter(string(data), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// changes are the lines that the edits replace, without those that stay.
func (f *File) changes() (changes []change) {
	edits := ordered(f.edits)
	for len(edits) > 0 {
		first := bytes.Count(f.data[:edits[0].start], []byte("\n"))
		n, last := 0, first
		for n < len(edits) && (n == 0 || bytes.Count(f.data[:edits[n].start], []byte("\n")) <= last) {
			last = max(last, bytes.Count(f.data[:edits[n].end], []byte("\n")))
			n++
		}
		start, end := f.starts[first], len(f.data)
		if last+1 < len(f.starts) {
			end = f.starts[last+1]
		}
		changes = append(changes, trim(change{first, last + 1, splitLines(f.rewrite(start, end, edits[:n]))},
			splitLines(f.data[start:end])))
		edits = edits[n:]
	}
	return changes
}

// trim takes lines off a change that are the same before and after.
func trim(c change, old []string) change {
	for len(old) > 0 && len(c.lines) > 0 && old[0] == c.lines[0] {
		old, c.lines, c.first = old[1:], c.lines[1:], c.first+1
	}
	for len(old) > 0 && len(c.lines) > 0 && old[len(old)-1] == c.lines[len(c.lines)-1] {
		old, c.lines, c.last = old[:len(old)-1], c.lines[:len(c.lines)-1], c.last-1
	}
	return c
}

func (f *File) rewrite(start, end int, edits []span) []byte {
	var out bytes.Buffer
	at := start
	for _, e := range edits {
		out.Write(f.data[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(f.data[at:end])
	return out.Bytes()
}

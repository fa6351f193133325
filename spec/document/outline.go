package document

import (
	"bytes"

	"makesync/spec"
)

// A large file is hardly anything but organizations, one below the other, and a
// tree of nodes takes ten times as much memory as its text. So one that is written
// plainly is cut between organizations, and the chunks are parsed by themselves,
// side by side, each under a line `organizations:` of its own:
//
//	apiVersion: makesync/v1 ┐
//	zone: eu1               │
//	organizations:          │ head: as it stands
//	  acme: {…}             ┘
//	  beta: {…}             ┐
//	  gamma: {…}            ┘ chunk: `organizations:` and these lines
//	  delta: {…}            ┐
//	  …                     ┘ chunk
//
// That reads the same as the whole does: when the head has organizations as the
// last key of its last document, a parser of the whole is, behind the head, in the
// state in which a parser of the first chunk is behind its own line; and when that
// chunk can be read to its end, then both are in this state again. A cut in the
// middle of something (a text in quotes, say, with a line that looks like a key)
// leaves that something open, so the chunk cannot be read. Whatever is unusual, a
// mistake above all, lets the file be read as a whole; so do aliases, which may
// lead from one chunk into another.

// chunkSize is how much text of organizations is parsed at a time, in bytes.
// Files of less than twice as much are not cut.
const chunkSize = 256 << 10

// outline is where a file is cut.
type outline struct {
	line   int // of `organizations:`, from 1
	head   chunk
	chunks []chunk
}

// chunk is a run of whole lines.
type chunk struct {
	line int // the first one's number, from 1
	text []byte
}

const organizationsLine = "organizations:\n"

// outlineOf cuts a text into a head and chunks of at least this size; ok is false
// when it is small or not written plainly.
func outlineOf(data []byte, size int) (o outline, ok bool) {
	if len(data) < 2*size || unusualBreaks(data) {
		return outline{}, false
	}
	start := bytes.Index(data, []byte("\n"+organizationsLine)) + 1
	if start == 0 && !bytes.HasPrefix(data, []byte(organizationsLine)) {
		return outline{}, false
	}
	o.line = bytes.Count(data[:start], []byte("\n")) + 1
	cuts, ok := organizationLines(chunk{o.line + 1, data[start+len(organizationsLine):]})
	if !ok || len(cuts) < 2 {
		return outline{}, false
	}
	o.head = chunk{1, data[:len(data)-len(cuts[1].text)]}
	o.chunks = join(cuts[1:], size)
	return o, true
}

// unusualBreaks finds tabs, and every line break but the usual one.
func unusualBreaks(data []byte) bool {
	for _, s := range []string{"\t", "\r", "\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(data, []byte(s)) {
			return true
		}
	}
	return false
}

// organizationLines gives the rest of a text from each line on that looks like the
// key of an organization. ok is false when another line stands as far to the left,
// and when a key stands there twice. Comments may stand anywhere.
func organizationLines(rest chunk) (cuts []chunk, ok bool) {
	seen := map[string]bool{}
	for indent := 0; len(rest.text) > 0; rest.line++ {
		line, behind, _ := bytes.Cut(rest.text, []byte("\n"))
		text := bytes.TrimLeft(line, " ")
		column := len(line) - len(text)
		if len(text) > 0 && text[0] != '#' && (indent == 0 || column <= indent) {
			key, plain := plainKeyOf(text)
			if !plain || column == 0 || column < indent || seen[key] {
				return nil, false
			}
			indent, seen[key] = column, true
			cuts = append(cuts, rest)
		}
		rest.text = behind
	}
	return cuts, true
}

// plainKeyOf is the key at the beginning of a line, if it is written as keys of organizations are.
func plainKeyOf(line []byte) (string, bool) {
	key, value, found := bytes.Cut(line, []byte(":"))
	if !found || !spec.IsKey(string(key)) || key[0] == '-' || len(value) > 0 && value[0] != ' ' {
		return "", false
	}
	return string(key), true
}

// join makes chunks of at least this size out of the rests that begin at each cut.
func join(cuts []chunk, size int) (chunks []chunk) {
	first := cuts[0]
	for _, next := range cuts[1:] {
		if n := len(first.text) - len(next.text); n >= size {
			chunks = append(chunks, chunk{first.line, first.text[:n]})
			first = next
		}
	}
	return append(chunks, first)
}

// chunksWith gives the chunks in which one of the lines stands.
func (o outline) chunksWith(lines map[int]bool) (chunks []chunk) {
	for _, c := range o.chunks {
		for i := range bytes.Count(c.text, []byte("\n")) + 1 {
			if lines[c.line+i] {
				chunks = append(chunks, c)
				break
			}
		}
	}
	return chunks
}

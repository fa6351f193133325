package document

import (
	"bytes"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
)

// loadChunks reads a file in chunks of at least this size, at most limit of them at
// a time; ok is false when the file has to be read as a whole.
func loadChunks(file *source, size, limit int) (out loadedFile, ok bool) {
	o, ok := outlineOf(file.data, size)
	if !ok || file.json {
		return out, false
	}
	if out, ok = loadHead(file, o); !ok {
		return out, false
	}
	last := out.parts[len(out.parts)-1]
	decoded := make([]decodedChunk, len(o.chunks))
	var group spec.Group
	group.SetLimit(limit)
	for i, c := range o.chunks {
		group.Go(func() error {
			decoded[i] = decodeChunk(file, o, c)
			return nil
		})
	}
	_ = group.Wait() // decodeChunk never fails
	for _, d := range decoded {
		if !d.ok {
			return out, false
		}
		last.organizations = append(last.organizations, d.organizations...)
		out.problems = append(out.problems, d.problems...)
	}
	for _, l := range last.organizations {
		l.zoneOfDoc = last.zone
	}
	file.outline = o
	return out, true
}

// loadHead reads the documents of the head, and tells whether the chunks go on where its last one
// ends.
func loadHead(file *source, o outline) (out loadedFile, ok bool) {
	out.source = file
	d := &decoder{file: file}
	for root, err := range documentTrees(bytes.NewReader(o.head.text)) {
		if ok = false; err != nil || !o.head.fits(root, 1) {
			return out, false
		}
		if p := decodeDocument(d, root); p != nil {
			out.parts = append(out.parts, p)
			ok = endsInOrganizations(root.Content[0], o.line)
		}
	}
	out.problems = d.found()
	return out, ok
}

// endsInOrganizations tells whether a document's last key is `organizations`, in
// this line and for the first time, with one organization in it.
func endsInOrganizations(root *yaml.Node, line int) bool {
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 {
		return false
	}
	for i := 0; i < len(root.Content); i += 2 {
		if strings.EqualFold(root.Content[i].Value, "organizations") != (i == len(root.Content)-2) {
			return false
		}
	}
	key, value := root.Content[len(root.Content)-2], root.Content[len(root.Content)-1]
	return key.Line == line && key.Column == 1 && value.Kind == yaml.MappingNode && len(value.Content) == 2
}

type decodedChunk struct {
	organizations []*layer
	problems      []spec.Problem
	ok            bool
}

// decodeChunk parses one chunk and decodes its organizations.
func decodeChunk(file *source, o outline, c chunk) decodedChunk {
	var organizations []*layer
	d := &decoder{file: file}
	t := &keyPath{key: "organizations", at: at{file, int32(o.line), 1}}
	ok := c.parse(func(mapping *yaml.Node) { organizations = decodeLayers(d, mapping, t, false) })
	return decodedChunk{organizations, d.found(), ok}
}

// parse gives visit the mapping of a chunk's organizations, with the lines of the file; visit keeps
// no node. false: it cannot be parsed, and nobody was visited.
func (c chunk) parse(visit func(mapping *yaml.Node)) bool {
	if plainMapping(c, visit) {
		return true
	}
	text := io.MultiReader(strings.NewReader(organizationsLine), bytes.NewReader(c.text))
	var root *yaml.Node
	for document, err := range documentTrees(text) {
		if err != nil || root != nil || !c.fits(document, 2) {
			return false
		}
		root = document.Content[0]
	}
	if root == nil || root.Kind != yaml.MappingNode || len(root.Content) != 2 ||
		root.Content[1].Kind != yaml.MappingNode {
		return false
	}
	moveLines(root, c.line-2) // the first line of the chunk is the second that was parsed
	visit(root.Content[1])
	return true
}

func moveLines(n *yaml.Node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		moveLines(child, lines)
	}
}

// fits tells whether a tree of the chunk, with the lines that the parser counted, is
// the same in the whole: nothing in it is an alias, or a value that is missing and so
// has the position of whatever comes behind the chunk.
func (c chunk) fits(n *yaml.Node, firstLine int) bool {
	lines := bytes.Count(bytes.TrimSuffix(c.text, []byte("\n")), []byte("\n"))
	return endsBy(n, firstLine+lines)
}

func endsBy(n *yaml.Node, line int) bool {
	if n.Kind == yaml.AliasNode || n.Line > line {
		return false
	}
	for _, child := range n.Content {
		if !endsBy(child, line) {
			return false
		}
	}
	return true
}

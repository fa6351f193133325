package document

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// TestLawValuesBoundNodes: what is counted without a parser is never less than half of what a parser
// makes.
func TestLawValuesBoundNodes(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"a", ":", ": ", "- ", "? ", "\n", "  ", ",", "[", "]", "{", "}", `"`, "'", "*a",
		"&a ", "# ", "|\n", "!!str ", "\t", "\r", "---\n", `"a":`, "[]:", "x: y\n", "- x\n"})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "text"), ""))
		nodes := 0
		for root, err := range documentTrees(bytes.NewReader(data)) {
			if err == nil {
				nodes += nodesOf(root)
			}
		}
		if nodes > 2*valuesIn(data)+2 {
			t.Errorf("%q has %d nodes, and %d are counted", data, nodes, valuesIn(data))
		}
	})
}

func nodesOf(n *yaml.Node) int {
	count := 1
	for _, child := range n.Content {
		count += nodesOf(child)
	}
	return count
}

package document

import (
	"go.yaml.in/yaml/v3"

	"makesync/spec"
)

// maxExpanded is how many nodes a document may have with its aliases written
// out, beyond ten times the nodes that it really has.
const maxExpanded = 100_000

// saturated is more nodes than any document may have, and so few that a sum of two fits 32 bits.
const saturated = 1 << 29

// checkAliases refuses a document whose aliases form a loop or grow it far
// beyond its size, before anything walks it with the aliases followed.
func checkAliases(file *source, root *yaml.Node) (spec.Problem, bool) {
	c := aliasCheck{sizes: map[*yaml.Node]int{}}
	total := c.size(root)
	if c.bad == nil && total <= min(maxExpanded+10*c.nodes, 2*maxValues) {
		return spec.Problem{}, true
	}
	if c.bad == nil {
		c.bad = c.first
	}
	return newProblem(ruleAliasBomb, nodeAt(file, c.bad), nil,
		"aliases (*) form a loop, or make far more of the document than it holds",
		"write the values out, or use profiles"), false
}

type aliasCheck struct {
	nodes      int
	first, bad *yaml.Node         // the first alias; the one that closes a loop
	sizes      map[*yaml.Node]int // of anchored nodes; -1 while one is being counted
}

// size counts the nodes below n with aliases written out; it saturates.
func (c *aliasCheck) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		return c.aliasSize(n)
	}
	c.nodes++
	if n.Anchor != "" {
		c.sizes[n] = -1
	}
	total := 1
	for _, child := range n.Content {
		total = min(total+c.size(child), saturated)
	}
	if n.Anchor != "" {
		c.sizes[n] = total
	}
	return total
}

func (c *aliasCheck) aliasSize(n *yaml.Node) int {
	if c.first == nil {
		c.first = n
	}
	size := c.sizes[n.Alias]
	if size < 0 && c.bad == nil {
		c.bad = n
	}
	return max(size, 1)
}

func nodeAt(file *source, n *yaml.Node) at {
	return at{file, int32(n.Line), int32(n.Column)}
}

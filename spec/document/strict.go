package document

import (
	"errors"
	"fmt"

	node "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"makesync/spec"
	"makesync/spec/text"
)

// ReadStrict reads a small YAML or JSON file that is no document, such as the
// map of a migration, into a struct with json tags. Unknown and duplicate keys
// are errors, and so is everything that checkText and the traps refuse in
// documents, so that `NO` is not false here either. The error names the file and
// never repeats a value.
func ReadStrict(path string, into any) error {
	data, problem := readDocument(path)
	if problem != nil {
		return fmt.Errorf("read %s: %s", text.Clean(path), problem.Message)
	}
	file := &source{path: path, data: data}
	nodes, problems := parseAll(file)
	if len(problems) == 0 && len(nodes) != 1 {
		return fmt.Errorf("read %s: it holds %d documents, not one", text.Clean(path), len(nodes))
	}
	d := &decoder{file: file, problems: problems}
	for _, n := range nodes {
		lint(d, n, nil)
	}
	if len(d.problems) > 0 {
		p := spec.SortProblems(d.problems)[0]
		return fmt.Errorf("read %s: %s", p.Source, p.Message)
	}
	if err := yaml.UnmarshalStrict(data, into); err != nil {
		return fmt.Errorf("read %s: %w", text.Clean(path), errors.New(text.Visible(err.Error())))
	}
	return nil
}

// lint checks keys and plain scalars of a whole tree, without knowing its form.
func lint(d *decoder, n *node.Node, t *keyPath) {
	n = follow(n)
	switch n.Kind {
	case node.MappingNode:
		d.each(n, t, func(_, value *node.Node, t *keyPath) { lint(d, value, t) })
	case node.ScalarNode:
		d.isAmbiguous(n, t)
	default:
		for i, child := range n.Content {
			lint(d, child, t.item(i))
		}
	}
}

package document

import (
	"encoding/json"
	"errors"
	"reflect"

	newer "go.yaml.in/yaml/v3"
	older "sigs.k8s.io/yaml"
)

// errUnreadable tells nothing of what stands in the file.
var errUnreadable = errors.New("it cannot be read back")

// CheckWritten reads a document that was just written with two libraries before it replaces
// anything: strictly as YAML 1.1 into JSON, as the tools around Kubernetes do, and as YAML 1.2.
// What they understand differently, another reader of the file would, too. The error never repeats
// a value.
func CheckWritten(data []byte) error {
	var tree newer.Node
	if err := newer.Unmarshal(data, &tree); err != nil || len(tree.Content) != 1 {
		return errUnreadable
	}
	var second any
	first, err := written(tree.Content[0])
	if err != nil {
		return errUnreadable
	}
	if err := older.UnmarshalStrict(data, &second); err != nil {
		return errUnreadable
	}
	// Through JSON, so that both hold the same types of numbers.
	text, err := json.Marshal(first)
	if err != nil {
		return errUnreadable
	}
	first = nil
	if err := json.Unmarshal(text, &first); err != nil {
		return errUnreadable
	}
	if !reflect.DeepEqual(first, second) {
		return errors.New("readers of YAML 1.1 and 1.2 understand it differently")
	}
	return nil
}

// written is what the newer library understands by a node. Left to itself it compares each key of a
// mapping with all before it, which takes a minute where an organization has 95,000 variables.
func written(node *newer.Node) (any, error) {
	switch node.Kind {
	case newer.ScalarNode:
		var value any
		err := node.Decode(&value)
		return value, err
	case newer.SequenceNode:
		list := make([]any, len(node.Content))
		for i, entry := range node.Content {
			value, err := written(entry)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case newer.MappingNode:
		values := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if _, twice := values[key.Value]; twice || key.Kind != newer.ScalarNode || key.ShortTag() != "!!str" {
				return nil, errUnreadable
			}
			value, err := written(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			values[key.Value] = value
		}
		return values, nil
	}
	return nil, errUnreadable // nobody writes an alias
}

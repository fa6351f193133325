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
	var first, second any
	if err := newer.Unmarshal(data, &first); err != nil {
		return errUnreadable
	}
	if err := older.UnmarshalStrict(data, &second); err != nil {
		return errUnreadable
	}
	// Through JSON, so that both hold the same types of numbers.
	written, err := json.Marshal(first)
	if err != nil {
		return errUnreadable
	}
	first = nil
	if err := json.Unmarshal(written, &first); err != nil {
		return errUnreadable
	}
	if !reflect.DeepEqual(first, second) {
		return errors.New("readers of YAML 1.1 and 1.2 understand it differently")
	}
	return nil
}

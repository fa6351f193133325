package document

import (
	"testing"

	"makesync/spec"
)

// TestBrokenLoadIsHandedOn: a defect while documents are loaded is one of who loads them, and ends no process by itself.
func TestBrokenLoadIsHandedOn(t *testing.T) {
	t.Parallel()
	defer func() {
		if _, ok := recover().(*spec.Broken); !ok {
			t.Error("nobody was told")
		}
	}()
	loadFiles(t.Context(), []string{"a.yaml"}, LoadOptions{}, nil) // without a budget nothing is loaded
}

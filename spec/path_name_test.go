package spec_test

import (
	"testing"

	"makesync/spec"
)

func TestPathSegments(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"API_BASE": true, "...": true, "a.b": true, "$a": true, "%2e%2e": true, "ä b": true,
		"": false, ".": false, "..": false, "a/b": false, "../x": false, `a\b`: false, "a\x00": false, "a\nb": false,
	} {
		if got := spec.IsPathSegment(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]string{"acme": "acme", "CON": "CON_", "nul.x": "nul_.x", "icon": "icon"} {
		if got := spec.FileStem(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

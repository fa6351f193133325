package document_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec/document"
)

// TestManyKeysAreCheckedOnce: a block of very many keys is read back in seconds; comparing each key with all others
// took a minute.
func TestManyKeysAreCheckedOnce(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("organizations:\n  acme:\n    variables:\n")
	for i := range 150_000 {
		fmt.Fprintf(&text, "      V%d: x%d\n", i, i)
	}
	done := make(chan error, 1)
	go func() { done <- document.CheckWritten([]byte(text.String())) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(40 * time.Second):
		t.Error("it is not checked after 40 s")
	}
}

// TestCheckWrittenReads: keys that are no texts or stand twice, and what no writer writes, are told.
func TestCheckWrittenReads(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"a: 1\nb: [x, {c: 2.5}]\nd: null\ne: true\nf: \"yes\"\n": true,
		"a: 1\na: 2\n":                  false,
		"a: yes\n":                      false,
		"1: x\n":                        false,
		"a: &x {b: 1}\nc: *x\n":         false,
		"a: {b: 1}\nc:\n  <<: {d: 1}\n": false,
		"a: [\n":                        false,
		"":                              false,
		"a: 12345678901234567890\n":     true,
		"a: 'it''s'\nb: |\n  x\n  y\n":  true,
		"a: \"\\u00e9\"\nb: é\nc: ~\n":  true,
	} {
		if err := document.CheckWritten([]byte(text)); (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
	}
}

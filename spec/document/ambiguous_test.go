package document

import (
	"testing"

	"go.yaml.in/yaml/v3"
	older "sigs.k8s.io/yaml"
)

func TestAmbiguous(t *testing.T) {
	t.Parallel()
	traps := []string{
		"NO", "no", "No", "n", "N", "y", "Y", "yes", "YES", "on", "ON", "Off", "=",
		"010", "-010", "+07", "00", "08.e1", "1_000", "1_000.5", "0o7", "0b11", "-0x1F", "0x_1F", "1e3", "1.5e3", "1E5",
		"-1e-5",
		"12:30", "1:20", "190:20:30.15", "0:30", "2026-11-20", "2026-1-2 3:04:05", "2026-11-20T00:00:00Z",
		"2026-11-20T00:00:00.5+01:00",
	}
	plain := []string{
		"", "a", "NOT", "nope", "onion", "yesterday", "0", "5", "-5", "+5", "1.5", "0.5", ".5", "-.5", "5.", "1.5e+3",
		"1.5e-3", "0x1F",
		"true", "false", "null", "~", "1.2.3", "10.0.0.1", "127.0.0.1:8080", "2026-11", "20261120", "12:99", "-", "+",
		".", "..", "1-2", "10MB", "+420 123",
		"123456789012345678901234567890", ".inf", ".nan", "10:aa", "https://a.example",
	}
	for _, s := range traps {
		if _, is := ambiguous(s); !is {
			t.Errorf("%q is read differently by YAML 1.1 and 1.2, and is taken for plain", s)
		}
	}
	for _, s := range plain {
		if reading, is := ambiguous(s); is {
			t.Errorf("%q is taken for ambiguous (%s)", s, reading)
		}
	}
}

// FuzzTrap compares with two implementations: what the older YAML library (1.1)
// and the newer one read alike as text, or differently, is what ambiguous says, as far
// as each of them follows its specification.
func FuzzAmbiguous(f *testing.F) {
	for _, s := range []string{"NO", "010", "1_000", "plain", "5", "1e3", "0o7", "1.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 30 {
			return
		}
		reading, is := ambiguous(s)
		if is && reading == "" {
			t.Fatalf("%q: ambiguous without a reading", s)
		}
		var node yaml.Node
		if is || yaml.Unmarshal([]byte("k: "+s+"\n"), &node) != nil || len(node.Content) != 1 ||
			node.Content[0].Kind != yaml.MappingNode {
			return
		}
		value := node.Content[0].Content[1]
		var read struct{ K any }
		if value.Kind != yaml.ScalarNode || value.Value != s || value.Style != 0 ||
			older.Unmarshal([]byte("k: "+s+"\n"), &read) != nil {
			return
		}
		if _, isBool := read.K.(bool); isBool != (value.Tag == "!!bool") {
			t.Fatalf("%q is %v to YAML 1.1 and %s to 1.2, and not ambiguous", s, read.K, value.Tag)
		}
	})
}

package command_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// spoiler draws what may stand in the place of a value: mostly another of its type, which the file's schema may let pass.
func spoiler(t *rapid.T, value any) any {
	others := []any{nil, "x", -1, true, []any{}, map[string]any{}, map[string]any{"sensitive": true}}
	switch value := value.(type) {
	case string:
		others = append(others, "", "\x1b[2J\u202e", "../../x", "acme", "acme/variable/A", "acme/variable/OLD", "other", "acme/owner", "update", "delete", "variable", "eu1", "2031-07-19T04:23:51Z", strings.Repeat("long ", 2000))
		others = append(others, others[7:]...)
	case float64:
		others = append(others, 0, 1, 2, 11, 12, 1000000, -5, int64(9007199254740993), 1e300)
		others = append(others, others[7:]...)
	case bool:
		return !value
	}
	return rapid.SampledFrom(others).Draw(t, "value")
}

// TestSpoiledFiles changes a value anywhere in a file that was good, so that it still is JSON: no command breaks.
func TestSpoiledFiles(t *testing.T) {
	t.Parallel()
	good := t.TempDir()
	goodFiles(t, good)
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		reader := rapid.SampledFrom(fileReaders).Draw(t, "file")
		data, err := os.ReadFile(filepath.Join(good, reader.file))
		if err != nil {
			t.Fatal(err)
		}
		data = spoiled(t, data)
		if reader.file == "plan.json" {
			data = whole(data)
		}
		if err := os.RemoveAll(filepath.Join(dir, "makesync")); err != nil {
			t.Fatal(err)
		}
		for _, text := range reader.commands {
			putAt(t, filepath.Join(dir, "docs.yaml"), []byte(fuzzDocuments))
			putAt(t, filepath.Join(dir, reader.file), data)
			code, out := fuzzRun(dir, reader.file, text, fuzzWorld())
			if strings.Contains(out, "internal error") || strings.ContainsAny(out, "\x1b\x00\x7f\u202e") {
				t.Fatalf("%s: exit %d\n%q\n%s", text, code, out, data)
			}
		}
	})
}

func putAt(t *rapid.T, path string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// whole gives a plan that can be read at all the digest that fits, as whoever changes plans would.
func whole(data []byte) []byte {
	var p plan.Plan
	if json.Unmarshal(data, &p) != nil {
		return data
	}
	again, problems := savedplan.Encode(&p, spec.Value{})
	if len(problems) > 0 {
		return data
	}
	return again
}

// spoiled changes one to three values; a journal is JSON in each line.
func spoiled(t *rapid.T, data []byte) []byte {
	lines := [][]byte{data}
	if bytes.HasPrefix(data, []byte(`{"type"`)) {
		lines = slices.Collect(bytes.Lines(data))
	}
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		var tree any
		if err := json.Unmarshal(lines[i], &tree); err != nil {
			t.Fatal(err)
		}
		spoil(t, tree)
		changed, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = append(changed, '\n')
	}
	if len(lines) > 1 && rapid.IntRange(0, 3).Draw(t, "order") == 0 {
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "from")
		lines = slices.Insert(lines, rapid.IntRange(0, len(lines)).Draw(t, "to"), lines[i])
	}
	return bytes.Join(lines, nil)
}

// spoil walks down to some place in a tree and changes it.
func spoil(t *rapid.T, tree any) {
	for {
		switch node := tree.(type) {
		case map[string]any:
			if len(node) == 0 {
				return
			}
			keys := make([]string, 0, len(node))
			for key := range node {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			key := rapid.SampledFrom(keys).Draw(t, "key")
			if !descend(t, node[key]) {
				if node[key] = spoiler(t, node[key]); node[key] == "x" {
					delete(node, key)
				}
				return
			}
			tree = node[key]
		case []any:
			if len(node) == 0 {
				return
			}
			i := rapid.IntRange(0, len(node)-1).Draw(t, "index")
			if !descend(t, node[i]) {
				node[i] = spoiler(t, node[i])
				return
			}
			tree = node[i]
		default:
			return
		}
	}
}

// descend tells whether to go on below a node.
func descend(t *rapid.T, node any) bool {
	switch node.(type) {
	case map[string]any, []any:
		return rapid.IntRange(0, 5).Draw(t, "descend") > 0
	}
	return false
}

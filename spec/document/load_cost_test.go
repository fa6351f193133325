package document

import (
	"runtime"
	"testing"
	"unsafe"

	"makesync/spec"
)

// TestLoadAllocates pins what loading and resolving plain lines costs for each variable, in
// allocations: less than one, since nodes and texts are made many at a time. A file of its own
// costs an organization a hundred more.
func TestLoadAllocates(t *testing.T) {
	const organizations, variables = 400, 50
	for _, c := range []struct {
		oneFile bool
		most    float64
	}{{true, 1}, {false, 2}} {
		path := writeFleet(t, organizations, variables, c.oneFile)
		each := testing.AllocsPerRun(2, func() { resolveFleet(t, path) }) / (organizations * variables)
		if each > c.most {
			t.Errorf("one file %v: %.2f allocations for each variable, more than %v", c.oneFile, each, c.most)
		}
	}
}

func resolveFleet(tb testing.TB, path string) *spec.Desired {
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	desired, more := documents.Resolve(ResolveOptions{})
	if len(problems)+len(more) > 0 {
		tb.Fatal(problems, more)
	}
	return desired
}

// TestLoadKeeps pins the bytes that stay of each variable: as it is written, until
// it is resolved, and as it is resolved, for the whole run; never both of all of
// them, and never the trees of nodes, which take 500.
func TestLoadKeeps(t *testing.T) {
	if written, resolved := unsafe.Sizeof(writtenVariable{}), unsafe.Sizeof(spec.Variable{}); written > 88 ||
		resolved > 128 {
		t.Errorf("a variable takes %d bytes as written and %d resolved, more than 88 and 128", written, resolved)
	}
	const organizations, variables = 400, 50
	path := writeFleet(t, organizations, variables, true)
	before := heapSize()
	documents, _ := Load(LoadOptions{Paths: []string{path}})
	loaded := (heapSize() - before) / (organizations * variables)
	desired, _ := documents.Resolve(ResolveOptions{})
	both := (heapSize() - before) / (organizations * variables)
	if loaded > 250 || both > 310 {
		t.Errorf("%d bytes for each variable stay after loading and %d after resolving, more than 250 and 310", loaded,
			both)
	}
	if chunks := len(documents.files[0].outline.chunks); chunks < 3 {
		t.Errorf("a large plain file is read in %d chunks", chunks)
	}
	runtime.KeepAlive(desired)
}

func heapSize() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

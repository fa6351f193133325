package document

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"makesync/spec"
)

// FuzzLoad feeds anything to the loader: no panic, no hang, every position inside
// the file, the same problems in the same order each time.
func FuzzLoad(f *testing.F) {
	for _, file := range problemFiles(f) {
		if file.Name != "want" {
			f.Add(file.Data, filepath.Ext(file.Name) == ".json")
		}
	}
	written, err := os.ReadFile("testdata/written.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(written, false)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, isJSON bool) {
		if len(data) > 1<<16 {
			return
		}
		path := filepath.Join(dir, map[bool]string{true: "a.json", false: "a.yaml"}[isJSON])
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		first := loadAll(path)
		if again := loadAll(path); describeProblems(first) != describeProblems(again) {
			t.Fatalf("two runs differ:\n%s\n%s", describeProblems(first), describeProblems(again))
		}
		lines := len(lineEnds(data)) + 1
		for _, p := range first {
			if p.Rule == "" || p.Severity == "" || p.Message == "" || p.Source != nil &&
				(p.Source.Line < 1 || p.Source.Column < 1 || p.Source.Line > lines) {
				t.Fatalf("%+v %v in a file of %d lines", p, p.Source, lines)
			}
		}
	})
}

func loadAll(path string) []spec.Problem {
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	desired, more := documents.Resolve(ResolveOptions{})
	names := make([]string, 0, len(desired.Zones))
	for name := range desired.Zones {
		names = append(names, name)
	}
	_, last := Endpoints(desired.Zones, names, EndpointOptions{})
	return spec.SortProblems(append(append(problems, more...), last...))
}

// problemFiles are the files of all archives of problems, which fuzz targets begin with.
func problemFiles(f *testing.F) (files []txtar.File) {
	f.Helper()
	archives, _ := filepath.Glob("testdata/problems/*.txtar")
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		files = append(files, archive.Files...)
	}
	return files
}

package document

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"makesync/spec"
)

// writeFleet writes organizations×variables as one file or as one file each, and gives the path to
// load.
func writeFleet(tb testing.TB, organizations, variables int, oneFile bool) string {
	tb.Helper()
	dir := tb.TempDir()
	const head = "apiVersion: makesync/v1\nzone: eu1\norganizations:\n"
	all := bytes.NewBufferString(head)
	for i := range organizations {
		if !oneFile {
			all = bytes.NewBufferString(head)
		}
		fmt.Fprintf(all, "  org-%05d:\n    name: Organization %d\n    id: %d\n    variables:\n", i, i, i+1)
		for j := range variables {
			fmt.Fprintf(all, "      VAR_%03d: https://api-%d.acme.example/%d\n", j, i, j)
		}
		if !oneFile {
			writeFile(tb, filepath.Join(dir, fmt.Sprintf("org-%05d.yaml", i)), all.String())
		}
	}
	if oneFile {
		writeFile(tb, filepath.Join(dir, "all.yaml"), all.String())
	}
	return dir
}

func writeFile(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkLoad loads and resolves a fleet: 1,000 organizations of 50 variables
// as one file and as a thousand, and a million variables to see that time grows no faster.
func BenchmarkLoad(b *testing.B) {
	for _, size := range []struct {
		name                     string
		organizations, variables int
		oneFile                  bool
	}{
		{"1000x50/one-file", 1000, 50, true},
		{"1000x50/many-files", 1000, 50, false},
		{"10000x100/one-file", 10000, 100, true},
		{"10000x100/many-files", 10000, 100, false},
	} {
		b.Run(size.name, func(b *testing.B) {
			if testing.Short() && size.organizations > 1000 {
				b.Skip("short")
			}
			path := writeFleet(b, size.organizations, size.variables, size.oneFile)
			b.ReportAllocs()
			for b.Loop() {
				if desired := resolveFleet(b, path); len(desired.Organizations) != size.organizations {
					b.Fatal(len(desired.Organizations))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size.organizations*size.variables),
				"ns/variable")
		})
	}
}

// BenchmarkGlob matches what a million addresses are compared with.
func BenchmarkGlob(b *testing.B) {
	g, _ := spec.ParseGlob("*/variable/*_DSN")
	b.ReportAllocs()
	for b.Loop() {
		if g.Match("acme/variable/API_BASE") || !g.Match("acme/variable/MAIN_DSN") {
			b.Fatal("wrong")
		}
	}
}
